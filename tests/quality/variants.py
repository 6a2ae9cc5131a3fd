"""Makes crawler/text/variants.txt, the pinned table of characters that conversions of script confuse.

    python -m tests.quality.variants          say what would change
    python -m tests.quality.variants --write  write the table (then raise RULES in crawler/text/canonical.py)

Two characters are interchangeable when a conversion that a site may use turns one into the other: the first
candidate for a single character in OpenCC, or its place in a phrase of equal length, in s2t, s2tw, s2hk and
t2s. Classes are the connected components of that relation.

A few phrases would join two everyday characters that mean different things (坐标 → 座標 joins 坐 and 座, and
an edit 坐 → 座 would then go unseen). Those are not joined; the phrase itself is listed instead.
"""

import argparse
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import opencc

TABLE = Path(__file__).parents[2] / "crawler" / "text" / "variants.txt"
SINGLE = ("STCharacters", "TSCharacters", "TSCharactersExt", "TWVariants", "HKVariants")
PHRASES = (
    "STPhrases",
    "STPhrases_GeneratedFromRegionalPhrases",
    "TSPhrases",
    "TWVariantsPhrases",
    "HKVariantsPhrases",
)
#: Pairs that only a handful of phrases would join, and that readers tell apart.
KEPT_APART = frozenset(
    frozenset(pair)
    for pair in ("坐座", "待呆", "象像", "具俱", "里哩", "划畫", "坯坏", "链鍊", "链炼", "炼鏈")
)
HEADER = """\
# Characters that conversions between Simplified and Traditional script confuse: the kept one, the others.
# Below "phrases": a Traditional wording (characters already replaced), the Simplified one it stands for.
# Made by `python -m tests.quality.variants --write` from the dictionaries of OpenCC (Apache-2.0).
"""


def entries(name: str) -> Iterator[tuple[str, str]]:
    """The (key, first candidate) pairs of one of OpenCC's compiled dictionaries."""
    home = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "dict.txt"
        source = home / "share" / "opencc" / f"{name}.ocd2"
        tool = home / "bin" / "opencc_dict"
        subprocess.run(
            [tool, "-i", source, "-o", plain, "-f", "ocd2", "-t", "text"], check=True, capture_output=True
        )
        for line in plain.read_text(encoding="utf-8").splitlines():
            key, _, values = line.partition("\t")
            if values:
                yield key, values.split(" ")[0]


class Classes:
    """Union-find over characters."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, char: str) -> str:
        self.parent.setdefault(char, char)
        while self.parent[char] != char:
            char = self.parent[char]
        return char

    def join(self, left: str, right: str) -> None:
        self.parent[self.find(right)] = self.find(left)

    def groups(self) -> list[list[str]]:
        found = defaultdict(list)
        for char in self.parent:
            found[self.find(char)].append(char)
        return [sorted(group) for group in found.values() if len(group) > 1]


def gb2312_rank(char: str) -> int:
    """0 for the 3,755 everyday characters of GB2312, 1 for the rest of it, 2 for all others."""
    try:
        return 0 if char.encode("gb2312")[0] < 0xD8 else 1
    except UnicodeEncodeError:
        return 2


def build() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (kept character, the others) per class, and (Traditional wording, Simplified wording) pairs."""
    classes, votes = Classes(), Counter[str]()
    pairs = [pair for name in (*SINGLE, *PHRASES) for pair in entries(name) if len(pair[0]) == len(pair[1])]
    for key, value in pairs:
        for left, right in zip(key, value, strict=True):
            if left != right and frozenset((left, right)) not in KEPT_APART:
                classes.join(left, right)
    votes.update(char for key, _ in entries("STPhrases") for char in key)
    singles = []
    # Kept is the everyday character that the words of Simplified script have most often.
    for group in classes.groups():
        kept = min(group, key=lambda char: (gb2312_rank(char), -votes[char], char))
        singles.append((kept, "".join(char for char in group if char != kept)))
    return sorted(singles), phrases(singles)


def phrases(singles: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The wordings that still differ after every character was replaced by its kept one."""
    table = {ord(other): kept for kept, others in singles for other in others}
    found = {}
    for name in ("STPhrases", "STPhrases_GeneratedFromRegionalPhrases", "TSPhrases"):
        for key, value in entries(name):
            simplified, traditional = (key, value) if name.startswith("ST") else (value, key)
            simplified, traditional = simplified.translate(table), traditional.translate(table)
            # 坏 for 坯 is an old spelling that no conversion makes, and 打坏 is an everyday word.
            if simplified != traditional and len(key) == len(value) and "坯" not in simplified:
                found[traditional] = simplified
    # A wording within a longer one does the longer one's work.
    return sorted(
        (old, new)
        for old, new in found.items()
        if not any(other != old and old.replace(other, found[other]) == new for other in found)
    )


def render() -> str:
    singles, wordings = build()
    lines = [f"{kept}{others}" for kept, others in singles]
    return HEADER + "\n".join(lines) + "\nphrases\n" + "\n".join(f"{a} {b}" for a, b in wordings) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    table = render()
    if parser.parse_args().write:
        TABLE.write_text(table, encoding="utf-8")
    before = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    changed = len(set(before.splitlines()) ^ set(table.splitlines()))
    print(f"{TABLE.name}: {len(table.splitlines())} lines, {changed} differ from the table in the project")


if __name__ == "__main__":
    main()
