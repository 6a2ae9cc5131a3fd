"""PURE Which page to fetch next: the revisit plan. `Planner` is all that others need."""

from scheduler.revisit.page import Delay, Kind, PageId, Visit, Weights
from scheduler.revisit.planner import LIFE, Planner

__all__ = ["LIFE", "Delay", "Kind", "PageId", "Planner", "Visit", "Weights"]
