"""The picture of what happened by the hour: heights in proportion, and labels where the day turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from scheduler.web.chart import HEIGHT, WIDTH, draw, round_up
from storage.overview import Hour
from storage.records import EventKind

MIDNIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)


def local(moment: datetime) -> datetime:
    return moment + timedelta(hours=8)


def hours(*told: dict[EventKind, int]) -> list[Hour]:
    return [Hour(MIDNIGHT + timedelta(hours=at), one) for at, one in enumerate(told)]


@pytest.mark.parametrize(
    ("count", "top"),
    [(0, 4), (4, 4), (5, 10), (10, 10), (11, 20), (20, 20), (21, 40), (41, 100), (999, 1000), (1001, 2000)],
)
def test_the_full_height_is_a_number_that_can_be_halved_in_the_head(count: int, top: int) -> None:
    assert round_up(count) == top


def test_copies_count_as_new_and_what_is_no_article_is_not_drawn() -> None:
    (column,) = draw(
        hours({EventKind.NEW: 2, EventKind.REPUBLISHED: 3, EventKind.EDITED: 1, EventKind.CHANNEL_BROKEN: 9}),
        local,
    ).columns

    assert column.counts == (("new", 5), ("edited", 1), ("removed", 0))
    assert [bar.kind for bar in column.bars] == ["new", "edited"]


def test_pieces_stand_on_each_other_and_are_as_high_as_their_counts() -> None:
    chart = draw(hours({EventKind.NEW: 8, EventKind.EDITED: 4, EventKind.REMOVED: 8}), local)
    new, edited, removed = chart.columns[0].bars

    assert chart.top == 20
    assert new.y + new.height == pytest.approx(chart.ground, abs=0.2)
    assert edited.y + edited.height == pytest.approx(new.y, abs=0.2)
    assert removed.y + removed.height == pytest.approx(edited.y, abs=0.2)
    assert new.height == pytest.approx(2 * edited.height, abs=0.2)
    assert 0 < removed.y < chart.ground < HEIGHT


def test_what_happened_once_is_seen_beside_what_happened_a_thousand_times() -> None:
    chart = draw(hours({EventKind.NEW: 1000}, {EventKind.REMOVED: 1}), local)

    assert [bar.height for bar in chart.columns[1].bars] == [2.0]


def test_columns_share_the_width_and_do_not_touch() -> None:
    chart = draw(hours(*[{EventKind.NEW: 1}] * 24), local)
    bars = [column.bars[0] for column in chart.columns]

    assert [column.x for column in chart.columns] == [pytest.approx(at * WIDTH / 24) for at in range(24)]
    assert all(left.x + left.width < right.x for left, right in pairwise(bars))
    assert bars[-1].x + bars[-1].width <= WIDTH


def test_midnight_is_labelled_with_its_day_and_noon_with_its_hour_as_the_visitor_has_them() -> None:
    chart = draw(hours(*[{}] * 24), local)

    assert {column.start.hour: column.label for column in chart.columns if column.label} == {
        0: "11-25",
        12: "12:00",
    }


def test_a_picture_of_nothing_is_empty() -> None:
    assert draw([], local).empty
    assert draw(hours({}, {}), local).empty
    assert not draw(hours({}, {EventKind.NEW: 1}), local).empty
