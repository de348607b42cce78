"""Supply without the tracked origin against demand, worked out by hand (docs/independence.md)."""

from __future__ import annotations

import json

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.cli.app import main
from diamondsim.scenario import read_scenario

WORLD = """
title: A maker that grows into its home market
tracked_origin: CN
horizon: {start: 2026-01-01, end: 2029-01-01, tick: 1 day}
regions: {CN: {}, US: {}, JP: {}}
grades: {grit: {unit: ct}, dust: {unit: ct}}
uses: {sawing: {grades: {grit: 100%}}, lapping: {grades: {dust: 100%}}}
demand: {US: {sawing: 60 ct/day}, JP: {sawing: 40 ct/day}, CN: {lapping: 10 ct/day}}
producers:
  far: {region: CN, capacity: {grit: 200 ct/day, dust: 100 ct/day}}
  near: {region: US, capacity: {grit: 50 ct/day}, growth: 10 %/yr}
  half: {region: US, capacity: {grit: 8 ct/day}, tracked_share: 50%}
  mill: {region: US, capacity: {grit: 30 ct/day}, feed: {grit: {grade: dust}}}
trade:
  far: {US: 40 ct/day, JP: 40 ct/day, CN: 10 ct/day}
  near: {US: 10 ct/day}
  half: {US: 5 ct/day}
  mill: {US: 5 ct/day}
inventory_policy: {any: {cover: 30 days, lead: 7 days}}
"""


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(WORLD)


def test_coverage_is_capacity_of_own_crystal_over_expected_demand(scenario):
    """50 growing by 10 % a year, half of 8 whose crystal is Chinese in part, and nothing of the mill."""
    found = ds.independence(scenario, replications=2)
    coverage = found["coverage_quantiles"].sel(area="US", grade="grit")
    days = 365.25 / 4 * (np.arange(12) + 0.5)
    expected = (50 * 1.1 ** (days / 365.25) + 4) / 60
    np.testing.assert_allclose(coverage.sel(quantile=0.5), expected, rtol=2e-3)
    # 56 of the 60 are to come from it: 1.1^t = 1.12 after 1.19 years, in the fifth quarter.
    covers = found["probability_of_independence"].sel(area="US", grade="grit", bound="estimate")
    assert covers.values.tolist() == [0.0] * 5 + [1.0] * 7
    assert found["independent_quarters"].sel(area="US", grade="grit").values.tolist() == [7, 7]


def test_areas_are_taken_together_and_what_they_do_not_use_is_missing(scenario):
    found = ds.independence(scenario, replications=1)
    assert found["area"].values.tolist() == ["US", "JP", "outside CN"]
    middle = found["coverage_quantiles"].sel(quantile=0.5, grade="grit")
    np.testing.assert_allclose(middle.sel(area="outside CN"), 0.6 * middle.sel(area="US"))
    assert (middle.sel(area="JP") == 0).all()
    for name in ("coverage_quantiles", "probability_of_independence", "independent_quarters_mean"):
        assert found[name].sel(grade="dust").isnull().all(), name
        assert found[name].sel(grade="grit", area="JP").notnull().any(), name
    same = ds.independence(scenario, replications=1, areas={"outside CN": ["JP", "US"]})
    np.testing.assert_array_equal(
        same["coverage_quantiles"].sel(area="outside CN"), found["coverage_quantiles"].sel(area="outside CN")
    )


def test_the_chance_is_that_of_the_draw(scenario):
    """The capacity is uniform on 40 to 80, and 56 are needed of it: a chance of 60 %."""
    uncertain = scenario.override(
        {"producers.near.capacity.grit": "uniform(40 80) ct/day", "producers.near.growth": "0 %/yr"}
    )
    found = ds.independence(uncertain, areas={"US": ["US"]}, replications=2000, seed=3)
    low, high = (
        found["probability_of_independence"].isel(quarter=0).sel(grade="grit", bound=["low", "high"]).T
    )
    assert low < 0.6 < high < low + 0.05
    quarters = found["independent_quarters_mean"].sel(grade="grit", area="US", bound="estimate")
    assert quarters == 12 * float(
        found["probability_of_independence"].sel(grade="grit", bound="estimate")[0, 0]
    )


def test_replications_are_those_of_a_run_whatever_their_number(scenario):
    uncertain = scenario.override({"producers.near.growth": "uniform(0 20) %/yr"})
    few = ds.independence(uncertain, replications=5, seed=2)["independent_quarters"]
    many = ds.independence(uncertain, replications=1030, seed=2)["independent_quarters"]
    np.testing.assert_array_equal(few, many[:5])


