"""PURE strict decoding that goes on after an error, in one pass, and notes where the errors were.

Starting a codec again after each error would take time that grows with the square of a damaged body's size.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from crawler.text.binary import MOST_BAD
from storage.errors import Undecodable
from storage.records import BadByte

#: Given where the error is, says what stands there in the text and where decoding goes on.
_OnError = Callable[[UnicodeDecodeError], tuple[str, int]]
_on_error: ContextVar[_OnError] = ContextVar("_on_error")


def _handler(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _on_error.get()(error)


codecs.register_error("newsdelta.lenient", _handler)


def decode_with(on_error: _OnError, body: bytes, codec: str) -> str:
    """Decode a body; at each error `on_error` says what to write and where to go on."""
    token = _on_error.set(on_error)
    try:
        return body.decode(codec, "newsdelta.lenient")
    finally:
        _on_error.reset(token)


@dataclass
class Noting:
    """Writes one U+FFFD for each broken character and keeps its bytes; offsets are moved by `offset`.

    Raises Undecodable where there are too many.
    """

    longest: int  # bytes of a character in this codec
    offset: int = 0
    bad: list[BadByte] = field(default_factory=list)
    end: int = -1

    def __call__(self, error: UnicodeDecodeError) -> tuple[str, int]:
        """Note one error."""
        found = error.object[error.start : error.end].hex()
        joins = self.bad and error.start == self.end
        self.end = error.end
        # The rest of a character whose first bytes were bad is no second character.
        if joins and len(self.bad[-1].found) + len(found) <= 2 * self.longest:
            self.bad[-1] = BadByte(self.bad[-1].at, self.bad[-1].found + found)
            return "", error.end
        self.bad.append(BadByte(self.offset + error.start, found))
        if len(self.bad) > MOST_BAD:
            raise Undecodable(f"more than {MOST_BAD} bytes of the body form no character")
        return "\ufffd", error.end
