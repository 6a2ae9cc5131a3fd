"""`newsdelta channels check NAME --pages`: what a channel's rules read on its real pages, as JSON and for people."""

import json

from tests.replica.makes import Serving, make_site

ARTICLE = '[channel.article]\ntitle = "font[size=\'5\'] b"\nsource = "p.nowhere"\n'


def test_what_each_selector_matches_is_one_document(newsdelta):
    with Serving(make_site("table")) as site:
        newsdelta.configure(site.url, ARTICLE, channel="jiangzhou")
        found = newsdelta.json("channels", "check", "jiangzhou", "--pages")
        truths = {truth["url"]: truth for truth in site.truth()["articles"]}
    assert list(found) == ["channel", "pages", "failed"]
    home, *articles = found["pages"]
    assert home == {
        "kind": "listing", "url": site.url, "failed": False, "selectors": [], "read": {"articles": 20}, "problem": "",
    }  # fmt: skip
    assert len(articles) == 3
    for page in articles:
        truth = truths[page["url"]]
        assert page["selectors"] == [
            {"name": "title", "selector": "font[size='5'] b", "matches": 1, "text": truth["title"], "nearest": ""},
            {"name": "source", "selector": "p.nowhere", "matches": 0, "text": "", "nearest": ""},
        ]  # fmt: skip
        assert list(page["read"]) == ["title", "published_at", "source", "authors", "characters"]
        assert page["read"]["published_at"] == truth["published_at"]


def test_what_cannot_be_read_is_said_and_is_the_exit_code(newsdelta):
    with Serving(make_site("table")) as site:
        newsdelta.configure(f"{site.url}nowhere/", channel="jiangzhou")
        done = newsdelta("channels", "check", "jiangzhou", "--pages", "--json", expect=1)
        told = newsdelta("channels", "check", "jiangzhou", "--pages", expect=1)
    [page] = json.loads(done.stdout)["pages"]
    assert (page["failed"], page["read"], page["selectors"]) == (True, {}, [])
    assert "404" in page["problem"]
    assert "✗" in told.stdout
    assert "No articles were found" in told.stderr
