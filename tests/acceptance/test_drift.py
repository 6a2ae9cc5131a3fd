"""A site from the config is rebuilt: the crawl says so once, and what would heal it; a person writes it down."""

from __future__ import annotations

from random import Random

import pytest

from tests.quality.drift_cases import Dress, path_of, renamed, text_behind_a_door
from tests.replica.makes.model import Column, Maker, Site, Story
from tests.replica.makes.server import Serving
from tests.replica.makes.writing import chinese

DRESS = Dress.draw(Random("before"), "blocks")


class DressedSite(Site):
    """A site of one listing, whose pages wear a dress."""

    make, title = "dressed", "江州在线"
    columns = (Column("要闻", "/"),)

    def draw(self) -> None:
        self.dress = DRESS

    def write(self, count: int) -> list[Story]:
        return chinese("dressed", count, 1, "江州日报")

    def path_of(self, story: Story) -> str:
        return path_of(story)

    def lay_out(self) -> dict[str, Maker]:
        stories = self.newest()
        links = "".join(f'<li><a href="{path_of(story)}">{story.title}</a></li>' for story in stories)
        home = (
            f"<html><head><title>江州在线</title></head><body><h1>江州在线</h1><ul>{links}</ul></body></html>"
        )
        pages = {path_of(story): self.dress.page(story, stories[:4]) for story in stories}
        return {path: lambda base, html=html: self.page(html) for path, html in {"/": home, **pages}.items()}

    def rebuild(self, dress: Dress) -> None:
        self.dress, self._pages = dress, None


@pytest.fixture
def served(newsdelta):
    with Serving(DressedSite(stories=10)) as served:
        chosen = DRESS.selectors()
        newsdelta.config.write_text(
            f'[database]\nurl = "{newsdelta.url}"\n[network]\nallow_private_addresses = true\n'
            f'# the paper of the town\n[[channel]]\nname = "jiangzhou"\nhome = "{served.url}"\n'
            f'article = {{ url = \'/news/\\d+/\\d+\\.html$\', title = "{chosen.title}", time = "{chosen.time}",'
            f' body = "{chosen.body}" }}\n',
            encoding="utf-8",
        )
        crawl(newsdelta)
        yield served


def crawl(newsdelta, expect: int = 0):
    return newsdelta.json("crawl", "jiangzhou", expect=expect)


def told(newsdelta) -> list[tuple[str, str]]:
    found = newsdelta.lines("events")
    return [(one["kind"], one["title"]) for one in found if one["kind"] not in ("new", "republished")]


def test_a_rebuilt_site_is_healed_by_the_selectors_that_the_crawl_found(newsdelta, served):
    served.site.rebuild(renamed(DRESS, Random("after")))
    crawl(newsdelta, expect=1)
    (broken,) = newsdelta.lines("events", "--kind", "channel-broken")
    changes = {change["key"]: change["new"] for change in broken["healing"]["changes"]}
    assert "body" in changes
    shown = newsdelta("events", "--kind", "channel-broken").stdout
    assert f'+article.body = "{changes["body"]}"' in shown

    before = newsdelta.config.read_text(encoding="utf-8")
    asked = newsdelta("channels", "heal", "jiangzhou")
    assert f'+article.body = "{changes["body"]}"' in asked.stdout
    assert newsdelta.config.read_text(encoding="utf-8") == before  # nobody agreed

    newsdelta("channels", "heal", "jiangzhou", "--yes")
    after = newsdelta.config.read_text(encoding="utf-8")
    assert changes["body"] in after
    assert "# the paper of the town" in after
    crawl(newsdelta)
    assert [kind for kind, _ in told(newsdelta)] == ["channel-broken", "channel-recovered"]
    served.site.edit(3, title="江州新桥今日通车")
    crawl(newsdelta)
    assert told(newsdelta)[2:] == [("edited", "江州新桥今日通车")]


def test_where_nothing_sure_is_found_nothing_is_proposed(newsdelta, served):
    served.site.rebuild(text_behind_a_door(DRESS, Random("after")))
    crawl(newsdelta, expect=1)
    found = newsdelta.json("channels", "heal", "jiangzhou", expect=1)
    assert found["broken"]
    assert (found["changes"], found["diff"], found["written"]) == ([], "", False)
    assert found["notes"]


def test_a_channel_that_is_well_has_nothing_to_heal(newsdelta, served):
    crawl(newsdelta)
    assert "not known to be broken" in newsdelta("channels", "heal", "jiangzhou").stdout
