"""`newsdelta extract` on pages of publishers we know and of those we do not."""

import json

import pytest
from click.testing import CliRunner

from scheduler.cli.extract import command

TEXT = "<p>清晨的码头上，第一班渡船鸣笛离岸，乘客们举着相机，江面上的雾正在慢慢散去。</p>" * 3
PAGE = (
    "<html><head><title>渡船复航 - 江城晚报网</title></head><body><h1>渡船复航</h1>"
    f"<div>2024-05-06 08:30 来源：江城晚报</div><div>{TEXT}</div></body></html>"
)
KNOWN = "http://cq.people.com.cn/n2/2024/0506/c365411-40000001.html"


@pytest.fixture
def extract(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, "utf-8")

    def run(*words):
        return CliRunner().invoke(command, [str(tmp_path / "page.html"), *words, "--json"])

    return run


def test_a_page_of_an_unknown_publisher_is_read_without_templates(extract):
    told = json.loads(extract("--url", "https://jcwb.example/a/1.html").stdout)
    assert (told["title"], told["published_at"]) == ("渡船复航", "2024-05-06T08:30:00+08:00")
    assert (told["source"], told["template"], told["article_id"]) == ("江城晚报", "generic", None)
    assert len(told["body"]) == 3
    assert told["content_hash"].startswith("c")


def test_a_page_without_an_address_may_be_anybodys(extract):
    assert json.loads(extract().stdout)["template"] == "generic"


def test_an_unknown_page_of_a_publisher_we_know_is_an_error_that_offers_generic(extract):
    result = extract("--url", KNOWN)
    assert result.exit_code != 0
    assert "--generic" in result.output + str(result.exception)


def test_generic_reads_even_that(extract):
    assert json.loads(extract("--url", KNOWN, "--generic").stdout)["template"] == "generic"
