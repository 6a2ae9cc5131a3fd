"""PURE private-use characters that Python's GB18030 codec makes where the standard names a character today."""

from __future__ import annotations

import re

#: Python's table is that of GB18030-2000. GB18030-2022 gives these a place of their own; the first is the
#: full-width space of old editors (A3A0; both in the WHATWG Encoding Standard, index gb18030).
_ASSIGNED_SINCE = {
    0xE5E5: 0x3000, 0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13,
    0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19,
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_SOME = re.compile("[\ue5e5\ue78d-\ue864]")


def assign(text: str) -> str:
    """Replace the private-use characters that have a place of their own by now."""
    return text.translate(_ASSIGNED_SINCE) if _SOME.search(text) else text
