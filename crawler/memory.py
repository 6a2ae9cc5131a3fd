"""Keeps the memory of a process near what it uses: gives back what is free, and keeps it from being scattered.

Only glibc's allocator keeps much of what was freed; elsewhere nothing here does anything.
"""

from __future__ import annotations

import ctypes
import gc
from functools import cache
from typing import Any

#: Parameters of mallopt(3), and what they are set to: one arena for all threads, as ours hardly ever allocate at the
#: same time; and a fixed size, in bytes, from which a block has pages of its own, which go when it is freed.
_ARENA_MAX, _ARENAS = -8, 1
_MMAP_THRESHOLD, _LARGE = -3, 2**18

#: Seconds between two tidyings of a process that lives for long; every so many of them cycles are looked for.
TIDY_EVERY, COLLECT = 5.0, 12


def be_frugal() -> None:
    """Set the allocator of this process up for a long life. To be called before threads are started."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_ARENA_MAX, _ARENAS)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)


def be_long_lived() -> None:
    """Let what is there by now stay, and what comes be mostly freed by counting references alone.

    Python then looks for cycles so seldom that who lives for long has to do so himself, now and then: what is left of
    a crawl when it has ended is in cycles.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def give_back() -> None:
    """Return what is free to the system: a millisecond or two, more after much was freed."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


class Tidying:
    """What a process that lives for long does every `TIDY_EVERY` seconds.

    By itself Python looks for cycles when a quarter of all that lives long may be in some, which is megabytes.
    """

    def __init__(self) -> None:
        self._times = 0

    def __call__(self) -> None:
        """Give back what is free; now and then what is in cycles, too."""
        self._times += 1
        if self._times % COLLECT == 0:
            gc.collect()
        give_back()


@cache
def _glibc() -> Any:
    """The C library, None where it is another."""
    try:
        libc = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return libc if hasattr(libc, "malloc_trim") and hasattr(libc, "mallopt") else None
