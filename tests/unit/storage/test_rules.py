"""Whom an event is told to, where and when: tables of subscriptions against events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import rules
from storage.records import ArticleFields, EditClass, Event, EventKind, Subscription
from storage.rules import Draft, Rule
from tests.sightings import at

NEW = Event(1, at(0), EventKind.NEW, 12, "http://cq.example/12.html", "渝北新增公园", "cq", story=12)
COPY = replace(NEW, id=2, kind=EventKind.REPUBLISHED, article=13, channel="sx")
EDIT = replace(
    NEW,
    id=3,
    kind=EventKind.EDITED,
    from_revision=1,
    to_revision=2,
    classes=(EditClass.NUMBER, EditClass.WORDING),
    weight=40,
)
GONE = replace(NEW, id=4, kind=EventKind.REMOVED)
BROKEN = Event(5, at(0), EventKind.CHANNEL_BROKEN, None, "", "", "cq")

FIELDS = ArticleFields(
    url="http://cq.example/12.html",
    title="渝北新增公园",
    source="重庆日报",
    authors=("陈思远",),
    editors=("秦岚",),
    section=("人民网", "重庆频道", "要闻"),
)


def fold(text: str) -> str:
    """Traditional characters of these tests to Simplified ones."""
    return text.translate(
        str.maketrans({"慶": "庆", "報": "报", "陳": "陈", "遠": "远", "園": "园", "聞": "闻"})
    )


BEFORE = rules.said("渝北新增公园\n\n公园三处，面积1200平方米，由原单位管护", FIELDS, fold)
NOW = rules.said("渝北新增公园\n\n公园三处，面积2100平方米", FIELDS, fold)


def test_a_text_is_looked_at_folded_and_without_letter_case():
    written = replace(
        FIELDS, source=" 重慶日報 ", authors=("陳思遠",), editors=("Qin Lan",), section=("要聞", "A股")
    )
    seen = rules.said("渝北 A股", written, fold)

    assert (seen.text, seen.source) == ("渝北 a股", "重庆日报")
    assert (seen.people, seen.sections) == ({"陈思远", "qin lan"}, {"要闻", "a股"})


def told(*subscriptions: Subscription, event: Event = NEW, before=(), now=None) -> tuple[Draft, ...]:
    moment = now or event.at
    made = [Rule.of(one, fold) for one in subscriptions]
    texts = {EventKind.EDITED: (NOW, BEFORE), EventKind.CHANNEL_BROKEN: ()}.get(event.kind, (NOW,))
    return rules.drafts(rules.hearing(made, event, moment), event, texts, before, moment)


def named(*subscriptions: Subscription, **options) -> list[str]:
    return [draft.subscription for draft in told(*subscriptions, **options)]


def alert(name: str = "a", **settings) -> Subscription:
    return Subscription(name, settings.pop("to", ("d1",)), **settings)


@pytest.mark.parametrize(
    ("settings", "event", "expected"),
    [
        ({}, NEW, True),
        ({}, EDIT, True),
        ({}, GONE, True),
        ({}, BROKEN, True),
        ({"channels": ("cq",)}, NEW, True),
        ({"channels": ("sx",)}, NEW, False),
        ({"channels": ("sx",)}, BROKEN, False),
        ({"kinds": (EventKind.NEW,)}, NEW, True),
        ({"kinds": (EventKind.NEW,)}, EDIT, False),
        ({"kinds": (EventKind.EDITED,)}, NEW, False),
        # what an edit touched and how heavily says something of edits only
        ({"classes": (EditClass.NUMBER,)}, EDIT, True),
        ({"classes": (EditClass.HEADLINE, EditClass.NUMBER)}, EDIT, True),
        ({"classes": (EditClass.HEADLINE,)}, EDIT, False),
        ({"classes": (EditClass.HEADLINE,)}, NEW, True),
        ({"min_weight": 40}, EDIT, True),
        ({"min_weight": 41}, EDIT, False),
        ({"min_weight": 41}, GONE, True),
        # words
        ({"words": ("公园",)}, NEW, True),
        ({"words": ("公園",)}, NEW, True),
        ({"words": ("故宫", "公园")}, NEW, True),
        ({"words": ("故宫",)}, NEW, False),
        ({"all_words": ("公园", "渝北")}, NEW, True),
        ({"all_words": ("公园", "故宫")}, NEW, False),
        ({"not_words": ("面积",)}, NEW, False),
        ({"not_words": ("广告",)}, NEW, True),
        ({"expression": "渝北 & (公園 | 绿地) & !广告"}, NEW, True),
        ({"expression": "渝北 & !公园"}, NEW, False),
        ({"expression": " "}, NEW, True),
        ({"all_words": ("公園", "渝北")}, NEW, True),
        ({"not_words": ("公園",)}, NEW, False),
        ({"words": ("故宫",)}, BROKEN, True),
        # of an edit the text before counts, too: what was cut out matters
        ({"words": ("原单位",)}, EDIT, True),
        ({"words": ("2100",)}, EDIT, True),
        ({"all_words": ("原单位", "2100")}, EDIT, False),
        ({"not_words": ("原单位",)}, EDIT, True),
        ({"words": ("原单位",)}, GONE, False),
        # who, where from, where
        ({"sources": ("重慶日報",)}, NEW, True),
        ({"sources": ("日报",)}, NEW, True),
        ({"sources": ("晚报",)}, NEW, False),
        ({"authors": ("陳思遠",)}, NEW, True),
        ({"authors": ("秦岚",)}, NEW, True),
        ({"authors": ("陈思",)}, NEW, False),
        ({"sections": ("要聞",)}, NEW, True),
        ({"sections": ("体育",)}, NEW, False),
        ({"sections": ("体育", "要闻")}, NEW, True),
        # each that is asked for has to hold, in one text
        ({"sections": ("要闻",), "authors": ("秦岚",), "sources": ("日报",), "words": ("公园",)}, NEW, True),
        ({"sections": ("要闻",), "authors": ("秦岚",), "sources": ("日报",), "words": ("故宫",)}, NEW, False),
        ({"sections": ("体育",), "words": ("公园",)}, NEW, False),
        ({"words": ("公园",), "not_words": ("面积",)}, NEW, False),
        ({"sections": ("体育",)}, BROKEN, True),
        # quiet for a while
        ({"muted_until": at(1)}, NEW, False),
        ({"muted_until": at(0)}, NEW, True),
    ],
)
def test_which_events_pass(settings, event, expected):
    assert bool(told(alert(**settings), event=event)) is expected


NEW_ONLY, COPIES_TOO = (EventKind.NEW,), (EventKind.NEW, EventKind.REPUBLISHED)


@pytest.mark.parametrize(
    ("settings", "event", "before", "expected"),
    [
        # one alert for a story, whichever copy comes first among the watched ones
        ({"kinds": NEW_ONLY}, NEW, (), True),
        ({"kinds": NEW_ONLY}, COPY, (), True),
        ({"kinds": NEW_ONLY}, COPY, ("a",), False),
        ({"kinds": NEW_ONLY}, COPY, ("b",), True),
        # copies by name
        ({"kinds": COPIES_TOO}, COPY, ("a",), True),
        ({"kinds": (EventKind.REPUBLISHED,)}, COPY, (), True),
        ({"kinds": (EventKind.REPUBLISHED,)}, NEW, (), False),
        ({"kinds": (EventKind.EDITED,)}, COPY, (), False),
        # an alert for every copy
        ({"kinds": NEW_ONLY, "per_story": False}, COPY, ("a",), True),
        # what happens to a copy later is told of each
        ({}, replace(EDIT, article=13), ("a",), True),
    ],
)
def test_one_alert_for_a_story(settings, event, before, expected):
    assert bool(told(alert(**settings), event=event, before=before)) is expected


def test_an_event_is_told_at_every_place_once():
    assert [(one.destination, one.story) for one in told(alert(to=("d1", "d2", "d1")))] == [
        ("d1", 12),
        ("d2", 12),
    ]


def test_only_new_articles_and_copies_count_for_their_story():
    assert [one.story for one in told(alert(), event=EDIT)] == [None]


def test_two_that_tell_one_thing_at_one_place_at_once_tell_it_once():
    """The first by name does, and remembers for whom."""
    made = told(alert("b"), alert("a"), alert("c", to=("d1", "d2")))

    assert [(one.subscription, one.destination, one.also) for one in made] == [
        ("a", "d1", ("b", "c")),
        ("c", "d2", ()),
    ]


def test_who_is_heard_sooner_tells_it():
    """At 09:00 in Shanghai, a is in its quiet hours and b is not."""
    made = told(alert("a", quiet="08:00-12:00"), alert("b"))

    assert [(one.subscription, one.due_at, one.also) for one in made] == [("b", at(0), ("a",))]


def test_digests_debounced_and_paused_alerts_tell_for_themselves():
    made = told(
        alert("a"),
        alert("b", digest="30m"),
        alert("c", wait=timedelta(minutes=5)),
        alert("d", paused=True),
    )

    assert {one.subscription: (one.stream, one.batch, one.due_at) for one in made} == {
        "a": ("article-12", "", at(0)),
        "b": ("digest-b", "digest:2026-11-24T01:30Z", at(30)),
        "c": ("article-12", "quiet:article-12", at(5)),
        "d": ("article-12", "", None),
    }


def test_slots_that_end_in_quiet_hours_are_one_digest():
    sleeper = alert(digest="30m", quiet="22:00-07:00")
    night = [replace(NEW, at=at(14 * 60 + minutes)) for minutes in (0, 40, 300)]

    assert len({one.batch for event in night for one in told(sleeper, event=event)}) == 1


def test_a_channel_has_a_stream_and_does_not_fall_quiet():
    made = told(alert(wait=timedelta(minutes=5)), event=BROKEN)

    assert [(one.stream, one.batch, one.due_at) for one in made] == [("channel-cq", "", at(0))]


def test_texts_are_read_only_where_they_matter():
    plain, picky = Rule.of(alert(), fold), Rule.of(alert(words=("公园",)), fold)

    assert not rules.reading([plain], NEW)
    assert rules.reading([plain, picky], NEW)
    assert not rules.reading([picky], BROKEN)


@pytest.mark.parametrize("setting", ["sections", "words", "all_words", "not_words", "sources", "authors"])
def test_a_word_that_folds_to_nothing_could_never_fit_in_any_setting(setting):
    def without_spaces(text: str) -> str:
        return text.replace("\u3000", "")

    rules.check(alert(**{setting: ("公园",)}), without_spaces)
    with pytest.raises(
        ValueError, match=f'^{setting}: "\u3000" has nothing in it that could stand in a text$'
    ):
        rules.check(alert(**{setting: ("公园", "\u3000")}), without_spaces)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"name": " "}, "name: an alert needs a name"),
        ({"words": ("公园", " ")}, 'words: " " has nothing in it'),
        ({"sources": ("",)}, 'sources: "" has nothing in it'),
        ({"expression": "渝北 & ("}, "expression: .*character 7: a word is missing"),
        ({"digest": "often"}, "digest: "),
        ({"quiet": "night"}, "quiet: "),
        ({"time_zone": "Chongqing"}, "time_zone: "),
        ({"wait": timedelta(-1)}, "wait: "),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_setting(settings, what):
    with pytest.raises(ValueError, match=what):
        rules.check(alert(**settings), fold)
