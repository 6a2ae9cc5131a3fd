"""Edits: each changes the text in its own way, and nothing but what it says."""

import pytest

from tests.replica.articles import Article, truth_of
from tests.replica.edits import EDIT_CLASSES, CannotEdit, edit, replace_text, retitle
from tests.replica.prose import text_of
from tests.replica.site import Site

PLACE = Site.build(7, 120).channel("cq")
NUMBERS = range(0, 120, 7)


def changed_fields(old: Article, new: Article) -> set[str]:
    before, after = truth_of(old), truth_of(new)
    return {key for key in before if before[key] != after[key]}


def changed_parts(old: Article, new: Article) -> list[str]:
    """The kinds of the parts whose text differs; the paragraphs must be as many."""
    return [
        one.kind
        for before, after in zip(old.body, new.body, strict=True)
        for one, other in zip(before, after, strict=True)
        if one.text != other.text
    ]


KINDS = {
    "number": {"number"},
    "name-or-title": {"name", "post"},
    "date-or-place": {"date", "place"},
    "negation": {"negation"},
    "quotation": {"quote"},
    "attribution": {"attribution"},
    "wording": {"wording"},
    "format": {"text"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", NUMBERS)
def test_an_edit_inside_a_sentence_changes_one_part_of_its_kind(kind, number):
    old = PLACE.article(number)
    new = edit(old, kind, PLACE.plan, "a")
    assert changed_fields(old, new) == {"body"}
    (touched,) = changed_parts(old, new)
    assert touched in KINDS[kind]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_format_edit_changes_punctuation_alone(number):
    old = PLACE.article(number)
    new = edit(old, "format", PLACE.plan, "a")
    before, after = ["".join(map(text_of, article.body)) for article in (old, new)]
    assert before != after
    assert before.replace("，", "").replace("；", "") == after.replace("，", "").replace("；", "")


@pytest.mark.parametrize("number", NUMBERS)
def test_edits_of_paragraphs(number):
    old = PLACE.article(number)
    texts = [text_of(paragraph) for paragraph in old.body]
    added = [text_of(paragraph) for paragraph in edit(old, "added", PLACE.plan, "a").body]
    assert len(added) == len(texts) + 1
    assert [text for text in added if text in texts] == texts
    if old.kind == "gallery":
        return
    removed = [text_of(paragraph) for paragraph in edit(old, "removed", PLACE.plan, "a").body]
    assert len(removed) == len(texts) - 1
    assert [text for text in texts if text in removed] == removed
    moved = [text_of(paragraph) for paragraph in edit(old, "moved", PLACE.plan, "a").body]
    assert moved != texts
    assert sorted(moved) == sorted(texts)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_headline_edit_changes_the_headline_alone_and_again_the_next_time(number):
    old = PLACE.article(number)
    new = edit(old, "headline", PLACE.plan, "a")
    again = edit(new, "headline", PLACE.plan, "b")
    assert changed_fields(old, new) == changed_fields(new, again) == {"title"}
    assert changed_fields(old, retitle(old, "另一个标题")) == {"title"}


def test_an_edit_is_the_same_each_time_and_another_with_another_salt():
    old = PLACE.article(3)
    assert edit(old, "number", PLACE.plan, "a") == edit(old, "number", PLACE.plan, "a")
    assert len({truth_of(edit(old, "number", PLACE.plan, str(n)))["body"][0] for n in range(40)}) > 1


def test_every_article_can_be_edited_in_every_class():
    for number in range(120):
        article = PLACE.article(number)
        if article.kind == "gallery":
            continue
        for kind in EDIT_CLASSES:
            assert edit(article, kind, PLACE.plan, "a") != article


def test_replacing_a_passage_that_is_not_there_is_refused():
    with pytest.raises(CannotEdit, match="does not contain"):
        replace_text(PLACE.article(3), "从来没有写过的一句话", "别的")
