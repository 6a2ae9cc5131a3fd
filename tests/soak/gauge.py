"""What a process and its children hold now."""

from __future__ import annotations

from contextlib import suppress

import psutil

from tests.soak.trend import Sample


def look(process: psutil.Process, hours: float, *, children: bool = True) -> Sample:
    """Take a sample; a child that ends meanwhile counts as gone."""
    megabytes, files, threads = 0.0, 0, 0
    for one in (process, *(process.children(recursive=True) if children else ())):
        with suppress(psutil.NoSuchProcess):
            held = (one.memory_full_info().pss / 2**20, one.num_fds(), one.num_threads())
            megabytes, files, threads = megabytes + held[0], files + held[1], threads + held[2]
    return Sample(hours, megabytes, files, threads)
