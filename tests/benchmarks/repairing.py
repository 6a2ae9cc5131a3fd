"""What repair costs a clean page and a damaged one, and how much of generated damage it undoes.

The generated damage is that of `tests.quality.repair_scores`, on its draw and on one held back while repair was made.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

from crawler.text.repair import Repaired, repair, repair_html
from tests.benchmarks._rows import row
from tests.quality import repair_scores
from tests.quality.damage import Damage
from tests.quality.tricky import tricky
from tests.reference import REFERENCE

PARAGRAPHS = (
    "“去年全年，全区粮食加工规模总量已突破12万吨。”新区农业局负责人表示，今后将强化项目对接（含农机共享），完善合作机制。",
    "来自八个乡镇的代表参加座谈，共同发布合作宣言，探索科研类、人才类、产业发展类政策，为两地农业发展赋能。",
    "六月的乡村，人们忙着收割小麦，农机往来不断。今年的收成比去年好，种粮大户说：每亩多收了三十斤。",
    "在镇上的文化馆，孩子们正在排练节目。老师介绍，馆里每周开课四次，周末的课程由大学生志愿者承担。",
    "据了解，新区还将建设三条公交线路，连接火车站、医院和学校，预计明年春天通车，届时进城只要二十分钟。",
    "为了让企业安心经营，政务大厅推出了一次办好的服务，从申请到领证的时间，由五天减到了一天。",
)
CLEAN = "\n".join(PARAGRAPHS[1:] * 10)[:2000]
ONE_SLIP = "\n".join((PARAGRAPHS * 10)[:41])[:2000].replace("规模总", "规划总").replace("规划总", "规模总", 1)
SLIPS = "\n".join(PARAGRAPHS * 10)[:2000]
DAMAGE = Damage(script=True, annotation=True, slip=True, injection=True)


def run() -> list[dict[str, Any]]:
    """Return the rows: the least of several timings in ms, and whether damage is undone exactly."""
    source = "".join(f"<p>{line}</p>" for line in CLEAN.split("\n"))
    one, many = DAMAGE(ONE_SLIP), DAMAGE(SLIPS)
    undone = [repair(CLEAN).text is CLEAN, repair(one).text == ONE_SLIP, repair(many).text == SLIPS]
    return [
        _timed("repair: a clean text of 2,000 characters", lambda: repair(CLEAN), 200, 0.2),
        _timed("repair: a clean page's source of 2,000 characters", lambda: repair_html(source), 200, 0.2),
        _timed("repair: a damaged text of 2,000 characters", lambda: repair(one), 3, 50.0),
        _timed("repair: the same with a slip in each sixth paragraph", lambda: repair(many), 3, 200.0),
        row(
            "repair: these texts exactly as they were", float(sum(undone)), "texts", goal=3.0, ok=all(undone)
        ),
        _tricky(),
        *(_generated() if REFERENCE.is_dir() else []),
    ]


def _tricky() -> dict[str, Any]:
    touched = float(sum(repair(text) != Repaired(text) for text in tricky(10_000)))
    return row("repair: clean sentences of 10,000 changed", touched, "texts", goal=0.0, ok=not touched)


def _generated() -> list[dict[str, Any]]:
    """The rows of generated damage, 500 texts a draw."""
    rows = []
    for draw, seed in (("", repair_scores.DRAW), (" (held back)", repair_scores.HELD_BACK)):
        figures = repair_scores.measure(repair_scores.ALL, seed)
        right = 100 * figures["share of characters right"]
        exact = 100 * figures["share of texts with at most three slips exactly right"]
        ms, slowest = figures["median ms"], figures["p95 ms"]
        rows += [
            row(f"repair: characters right{draw}", right, "%", goal=99.9, ok=right >= 99.9),
            row(f"repair: texts of at most 3 slips exact{draw}", exact, "%", goal=98.0, ok=exact >= 98),
            row(f"repair: 2,000 characters with slips, median{draw}", ms, "ms", goal=50.0, ok=ms <= 50),
            row(
                f"repair: 2,000 characters with slips, p95{draw}",
                slowest,
                "ms",
                goal=200.0,
                ok=slowest <= 200,
            ),
        ]
    return rows


def _timed(name: str, job: Callable[[], object], times: int, most: float) -> dict[str, Any]:
    job()
    value = min(timeit.repeat(job, number=times, repeat=5)) / times * 1000
    return row(name, value, "ms", goal=most, ok=value <= most)
