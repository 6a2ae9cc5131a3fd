"""PURE text that was encoded twice: UTF-8 read as windows-1252 or GBK, or GBK read as windows-1252, then saved.

A run of characters is undone only where it gives back its bytes exactly and these are Chinese in the encoding
that they were made in; encoding and reading those again the wrong way gives the run as found.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: windows-1252 as browsers know it: the five bytes that it leaves undefined are the C1 controls.
_LATIN = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
_LATIN_RUN = re.compile(f"[{re.escape(''.join(_LATIN))}]{{2,}}")
_HAN_RUN = re.compile(r"[^\x00-\x7f]{2,}[\x40-\x7e]?")
#: What common characters become: ， 。 的 中 in UTF-8 read as GBK; the first two bytes of 中 云 ， 。 的 多 在 最 这
#: in UTF-8, then 的 ， 。 in GBK, read as windows-1252. Where none of them stands, nothing was encoded twice.
_SIGNS_OF_GBK = ("锛", "銆", "鐨", "涓")
_SIGNS_OF_LATIN = ("ä¸", "äº", "ï¼", "ã€", "çš", "å¤", "åœ", "æœ", "è¿", "µÄ", "£¬", "¡£")


def undo_double_encoding(text: str) -> tuple[str, str]:
    """Return the text with twice encoded runs undone, and what was done ("" where nothing was)."""
    if any(sign in text for sign in _SIGNS_OF_LATIN):
        undone, count = _undo(text, _LATIN_RUN, _from_latin)
        if count:
            return undone, f"{count} runs had been read as windows-1252 and encoded again: undone exactly"
    if any(sign in text for sign in _SIGNS_OF_GBK):
        undone, count = _undo(text, _HAN_RUN, _from_gbk)
        if count:
            return undone, f"{count} runs of UTF-8 had been read as GBK and encoded again: undone exactly"
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


def _from_latin(run: str) -> str | None:
    data = bytes(_LATIN[char] for char in run)
    undone = _chinese(data, "utf-8", run)
    # Two letters are no evidence, and a run of Chinese quotes or dashes (“ — …) is what it seems.
    if undone is None and len(run) > 3 and 2 * sum(char <= "\xff" for char in run) > len(run):
        undone = _chinese(data, "gb18030", run)
    return undone


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
    return text if cost(text[:200]) < cost(run[: len(text[:200].encode(codec))]) else None
