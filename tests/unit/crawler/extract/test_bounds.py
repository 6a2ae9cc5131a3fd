"""What a page's markup may cost: the beginning of a page that has too much of it is read, all others are whole."""

import pytest

from crawler.extract.bounds import HARMLESS, MOST_ATTRIBUTES, MOST_IN_A_TAG, MOST_TAGS, bounded
from crawler.extract.html import parse

PARAGRAPH = "<p class=\"text\" title='a > b'>渝南区新增口袋公园十二处。</p>\n"


@pytest.mark.parametrize("times", [1, 2_000, 10_000])
def test_a_page_of_news_is_left_as_it_is(times):
    assert bounded(PARAGRAPH * times) == PARAGRAPH * times


def test_a_page_is_cut_before_the_tag_that_is_too_many():
    page = "<i>x" * (MOST_TAGS * 2)
    assert bounded(page) == "<i>x" * MOST_TAGS


def test_of_a_crowded_tag_the_first_attributes_are_kept():
    page = "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">渝南</p>"
    tree = parse(page)
    assert tree is not None
    (paragraph,) = tree.iter("p")
    assert len(paragraph.attrib) == MOST_IN_A_TAG
    assert paragraph.text == "渝南"


def test_all_tags_together_may_have_so_many_attributes():
    page = ("<p " + " ".join(f"a{number}=1" for number in range(100)) + ">x</p>") * 2_000
    tree = parse(page)
    assert tree is not None
    assert sum(len(node.attrib) for node in tree.iter()) <= MOST_ATTRIBUTES


@pytest.mark.parametrize("piece", ["<a b='", "<a/x=", '<p "', "<", "<p a=<", "<p\n"])
def test_whatever_a_page_repeats_it_is_looked_through_once(piece):
    assert len(bounded(piece * (4 * HARMLESS))) <= len(piece) * 4 * HARMLESS
