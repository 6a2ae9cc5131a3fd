"""Labelled timelines of removals and of all that looks like one. Each scenario is played on several sites.

A scenario plays on a `Stage` and returns the ids that a perfect watcher tells as removed. `HELD_BACK` was
written after the limits of storage/health.py had been set, and is reported apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.quality.removals.stage import Answer, Stage

Removed = set[str]
Scenario = Callable[[Stage, Random], Removed]
HOURS = 2  # runs in an hour

NOTICE = """<html><head><meta charset="gbk"><title>{title}</title></head><body><div class="wrap"><p>{text}</p>
<p><a href="/">{home}</a></p></div></body></html>"""


def page(title: str, text: str, home: str = "返回首页") -> bytes:
    return NOTICE.format(title=title, text=text, home=home).encode("gb18030")


#: What a site may show with status 200, in words of which some are in our lists and some are not.
UNKNOWN_GONE = page(
    "温馨提示", "您来晚了，这里已经空空如也。去别处逛逛，也许会遇见更好的风景，小编在首页等您。"
)
KNOWN_GONE = page("提示", "您访问的页面不存在")
MAINTENANCE = page("系统升级", "为了给您更好的体验，本站正在升级改造，预计今晚恢复，敬请谅解。")
BLOCK = page("安全验证", "访问过于频繁，请输入验证码后继续")


def only(stage: Stage, numbers: set[int], answer: Callable[[str], Answer | None]) -> None:
    """Answer so for these articles alone."""
    paths = {stage.path(number) for number in numbers}
    stage.override = lambda path: answer(path) if path in paths else None


def everything(answer: Answer) -> Callable[[str], Answer | None]:
    return lambda path: answer


def healthy(stage: Stage) -> None:
    stage.override = lambda path: None


def runs(stage: Stage, count: int, **options) -> None:
    for _ in range(count):
        stage.run(**options)


def begin(stage: Stage, rng: Random, count: int = 1) -> list[int]:
    """Let the watcher know the site; draw the articles of the story."""
    runs(stage, 2)
    return rng.sample(stage.numbers, count)


def removed(how: str) -> Scenario:
    def play(stage: Stage, rng: Random) -> Removed:
        (number,) = begin(stage, rng)
        stage.world.do("remove", article=number, how=how)
        runs(stage, 5)
        return {stage.key(number)}

    return play


def removed_as(answer: Answer) -> Scenario:
    """Removed in a way that the site has of its own."""

    def play(stage: Stage, rng: Random) -> Removed:
        (number,) = begin(stage, rng)
        strange = stage.site

        def absent(path: str) -> Answer | None:
            if path == answer.location:
                return Answer(200, UNKNOWN_GONE)
            gone = path == stage.path(number) or strange.page(path).status == 404
            return answer if gone else None

        stage.override = absent
        runs(stage, 5)
        return {stage.key(number)}

    return play


def several_removed(stage: Stage, rng: Random) -> Removed:
    numbers = begin(stage, rng, 3)
    for number, how in zip(numbers, ("404", "soft-404", "redirect-home"), strict=True):
        stage.world.do("remove", article=number, how=how)
        runs(stage, 2)
    runs(stage, 4)
    return {stage.key(number) for number in numbers}


def removed_and_restored(stage: Stage, rng: Random) -> Removed:
    (number,) = begin(stage, rng)
    stage.world.do("remove", article=number, how=rng.choice(("404", "410", "soft-404", "empty")))
    runs(stage, 5)
    stage.world.do("restore", article=number)
    runs(stage, 2)
    return {stage.key(number)}


def removed_between_edits(stage: Stage, rng: Random) -> Removed:
    numbers = begin(stage, rng, 4)
    stage.world.do("remove", article=numbers[0], how="404")
    for number in numbers[1:]:
        stage.world.do("edit", article=number, classes="number")
        stage.run()
    stage.world.do("churn", articles="all")
    runs(stage, 4)
    return {stage.key(numbers[0])}


def removed_after_outage(stage: Stage, rng: Random) -> Removed:
    (number,) = begin(stage, rng)
    stage.override = everything(Answer(rng.choice((404, 503)), b"<html><body>error</body></html>"))
    runs(stage, 4)
    healthy(stage)
    stage.world.do("remove", article=number, how="404")
    runs(stage, 5)
    return {stage.key(number)}


def removed_seen_page_by_page(stage: Stage, rng: Random) -> Removed:
    numbers = begin(stage, rng, 4)
    stage.listed = False
    stage.world.do("remove", article=numbers[0], how=rng.choice(("404", "410", "redirect-home", "soft-404")))
    for _ in range(5):
        for number in numbers:
            stage.run([number], minutes=8)
    return {stage.key(numbers[0])}


def several_removed_seen_alone(stage: Stage, rng: Random) -> Removed:
    """A plan of visits comes back to pages under suspicion, and to nothing else."""
    numbers = begin(stage, rng, 3)
    stage.listed = False
    for number in numbers:
        stage.world.do("remove", article=number, how=rng.choice(("404", "410", "soft-404")))
    for _ in range(5):
        stage.run(numbers, minutes=25)
    return {stage.key(number) for number in numbers}


def back_before_long(stage: Stage, rng: Random) -> Removed:
    (number,) = begin(stage, rng)
    stage.world.do("remove", article=number, how=rng.choice(("404", "410", "soft-404", "empty")))
    runs(stage, 2)
    stage.world.do("restore", article=number)
    runs(stage, 4)
    return set()


def outage(answer: Answer, count: int = 8) -> Scenario:
    """The whole site answers so for a while, listings too; then all is as before."""

    def play(stage: Stage, rng: Random) -> Removed:
        begin(stage, rng)
        stage.override = everything(answer)
        runs(stage, count)
        healthy(stage)
        runs(stage, 3)
        return set()

    return play


def outage_of_articles(answer: Answer) -> Scenario:
    """Every article's page answers so; the listings are well."""

    def play(stage: Stage, rng: Random) -> Removed:
        begin(stage, rng)
        only(stage, set(stage.numbers), lambda path: answer)
        runs(stage, 8)
        healthy(stage)
        runs(stage, 3)
        return set()

    return play


