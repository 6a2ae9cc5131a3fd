"""judge() and its kin: which runs are well, which are not, and whose doing it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import health
from storage.health import Baseline, Course, Look, Norm, Sign, Verdict

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
FULL = frozenset({"published_at", "source", "section"})
USUAL = Baseline(
    templates={
        "G4": Norm(200.0, {"published_at": 200.0, "source": 199.0, "section": 200.0, "images": 90.0}, 6.4)
    },
    listings={"http://cq.people.com.cn/": 31.0},
)


def look(sign: Sign, number: int, **options) -> Look:
    read = sign in (Sign.EDITED, Sign.ODD, Sign.MISREAD)
    return Look(f"{sign}-{number}", sign, **{"read": read, "template": "G4", **options})


def course(listing: int | None = 31, **counts: int) -> Course:
    made = Course()
    made.listing("http://cq.people.com.cn/", listing)
    for name, count in counts.items():
        for number in range(count):
            made.add(look(Sign(name), number))
    return made


def verdict(run: Course, baseline: Baseline = USUAL) -> Verdict:
    return health.judge(run, baseline, NOW)


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        ({"well": 40}, ""),
        ({"well": 40, "absent": 1}, ""),
        ({"well": 9, "absent": 3}, ""),
        ({"well": 20, "edited": 9}, ""),
        ({"well": 20, "edited": 9, "odd": 2, "absent": 2, "trouble": 3}, ""),
        ({"absent": 40}, "host"),
        ({"well": 20, "absent": 20}, "host"),
        ({"trouble": 30}, "failing"),
        ({"well": 4, "absent": 1, "trouble": 12}, "failing"),
        ({"misread": 1}, "parser"),
        ({"misread": 2, "well": 2}, "parser"),
        ({"misread": 5, "well": 60}, "parser"),
        ({"misread": 1, "well": 60}, "apart"),
        ({"unreadable": 12}, "parser"),
        ({"unreadable": 2, "well": 30}, ""),
        ({"odd": 8, "well": 2}, "parser"),
        ({"odd": 2, "well": 40}, ""),
        ({"edited": 20, "well": 5}, "parser"),
    ],
)
def test_a_run_is_judged_by_its_shares(counts, wrong):
    found = verdict(course(**counts))
    assert [name for name in ("host", "parser", "apart", "failing") if getattr(found, name)] == [
        wrong
    ] * bool(wrong)


def test_a_single_absence_needs_one_who_is_well():
    assert verdict(course(listing=0, absent=1)).host
    assert verdict(course(listing=31, absent=1)).host == ""
    assert verdict(course(listing=0, absent=1, well=1)).host == ""


def test_a_channel_whose_pages_often_go_is_given_more_room():
    restless = Baseline(templates=USUAL.templates, absent=0.25)
    assert verdict(course(well=5, absent=5)).host
    assert verdict(course(well=5, absent=5), restless).host == ""


@pytest.mark.parametrize(("sharing", "there", "ill"), [(10, 20, True), (6, 20, False), (2, 3, False)])
def test_the_same_new_sentence_on_many_pages_is_furniture(sharing, there, ill):
    run = course(well=there - sharing)
    for number in range(sharing):
        run.add(look(Sign.EDITED, number, added=frozenset({"点击收听本文", f"本篇第{number}句不同"})))
    assert bool(verdict(run).parser) is ill


@pytest.mark.parametrize(("lost", "kept", "ill"), [(2, 0, True), (8, 8, True), (3, 20, False), (1, 0, False)])
def test_a_field_that_is_gone_is_noticed_without_any_edit(lost, kept, ill):
    run = course()
    for number in range(kept):
        run.add(Look(f"kept-{number}", Sign.WELL, True, "G4", FULL))
    for number in range(lost):
        run.add(Look(f"lost-{number}", Sign.WELL, True, "G4", FULL - {"source"}, frozenset({"source"})))
    assert ("source" in verdict(run).parser) is ill


def test_a_listing_that_lost_its_links_breaks_the_channel_and_holds_no_page_back():
    found = verdict(course(listing=0, well=20))
    assert found.listings
    assert found.broken
    assert found.is_well


def test_what_nearly_every_page_has_is_expected():
    assert health.expected(USUAL, "G4") == FULL
    assert health.expected(USUAL, "G9") == FULL
    assert health.expected(Baseline(), "G4") == frozenset()


@pytest.mark.parametrize(
    ("before", "now", "other"),
    [(900, 880, False), (900, 90, True), (300, 2000, True), (30, 5, False), (900, 0, True)],
)
def test_bodies_of_another_size(before, now, other):
    assert health.is_other_size(before, now) is other


def test_a_part_of_the_site_absent_for_two_days_was_taken_down():
    since = Baseline(templates=USUAL.templates, ill_since=NOW - timedelta(hours=49))
    assert verdict(course(well=10, absent=10), since).host == ""
    assert verdict(course(absent=20), since).host


def test_a_run_learns_only_from_what_is_well():
    run = course(listing=3)
    for number in range(12):
        run.add(Look(f"{number}", Sign.WELL, True, "G4", FULL, length=400))
    learned = health.learn(run, Baseline(), Verdict(), NOW)
    assert learned.pages == 12
    assert learned.listings == {"http://cq.people.com.cn/": 3.0}
    assert health.learn(run, USUAL, Verdict(parser="broken"), NOW) == USUAL


def test_recovery_needs_the_ill_pages_to_look_right():
    ill = Baseline(templates=USUAL.templates, ill=("a", "b", "c"), ill_since=NOW)

    def seen(*looks: tuple[str, Sign]) -> bool:
        run = Course(ill.ill)
        for key, sign in looks:
            run.add(Look(key, sign, read=True, template="G4"))
        return health.has_recovered(run, ill, health.judge(run, ill, NOW))

    assert seen(("a", Sign.WELL), ("b", Sign.WELL))
    assert not seen(("x", Sign.WELL), ("y", Sign.WELL))
    assert not seen(("a", Sign.WELL), ("b", Sign.MISREAD), ("c", Sign.MISREAD))


def test_memory_of_a_run_and_of_a_baseline_is_bounded():
    run = Course()
    for number in range(6000):
        run.add(look(Sign.ODD, number, added=frozenset({f"{number}甲", f"{number}乙"})))
        run.listing(f"http://cq.people.com.cn/{number}", 10)
    assert len(run.added) < 5010
    assert len(run.ill) == health.ILL_PAGES
    assert len(health.learn(run, USUAL, Verdict(), NOW).listings) <= health.LISTINGS


@settings(max_examples=100)
@given(st.lists(st.sampled_from(Sign), max_size=40))
def test_the_order_of_visits_does_not_matter(signs):
    one, other = Course(), Course()
    looks = [look(sign, number) for number, sign in enumerate(signs)]
    for each in looks:
        one.add(each)
    for each in reversed(looks):
        other.add(each)
    assert verdict(one) == verdict(other)


@settings(max_examples=100)
@given(st.integers(1, 200))
def test_a_site_of_which_everything_is_absent_is_never_well(count):
    assert not verdict(course(listing=0, absent=count)).is_well
