"""The pages; each file has one, or a few that belong together, and a `router` with its addresses."""

from scheduler.web.pages import (
    alerts,
    article,
    articles,
    channels,
    deliveries,
    events,
    feeds,
    health,
    keys,
    login,
    looks,
    overview,
    runs,
    stories,
    websub,
)

_PAGES = (
    login,
    health,
    overview,
    articles,
    article,
    events,
    stories,
    alerts,
    deliveries,
    runs,
    looks,
    channels,
    feeds,
    keys,
    websub,
)
ROUTERS = [module.router for module in _PAGES]