@pytest.mark.parametrize(
    "areas, message",
    [
        ({}, "areas: expected at least one area"),
        ({"us": []}, "areas: 'us': expected at least one region"),
        ({"us": ["USA"]}, "areas: 'us': there is no region 'USA'; did you mean 'US'?"),
        ({"us": ["EU1"]}, "areas: 'us': there is no region 'EU1'; "),
        ({"us": "USA"}, "areas: 'us': there is no region 'USA'; did you mean 'US'?"),
    ],
)
def test_areas_that_cannot_be_are_refused(scenario, areas, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        ds.independence(scenario, areas=areas)


def test_a_single_region_needs_no_list_and_counts_once(scenario):
    one = ds.independence(scenario, areas={"us": "US", "twice": ["US", "US"]}, replications=1)
    assert one["area_regions"].values.tolist() == ["US", "US"]
    np.testing.assert_array_equal(one["coverage_quantiles"][:, 0], one["coverage_quantiles"][:, 1])


@pytest.mark.parametrize("seed", [-1, 1.5, float("nan")])
def test_a_seed_that_no_run_can_have_is_refused(scenario, seed):
    with pytest.raises(ValueError, match="seed: expected an integer of at least 0"):
        ds.independence(scenario, seed=seed)


def test_what_is_no_scenario_and_no_mapping_is_refused_by_name(scenario):
    with pytest.raises(TypeError, match="load_scenario"):
        ds.independence("lapse-2027")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="areas"):
        ds.independence(scenario, areas=["US"])  # type: ignore[arg-type]


def test_a_quarter_in_which_a_replication_uses_nothing_is_left_out_for_it(scenario):
    """Half of the replications stop sawing in the fourth quarter; the others saw on as before."""
    points = {"2026-10-01": "1", "2026-10-02": "mix(50% 0 | 50% 1)"}
    stop = {"drivers.stop": {"uses": ["US.sawing"], "points": points}}
    found = ds.independence(scenario.override(stop), areas={"US": "US"}, replications=200)
    us = found.sel(area="US", grade="grit")
    plain = ds.independence(scenario, areas={"US": "US"}, replications=1).sel(area="US", grade="grit")
    np.testing.assert_allclose(us["coverage_quantiles"][5], plain["coverage_quantiles"][5], rtol=1e-9)
    low, high = us["probability_of_independence"].isel(quarter=11).sel(bound=["low", "high"])
    assert high == 1.0
    assert 0.95 < low < 0.98  # Wilson's limit of about 100 of 100, not of 200
    assert set(us["independent_quarters"].values.tolist()) <= {0, 1, 7}


def test_where_nobody_uses_a_grade_any_more_the_table_and_the_document_say_so(capsys, tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(WORLD + "drivers: {stop: {uses: [US.sawing], points: {2026-10-01: 1, 2026-10-02: 0}}}\n")
    with pytest.raises(SystemExit) as left:
        main(["independence", str(file), "-n", "1", "--area", "US=US"])
    assert left.value.code == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("US")]
    assert line.split()[:5] == ["US", "grit", "0.91", "-", "(---)"]
    assert line.split()[-1] == "-"
    with pytest.raises(SystemExit) as left:
        main(["independence", str(file), "-n", "1", "--area", "US=US", "--json"])
    assert left.value.code == 0
    (us,) = json.loads(capsys.readouterr().out)["areas"]
    assert us["quarters"][-1]["coverage"]["0.5"] is None
    assert us["quarters"][-1]["probability_of_independence"]["estimate"] is None


def test_a_scenario_without_a_tracked_origin_is_refused(scenario):
    with pytest.raises(ValueError, match="the scenario has no 'tracked_origin'"):
        ds.independence(scenario.override({"tracked_origin": None}))


def test_the_command_prints_a_line_for_each_grade_that_is_used(tmp_path, capsys):
    file = tmp_path / "world.yaml"
    file.write_text(WORLD)
    with pytest.raises(SystemExit) as left:
        main(["independence", str(file), "-n", "2", "--area", "home=US", "-o", str(tmp_path / "out.nc")])
    lines = capsys.readouterr().out.splitlines()
    assert left.value.code == 0
    assert [line.split() for line in lines if line.startswith("home")] == [
        ["home", "grit", "0.91", "1.16", "(1.16-1.16)", "7.0", "100.0", "%", "[34.2,", "100.0]"]
    ]
    assert max(map(len, lines)) <= 110
    assert (tmp_path / "out.nc").exists()


def test_the_document_has_every_quarter(tmp_path, capsys):
    file = tmp_path / "world.yaml"
    file.write_text(WORLD)
    with pytest.raises(SystemExit):
        main(["independence", str(file), "-n", "2", "--json"])
    told = json.loads(capsys.readouterr().out)
    (us,) = [row for row in told["areas"] if row["area"] == "US"]
    assert us["regions"] == ["US"]
    assert us["independent_quarters"]["estimate"] == 7
    assert [q["quarter"] for q in us["quarters"]][:5] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1"]
    assert us["quarters"][0]["coverage"]["0.5"] == pytest.approx(0.91, abs=0.005)


@pytest.mark.parametrize("words", [["--area", "US"], ["--area", "=US"], ["--area", "a=US", "--area", "a=JP"]])
def test_an_area_that_is_not_understood_is_refused(words, capsys):
    with pytest.raises(SystemExit) as left:
        main(["independence", "calm", *words])
    assert left.value.code == 2
    assert "--area:" in capsys.readouterr().err
