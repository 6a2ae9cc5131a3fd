"""What a feed or sitemap offers: articles, and the sitemaps of an index that are worth a visit."""

from datetime import UTC, datetime

from crawler.offered import is_dated, links_of, sitemaps_worth_a_visit
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import SiteRules
from crawler.sources import Entry, Source, SourceKind

HOME = "https://bashan.example/"
SITE = ConfiguredPublisher(SiteRules("bashan.example", HOME))


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def index(*sitemaps: tuple[str, datetime | None]) -> Source:
    return Source(
        SourceKind.INDEX,
        further=tuple(url for url, _ in sitemaps),
        further_at=tuple(when for _, when in sitemaps),
    )


def test_a_feeds_entry_is_an_article_by_being_listed_a_sitemaps_by_its_address():
    entries = (Entry(f"{HOME}ferry", "老码头重新开放"), Entry(f"{HOME}2026/11/24/bus.html", "公交改线"))
    assert len(links_of(Source(SourceKind.RSS, entries), SITE, HOME)) == 2
    assert [link.url for link in links_of(Source(SourceKind.SITEMAP, entries), SITE, HOME)] == [
        entries[1].url
    ]


def test_of_a_sitemap_the_newest_are_taken():
    entries = tuple(Entry(f"{HOME}2026/11/{day:02}/x.html", updated_at=at(day)) for day in range(1, 21))
    found = links_of(Source(SourceKind.SITEMAP, entries), SITE, HOME, 2)
    assert [link.url for link in found] == [f"{HOME}2026/11/20/x.html", f"{HOME}2026/11/19/x.html"]


def test_a_first_visit_to_an_index_takes_the_newest_sitemaps():
    found = index(*((f"{HOME}m{day}.xml", at(day)) for day in range(1, 11)))
    assert sitemaps_worth_a_visit(found, {}, None) == (f"{HOME}m10.xml", f"{HOME}m9.xml", f"{HOME}m8.xml")


def test_later_only_what_changed_is_taken_and_never_the_past():
    found = index((f"{HOME}new.xml", at(20, 15)), (f"{HOME}same.xml", at(10)), (f"{HOME}old.xml", at(1)))
    visited = {f"{HOME}new.xml": at(20, 13), f"{HOME}same.xml": at(20, 13)}
    assert sitemaps_worth_a_visit(found, visited, at(20, 13)) == (f"{HOME}new.xml",)


def test_a_sitemap_that_names_only_the_day_may_have_changed_until_its_end():
    found = index((f"{HOME}today.xml", at(20, 0)))
    assert sitemaps_worth_a_visit(found, {f"{HOME}today.xml": at(20, 13)}, at(20, 13)) == (
        f"{HOME}today.xml",
    )
    assert sitemaps_worth_a_visit(found, {f"{HOME}today.xml": at(21, 13)}, at(21, 13)) == ()


def test_a_backfill_takes_as_many_as_are_asked_for():
    found = index(*((f"{HOME}m{day}.xml", at(day)) for day in range(1, 11)))
    assert len(sitemaps_worth_a_visit(found, {}, at(30), pages=7)) == 7


def test_an_index_without_times_is_taken_by_its_numbers():
    found = index((f"{HOME}m1.xml", None), (f"{HOME}m12.xml", None), (f"{HOME}m2.xml", None))
    assert not is_dated(found)
    assert sitemaps_worth_a_visit(found, {}, at(20))[0] == f"{HOME}m12.xml"
