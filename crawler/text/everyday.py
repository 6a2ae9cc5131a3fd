"""PURE the common case, fast: a page of GB2312 with a few characters of GBK, which a single pass reads."""

from __future__ import annotations

from crawler.text.lenient import decode_with

#: So many characters beyond GB2312 are looked at one by one; a page with more is no everyday page.
_FEW = 60


class _NoEverydayPageError(Exception):
    pass


def read_everyday(body: bytes) -> str | None:
    """Return the text of a body that is strict GBK and mostly GB2312, or None where it is not, or looks shifted."""
    beyond: list[int] = []

    def from_gbk(error: UnicodeDecodeError) -> tuple[str, int]:
        pair = body[error.start : error.start + 2]
        beyond.append(error.start)
        try:
            char = pair.decode("gbk")
        except UnicodeDecodeError:
            raise _NoEverydayPageError from None
        if len(char) != 1 or len(beyond) > _FEW:
            raise _NoEverydayPageError
        return char, error.start + 2

    try:
        text = decode_with(from_gbk, body, "gb2312")
    except _NoEverydayPageError:
        return None
    if beyond and _looks_shifted(body, beyond):
        return None
    # Python's GB2312 codec names two signs otherwise than its GBK and GB18030 codecs.
    return text.replace("\u30fb", "\u00b7").replace("\u2015", "\u2014")


def _looks_shifted(body: bytes, places: list[int]) -> bool:
    from crawler.text.alignment import looks_shifted  # loads the models, which most pages do not need

    return any(looks_shifted(body, place) for place in places)
