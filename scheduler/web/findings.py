"""PURE: what a survey of a site, or a check of its pages, says in English, in the visitor's language."""

from __future__ import annotations

import re

from scheduler.web.say import Say

#: All that `crawler.survey` says to people, and why pages are commonly not read, with places for what differs; what
#: stands in a place is said, too.
PHRASES = (
    "No column pages were found: new articles are looked for on {where} alone.",
    "No authors were found: alerts by author cannot match.",
    "No source is named on the pages: alerts by source cannot match.",
    "The time zone is a guess ({why}): set time_zone where times are wrong.",
    "Some articles show a day without a time of day: it is stored as midnight.",
    "The feed {url} lists other pages than the listings do; it is left out.",
    "feeds and sitemaps",
    "the home page",
    "the domain ends in .{ending}",
    "the language is {language}",
    "neither the pages, nor a feed, nor the domain tell it",
    "{count} articles show their time beside one with an offset: {offset}",
    "{count} times are given with the offset {offset}",
    "robots.txt does not let programs read the site ({why}), and newsdelta obeys it",
    "the home page cannot be read: {why}",
    "the site shows nothing before a login: its home page leads to {url}",
    "its pages are made by JavaScript, and could not be looked at in a browser: {why}",
    "it shows no links with headlines, and offers no feed and no sitemap that lists articles",
    "it does not look like a news site: of {count} pages looked at, {why}",
    "The page could not be fetched, {why}",
    "the server answers {status}",
    "the host name is unknown",
    "the connection was refused",
    "there was no answer in time",
    "robots.txt forbids it",
    "The page matches no template of its publisher, so nothing of it is stored. {mend}",
    "If it is an article, please report its address",
    "If it is an article, look at the channel's selectors: newsdelta channels heal offers new ones",
)


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(phrase)), re.DOTALL)


_PATTERNS = tuple((_pattern(phrase), phrase) for phrase in PHRASES)


def said(words: str, _: Say) -> str:
    """Say its words in a language; what is none of the phrases stays as it is."""
    for pattern, phrase in _PATTERNS:
        if found := pattern.fullmatch(words):
            return _(phrase, **{name: said(value, _) for name, value in found.groupdict().items()})
    return words
