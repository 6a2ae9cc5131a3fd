"""The pages; each file has one, or a few that belong together, and a `router` with its addresses."""

from scheduler.web.pages import article, articles, events, health, login, overview, stories

ROUTERS = [module.router for module in (login, health, overview, articles, article, events, stories)]
