"""Tables of mechanisms: how they are declared, measured, compared and shown; few runs, and small ones."""

import datetime as dt
import json
import re
import shlex
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from benchmarks.declared_runs.cases import Case
from benchmarks.declared_runs.declarations import DeclarationError
from benchmarks.declared_runs.marked_pages import marks_of
from benchmarks.mechanisms import __main__ as command
from benchmarks.mechanisms.__main__ import PAGE, main, read, written
from benchmarks.mechanisms.case_run import CaseRun
from benchmarks.mechanisms.declared import FILES, FOLDER, Cell, table_of, tables
from benchmarks.mechanisms.measures import MEASURES
from benchmarks.mechanisms.measuring import Figure, figures_of, key_of
from benchmarks.mechanisms.rendering import cell_text, command_of, text_of
from benchmarks.mechanisms.running import Outcome, run_tables
from diamondsim.cli.options import read_changes
from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan

SHORT = {"horizon.length": "60 weeks"}
CALM = {"scenario": "calm", "set": SHORT}
WORKS = {"begin": "2026-12-07", "end": "2027-12-01", "loss": "100%"}
STOPPED = {"scenario": "calm", "set": SHORT | {"producers.cn_makers.scheduled_outages": {"works": WORKS}}}
SMALL: dict[str, Any] = {
    "cases": {"as it is": CALM, "a stop": STOPPED},
    "columns": [
        "as it is",
        "a stop",
        {"head": "apart", "case": "a stop", "less": "as it is"},
    ],
    "rows": [
        {"what": "short", "measure": "chance", "use": "US.construction"},
        {"what": "unmet", "measure": "unmet", "use": "US.any", "only": ["as it is", "apart"]},
    ],
}


def cell(**keys) -> Cell:
    """Return a cell of a measure that takes a use."""
    return Cell(**({"case": "a", "measure": "unmet", "parameters": ({"use": "US.polishing"},)} | keys))


def figures(values, others=None, **keys) -> list[Figure]:
    """Return the figures of a cell of made-up values."""
    made = cell(**keys)
    key = key_of(made.measure, made.parameters[0])
    other = None if others is None else {key: np.array(others, dtype=float)}
    return figures_of(made, {key: np.array(values, dtype=float)}, other)


# The declarations


def test_every_table_has_its_marks_on_the_page_in_its_order():
    assert marks_of(PAGE) == [table.name for table in tables()]


def test_tables_are_narrow_enough_to_read():
    assert [table.name for table in tables() if len(table.heads) > 5] == []


def test_every_file_of_tables_is_read():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(FILES)


CASES = {case.key: case for table in tables() for case in table.cases.values()}


def test_every_case_is_a_scenario_that_can_be_run():
    for scenario in {case.load().hash: case.load() for case in CASES.values()}.values():
        compile_plan(scenario)


def test_the_changes_of_a_case_change_something():
    changed = [case for case in CASES.values() if case.changes]
    assert [case for case in changed if case.load().hash == Case(case.scenario).load().hash] == []


def as_texts(value):
    """Return a change as the command line passes it: every date and number is a text."""
    if isinstance(value, dict):
        return {str(key): as_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    return None if value is None else str(value)


def test_every_command_below_a_table_makes_its_case():
    for case in (case for case in CASES.values() if case.changes):
        _, _, shipped, *sets = shlex.split(command_of(case))
        assert (shipped, read_changes(sets[1::2])) == (case.scenario, as_texts(case.changes))


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"rows": [{"what": "a", "measure": "chanse", "use": "OA.any"}]},
            "'chanse'; did you mean 'chance'",
        ),
        ({"rows": [{"what": "a", "measure": "chance", "us": "OA.any"}]}, "chance has no parameter 'us'"),
        ({"rows": [{"what": "a", "measure": "chance"}]}, "chance needs 'use'"),
        ({"rows": [{"what": "a", "use": "OA.any"}]}, "'a', 'as it is': no measure"),
        (
            {"rows": [{"what": "a", "measure": "chance", "use": "OA.any", "only": ["none"]}]},
            "the column 'none'",
        ),
        ({"columns": ["as it is"]}, "no cell has the case 'a stop'"),
        ({"colour": "red"}, "unknown keys colour"),
        ({"each": {"after": "as it is"}}, "both 'less' and 'after'"),
        ({"each": {"statistic": "mode"}}, "statistic 'mode'"),
    ],
)
def test_a_declaration_that_makes_no_table_is_refused(change, message):
    with pytest.raises(DeclarationError, match=message):
        table_of("small", SMALL | {"rows": SMALL["rows"][:1]} | change)


