"""Several runs as one job: each is told complete as soon as it is, and only then."""

from __future__ import annotations

import pytest

from diamondsim.simulation import monte_carlo_each
from diamondsim.simulation.runner import RunSpec
from diamondsim.simulation.staged_runs import StagedRuns, tasks_between
from tests.simulation.failing import failing_scenarios
from tests.simulation.small import short_ban

OTHER = {"title": "other", "inventory_policy.u.cover": "12 days"}
SPECS = [RunSpec(scenario, 1, 2048) for scenario in (short_ban(), short_ban(**OTHER))]


def told(tasks, **options) -> list[tuple[int, tuple[int, ...]]]:
    """Return the runs that were told complete, with the replications that all runs had then."""
    found = []
    with StagedRuns(SPECS, workers=1, **options) as runs:
        runs.run(
            tasks,
            failed=lambda _job, _error: None,
            complete=lambda job: found.append((job, tuple(total.replications for total in runs.totals))),
        )
    return found


def test_a_run_is_complete_before_the_next_one_begins():
    one_by_one = [*tasks_between(0, 0, 2048), *tasks_between(1, 0, 2048)]
    assert told(one_by_one) == [(0, (2048, 0)), (1, (2048, 2048))]


def test_a_run_is_not_complete_while_a_block_of_it_is_missing():
    by_turns = [*tasks_between(0, 0, 1024), *tasks_between(1, 0, 2048), *tasks_between(0, 1024, 2048)]
    assert told(by_turns) == [(1, (1024, 2048)), (0, (2048, 2048))]


def test_what_the_store_has_is_complete_at_once(tmp_path):
    assert told(tasks_between(0, 0, 2048), store=tmp_path) == [(0, (2048, 0))]
    both = [*tasks_between(1, 0, 1024), *tasks_between(0, 0, 2048)]
    assert told(both, store=tmp_path) == [(0, (2048, 0)), (1, (2048, 1024))]


def test_a_run_that_fails_is_never_complete(monkeypatch):
    failing_scenarios(monkeypatch)["other"] = 1024
    assert told([*tasks_between(1, 0, 2048), *tasks_between(0, 0, 1024)]) == [(0, (1024, 1024))]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_in_the_order_asked_for_whichever_is_complete_first(workers):
    wanted = {"long": (SPECS[0].scenario, 3072), "short": (SPECS[1].scenario, 64)}
    found = monte_carlo_each(wanted, seed=1, workers=workers)
    assert [*found] == ["long", "short"]
    assert [dataset.sizes["replication"] for dataset in found.values()] == [3072, 64]
