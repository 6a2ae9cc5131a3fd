"""What a process and its children hold now."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil

from tests.soak.trend import Sample


def _own(pid: int) -> float:
    """Megabytes that a process wrote itself. Of the code that it has in common with others, its share would count."""
    try:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in rolled.splitlines() if line.startswith("Pss_Anon:")) / 1024


def look(process: psutil.Process, hours: float, *, children: bool = True) -> Sample:
    """Take a sample; a child that ends meanwhile counts as gone."""
    megabytes, files, threads = 0.0, 0, 0
    for one in (process, *(process.children(recursive=True) if children else ())):
        with suppress(psutil.NoSuchProcess):
            held = (_own(one.pid), one.num_fds(), one.num_threads())
            megabytes, files, threads = megabytes + held[0], files + held[1], threads + held[2]
    return Sample(hours, megabytes, files, threads)