def test_a_list_of_values_is_as_many_figures():
    row = {
        "what": "a",
        "measure": "in_force",
        "control": ["x", "y"],
        "at": [dt.date(2027, 1, 1)],
        "case": "calm",
    }
    table = table_of("t", {"columns": [{"head": "h"}], "rows": [row]})
    assert [each["control"] for each in table.cells["a", "h"].parameters] == ["x", "y"]


# The figures


def test_a_difference_of_means_has_standard_errors_over_pairs():
    (figure,) = figures([0.1, 0.3, 0.2, 0.2], [0.0, 0.1, 0.1, 0.2], other="b", comparison="less")
    assert figure.value == pytest.approx(0.2)
    assert figure.before == pytest.approx(0.1)
    half = 1.96 * np.std([0.1, 0.2, 0.1, 0.0], ddof=1) / 2
    assert figure.difference == pytest.approx((0.1, 0.1 - half, 0.1 + half))


def test_a_difference_of_probabilities_has_the_interval_of_matched_pairs():
    (figure,) = figures([1, 1, 0, 1], [1, 0, 0, 0], measure="chance", other="b", comparison="less")
    assert figure.difference == pytest.approx((0.5, -0.166, 0.832), abs=1e-3)  # as in the docstring of R27


def test_replications_without_a_value_count_nowhere():
    (figure,) = figures([0.1, np.nan, 0.3], [0.0, 0.5, np.nan], other="b", comparison="less")
    assert [figure.value, figure.before] == pytest.approx([0.2, 0.25])
    assert figure.difference is not None
    assert figure.difference[0] == pytest.approx(0.1)  # of the one pair that has both
    assert np.isnan(figures([np.nan, np.nan])[0].value)


def test_quantiles_and_medians_have_no_interval():
    got = figures([1, 2, 3, 4, 5], [0, 1, 2, 3, 4], statistics=(0.25, "median"), other="b", comparison="less")
    assert [figure.value for figure in got] == [2, 3]
    assert [figure.difference[0] for figure in got if figure.difference] == [1, 1]
    assert all(np.isnan(figure.difference[1:]).all() for figure in got if figure.difference)


@pytest.mark.parametrize(
    "keys, figure, text",
    [
        ({}, Figure(0.01234), "1.23 %"),
        ({}, Figure(0.1234), "12.3 %"),
        ({"measure": "chance"}, Figure(0.5), "50.0 %"),
        ({"measure": "shortage"}, Figure(123.4), "123"),
        ({"measure": "shortage", "digits": 1}, Figure(123.4), "123.4"),
        ({}, Figure(float("nan")), "-"),
        ({"comparison": "after"}, Figure(0.01, 0.02, (-0.01, -0.02, 0.0)), "2.00 -> 1.00 %"),
        ({"comparison": "less"}, Figure(0.01, 0.02, (-0.01, -0.015, -0.005)), "-1.00 ± 0.50"),
        ({"comparison": "against"}, Figure(0.03, 0.02, (0.01, 0.005, 0.015)), "3.00 %, +1.00 ± 0.50"),
        ({"comparison": "less"}, Figure(0.02, 0.02, (0.0, 0.0, 0.0)), "0"),
        ({"comparison": "less"}, Figure(0.02, 0.02, (-1e-9, -2e-9, 0.0)), "0.00 ± 0.00"),
        ({"comparison": "less"}, Figure(0.02, 0.02, (-5e-11, -1e-10, 3e-11)), "0"),
        ({"comparison": "less", "measure": "shortage"}, Figure(4e3, 4e3, (1e-6, -1e-6, 3e-6)), "0"),
        ({"comparison": "less", "measure": "cover"}, Figure(5, 5, (1e-12, np.nan, np.nan)), "0"),
        ({"comparison": "less", "measure": "cover"}, Figure(5, 5, (1e-6, np.nan, np.nan)), "0.00"),
        (
            {"comparison": "less", "measure": "chance"},
            Figure(0.5, 0.4, (0.1, 0.05, 0.15)),
            "+10.0 [5.0, 15.0]",
        ),
        ({"comparison": "less", "measure": "cover"}, Figure(5, 3, (2.0, np.nan, np.nan)), "+2.00"),
    ],
)
def test_a_cell_shows_its_figures_with_their_uncertainty(keys, figure, text):
    assert cell_text(cell(**keys), [figure]) == text


