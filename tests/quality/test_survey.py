"""Sites of the eight makes in looks that nobody tuned for: what a survey proposes, and what is read by it.

The variants draw addresses, class names, nesting, feeds and time zones anew. Run as a module, it prints a line for
each site: `python -m tests.quality.test_survey [VARIANT …]`.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crawler.read import read_page
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Selectors, SiteRules
from crawler.survey import Finding, Seen, Survey
from storage.errors import PageError
from storage.records import PageBody
from tests.replica.makes import MAKES, Site, make_site

BASE = "http://127.0.0.1:1"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
#: Pages made by a script need a browser: the acceptance tests look at those.
MADE = [make for make in MAKES if make != "scripted"]
VARIANTS = (1, 2)


def survey(site: Site) -> Finding:
    """Survey a site without a network."""
    looked = Survey(f"{BASE}/", NOW)
    while wanted := looked.wants():
        for want in wanted:
            reply = site.reply(want.url.removeprefix(BASE) or "/", BASE)
            looked.take(Seen(want, want.url, reply.status, reply.body, reply.content_type))
    return looked.finding()


def faults(site: Site) -> Iterator[str]:
    """What is wrong with the proposal, and with every article of the site as read by it."""
    finding, truth = survey(site), site.truth(BASE)
    if finding.decline:
        yield f"declined: {finding.decline}"
        return
    values = finding.values
    if [column.path for column in finding.columns] != truth["columns"]:
        yield f"columns: {[column.path for column in finding.columns]}"
    urls = {article["url"] for article in truth["articles"]}
    fits = re.compile(values["article"]["url"]).search
    if wrong := [path for path in site.pages() if (fits(BASE + path) is not None) != (BASE + path in urls)]:
        yield f"pattern {values['article']['url']}: {len(wrong)} wrong, such as {wrong[0]}"
    if not (finding.columns or values.get("feeds") or values.get("sitemaps")):
        yield "no listing shows the articles"
    selectors = {name: value for name, value in values["article"].items() if name != "url"}
    zone = values.get("time_zone", "Asia/Shanghai")
    rules = SiteRules("site", f"{BASE}/", values["article"]["url"], Selectors(**selectors), time_zone=zone)
    for article in truth["articles"]:
        reply = site.reply(article["url"].removeprefix(BASE), BASE)
        page = PageBody(article["url"], reply.body, reply.content_type)
        try:
            fields = read_page([page], ConfiguredPublisher(rules)).fields
        except PageError as error:
            yield f"unread: {error.message}"
            continue
        if fields.title != article["title"]:
            yield f"title: {fields.title}"
        if fields.published_at != datetime.fromisoformat(article["published_at"]):
            yield f"time: {fields.published_at} for {article['published_at']}"
        if (
            "".join(fields.body) != "".join(article["body"])
            and _likeness(fields.body, article["body"]) < 0.95
        ):
            yield "body"


def _likeness(read: tuple[str, ...], true: list[str]) -> float:
    one, two = (
        Counter(text[at : at + 4] for at in range(len(text) - 3)) for text in ("".join(read), "".join(true))
    )
    return 2 * (one & two).total() / (one.total() + two.total())


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("make", MADE)
def test_a_look_that_was_kept_apart_is_read_without_a_fault(make: str, variant: int) -> None:
    assert list(faults(make_site(make, variant))) == []


if __name__ == "__main__":
    for chosen in map(int, sys.argv[1:] or VARIANTS):
        for made in MADE:
            found = list(faults(make_site(made, chosen)))
            print(f"{made} {chosen}: {len(found)} faults {found[:3]}")