def outage_seen_page_by_page(answer: Answer) -> Scenario:
    """A plan visits one page a run while the site is out."""

    def play(stage: Stage, rng: Random) -> Removed:
        numbers = begin(stage, rng, 3)
        stage.listed = False
        stage.override = everything(answer)
        for _ in range(5):
            for number in numbers:
                stage.run([number], minutes=15)
        healthy(stage)
        runs(stage, 2)
        return set()

    return play


def half_out(answer: Answer) -> Scenario:
    def play(stage: Stage, rng: Random) -> Removed:
        begin(stage, rng)
        only(stage, set(rng.sample(stage.numbers, round(len(stage.numbers) * 0.55))), lambda path: answer)
        runs(stage, 8)
        healthy(stage)
        runs(stage, 3)
        return set()

    return play


def trouble_with_one(answer: Answer) -> Scenario:
    def play(stage: Stage, rng: Random) -> Removed:
        (number,) = begin(stage, rng)
        only(stage, {number}, lambda path: answer)
        runs(stage, 6)
        healthy(stage)
        runs(stage, 2)
        return set()

    return play


def flapping(stage: Stage, rng: Random) -> Removed:
    """One of two servers behind the address has not got the page."""
    (number,) = begin(stage, rng)
    for turn in range(10):
        if turn % 3 == 2:
            healthy(stage)
        else:
            only(stage, {number}, lambda path: Answer(404, b"no"))
        stage.run(minutes=20)
    healthy(stage)
    runs(stage, 1)
    return set()


