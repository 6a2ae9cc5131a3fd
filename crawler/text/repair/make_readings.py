"""Make readings.txt: the readings of the characters of GBK that only Traditional script writes.

    python -m crawler.text.repair.make_readings pinyin_dict.json > readings.txt

The source is `pypinyin/pinyin_dict.json` of the package pypinyin (MIT licence, from the pinyin-data project):
code point → readings with tone marks, separated by commas. A line of the table is a syllable, a space and
its characters.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from crawler.text.repair.signs import gbk_characters, simplified_of


def table(readings: dict[str, str]) -> list[str]:
    """Turn code point → readings into the lines of the table, in the order of the syllables."""
    characters: defaultdict[str, list[str]] = defaultdict(list)
    for char in gbk_characters():
        if simplified_of(char) != char:
            for syllable in readings.get(str(ord(char)), "").split(","):
                characters[syllable].append(char)
    characters.pop("", None)
    return [f"{syllable} {''.join(chars)}" for syllable, chars in sorted(characters.items())]


def main() -> None:
    """Read the source named on the command line, write the table to standard output."""
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write("\n".join(table(source)) + "\n")


if __name__ == "__main__":
    main()
