"""A local copy of the regional channels of People's Daily Online, in its structure only: tests, demo and
benchmarks use it.

    prose -> articles -> edits      what is written: computed from a seed, never kept
    pages/                          how it looks, in every template generation
    site -> world                   what lies where now; clock, timeline, faults
    server                          HTTP;  replica, process: running it;  control: what a test can ask of it

All text in it is written for it. It imports no product code.
"""

from .control import Control, ReplicaError
from .pages.render import render_article
from .process import ReplicaProcess
from .replica import Replica
from .timeline import TimelineError

__all__ = ["Control", "Replica", "ReplicaError", "ReplicaProcess", "TimelineError", "render_article"]
