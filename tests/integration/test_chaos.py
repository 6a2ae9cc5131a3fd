"""Half a minute of chaos, and the audit that judges it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from tests.chaos.audit import Fault, Stored, Told, findings
from tests.chaos.plan import kinds, salvos
from tests.chaos.recovery import Recovered, Struck, recovered
from tests.chaos.run import run
from tests.chaos.strikes import _STRIKES

HAPPENED = [("new", "41000016"), ("edited", "41000016"), ("new", "41000032")]
STORED = [
    Stored(1, "new", "41000016", "cq"),
    Stored(2, "edited", "41000016", "cq"),
    Stored(3, "new", "41000032", "sc"),
]
TOLD = [
    Told(10.0, "nd-a", (1,), "accept"),
    Told(20.0, "nd-b", (2,), "accept"),
    Told(21.0, "nd-c", (3,), "accept"),
]
BROKEN, WELL = Stored(4, "channel-broken", "", "cq"), Stored(5, "channel-recovered", "", "cq")
TOLD_OF_CHANNEL = [Told(30.0, "nd-d", (4,), "accept"), Told(40.0, "nd-e", (5,), "accept")]
OUT = Fault("site is out", 25.0, 35.0)


def killed(at: float) -> Fault:
    return Fault("kill watch", at, at)


@pytest.mark.parametrize(
    ("stored", "told", "faults", "wrong"),
    [
        pytest.param(STORED, TOLD, [], [], id="all is well"),
        pytest.param(
            STORED[:1] + STORED[2:],
            TOLD[:1] + TOLD[2:],
            [],
            ["lost: ('edited', '41000016') x1"],
            id="an edit was not stored",
        ),
        pytest.param(
            [*STORED, Stored(9, "removed", "41000032", "sc")],
            [*TOLD, Told(22.0, "nd-x", (9,), "accept")],
            [],
            ["phantom: ('removed', '41000032') x1"],
            id="a removal that never was",
        ),
        pytest.param(STORED, TOLD[:2], [], [f"not told: {STORED[2]}"], id="an event was not told"),
        pytest.param(
            STORED,
            [*TOLD, Told(22.0, "nd-x", (7,), "accept")],
            [],
            ["told and not stored: event 7"],
            id="told what is not stored",
        ),
        pytest.param(
            STORED,
            [*TOLD, Told(22.0, "nd-x", (3,), "accept")],
            [],
            ["told under 2 keys: event 3"],
            id="told as another message",
        ),
        pytest.param(
            STORED,
            [*TOLD, replace(TOLD[2], at=30.0)],
            [],
            ["told again without need: nd-c, 9.0 s later"],
            id="told again, and nothing had happened",
        ),
        pytest.param(
            STORED, [*TOLD, replace(TOLD[2], at=90.0)], [killed(21.5)], [], id="killed between sending and marking"
        ),
        pytest.param(
            STORED,
            [*TOLD, replace(TOLD[2], at=90.0)],
            [killed(60.0)],
            ["told again without need: nd-c, 69.0 s later"],
            id="killed long after it was marked",
        ),
        pytest.param(
            STORED,
            [*TOLD[:2], replace(TOLD[2], deed="vanish"), replace(TOLD[2], at=30.0)],
            [],
            [],
            id="the receiver took it and did not say so",
        ),
        pytest.param(
            STORED,
            [TOLD[1], TOLD[0], TOLD[2]],
            [],
            ["told out of order: event 1 after 2 of 41000016"],
            id="the edit was told before the article",
        ),
        pytest.param([*STORED, BROKEN, WELL], TOLD + TOLD_OF_CHANNEL, [OUT], [], id="a channel broke and recovered"),
        pytest.param(
            [*STORED, BROKEN],
            TOLD + TOLD_OF_CHANNEL[:1],
            [OUT],
            ["cq is still told to be broken"],
            id="a channel did not recover",
        ),
        pytest.param(
            [*STORED, BROKEN, WELL],
            TOLD + TOLD_OF_CHANNEL,
            [killed(1.0)],
            ["phantom: channel-broken of cq", "phantom: channel-recovered of cq"],
            id="a channel broke though its site was well",
        ),
    ],
)  # fmt: skip
def test_the_audit_finds(stored, told, faults, wrong):
    assert findings(HAPPENED, stored, told, faults) == wrong


def test_recovery_counts_from_the_end_of_a_salvo():
    struck = [
        Struck(("kill watch",), 12.0, "41000016"),
        Struck(("site is out",), 20.5, "41000032"),
        Struck(("site is slow",), 30.0, "41000048"),
    ]
    seen = {"41000016": (1, 9.5), "41000032": (3, 20.75)}
    assert recovered(struck, seen, TOLD) == [
        Recovered(("kill watch",), 0.0, 0.0),
        Recovered(("site is out",), 0.25, 0.5),
    ]


@pytest.mark.parametrize("postgresql", [False, True])
def test_the_seed_settles_the_faults_and_every_kind_has_its_turn(postgresql):
    spans = kinds(postgresql=postgresql)
    first, again, other = (
        [one for salvo in itertools.islice(salvos(seed, postgresql=postgresql), 60) for one in salvo.strikes]
        for seed in (5, 5, 6)
    )
    assert first == again != other
    assert {strike.kind for strike in first[: len(spans)]} == spans.keys() <= _STRIKES.keys()
    assert all(spans[one.kind][0] <= one.seconds <= spans[one.kind][1] for one in first)


def test_half_a_minute_of_chaos(tmp_path):
    noted: list[str] = []

    report = run(0.5, 4, tmp_path, postgresql=False, say=noted.append)

    assert report.findings == [], "\n".join(noted)
    assert report.faults
    assert report.events > 48
