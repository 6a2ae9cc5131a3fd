"""Bad input and bad servers: the exit code, a message that names the thing and the mend, and nothing lost."""

import socket

import pytest

from tests.replica.replica import Replica


def total(newsdelta) -> int:
    return len(newsdelta.lines("articles", "--limit", "1000"))


@pytest.mark.parametrize(
    ("fault", "options", "words"),
    [
        ("outage", {}, "robots.txt answers 503, which forbids everything"),
        ("status", {"code": 403}, "the server answers 403"),
        ("status", {"code": 500}, "robots.txt answers 500, which forbids everything"),
        ("reset", {}, "The listing could not be read"),
        ("truncate", {"keep": 2000}, "the body was cut short"),
        ("huge", {"size": 50_000_000}, "larger than a page may be"),
    ],
    ids=["outage", "403", "500", "reset", "cut short", "50 MB"],
)
def test_a_site_in_trouble_is_named_and_nothing_stored_is_lost(newsdelta, site, fault, options, words):
    newsdelta.crawl()
    before = total(newsdelta)
    site.do(fault, path="*", **options)
    done = newsdelta("crawl", "cq", "--json", expect=3)
    assert site.url in done.stderr
    assert words in done.stderr
    assert total(newsdelta) == before
    site.do("recover")
    assert newsdelta.crawl()["edited"] == 0
    assert all(kind == "new" for kind, _ in newsdelta.events())


def test_one_page_in_trouble_fails_alone(newsdelta, site):
    broken = site.truth(20)["url"]
    site.do("status", code=500, article=20)
    done = newsdelta("crawl", "cq", expect=1)
    assert broken in done.stderr
    assert "the server answers 500" in done.stderr
    site.do("recover")
    assert newsdelta.crawl()["new"] == 1


def test_a_page_without_a_known_template_is_reported_and_not_stored(newsdelta, site):
    site.do("redesign", to="unknown")
    done = newsdelta("crawl", "cq", expect=1)
    assert "matches no template" in done.stderr
    assert total(newsdelta) == 0


def test_an_unknown_template_never_speaks_for_a_removal(newsdelta, site):
    newsdelta.crawl()
    site.do("redesign", to="unknown")
    for _ in range(3):
        newsdelta.crawl(expect=1)
    told = [event for event in newsdelta.events() if event[0] != "new"]
    assert told == [("channel-broken", "cq")]


def test_an_empty_body_is_trouble_and_no_removal(newsdelta, site):
    newsdelta.crawl()
    site.do("empty-body", article=20)
    for _ in range(3):
        assert newsdelta.crawl(expect=1)["removed"] == 0


def test_a_host_that_is_not_there(newsdelta):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        newsdelta.configure(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        done = newsdelta("crawl", "cq", expect=3)
    assert "the connection was refused" in done.stderr


def test_a_local_address_needs_leave(newsdelta, site):
    newsdelta.config.write_text(newsdelta.config.read_text().replace("= true", "= false"))
    done = newsdelta("crawl", "cq", expect=3)
    assert "allow_private_addresses = true" in done.stderr
    assert site.requests() == []


def test_a_listing_without_links(newsdelta):
    with Replica(seed=5, articles=0) as site:
        newsdelta.configure(site.url)
        done = newsdelta("crawl", "cq", expect=1)
    assert "No article links were found" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("crawl", "nowhere"), "nowhere"),
        (("crawl", "--url", "ftp://a/b"), "ftp://a/b"),
        (("crawl", "--url", "http://example.invalid/1.html"), "No channel has this host"),
        (("crawl", "--since", "soon"), "'soon' is no time"),
        (("crawl", "--pages", "0"), "--pages"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_usage(newsdelta, site, words, message):
    assert message in newsdelta(*words, expect=2).stderr


def test_a_wrong_config(newsdelta, site):
    newsdelta.config.write_text('[watch]\nrequests_per_hou = "9"\n')
    done = newsdelta("crawl", "cq", expect=2)
    assert "newsdelta.toml, line 2" in done.stderr
    assert "requests_per_hour" in done.stderr


def test_a_database_of_a_newer_version(newsdelta, site):
    newsdelta.crawl()
    newsdelta.sql("UPDATE alembic_version SET version_num = '9999'")
    done = newsdelta("crawl", "cq", expect=1)
    assert "newer newsdelta" in done.stderr
    assert "nothing was touched" in done.stderr


def test_an_article_that_is_not_there(newsdelta, site):
    newsdelta.crawl()
    done = newsdelta("show", "99999999", expect=1)
    assert "99999999" in done.stderr
