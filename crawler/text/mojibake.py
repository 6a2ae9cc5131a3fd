"""PURE text that was encoded twice: UTF-8 read as windows-1252 or GBK, or GBK read as windows-1252, then saved.

A run of characters is undone only where it gives back its bytes exactly and these are Chinese in the encoding
that they were made in; encoding and reading those again the wrong way gives the run as found.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: windows-1252 as browsers know it (the bytes that it leaves undefined are controls), and ISO 8859-1.
_LATIN = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
_LATIN |= {chr(byte): byte for byte in range(0x80, 0x100)}
_LATIN_RUN = re.compile(f"[{re.escape(''.join(_LATIN))}]{{2,}}")
_HAN_RUN = re.compile(r"[^\x00-\x7f]{2,}[\x40-\x7e]?")
#: What common characters become: ， 。 的 中 in UTF-8 read as GBK; the first two bytes of 中 云 ， 。 的 多 在 最 这
#: in UTF-8, then 的 ， 。 in GBK, read as windows-1252. Where none of them stands, nothing was encoded twice.
_SIGNS_OF_GBK = ("锛", "銆", "鐨", "涓")
_SIGNS_OF_UTF8 = ("ä¸", "äº", "ï¼", "ã\x80", "ã€", "ç\x9a", "çš", "å¤", "å\x9c", "åœ", "æ\x9c", "æœ", "è¿")
_SIGNS_OF_LATIN_GBK = ("µÄ", "£¬", "¡£")
#: The first characters of these signs: to look for one character takes a twentieth of the time for two.
_FIRST = "äïãçåæèµ£¡"
#: Larger texts are left as they are: no article is that large.
_LARGEST = 3_000_000
_SURE = 12


def undo_double_encoding(text: str) -> tuple[str, str]:
    """Return the text with twice encoded runs undone, and what was done ("" where nothing was)."""
    if len(text) > _LARGEST or not any(first in text for first in (*_FIRST, *_SIGNS_OF_GBK)):
        return text, ""
    for signs, runs, original, what in _WAYS:
        if any(sign in text for sign in signs):
            undone, count = _undo(text, runs, original)
            if count:
                return undone, f"{count} runs of {what} and encoded again: undone exactly"
    return text, ""


def _undo(text: str, runs: re.Pattern[str], original: Callable[[str], str | None]) -> tuple[str, int]:
    count = 0

    def replacement(match: re.Match[str]) -> str:
        nonlocal count
        found = original(match[0])
        if found is None:
            return match[0]
        count += 1
        return found

    return runs.sub(replacement, text), count


def _from_latin_utf8(run: str) -> str | None:
    return _chinese(bytes(_LATIN[char] for char in run), "utf-8", run)


def _from_latin_gbk(run: str) -> str | None:
    # Two letters are no evidence, and a run of Chinese quotes or dashes (“ — …) is what it seems.
    if len(run) < 4 or 2 * sum(char <= "\xff" for char in run) < len(run):
        return None
    return _chinese(bytes(_LATIN[char] for char in run), "gb18030", run)


def _from_gbk(run: str) -> str | None:
    try:
        data = run.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return _chinese(data, "utf-8", run)


def _chinese(data: bytes, codec: str, run: str) -> str | None:
    """Read the bytes again, if they are Chinese and likelier than the run as found."""
    from crawler.text.plausible import cost  # loads a dictionary, which clean pages do not need

    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    if not any("\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" for char in text):
        return None
    if codec == "utf-8" and len(data) >= _SURE:
        return text  # no text in another encoding is valid UTF-8 for so long
    return text if cost(text[:200]) < cost(run[: len(text[:200].encode(codec))]) else None


_WAYS = (
    (_SIGNS_OF_UTF8, _LATIN_RUN, _from_latin_utf8, "UTF-8 had been read as windows-1252"),
    (_SIGNS_OF_LATIN_GBK, _LATIN_RUN, _from_latin_gbk, "GBK had been read as windows-1252"),
    (_SIGNS_OF_GBK, _HAN_RUN, _from_gbk, "UTF-8 had been read as GBK"),
)
