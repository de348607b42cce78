"""Pairs that should not hurt: how they are declared, compared and shown; few are run here, all on demand."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pytest

from benchmarks.declared_runs.cases import Case, Times
from benchmarks.declared_runs.declarations import DeclarationError, rows_named
from benchmarks.declared_runs.marked_pages import read_between_marks, write_between_marks
from benchmarks.monotonicity import tables
from benchmarks.monotonicity.__main__ import main
from benchmarks.monotonicity.comparing import Outcome, change_of, compare
from benchmarks.monotonicity.declared import Flip, Pair, flips, pairs
from benchmarks.monotonicity.measuring import Measured, chosen, measure, measured_of
from benchmarks.monotonicity.running import FlipOutcome, run_flips, run_pairs

USES = ("US.polishing", "US.machining", "JP.polishing")
SMALL = {"horizon.length": "60 weeks"}


def measured(unmet, peak=None, first=None) -> Measured:
    """Return a run of made-up numbers, one row for each of the first uses."""
    rows = np.array(unmet, dtype=float)
    return Measured(
        uses=USES[: len(rows)],
        unmet=rows,
        given_up=0.0 * rows,
        peak=rows if peak is None else np.array(peak, dtype=float),
        first=np.full(rows.shape, np.nan) if first is None else np.array(first, dtype=float),
        threshold=0.05,
        start=dt.date(2026, 11, 23),
    )


def test_differences_are_counted_pair_by_pair_beyond_rounding_and_beyond_a_tenth_of_a_point():
    before = np.array([0.10, 0.20, 0.30, 0.40])
    after = before + np.array([0.5e-6, 2e-6, 0.02, -0.01])
    change = change_of(before, after)
    assert change.mean == pytest.approx(100 * (0.5e-6 + 2e-6 + 0.01) / 4)
    assert change.half_width == pytest.approx(100 * 1.96 * np.std(after - before, ddof=1) / 2)
    assert (change.worse, change.much_worse) == (0.5, 0.25)
    assert (change.better, change.much_better) == (0.25, 0.25)


def test_a_use_is_worse_off_if_its_mean_rises_or_more_than_a_fiftieth_of_the_pairs_do():
    zeros = np.zeros(100)
    assert not change_of(zeros, zeros).is_worse
    few = np.where(np.arange(100) < 2, 1e-4, 0.0)  # two of a hundred, of no weight in the mean
    assert not change_of(zeros, few).is_worse
    assert change_of(zeros, np.where(np.arange(100) < 3, 1e-4, 0.0)).is_worse
    everywhere = np.full(100, 0.01)
    assert change_of(zeros, everywhere).mean_is_worse
    better_but_for_some = np.where(np.arange(100) < 10, 1e-4, -0.01)
    change = change_of(zeros, better_but_for_some)
    assert (change.is_worse, change.mean_is_worse) == (True, False)


def test_a_pair_tells_those_whom_it_serves_from_others():
    case = Case("calm")
    pair = Pair("p", "More of something", case, case, ("US.any",))
    before = measured([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]])
    outcome = compare(pair, before, measured([[0.0, 0.0], [0.2, 0.2], [0.3, 0.3]]))
    assert outcome.served == ("US.polishing", "US.machining")
    assert outcome.violations == ["US.machining"]
    assert outcome.others_worse == ["JP.polishing"]
    assert (outcome.before, outcome.after) == (1.0, 0.0)
    but = Pair("p", "More of something", case, case, ("any",), ("US.machining",))
    assert compare(but, before, before).served == ("US.polishing", "JP.polishing")


@pytest.mark.parametrize(
    "selectors, uses",
    [(["any"], USES), (["US.any"], USES[:2]), (["JP.polishing", "US.machining"], USES[1:])],
)
def test_selectors_name_uses(selectors, uses):
    assert chosen(selectors, USES) == [*uses]


def test_a_shortage_counts_within_a_year_of_the_control_if_it_is_deep_enough():
    since = dt.date(2026, 11, 23) + dt.timedelta(days=100)
    run = measured([[0, 0, 0, 0]], peak=[[0.5, 0.5, 0.01, 0.0]], first=[[465, 466, 10, np.nan]])
    assert run.short_within("US.polishing", since, 1) == 0.25
    assert run.short_within("US.polishing", since, 2) == 0.5
    assert run.probability("US.polishing") == 0.5
    assert run.worst("US.polishing", 0.5) == 0.5


def test_a_multiple_of_a_value_follows_the_scenario():
    scenario = Case("reinstated-2027", {"producers.oa_makers.capacity": Times(2)}).load()
    plain = Case("reinstated-2027").load()
    for grade, capacity in plain.producers["oa_makers"].capacity.items():
        assert scenario.producers["oa_makers"].capacity[grade].central() == 2 * capacity.central()
    scenario = Case("reinstated-2027", {"inventory_policy.*.cover": Times(1.5)}).load()
    for selector, policy in plain.inventory_policy.items():
        if policy.cover is not None:
            cover = scenario.inventory_policy[selector].cover
            assert cover is not None
            assert cover.central() == pytest.approx(1.5 * policy.cover.central())
    one = Case("reinstated-2027", {"uses.machining.growth": Times(2, "uses.polishing.growth")}).load()
    assert one.uses["machining"].growth.central() == pytest.approx(
        2 * plain.uses["polishing"].growth.central()
    )


def test_with_prices_what_is_given_up_counts_as_unmet():
    results = measure(Case("priced-2027", SMALL), 4)
    import diamondsim as ds

    dataset = ds.monte_carlo(Case("priced-2027", SMALL).load(), replications=4, seed=0)
    use = dataset.sel(region="US", use="construction")
    demand, shortage, given_up = (use[name].values for name in ("demand", "shortage", "forgone"))
    lost = demand * given_up / (1 - given_up)  # R27: a share of demand and of what is given up
    assert lost.min() > 0
    expected = (shortage + lost) / (demand + lost)
    np.testing.assert_allclose(results.unmet[results.row("US.construction")], expected, rtol=1e-12)
    assert measured_of(dataset).uses == results.uses


def test_every_row_is_a_scenario_and_names_uses_that_it_has():
    cases = {case.key: case for pair in pairs() for case in (pair.before, pair.after)}
    cases |= {flip.case.key: flip.case for flip in flips()}
    loaded = {key: case.load() for key, case in cases.items()}
    for pair in pairs():
        scenario = loaded[pair.after.key]
        assert scenario.hash != loaded[pair.before.key].hash, f"{pair.name} changes nothing"
        uses = [f"{region}.{use}" for region, demand in scenario.demand.items() for use in demand]
        assert pair.headline in uses
        for selector in pair.serves:
            assert chosen([selector], uses), f"{pair.name}: {selector}"


def test_rows_are_found_by_name_and_a_misspelt_one_is_named():
    assert [row.name for row in rows_named(pairs(), ["no-ban", "opening-stock"])] == [
        "opening-stock",
        "no-ban",
    ]
    assert rows_named(flips(), []) == [*flips()]
    with pytest.raises(DeclarationError, match="there is no row 'no-bam'; did you mean 'no-ban'"):
        rows_named(pairs(), ["no-bam"])


def test_the_command_runs_rows_writes_them_and_reads_them_again(tmp_path, capsys):
    file = tmp_path / "outcomes.json"
    assert main(["no-control", "-n", "2", "--json", str(file)]) == 0
    first = capsys.readouterr().out
    assert "1 pairs with 2 replications each" in first
    assert "`no-control`" in first
    assert main(["--read", str(file)]) == 0
    assert capsys.readouterr().out == first
    assert {"swing"} <= {pair.name for pair in pairs()} & {flip.name for flip in flips()}
    other = tmp_path / "others.json"
    flip = {"name": "swing", "replications": 2, "figures": [1, 2, 3, 4, 5], "given_up": 0}
    pair = json.loads(file.read_text())[0] | {"name": "swing"}
    other.write_text(json.dumps([flip, pair]))
    assert main(["--read", str(file), str(other)]) == 0
    out = capsys.readouterr().out
    assert "2 pairs with 2 replications each" in out
    assert "| 1.0 % | 2.00 % |" in out
    assert main(["nothing-such"]) == 2
    assert main(["--list", "--flips", "base"]) == 0
    assert capsys.readouterr().out.split() == ["base", "base"]


def test_a_table_stands_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- pairs: begin -->\nold\n<!-- pairs: end -->\nb\n")
    write_between_marks("pairs", "new", page)
    assert page.read_text() == "a\n<!-- pairs: begin -->\n\nnew\n\n<!-- pairs: end -->\nb\n"
    assert read_between_marks("pairs", page) == "new"
    with pytest.raises(DeclarationError, match="does not have both marks of 'flips'"):
        write_between_marks("flips", "new", page)


def test_reasons_are_renewed_beside_the_same_figures(tmp_path, monkeypatch):
    case = Case("calm")
    old = [Pair("a", "more", case, case, ("any",), reason="old"), Pair("b", "less", case, case, ("any",))]
    rising, falling = measured([[0.1, 0.1]]), measured([[0.0, 0.0]])
    outcomes = [compare(old[0], falling, rising), compare(old[1], rising, falling)]
    new = [dataclasses.replace(pair, reason="new") for pair in old]
    table = tables.pair_table(old, outcomes)
    assert "old" in table
    assert tables.renew_reasons(table, new) == tables.pair_table(new, outcomes)
    with pytest.raises(DeclarationError, match="there is no row 'b'"):
        tables.renew_reasons(table, new[:1])

    page = tmp_path / "page.md"
    page.write_text("a\n<!-- pairs: begin -->\n\n| `swing` |" + " x |" * 11 + "\n\n<!-- pairs: end -->\n")
    monkeypatch.setattr(tables, "PAGE", page)
    assert main(["--reasons"]) == 0
    (swing,) = rows_named(pairs(), ["swing"])
    assert page.read_text().splitlines()[3] == "| `swing` |" + " x |" * 10 + f" {swing.reason} |"


def test_the_page_gives_the_reasons_of_the_file_and_leaves_no_pair_that_is_worse_off_without_one():
    table = read_between_marks("pairs", tables.PAGE)
    assert tables.renew_reasons(table, pairs()) == table, "dev.py monotonicity --reasons renews them"
    rows = {cells[1].strip(" `"): cells for line in table.splitlines() if len(cells := line.split("|")) == 14}
    assert {*rows} == {pair.name for pair in pairs()} | {"pair", "---"}
    worse_off = {name for name, cells in rows.items() if cells[9].strip() and name not in ("pair", "---")}
    assert worse_off == {pair.name for pair in pairs() if pair.reason}


def test_the_flip_table_has_the_least_likely_shortage_first_beside_the_old_figures():
    case = Case("calm")
    rows = [Flip("a", "one", case, old=(88.7, 13.68, 74, 54, 79)), Flip("b", "two", case)]
    outcomes = [
        FlipOutcome("a", 8, (50.0, 1.0, 20.0, 3.0, 4.0)),
        FlipOutcome("b", 8, (12.5, 2.5, 9.6, 1.0, 2.0), 2.0),
    ]
    lines = tables.flip_table(rows, outcomes).splitlines()[2:]
    assert lines == [
        "| two | 12.5 % | 0.50 % | 10 % | 1 / 2 % | 2.00 % |  |  |  |  |",
        "| one | 50.0 % | 1.00 % | 20 % | 3 / 4 % |  | 88.7 % | 13.68 % | 74 % | 54 / 79 % |",
    ]


def test_quick_pairs_hold_in_the_mean():
    """In so few replications one that is worse would be more than a fiftieth of them."""
    outcomes: list[Outcome] = run_pairs([pair for pair in pairs() if pair.quick], 32)
    wrong = [o for o in outcomes if any(o.changes[use].mean_is_worse for use in o.violations)]
    assert not wrong, tables.pair_table(pairs(), wrong)


@pytest.mark.deep
def test_all_pairs_hold_unless_there_is_a_reason():
    outcomes: list[Outcome] = run_pairs(pairs(), 512)
    excused = {pair.name for pair in pairs() if pair.reason}
    wrong = [outcome for outcome in outcomes if outcome.violations and outcome.name not in excused]
    assert not wrong, tables.pair_table(pairs(), wrong)


def test_flips_are_figures_in_per_cent():
    (outcome,) = run_flips(rows_named(flips(), ["horizon-2"]), 4)
    chance, unmet, worst, one, two = outcome.figures
    assert 0 <= one <= two <= chance <= 100
    assert 0 <= unmet <= worst <= 100
