"""Canonical JSON by RFC 8785, and documents that name the one before them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import chain

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-chain.LARGEST, chain.LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "渝"]}, '{"a":[true,null,"渝"],"b":1}'),
        # RFC 8785, section 3.2.3: names are sorted by UTF-16 code units, so that 😀 stands before דּ.
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
        ),
        # Section 3.2.2.2: only what must be escaped is.
        ('€$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        (-7, "-7"),
    ],
)
def test_there_is_one_way_to_write_a_value(value, written):
    assert chain.canonical_json(value).decode() == written


@pytest.mark.parametrize("value", [0.5, float("nan"), 2**53, b"", {1: 2}.keys()])
def test_what_has_no_canonical_form_here_is_refused(value):
    with pytest.raises(ValueError, match="no place"):
        chain.canonical_json(value)


@settings(max_examples=50)
@given(VALUES)
def test_canonical_json_is_json(value):
    assert json.loads(chain.canonical_json(value)) == value


def test_a_document_names_the_one_before_it_and_itself():
    first = chain.sealed({"number": 1}, "")
    second = chain.sealed({"number": 2}, first["digest"])

    assert second["previous"] == first["digest"] == chain.digest_of(first)
    assert chain.digest_of({**second, "number": 3}) != second["digest"]
