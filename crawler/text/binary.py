"""PURE telling a body that is no text: by the first bytes of its kind, else by its control characters."""

from __future__ import annotations

#: The first bytes of what a news site serves besides pages.
#: Source: the formats' own specifications, as collected in the WHATWG MIME sniffing standard.
_FIRST_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"ID3", "an MP3 sound"),
    (b"OggS", "an Ogg sound or film"),
    (b"FLV\x01", "a Flash film"),
    (b"\x1aE\xdf\xa3", "a Matroska film"),
    (b"wOFF", "a web font"),
    (b"wOF2", "a web font"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
_ANY_FIRST = tuple(first for first, _ in _FIRST_BYTES)
_RIFF = {b"WEBP": "a WebP picture", b"WAVE": "a WAV sound", b"AVI ": "an AVI film"}
#: Every byte but the control characters that no text has (tab, line ends, form feed and escape are fine).
_NO_CONTROL = bytes(set(range(256)) - (set(range(0x20)) - set(b"\t\n\v\f\r\x1b")))
#: More control characters than this, of all bytes, make a body binary. Random data has one in ten.
_TOLERATED = 0.01
#: More bad bytes than this are not recorded one by one: the body is no text.
MOST_BAD = 20_000


def binary_kind(body: bytes) -> str | None:
    """Return what the body is ("a PDF document"), or None where it may be text."""
    if body.startswith(_ANY_FIRST):
        return next(kind for first, kind in _FIRST_BYTES if body.startswith(first))
    if body[:4] == b"RIFF":
        return _RIFF.get(body[8:12])
    if body[4:8] == b"ftyp":
        return "an MP4 film"
    return None


def has_binary_controls(body: bytes) -> bool:
    """Say whether so many control characters stand in the body that it cannot be text."""
    return len(body.translate(None, _NO_CONTROL)) > _TOLERATED * len(body)