def rolled_off(stage: Stage, rng: Random) -> Removed:
    numbers = begin(stage, rng, 6)
    left = [number for number in stage.numbers if number not in numbers]
    runs(stage, 6, numbers=left)
    return set()


def redesigned(stage: Stage, rng: Random) -> Removed:
    begin(stage, rng)
    stage.world.do("redesign", to="unknown")
    runs(stage, 6)
    stage.world.do("redesign", to="original")
    runs(stage, 2)
    return set()


def container_renamed(stage: Stage, rng: Random) -> Removed:
    """The template is there, its text is in a place that we do not know: it looks emptied."""
    begin(stage, rng)
    site = stage.site

    def renamed(path: str) -> Answer | None:
        found = site.page(path)
        if found.article is None or found.status != 200:
            return None
        return Answer(200, moved_out(found.make()))

    stage.override = renamed
    runs(stage, 6)
    healthy(stage)
    runs(stage, 2)
    return set()


def moved_out(body: bytes) -> bytes:
    """Rename what holds the text, and leave an empty one of the old name before it."""
    for name in (
        b"rm_txt_zw",
        b"rm_txt_con",
        b"artDet",
        b"box_text",
        b"text_con",
        b"show_text",
        b"p_content",
    ):
        body = body.replace(name, b"nx_" + name[::-1])
    return body.replace(b"<body>", b'<body><div class="rm_txt_con cf"></div>', 1)


def notice_with_news(stage: Stage, rng: Random) -> Removed:
    """The site's notice, in unknown words, shows other news each time."""
    (number,) = begin(stage, rng)
    site = stage.site

    def absent(path: str) -> Answer | None:
        if path != stage.path(number) and site.page(path).status != 404:
            return None
        titles = "".join(f"<li>{site.title(one)}</li>" for one in rng.sample(stage.numbers, 2))
        text = (
            "编辑部已把这一页收进了档案室，暂时不再对外展示，给您带来不便，我们深表歉意，欢迎继续关注本频道的其他报道。"
            * 2
        )
        return Answer(200, page("小小提示", f"{text}</p><ul>{titles}</ul><p>", "去首页看看"))

    stage.override = absent
    runs(stage, 5)
    return {stage.key(number)}


SCENARIOS: dict[str, Scenario] = {
    **{f"removed by {how}": removed(how) for how in ("404", "410", "soft-404", "redirect-home", "empty")},
    "removed, in unknown words": removed_as(Answer(200, UNKNOWN_GONE)),
    "removed, sent to an error page": removed_as(Answer(302, b"", "/error/404.html")),
    "removed, in unknown words, with other news each time": notice_with_news,
    "several removed one after another": several_removed,
    "removed and restored": removed_and_restored,
    "removed among edits and churn": removed_between_edits,
    "removed after an outage": removed_after_outage,
    "removed, seen page by page": removed_seen_page_by_page,
    "several removed, seen alone": several_removed_seen_alone,
    "back before long": back_before_long,
    "outage: 404 for everything": outage(Answer(404, page("404", "Not Found"))),
    "outage: 503 for everything": outage(Answer(503, b"<html>503</html>")),
    "outage: no answer": outage(Answer(0)),
    "outage: 200 error page": outage(Answer(200, MAINTENANCE)),
    "outage: everything to the home page": outage_of_articles(Answer(302, b"", "/")),
    "outage: every article 404": outage_of_articles(Answer(404, KNOWN_GONE)),
    "outage: every article not found, 200": outage_of_articles(Answer(200, KNOWN_GONE)),
    "outage: every article a notice": outage_of_articles(Answer(200, UNKNOWN_GONE)),
    "outage, seen page by page": outage_seen_page_by_page(Answer(404, b"<html>404</html>")),
    "outage with a notice, seen page by page": outage_seen_page_by_page(Answer(200, MAINTENANCE)),
    "half the site 404": half_out(Answer(404, b"<html>404</html>")),
    "half the site a notice": half_out(Answer(200, MAINTENANCE)),
    "one page 500": trouble_with_one(Answer(500, b"<html>500</html>")),
    "one page blocked": trouble_with_one(Answer(403, BLOCK)),
    "one page asks for a captcha": trouble_with_one(Answer(200, BLOCK)),
    "one page empty": trouble_with_one(Answer(200, b"")),
    "one of two servers lacks a page": flapping,
    "rolled off the listings": rolled_off,
    "redesigned to an unknown template": redesigned,
    "text container renamed": container_renamed,
}


