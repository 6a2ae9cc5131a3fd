"""Writing into the config: what is added, what is changed, and that nothing else moves."""

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.config_edit import add_channel, change_channel, channel_toml, write_config
from storage.errors import ConfigError, NotFound

CONFIG = """# our desk's watch

[watch]
requests_per_hour = 60   # as agreed with the paper

[[channel]]
name = "cq"      # built in

[[channel]]
name = "bao"
home = 'https://bao.example/'
article = { title = "h1", body = "div.text" } # by hand

[[alert]]
name = "district"   # who reads this: the press office
to = ["mailto:desk@bao.example"]
"""
PAPER = {
    "name": "jz",
    "home": "https://jz.example/",
    "columns": ["/news/"],
    "article": {"url": r"/\d+\.html$", "title": "h1"},
    "javascript": False,
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "[watch]\nevery = '5m'",
        CONFIG,
        CONFIG.replace("\n\n", "\n"),
        "[[channel]]\nname='cq'",
    ],
)
def test_a_channel_is_added_and_everything_else_stands(text: str) -> None:
    added = add_channel(text, PAPER)
    before, after = tomllib.loads(text), tomllib.loads(added)
    assert after.pop("channel") == [*before.pop("channel", []), PAPER]
    assert after == before
    for line in text.splitlines():
        assert line in added.splitlines()


def test_a_pattern_is_written_as_a_person_would_write_it() -> None:
    assert r"url = '/\d+\.html$'" in channel_toml(PAPER)


def test_a_new_channel_stands_behind_the_others_with_a_line_between() -> None:
    lines = add_channel(CONFIG, PAPER).splitlines()
    at = lines.index('name = "jz"')
    assert lines[at - 1] == "[[channel]]"
    assert lines[at - 2] == ""
    assert lines.index('name = "bao"') < at < lines.index("[[alert]]")


def test_one_selector_is_changed_and_the_comments_stay() -> None:
    changed = change_channel(CONFIG, "bao", {"article.body": "div.main > div.zw", "time_zone": "Asia/Taipei"})
    section = tomllib.loads(changed)["channel"][1]
    assert section["article"] == {"title": "h1", "body": "div.main > div.zw"}
    assert section["time_zone"] == "Asia/Taipei"
    assert "# by hand" in changed
    assert "# who reads this" in changed or "who reads this" in changed


def test_none_takes_a_key_away_and_an_absent_one_may_be_taken_away_too() -> None:
    changed = change_channel(
        CONFIG, "bao", {"article.title": None, "article.time": None, "listing.links": None}
    )
    assert tomllib.loads(changed)["channel"][1]["article"] == {"body": "div.text"}


def test_a_channel_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        change_channel(CONFIG, "nowhere", {"home": "https://x.example/"})


def test_a_config_that_is_no_toml_is_not_touched() -> None:
    with pytest.raises(ConfigError):
        add_channel("[watch\n", PAPER)


@settings(max_examples=60)
@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=5))
def test_whatever_stands_in_a_selector_is_read_back(selector: str, columns: list[str]) -> None:
    values = {"name": "x", "article": {"body": selector}, "columns": columns}
    assert tomllib.loads(add_channel(CONFIG, values))["channel"][-1] == values


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    target, link = tmp_path / "real.toml", tmp_path / "newsdelta.toml"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)
    link.symlink_to(target)
    write_config(link, "新的\n")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "新的\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["newsdelta.toml", "real.toml"]


def test_where_it_cannot_be_written_the_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"newsdelta\.toml"):
        write_config(tmp_path / "a" / "newsdelta.toml", "")
