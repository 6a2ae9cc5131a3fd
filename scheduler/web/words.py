"""The languages of the page. The templates are written in English; `words/zh.toml` says each phrase in Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT = "zh"


class Translator:
    """From an English phrase, with `{name}` places and their values, to the phrase in a language."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self.phrases = phrases

    def __call__(self, phrase: str, **values: object) -> str:
        """Say a phrase; one that is not known is said in English."""
        said = self.phrases.get(phrase, phrase)
        return said.format(**values) if values else said


@cache
def translator(language: str) -> Translator:
    """The translator into a language."""
    file = Path(__file__).parent / "words" / f"{language}.toml"
    return Translator(tomllib.loads(file.read_text(encoding="utf-8")))


def choose(asked: str | None, cookie: str | None, accepted: str) -> str:
    """The language: as asked for, else as before, else the first that the browser accepts and we speak."""
    for wish in (asked, cookie, *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(","))):
        if wish in LANGUAGES:
            return str(wish)
    return DEFAULT