def test_what_is_measured_is_what_the_dataset_and_the_paths_hold(tmp_path):
    scenario = Case("reinstated-2027", SHORT).load()
    with CaseRun(scenario, 4, ("capacity", "demand", "shortage")) as run:
        whole = ds.monte_carlo(scenario, replications=4, seed=0)
        use = whole.sel(region="US", use="construction")
        expected = (use["shortage"] / use["demand"]).values
        assert expected.max() > 0
        np.testing.assert_allclose(MEASURES["unmet"].of(run, use="US.construction"), expected)
        paths = ds.write_paths(scenario, tmp_path, replications=4, seed=0, variables=["capacity"])
        japan = paths["capacity"].where(paths["source_region"] == "JP", drop=True)
        in_carats = japan.where(japan["source_unit"] == "ct", drop=True).isel(time=8).sum("source")
        got = MEASURES["capacity"].of(run, region="JP", at=dt.date(2027, 1, 20))
        np.testing.assert_allclose(got, in_carats * 365.25 / 7 / 1e6, rtol=1e-6)
        since, until = dt.date(2026, 11, 23), dt.date(2030, 1, 1)
        unmet = MEASURES["grade_unmet"].of(run, region="US", grade="coarse", since=since, until=until)
        assert unmet.shape == (4,)
        with pytest.raises(DeclarationError, match="has no 'constructoin'; did you mean 'construction'"):
            MEASURES["chance"].of(run, use="US.constructoin")


def test_a_share_that_lasts_is_one_of_the_replications_that_are_short():
    with CaseRun(Case("reinstated-2027", SHORT).load(), 16) as run:
        short = MEASURES["chance"].of(run, use="US.construction")
        lasting = MEASURES["lasting"].of(run, use="US.construction")
    assert 0 < short.mean() < 1
    np.testing.assert_array_equal(np.isnan(lasting), short == 0)


# A small table from end to end


def test_a_small_table_is_measured_and_shown():
    told: list[str] = []
    table = table_of("small", SMALL)
    (outcome,) = run_tables([table], 4, report=told.append)
    assert [re.sub(r"\d+ s", "T", line) for line in told] == [
        "1 of 2 runs in T, about T left",
        "2 of 2 runs in T, about T left",
    ]
    lines = text_of(table, outcome).splitlines()
    assert lines[0] == "|  | as it is | a stop | apart |"
    # (R27) with b' = 4.5, c' = 0.5 and m = 6: (4 - 1.96 sqrt(5 - 16 / 6)) / 6
    assert lines[2] == "| short | 0.0 % | 100.0 % | +100.0 [16.8, 100.0] |"
    assert lines[3].startswith("| unmet | 0.00 % |  | +")
    assert lines[5] == "- as it is: `diamondsim run calm --set 'horizon.length=60 weeks'`"


