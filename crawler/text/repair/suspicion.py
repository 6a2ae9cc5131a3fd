"""The first look: does a text hold anything that damage leaves? Clean pages end here, in microseconds."""

from __future__ import annotations

import re
from functools import cache

from crawler.text.repair.patterns import ANNOTATED, is_narrowed
from crawler.text.repair.signs import PUNCTUATION, pair

_RUN = 12  # characters after a sign within which a slip shows a rare one


@cache
def _after_slip() -> re.Pattern[str]:
    rows = [*range(0xB0, 0xD8), 0xA1, 0xA3]
    common = "".join(pair(row, cell) for row in rows for cell in range(0xA1, 0xFF))
    usual = f"\\x00-\\x7f{re.escape(common)}"
    return re.compile(f"[{re.escape(PUNCTUATION)}](?=[^\\x00-\\x7f]{{0,{_RUN}}}?[^{usual}])")


def slip_sites(text: str) -> list[int]:
    """Return the places of ASCII signs that a rare character follows closely, with no ASCII between."""
    return [match.start() for match in _after_slip().finditer(text)]


def is_suspicious(text: str) -> bool:
    """Tell whether a text needs a closer look."""
    return not text.isascii() and (
        "\ufffd" in text
        or ANNOTATED.search(text) is not None
        or "| " in text
        or _after_slip().search(text) is not None
        or is_narrowed(text, 1)
    )