# -- held back


def slow_death(stage: Stage, rng: Random) -> Removed:
    """An outage that grows: ever more pages answer 404, then all come back."""
    order = rng.sample(begin(stage, rng, len(stage.numbers)), len(stage.numbers))
    for count in (1, 3, 6, 9, 12, 12, 12):
        only(stage, set(order[:count]), lambda path: Answer(404, b"<html>gone</html>"))
        stage.run(minutes=15)
    healthy(stage)
    runs(stage, 3)
    return set()


def removed_while_others_fail(stage: Stage, rng: Random) -> Removed:
    numbers = begin(stage, rng, 4)
    stage.world.do("remove", article=numbers[0], how="404")
    only(stage, set(numbers[1:]), lambda path: Answer(502, b"<html>502</html>"))
    runs(stage, 5)
    healthy(stage)
    runs(stage, 2)
    return {stage.key(numbers[0])}


def soft_outage_mid_run(stage: Stage, rng: Random) -> Removed:
    """A page is absent twice; then the site goes out in the middle of the run that would confirm it."""
    (number,) = begin(stage, rng)
    only(stage, {number}, lambda path: Answer(404, b"<html>404</html>"))
    runs(stage, 2)
    served = [0]

    def failing(path: str) -> Answer | None:
        served[0] += 1
        return Answer(404, b"<html>404</html>") if served[0] > 4 or path == stage.path(number) else None

    stage.override = failing
    runs(stage, 2)
    healthy(stage)
    runs(stage, 3)
    return set()


def emptied_by_hand(stage: Stage, rng: Random) -> Removed:
    """One article is emptied while another is edited, seen page by page."""
    numbers = begin(stage, rng, 2)
    stage.listed = False
    stage.world.do("remove", article=numbers[0], how="empty")
    stage.world.do("edit", article=numbers[1], classes="number")
    for _ in range(5):
        for number in numbers:
            stage.run([number], minutes=20)
    return {stage.key(numbers[0])}


def mirror_loop(stage: Stage, rng: Random) -> Removed:
    """The site sends every reader through a login page for a day."""
    begin(stage, rng)
    stage.override = everything(Answer(200, page("用户登录", "请先登录后继续阅读")))
    runs(stage, 10, minutes=140)
    healthy(stage)
    runs(stage, 2)
    return set()


HELD_BACK: dict[str, Scenario] = {
    "an outage that grows": slow_death,
    "removed while others fail": removed_while_others_fail,
    "the site goes out as a removal would be confirmed": soft_outage_mid_run,
    "emptied by hand, seen page by page": emptied_by_hand,
    "a login page for everything": mirror_loop,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One timeline: what was to be told as removed, what was, and whether anything else was told wrongly."""

    name: str
    seed: int
    wanted: frozenset[str]
    told: frozenset[str]
    edited: int

    @property
    def is_outage(self) -> bool:
        return "outage" in self.name or "half the site" in self.name


def play(database, name: str, scenario: Scenario, seed: int) -> Outcome:
    """Play one scenario on one site."""
    stage = Stage(database, f"{name} {seed}", seed=seed % 8)
    wanted = scenario(stage, Random(f"{name} {seed}"))
    return Outcome(name, seed, frozenset(wanted), frozenset(stage.told("removed")), len(stage.told("edited")))
