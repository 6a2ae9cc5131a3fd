"""Injected link lists: a last line of unrelated place names and words joined by `| `."""

from __future__ import annotations

import re

#: A line that a list ends in: names of Han characters, each closed by a bar.
_LIST = re.compile(
    r"(?:(?<=\n)|(?<![\u4e00-\u9fff])|\A)(?:[\u4e00-\u9fff]{2,10}\| ?)+(?:[\u4e00-\u9fff]{2,10})?\s*\Z"
)
_KINDS = ("省", "市", "县", "区", "旗", "州", "盟", "镇", "乡")
_FEWEST = 12  # names
_SURE = 16  # names that are enough where they are of two kinds only
_LONGEST = 20_000  # characters of the last line that are looked at


def find_injection(text: str) -> int | None:
    """Return where an injected list begins, or None.

    It is one where it ends the text, most names are places of several kinds (a county beside a province), it
    stands alone (no table of such lines) and the text does not speak of these places.
    """
    end = len(text.rstrip())
    line = text.rfind("\n", 0, end) + 1
    if end - line > _LONGEST or text.count("|", line) < _FEWEST - 1:
        return None
    match = _LIST.search(text, line)
    if match is None or "|" in text[text.rfind("\n", 0, max(line - 1, 0)) + 1 : match.start()]:
        return None
    names = [name.strip() for name in match.group().split("|") if name.strip()]
    return match.start() if _unrelated(names, text[: match.start()]) else None


def _unrelated(names: list[str], before: str) -> bool:
    places = [name for name in names if name.endswith(_KINDS)]
    kinds = {name[-1] for name in places}
    known = sum(name in before for name in set(names))
    mixed = len(kinds) >= 3 or (len(kinds) == 2 and len(names) >= _SURE and not known)
    return len(names) >= _FEWEST and len(places) >= 0.6 * len(names) and mixed and known <= 0.1 * len(names)
