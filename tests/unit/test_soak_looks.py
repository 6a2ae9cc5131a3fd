"""What of a soak nobody can know yet, as its page was not asked for since."""

from __future__ import annotations

import pytest

from tests.soak.looks import TELLING, not_looked_at

PAGE, OTHER, AT, UNTIL = "/n2/2026/c1-41000016.html", "/n2/2026/c1-41000032.html", 100.0, 1000.0


def look(at: float, *, path: str = PAGE, channel: str = "cq", method: str = "GET"):
    return {"at": at, "channel": channel, "path": path, "method": method}


@pytest.mark.parametrize(
    ("kind", "looks", "known"),
    [
        pytest.param("edited", [], False, id="an edit without a look"),
        pytest.param("edited", [look(99.0)], False, id="an edit after the last look"),
        pytest.param("edited", [look(101.0)], True, id="an edit and a look"),
        pytest.param(
            "edited", [look(UNTIL - TELLING / 2)], False, id="a look that cannot have been told of yet"
        ),
        pytest.param("edited", [look(101.0, path=OTHER)], False, id="a look at another page"),
        pytest.param("edited", [look(101.0, channel="sc")], False, id="a look at another site"),
        pytest.param("edited", [look(101.0, method="HEAD")], False, id="no look at the page itself"),
        pytest.param("restored", [look(101.0)], True, id="a return and a look"),
        pytest.param("removed", [look(101.0)], False, id="a removal takes more than one look"),
        pytest.param(
            "removed", [look(101.0), look(105.0)], False, id="a removal takes time between the looks"
        ),
        pytest.param("removed", [look(120.0), look(101.0)], True, id="a removal and two looks"),
        pytest.param("removed", [look(50.0), look(101.0)], False, id="a look before the removal is none"),
        pytest.param("new", [], True, id="there is no excuse for a new article"),
    ],
)
def test_what_was_looked_at_since_is_known(kind: str, looks: list[dict[str, object]], known: bool):
    event = {"at": AT, "kind": kind, "channel": "cq", "article_id": "41000016", "path": PAGE}
    unknown = not_looked_at([event], looks, UNTIL, removal_after=10.0)
    assert unknown == ([] if known else [(kind, "41000016")])
