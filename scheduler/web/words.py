"""The languages of the page. The templates are written in English; `words/zh.toml` says each phrase in Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT = "zh"

Translate = Callable[..., str]


def translator(language: str) -> Translate:
    """A function from an English phrase (with `{name}` places) and their values to the phrase in a language."""
    phrases = _phrases(language)

    def translate(phrase: str, **values: object) -> str:
        return phrases.get(phrase, phrase).format(**values) if values else phrases.get(phrase, phrase)

    return translate


def choose(asked: str | None, cookie: str | None, accepted: str) -> str:
    """The language: as asked for, else as before, else the first that the browser accepts and we speak."""
    for wish in (asked, cookie, *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(","))):
        if wish in LANGUAGES:
            return str(wish)
    return DEFAULT


@cache
def _phrases(language: str) -> dict[str, str]:
    file = Path(__file__).parent / "words" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
