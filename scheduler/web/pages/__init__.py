"""The pages; each file has one, and a `router` with its addresses."""

from scheduler.web.pages import health, login, overview

ROUTERS = [module.router for module in (login, health, overview)]
