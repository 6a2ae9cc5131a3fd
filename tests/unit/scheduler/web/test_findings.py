"""What a survey found, said in the visitor's language: the frame is said, and what stands in its places."""

from __future__ import annotations

import pytest

from scheduler.web.findings import PHRASES, said


def shouted(phrase: str, **places: str) -> str:
    """A language in which every phrase is in brackets."""
    return f"[{phrase.format(**places)}]"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the host name is unknown", "[the host name is unknown]"),
        (
            "the home page cannot be read: the server answers 503",
            "[the home page cannot be read: [the server answers 503]]",
        ),
        (
            "The time zone is a guess (the domain ends in .cn): set time_zone where times are wrong.",
            "[The time zone is a guess ([the domain ends in .cn]): set time_zone where times are wrong.]",
        ),
        ("a line\nof the server's own", "a line\nof the server's own"),
        ("the home page cannot be read: tls\nbroke", "[the home page cannot be read: tls\nbroke]"),
    ],
)
def test_what_is_known_is_said_and_the_rest_stays_as_it_is(words: str, expected: str) -> None:
    assert said(words, shouted) == expected


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_phrase_is_found_as_itself(phrase: str) -> None:
    told: list[str] = []

    def hear(words: str, **places: str) -> str:
        told.append(words)
        return words

    said(phrase, hear)
    assert phrase in told
