"""What changed since a former result: chances, numbers, law and milestones."""

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.html_report.since_former import since
from diamondsim.reporting import rows_of_uses
from tests.html_report.small_pages import run, scenario, textbook_run


def rows(table):
    return {row.cells[0]: row.cells[1:] for row in table.rows}


def test_the_largest_change_comes_first_with_its_interval():
    now, then = run(), run("rollover")
    found = since(now, then, scenario())
    moves = [abs(float(row.cells[3].partition(" ")[0])) for row in found.uses.rows]
    assert len(moves) > 5
    assert moves == sorted(moves, reverse=True)
    assert moves[0] > 20
    assert all("[" in row.cells[3] for row in found.uses.rows)
    assert found.uses.head[3] == "Change, points [95 % interval]"
    facts = rows(found.facts)
    assert facts["Title"] == (then.attrs["title"], now.attrs["title"])
    assert "Seed" not in facts
    assert found.facilities is not None
    assert rows(found.facilities)


def test_uses_whose_short_names_coincide_keep_apart():
    names = {"region_name": ("region", [f"Home ({k})" for k in range(run().sizes["region"])])}
    now, then = (each.assign_coords(names) for each in (run(), run("rollover")))
    uses = [row.cells[0] for row in since(now, then, scenario()).uses.rows]
    assert len(uses) == len(set(uses)) > 5


def weighted():
    """Return a run of which the last replications count most."""
    return run().assign(weight=("replication", np.arange(32) / np.arange(32).sum()))


@pytest.mark.parametrize(
    "now, then",
    [
        (run, lambda: run(seed=2)),
        (run, lambda: run("rollover", replications=24)),
        (lambda: run("rollover", replications=24), run),
        (run, weighted),
        (weighted, run),
    ],
    ids=["seed", "shorter-then", "shorter-now", "weighted-then", "weighted-now"],
)
def test_without_pairs_a_change_is_the_difference_of_then_and_now_and_has_no_interval(now, then):
    found = since(now(), then(), scenario())
    one, other = ({(row.region, row.use): row.chance.value for row in rows_of_uses(r())} for r in (now, then))
    changes = [100 * (one[key] - other[key]) for key in one]
    expected = [f"{change:+.1f}" if abs(change) >= 0.05 else "0.0" for change in changes]
    shown = [row.cells[3] for row in found.uses.rows]
    assert len(shown) > 5
    assert set(shown) <= set(expected)
    assert float(shown[0]) != 0
    assert [abs(float(text)) for text in shown] == sorted((abs(float(text)) for text in shown), reverse=True)
    assert found.uses.head[3] == "Change, points"
    assert "do not have the same random numbers" in found.remarks[-1]


def test_another_seed_is_no_other_number_of_the_scenario():
    found = since(run(), run(seed=2), scenario())
    assert found.numbers is None
    assert rows(found.facts)["Seed"] == ("2", "1")


def test_numbers_that_differ_are_listed_then_and_now():
    changed = scenario().override({"inventory_policy.polishing.cover": "200 days"})
    found = since(ds.monte_carlo(changed, replications=24, seed=1, workers=1), run(), changed)
    assert found.numbers is not None
    was = next(n.text for n in scenario().numbers if n.path == "inventory_policy.polishing.cover")
    assert rows(found.numbers) == {"inventory_policy.polishing.cover": (was, "200 days")}


def test_a_former_scenario_that_is_not_read_any_more_is_said_to_be_so():
    former = run(seed=2).assign_attrs(scenario="habits: {}")
    found = since(run(), former, scenario())
    assert found.numbers is not None
    assert "does not read the former scenario" in found.numbers.rows[0].cells[0]


def test_results_of_other_uses_stand_beside_each_other():
    found = since(run(), textbook_run(), scenario())
    shown = rows(found.uses)
    assert any(then == "-" for then, _, _ in shown.values())
    assert any(now == "-" for _, now, _ in shown.values())


def test_more_changed_numbers_than_fit_are_counted():
    found = since(run(), textbook_run(), scenario())
    assert found.numbers is not None
    assert len(found.numbers.rows) == 60
    assert any(remark.endswith("more numbers differ.") for remark in found.remarks)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_result_has_not_changed(seed):
    found = since(run(seed=seed), run(seed=seed), scenario())
    assert {row.cells[0] for row in found.facts.rows} == {"As of"}
    assert all(row.cells[3].startswith("0.0") for row in found.uses.rows)


def test_a_former_result_with_another_measure_of_a_shortage_is_refused(tmp_path):
    then = textbook_run().assign_attrs(threshold=0.5, window_days=7.0)
    told = "since: expected a shortage above .* of demand, as in the run, found 0.5; expected a window of"
    with pytest.raises(ValueError, match=told):
        ds.write_report(textbook_run(), tmp_path / "r.html", since=then)
