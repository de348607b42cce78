"""How often intervals contain the true value: how it is counted, kept and shown, and what the page says."""

from dataclasses import replace

import numpy as np
import pytest

import diamondsim as ds
from benchmarks import coverage as command
from benchmarks.coverage import CASES, PAGE, REPETITIONS, Coverage, coverage, main, measure, read, table
from benchmarks.declared_runs.marked_pages import read_between_marks

BAN = CASES[0]
MOST = 98.0
"""The chance of the ban has a coverage of 96.9 % (docs/sampling.md), known to one point."""
HALF = Coverage(true_value=1.0, covered=150, repetitions=300, half_width=0.2, error=0.1)
MEASURED = {
    case.name: {metric: {"random": HALF, "sobol": replace(HALF, half_width=0.1)} for metric in case.metrics}
    for case in CASES
}


def test_an_interval_contains_its_limits():
    found = coverage(1.0, np.array([[1.5, 1.0, 2.0], [0.5, 0.0, 1.0], [0.5, 0.0, 0.999], [1.5, 1.001, 2.0]]))
    assert (found.covered, found.repetitions, found.share) == (2, 4, 0.5)
    assert found.half_width == pytest.approx(np.mean([0.5, 0.5, 0.4995, 0.4995]))
    assert found.error == pytest.approx(np.std([1.5, 0.5, 0.5, 1.5], ddof=1))


def test_the_ban_has_the_values_of_its_formulas():
    """On sequences, in which the chance is known to a few thousandths; the mean to half a percent."""
    run = ds.monte_carlo(BAN.load("sobol"), replications=2_048, seed=3, workers=1, engine="batch")
    for (metric, known), error in zip(BAN.metrics.items(), (0.003, 15.0), strict=True):
        found = float(run[metric].sel(region="home", use="u", bound="estimate"))
        assert found == pytest.approx(known, abs=error)


def test_a_case_is_measured_with_both_methods_against_one_true_value():
    small = replace(CASES[1], replications=64, reference=128, changes={"horizon.length": "10 days"})
    found = measure(small, repetitions=2)
    assert [*found] == [*small.metrics]
    for by_method in found.values():
        plain, sobol = by_method["random"], by_method["sobol"]
        assert plain.true_value == sobol.true_value
        assert plain.repetitions == sobol.repetitions == 2


def test_figures_are_kept_read_and_shown(tmp_path, monkeypatch, capsys):
    file, page = tmp_path / "figures.json", tmp_path / "page.md"
    page.write_text("before\n<!-- coverage: begin -->\nold\n<!-- coverage: end -->\nafter\n")
    monkeypatch.setattr(command, "PAGE", page)
    monkeypatch.setattr(command, "measure", lambda case, _: MEASURED[case.name])
    assert main(["--json", str(file)]) == 0
    assert read(file) == MEASURED
    assert main(["--read", str(file), "--page"]) == 0
    assert read_between_marks("coverage", page) == table(MEASURED)
    assert table(MEASURED).splitlines()[2].endswith("| 50.0 % | 50.0 % | 2.0 |")
    assert main(["bann"]) == 2
    assert "there is no case 'bann'; did you mean 'ban'?" in capsys.readouterr().err
    assert main(["ban", "--page"]) == 2
    assert "the page holds all cases" in capsys.readouterr().err


def test_the_page_holds_every_case_and_every_interval_keeps_its_word():
    lines = read_between_marks("coverage", PAGE).splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [row[0] for row in cells] == [case.title for case in CASES for _ in case.metrics]
    assert [row[2] for row in cells] == [f"`{metric}`" for case in CASES for metric in case.metrics]
    shares = [float(cell.removesuffix(" %")) for row in cells for cell in row[3:5]]
    assert all(93.0 <= share <= MOST for share in shares), shares


@pytest.mark.deep
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_intervals_contain_the_true_value_as_often_as_they_say(case):
    for metric, by_method in measure(case, REPETITIONS).items():
        for method, found in by_method.items():
            assert 93.0 <= 100 * found.share <= MOST, (metric, method)
