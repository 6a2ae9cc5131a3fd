"""One survey of an unknown site: a home page's address in, a finding out, by few and polite requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from scrapy.crawler import AsyncCrawlerRunner

from crawler.render.ask import SETTINGS as BROWSER
from crawler.render.ask import require_browser
from crawler.run import Options, in_reactor
from crawler.survey import Finding, Seen, Survey
from storage.errors import ConfigError


def look_at(
    home: str,
    now: datetime,
    *,
    allow_private_addresses: bool = False,
    listener: Callable[[Seen], None] = lambda seen: None,
) -> Finding:
    """Look at a site and return what channel it would make; a site that makes none is a finding that declines.

    robots.txt, spacing and address guard are those of a crawl. Only once in a process, as `crawl_all`.
    """
    from crawler.spiders.survey import SurveySpider

    survey, no_browser = Survey(home, now), browser_missing()
    overrides = {} if no_browser else BROWSER
    options = Options(allow_private_addresses=allow_private_addresses, overrides=overrides)

    async def work() -> Finding:
        runner = AsyncCrawlerRunner(options.settings())
        crawler = runner.create_crawler(SurveySpider)
        await runner.crawl(crawler, survey=survey, no_browser=no_browser, listener=listener)
        return survey.finding()

    return in_reactor(work)


def browser_missing() -> str:
    """Why no page can be looked at in a browser, with the mend; '' where it can."""
    try:
        require_browser()
    except ConfigError as error:
        return str(error)
    return ""
