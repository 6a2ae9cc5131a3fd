"""What repair costs a clean page and a damaged one, and how much of generated damage it undoes."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

from crawler.text.repair import repair, repair_html
from tests.benchmarks._rows import row
from tests.quality.damage import Damage

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
    ]


def _timed(name: str, job: Callable[[], object], times: int, most: float) -> dict[str, Any]:
    job()
    value = min(timeit.repeat(job, number=times, repeat=5)) / times * 1000
    return row(name, value, "ms", goal=most, ok=value <= most)
