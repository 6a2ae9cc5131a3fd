"""The parts of the browser that need none: which Chromium is taken, what is asked for, which requests are not made."""

import json
import stat
from pathlib import Path

import brotli
import pytest

from crawler.render import find
from crawler.render.ask import META, browser_meta
from crawler.render.blocking import file_kind, is_refused, is_tracker, site_of
from crawler.render.find import Places, choose, unpacked
from crawler.sites.model import Rendering
from storage.errors import ConfigError

OWN = "/cache/chromium-1200/chrome-linux/chrome"
NEWER = "/cache/chromium_headless_shell-1228/chrome-linux/headless_shell"


@pytest.mark.parametrize(
    ("places", "chosen"),
    [
        (Places(), None),
        (Places(npm=("/n",)), ("/n", "npm")),
        (Places(system=("/usr/bin/chromium", "/usr/bin/google-chrome"), npm=("/n",)), ("/usr/bin/chromium", "system")),
        (Places(playwright=(OWN, NEWER), system=("/usr/bin/chromium",)), (NEWER, "playwright")),
        (Places(named="/opt/mine", playwright=(OWN,), system=("/s",), npm=("/n",)), ("/opt/mine", "named")),
    ],
)  # fmt: skip
def test_one_is_chosen_the_named_before_playwrights_before_the_systems_before_npms(places, chosen):
    assert choose(places) == chosen


def test_a_named_one_that_is_not_there_is_an_error_and_no_other_is_taken(monkeypatch):
    monkeypatch.setenv(find.VARIABLE, "/nowhere/chromium")
    with pytest.raises(ConfigError, match=r"NEWSDELTA_CHROMIUM.*/nowhere/chromium"):
        find.find_chromium()


def test_the_folders_of_playwright_and_npm_are_looked_into(tmp_path):
    shell = tmp_path / "own/chromium_headless_shell-1228/chrome-linux/headless_shell"
    package = tmp_path / "modules/@sparticuz/chromium"
    for file in (shell, package / "bin/chromium.br"):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"")
        file.chmod(0o755)
    environment = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own"), "NODE_PATH": str(tmp_path / "modules")}
    places = find.look(environment)
    assert places.playwright == (str(shell),)
    assert places.npm[0] == str(package)


def packed(folder: Path, content: bytes) -> Path:
    """A package as npm's is made."""
    (folder / "bin").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "147.0.0"}), encoding="utf-8")
    (folder / "bin/chromium.br").write_bytes(content)
    return folder


def test_npms_is_unpacked_once_into_the_users_own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    package = packed(tmp_path / "package", brotli.compress(b"a browser"))
    path = unpacked(package)
    assert path.read_bytes() == b"a browser"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    (package / "bin/chromium.br").unlink()
    assert unpacked(package) == path


@pytest.mark.parametrize("content", [b"no brotli at all", brotli.compress(bytes(range(256)) * 99)[:-40]])
def test_a_damaged_package_is_told_and_leaves_nothing_half_unpacked(tmp_path, monkeypatch, content):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(ConfigError, match="cannot be unpacked"):
        unpacked(packed(tmp_path / "package", content))
    assert list((tmp_path / "cache/newsdelta").iterdir()) == []


WHOLE = Rendering(wait_for="div.text", more="button", depth=3)


@pytest.mark.parametrize(
    ("rendering", "listing", "asked"),
    [
        (None, True, None),
        (WHOLE, False, ("div.text", "", 0)),
        (WHOLE, True, ("", "button", 3)),
        (Rendering(wait_for="ul.news", depth=2, articles=False), True, ("ul.news", "", 2)),
        (Rendering(wait_for="ul.news", articles=False), False, None),
        (Rendering(listings=False), True, None),
    ],
)
def test_only_the_pages_that_need_it_are_asked_of_the_browser(rendering, listing, asked):
    ask = browser_meta(rendering, listing=listing).get(META)
    assert asked == (ask and (ask.wait_for, ask.more, ask.depth))


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("cq.people.com.cn", "people.com.cn"),
        ("www.cqnews.net", "cqnews.net"),
        ("paper.example.org", "example.org"),
        ("com.cn", "com.cn"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_hosts_belong_to_sites(host, site):
    assert site_of(host) == site


def test_trackers_are_known_with_all_below_them_and_no_others():
    assert is_tracker("hm.baidu.com")
    assert is_tracker("stats.g.doubleclick.net")
    assert not is_tracker("news.baidu.com")
    assert not is_tracker("net")


@pytest.mark.parametrize(
    ("kind", "url", "inner", "refused"),
    [
        ("document", "https://cq.example.com.cn/a.html", False, False),
        ("script", "https://static.elsewhere.cn/app.js", False, False),
        ("xhr", "https://api.elsewhere.cn/list", False, False),
        ("image", "https://cq.example.com.cn/a.jpg", False, True),
        ("media", "https://cq.example.com.cn/a.mp4", False, True),
        ("script", "https://hm.baidu.com/hm.js", False, True),
        ("document", "https://img.example.com.cn/inner.html", True, False),
        ("document", "https://ads.elsewhere.cn/banner.html", True, True),
        ("document", "about:blank", True, False),
    ],
)
def test_what_brings_no_text_is_not_asked_for(kind, url, inner, refused):
    assert is_refused(kind, url, "https://cq.example.com.cn/a.html", inner=inner) is refused


@pytest.mark.parametrize(
    ("status", "content_type", "kind"),
    [
        (200, "text/html; charset=gbk", ""),
        (200, "Text/HTML", ""),
        (200, "", ""),
        (200, "application/pdf", "application/pdf"),
        (206, "Video/MP4; codecs=avc1", "video/mp4"),
        (301, "application/octet-stream", ""),
        (404, "application/json", ""),
        (503, "application/pdf", ""),
    ],
)
def test_a_file_is_no_page_but_an_error_is_an_answer_whatever_its_kind(status, content_type, kind):
    assert file_kind(status, content_type) == kind
