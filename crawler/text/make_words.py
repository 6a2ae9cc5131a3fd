"""Make words.bin: the Chinese words of up to four characters that jieba's dictionary counted, and how often.

    python -m crawler.text.make_words dict.txt > words.bin

The source is `jieba/dict.txt` of the package jieba 0.42.1 (MIT licence): a word, its count and its part of speech
a line. `crawler.text.words` describes the form.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from crawler.text.words import LONGEST, pack


def counted(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Return the words of Chinese characters only, with their counts."""
    for word, count, _part_of_speech in (line.split(" ") for line in lines):
        if len(word) <= LONGEST and all("\u3400" <= char <= "\u9fff" for char in word):
            yield word, max(1, int(count))


def main() -> None:
    """Read the source named on the command line, write the table to standard output."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    sys.stdout.buffer.write(pack(dict(counted(lines))))


if __name__ == "__main__":
    main()
