"""The learned state of the revisit plan is kept per host, and the last one saved counts."""

from storage.plans import load_plan, save_plan
from storage.schema import plans
from tests.sightings import at


def test_a_plan_comes_back_as_it_was_saved(database):
    save_plan(database, "cq.people.com.cn", {"version": 1, "sections": ["时政"]}, at(0))
    save_plan(database, "cq.people.com.cn", {"version": 1, "sections": ["社会"]}, at(5))
    saved = load_plan(database, "cq.people.com.cn")
    assert saved is not None
    assert saved.state == {"version": 1, "sections": ["社会"]}
    assert saved.saved_at == at(5)
    assert load_plan(database, "sc.people.com.cn") is None


def test_a_state_that_cannot_be_read_is_no_state(database):
    with database.write() as connection:
        connection.execute(plans.insert(), {"host": "a", "state": "{", "saved_at": at(0)})
    assert load_plan(database, "a") is None
