"""What the store keeps for the judgement of health, on both databases."""

from __future__ import annotations

from storage import articles, baselines, queries
from storage.decide import Policy
from storage.diff import width_fold
from storage.health import Baseline, Norm
from storage.records import Outcome, State
from tests.sightings import PUBLISHER, at, reading, seen, url_of

LEARNED = Baseline(
    templates={"G4": Norm(12.0, {"source": 11.5}, 6.1)},
    listings={"http://cq.people.com.cn/": 30.5},
    absent=0.01,
    gone_pages=((1, 2, 2**47),),
    ill=("41000001",),
    ill_since=at(3),
)


def test_a_baseline_comes_back_as_it_was_kept(database):
    assert baselines.baseline(database, "cq") == Baseline()
    baselines.keep_baseline(database, "cq", Baseline(), at(0))
    baselines.keep_baseline(database, "cq", LEARNED, at(1))
    assert baselines.baseline(database, "cq") == LEARNED
    assert baselines.baseline(database, "sh") == Baseline()


def test_a_baseline_that_cannot_be_read_is_learned_anew(database):
    baselines.keep_baseline(database, "cq", LEARNED, at(1))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE baselines SET content = '{\"templates\": 7}'")
    assert baselines.baseline(database, "cq") == Baseline()


def test_a_visit_that_is_only_observed_concludes_nothing(database):
    articles.record(database, seen(0), Policy(), width_fold)
    before = queries.find_article(database, "41000001")
    baselines.observe(database, seen(5, outcome=Outcome.GONE))
    baselines.observe(database, seen(6, "41000009", outcome=Outcome.GONE))
    assert queries.find_article(database, "41000001") == before
    assert [one.outcome for one in queries.observations(database, before.id)] == [Outcome.GONE, Outcome.READ]


def test_witnesses_are_the_newest_that_are_there(database):
    policy = Policy(removal_visits=1, removal_after=at(0) - at(0))
    for number in range(1, 6):
        articles.record(database, seen(number, f"4100000{number}"), policy, width_fold)
    articles.record(database, seen(9, "41000005", outcome=Outcome.GONE), policy, width_fold)
    assert queries.find_article(database, "41000005").state is State.REMOVED
    found = baselines.witnesses(database, "cq", PUBLISHER, {"41000004"}, 2)
    assert found == (("41000003", url_of("41000003")), ("41000002", url_of("41000002")))


def test_stored_fields_are_those_of_the_last_revision(database):
    articles.record(database, seen(0), Policy(), width_fold)
    recorded = articles.record(database, seen(1, title="渝北区新增四处口袋公园"), Policy(), width_fold)
    assert (
        baselines.stored_fields(database, recorded.article_id)
        == reading(title="渝北区新增四处口袋公园").fields
    )
