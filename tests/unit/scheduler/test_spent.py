"""What is left of an hour's budget: what was asked for within the last sixty minutes counts."""

from scheduler.spent import HOUR, STEP, Spent


def test_requests_of_the_last_hour_count_each_host_for_itself():
    spent = Spent()
    spent.note("cq.example", 3, 100.0)
    spent.note("sc.example", 5, 100.0)
    spent.note("cq.example", 4, 200.0)
    assert (spent.lately("cq.example", 200.0), spent.lately("sc.example", 200.0)) == (7, 5)
    assert spent.lately("cq.example", 100.0 + HOUR) == 7
    assert spent.lately("cq.example", 101.0 + HOUR) == 4
    assert spent.lately("cq.example", 201.0 + HOUR) == 0
    assert spent.lately("gz.example", 0.0) == 0


def test_what_is_kept_is_little_however_much_is_asked_for():
    spent = Spent()
    for second in range(10_000):
        spent.note("cq.example", 2, float(second))
    assert 2 * HOUR <= spent.lately("cq.example", 9_999.0) <= 2 * (HOUR + STEP)
    assert len(spent._made["cq.example"]) <= HOUR / STEP + 1
