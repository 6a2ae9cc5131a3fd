"""/api/v1: the records of the command line's --json, for programs. A file per group of calls."""

from __future__ import annotations

from scheduler.web.api import alerts, articles, channels, events, keys, looks, runs, stories

ROUTERS = [module.router for module in (articles, events, stories, looks, channels, runs, alerts, keys)]
