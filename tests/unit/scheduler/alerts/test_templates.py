"""Templates of the user's: which one writes a message, and what is wrong with them is said before anything is sent."""

from __future__ import annotations

import dataclasses
import logging
import re
from pathlib import Path

import pytest

from scheduler.alerts import view
from scheduler.alerts.write import check_templates, writer
from storage.errors import ConfigError
from tests.unit.scheduler.alerts.told import appeared, fields, message

TOLD = message([appeared(fields("渝北新增<公园>", "新增*三处*公园。"))])


def folder(root: Path, **files: str) -> Path:
    """A folder of templates; `zh__message_md` is the file zh/message.md."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_a_users_template_writes_its_form_and_ours_the_others(tmp_path: Path) -> None:
    letter = writer(folder(tmp_path, message_txt="{{ items[0].title }}！"))(TOLD)
    assert letter.plain == "渝北新增<公园>！"
    assert letter.markdown == writer()(TOLD).markdown


#: (files, template of the subscription, language, what writes the plain text)
CHOICES = [
    ({"message_txt": "甲"}, "", "zh", "甲"),
    ({"message_txt": "甲", "zh__message_txt": "乙"}, "", "zh", "乙"),
    ({"message_txt": "甲", "zh__message_txt": "乙"}, "", "en", "甲"),
    ({"message_txt": "甲", "brief_txt": "丙"}, "brief", "zh", "丙"),
    ({"brief_txt": "丙", "en__brief_txt": "D"}, "brief", "en", "D"),
    ({"message_txt": "甲", "brief_md": "丙"}, "brief", "zh", "甲"),
]


@pytest.mark.parametrize(("files", "template", "language", "plain"), CHOICES)
def test_which_template_writes(
    tmp_path: Path, files: dict[str, str], template: str, language: str, plain: str
) -> None:
    said = message(TOLD.items, language, template=template)
    assert writer(folder(tmp_path, **files))(said).plain == plain


def test_a_title_of_the_users_is_cut_to_one_short_line(tmp_path: Path) -> None:
    files = {"title_txt": "{{ items[0].channel }}\n{{ '长' * 99 }}", "brief_title_txt": "要闻"}
    write = writer(folder(tmp_path, **files))
    assert write(TOLD).title == "重庆频道 " + "长" * 54 + "…"
    assert write(message(TOLD.items, template="brief")).title == "要闻"


def test_a_template_can_extend_ours(tmp_path: Path) -> None:
    text = "{% extends 'newsdelta/zh/message.txt' %}{% block bottom %}\n渝北区融媒体中心{% endblock %}"
    plain = writer(folder(tmp_path, zh__message_txt=text))(TOLD).plain
    assert plain.startswith("新发表：渝北新增")
    assert plain.endswith("渝北区融媒体中心")


def test_text_of_the_web_is_harmless_in_a_users_template_as_well(tmp_path: Path) -> None:
    text = "{{ items[0].title }}|{{ items[0].lead }}"
    letter = writer(folder(tmp_path, message_md=text, message_html=text))(TOLD)
    assert letter.markdown == "渝北新增＜公园＞|新增＊三处＊公园。"
    assert letter.html.strip() == "渝北新增&lt;公园&gt;|新增*三处*公园。"


#: (what is wrong, the template, line, words of the message)
WRONG = [
    ("no end", "甲\n{% if items %}", 2, "endif"),
    ("no such tag", "{% fetch items %}", 1, "fetch"),
    ("no such variable", "甲\n乙\n{{ article }}", 3, "'article' is undefined"),
    ("no such variable of an event", "\n{% for item in items %}\n{{ item.colour }}{% endfor %}", 3, "colour"),
    ("wrong for one kind of event only", "{% if items[0].kind == 'removed' %}\n{{ gone }}{% endif %}", 2, "gone"),
    ("wrong for digests only", "{% if digest %}\n\n{{ gone }}{% endif %}", 3, "gone"),
    ("no such filter", "{{ items | weigh }}", 1, "weigh"),
    ("no such template to extend", "{% extends 'zh/other.txt' %}", 1, "other.txt"),
    ("a sum of words and numbers", "{{ 1 + headline }}", 1, "unsupported operand"),
    ("a way into Python", "{{ ''.__class__.__mro__ }}", 1, "unsafe"),
    ("a way into the objects", "{{ items.__class__ }}", 1, "unsafe"),
    ("a change of what is shown", "{{ items.append(1) }}", 1, "append"),
    ("a loop without end", "{% for i in range(10 ** 9) %}{% endfor %}", 1, "Range too big"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_wrong_template_is_refused_with_file_line_and_mend(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        writer(folder(tmp_path, zh__message_md=text))
    assert refused.value.subject == f"{tmp_path / 'zh' / 'message.md'}, line {line}"
    assert words in refused.value.message
    assert "docs/messages.md" in refused.value.mend


def test_a_template_of_a_name_of_its_own_is_tried_as_well(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'gone' is undefined"):
        check_templates(folder(tmp_path, brief_html="{{ gone }}"))


def test_a_template_that_a_subscription_asks_for_must_be_there(tmp_path: Path) -> None:
    check_templates(folder(tmp_path, brief_txt="甲"), ["brief", ""])
    with pytest.raises(ConfigError, match=r"No template is called 'breif'.*breif\.txt"):
        check_templates(tmp_path, ["breif"])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        writer(tmp_path / "none")


def test_a_file_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "message.txt").write_bytes("渝北".encode("gbk"))
    with pytest.raises(ConfigError) as refused:
        check_templates(tmp_path)
    assert str(tmp_path) in refused.value.subject


def test_a_template_that_fails_on_a_message_is_told_and_ours_writes_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No sample has the title that this one divides by."""
    text = "{% if items[0].title == '渝北' %}{{ 1 / 0 }}{% endif %}好"
    write = writer(folder(tmp_path, message_txt=text))
    said = message([appeared(fields("渝北"))])
    with caplog.at_level(logging.WARNING):
        assert write(said).plain == writer()(said).plain
    assert "message.txt, line 1" in caplog.text
    assert write(TOLD).plain == "好"


def test_every_variable_of_the_documentation_is_one_and_the_other_way_round() -> None:
    """docs/messages.md lists them as `name` at the beginning of a line of a table."""
    documented = set(
        re.findall(r"^\| `(\w+)` ", (Path(__file__).parents[4] / "docs/messages.md").read_text("utf-8"), re.M)
    )
    shown = (
        view.MessageView,
        view.GroupView,
        view.ItemView,
        view.ChangeView,
        view.CopyView,
        view.LinkView,
        view.GuessView,
    )
    assert documented == {one.name for kind in shown for one in dataclasses.fields(kind)}
