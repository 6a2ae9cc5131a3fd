"""PURE: a small input that still does it."""

from __future__ import annotations

from collections.abc import Callable


def minimised(body: bytes, does_it: Callable[[bytes], bool], tries: int = 400) -> bytes:
    """Cut pieces out of an input, half of it at first and then smaller ones, while it still does it.

    The idea is that of delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
    2002), without its complements' order. At most so many tries.
    """
    size = max(1, len(body) // 2)
    while size and tries:
        place, shorter = 0, False
        while place < len(body) and tries:
            tries -= 1
            without = body[:place] + body[place + size :]
            if does_it(without):
                body, shorter = without, True
            else:
                place += size
        if not shorter:
            size //= 2
    return body