def test_figures_are_written_and_read_again(tmp_path):
    table = table_of("small", SMALL)
    kept = {place: [Figure(0.5, 0.25, (0.25, 0.0, 0.5))] for place in table.cells}
    file = tmp_path / "figures.json"
    file.write_text(json.dumps([written(Outcome("small", 4, kept))]))
    again = read([file])["small"]
    assert text_of(table, again) == text_of(table, Outcome("small", 4, kept))
    file.write_text(json.dumps([written(Outcome("small", 4, dict([*kept.items()][1:])))]))
    with pytest.raises(DeclarationError, match="lack 'short', 'as it is': they must be measured again"):
        text_of(table, read([file])["small"])


def test_every_measure_is_used():
    assert {cell.measure for table in tables() for cell in table.cells.values()} == {*MEASURES}


def test_tables_are_finished_one_by_one_and_the_rest_can_be_run_later(tmp_path, monkeypatch, capsys):
    other = SMALL | {"columns": ["as it is"], "cases": {"as it is": CALM}, "rows": SMALL["rows"][:1]}
    made = [table_of("first", SMALL), table_of("second", other)]
    monkeypatch.setattr(command, "tables", lambda: tuple(made))

    def stopped(chosen, *_args, **_options):
        yield from run_tables(chosen[:1], 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_tables", stopped)
    kept = tmp_path / "kept.json"
    assert main(["-n", "2", "--json", str(kept)]) == 130
    shown = capsys.readouterr()
    assert shown.out.startswith("## first\n\n|  | as it is |")
    assert shown.err == "mechanisms: stopped; to measure the other tables: --from second\n"
    assert [*read([kept])] == ["first"]
    monkeypatch.setattr(command, "run_tables", run_tables)
    assert main(["-n", "2", "--from", "second"]) == 0
    assert capsys.readouterr().out.startswith("## second\n\n|  | as it is |")


def test_the_command_puts_a_table_between_its_marks_and_nowhere_else(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- relapse: begin -->\nold\n<!-- relapse: end -->\nafter\n")
    monkeypatch.setattr(command, "PAGE", page)
    (table,) = (table for table in tables() if table.name == "relapse")
    outcome = Outcome("relapse", 512, {place: [Figure(0.5, 0.25, (0.25, 0, 0.5))] for place in table.cells})
    command.show(table, outcome, page=True)
    begin, end = (f"<!-- relapse: {word} -->" for word in ("begin", "end"))
    assert page.read_text() == f"before\n{begin}\n\n{text_of(table, outcome)}\n\n{end}\nafter\n"


def test_the_command_lists_tables_and_says_what_is_wrong(tmp_path, capsys):
    assert main(["--list", "relapse", "rollover"]) == 0
    assert capsys.readouterr().out.split() == ["rollover", "relapse"]
    assert main(["relapce"]) == 2
    assert capsys.readouterr().err == "mechanisms: there is no table 'relapce'; did you mean 'relapse'?\n"
    file = tmp_path / "figures.json"
    file.write_text("[1]")
    assert main(["--read", str(file)]) == 2
    assert "does not hold figures of this command" in capsys.readouterr().err
    assert main(["--read", str(tmp_path / "none.json")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_run_of_other_than_the_stated_replications_belongs_into_no_page(tmp_path, capsys):
    (table,) = (table for table in tables() if table.name == "relapse")
    kept = {place: [Figure(0.5, 0.25, (0.25, 0.0, 0.5))] for place in table.cells}
    file = tmp_path / "figures.json"
    file.write_text(json.dumps([written(Outcome("relapse", 8, kept))]))
    before = PAGE.read_text(encoding="utf-8")
    assert main(["--read", str(file), "--page"]) == 2
    assert main(["relapse", "-n", "8", "--page"]) == 2
    refused = "mechanisms: the page holds runs of 512 replications, not of 8\n"
    assert capsys.readouterr().err == 2 * refused
    assert PAGE.read_text(encoding="utf-8") == before


def test_a_case_that_is_no_scenario_is_refused():
    with pytest.raises(ScenarioError):
        Case("calm", {"producers.nobody.capacity": "1 Mct/yr"}).load()
