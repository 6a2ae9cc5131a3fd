"""Cases of parser health: a site is watched, its template changes, and changes back; or editors do much at once."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from storage.database import Database
from storage.records import Outcome
from tests.quality.redesigns import Redesign
from tests.quality.removals.stage import HOST, Answer, Stage, read

ARTICLES = 16
GENERATIONS = ("original", "G1", "G2", "G3", "G4")


@dataclass(frozen=True, slots=True)
class Case:
    """What a redesign did. `harmful`: it changes what our templates read. `told`: edits and removals told."""

    redesign: Redesign
    harmful: bool
    noticed: bool
    told: int
    recovered: bool
    seen: str


def play_redesign(database: Database, seed: int) -> Case:
    """Watch, redesign (all pages, or half of them, or seen by one page alone), watch twice, change back."""
    rng = Random(f"case {seed}")
    stage = Stage(database, f"redesign {seed}", seed=seed % 8, count=ARTICLES)
    stage.world.do("redesign", to=rng.choice(GENERATIONS))
    stage.run()
    stage.run()
    redesign = Redesign.draw(seed)
    seen = rng.choice(("all", "all", "half", "one page"))
    changed = (
        set(rng.sample(stage.numbers, len(stage.numbers) // 2)) if seen == "half" else set(stage.numbers)
    )
    paths = {stage.path(number) for number in changed}
    pages = {path: redesigned(stage, path, redesign) for path in paths}
    misread = [number for number in sorted(changed) if _reads_otherwise(stage, stage.path(number), pages)]
    stage.override = lambda path: Answer(200, pages[path]) if path in pages else None
    visited = [rng.choice(misread or sorted(changed))] if seen == "one page" else None
    stage.run(visited)
    noticed = bool(stage.told("channel-broken"))
    stage.run(visited)
    stage.override = lambda path: None
    stage.run()
    told = len(stage.told("edited")) + len(stage.told("removed"))
    recovered = bool(stage.told("channel-recovered"))
    return Case(redesign, bool(misread), noticed, told, recovered, seen)


def redesigned(stage: Stage, path: str, redesign: Redesign) -> bytes:
    """A page of the stage in the new dress, in its own charset."""
    found = stage.site.page(path)
    charset = found.charset or "gb18030"
    return redesign(found.make().decode(charset)).encode(charset, "xmlcharrefreplace")


def _reads_otherwise(stage: Stage, path: str, pages: dict[str, bytes]) -> bool:
    before = read(HOST + path, stage.site.page(path).make(), "")
    after = read(HOST + path, pages[path], "")
    if isinstance(after, tuple) or isinstance(before, tuple):
        return isinstance(after, tuple) and after[0] is not Outcome.BLOCKED
    one, other = before.page.fields, after.page.fields
    return (one.title, one.subtitle, "".join(one.body), one.published_at, one.source) != (
        other.title, other.subtitle, "".join(other.body), other.published_at, other.source
    )  # fmt: skip


def play_mass_edit(database: Database, seed: int, share: float = 0.3) -> tuple[int, int, bool]:
    """Editors add one correction line to a share of all articles: how many did, how many were told, any alarm."""
    rng = Random(f"mass {seed}")
    stage = Stage(database, f"mass edit {seed}", seed=seed % 8, count=ARTICLES)
    stage.run()
    stage.run()
    chosen = rng.sample(stage.numbers, max(1, round(share * len(stage.numbers))))
    line = "<p>更正：此前版本中的联系电话有误，现已订正，特此说明。</p>"
    pages = {}
    for number in chosen:
        found = stage.site.page(stage.path(number))
        html = found.make().decode(found.charset or "gb18030")
        at = html.find('<div class="zdfy')
        pages[stage.path(number)] = (html[:at] + line + html[at:]).encode(
            found.charset or "gb18030", "xmlcharrefreplace"
        )
    stage.override = lambda path: Answer(200, pages[path]) if path in pages else None
    stage.run()
    return len(chosen), len(stage.told("edited")), bool(stage.told("channel-broken"))
