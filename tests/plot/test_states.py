"""The heat map of shortages and the timeline of controls hold the probabilities of the Dataset."""

from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.plot.texts import control_labels
from tests.plot.small_results import outside, row_names, small_run, texts


def test_the_cells_are_the_chances_by_quarter_the_first_row_on_top():
    run = small_run()
    ax: Any = ds.plot.shortage_heat_map(run, region="US")
    names = {str(use.item()): key for key, use in zip(run["use"].values, run["use_name"], strict=True)}
    cells = ax.collections[0].get_array()[::-1]
    found = row_names(ax)
    for row, label in enumerate(found):
        use = next(key for name, key in names.items() if name.startswith(label.removesuffix(" *")))
        chance = run["quarter_probability_of_shortage"].sel(region="US", use=use, bound="estimate")
        np.testing.assert_array_equal(cells[row], chance)
    whole = [
        float(run["probability_of_shortage"].sel(region="US", use=use, bound="estimate"))
        for use in run["use"].values
    ]
    assert len(found) == sum(bool(run["demand"].sel(region="US", use=use).sum()) for use in run["use"].values)
    assert max(whole) > 0
    assert "Chance of a shortage by quarter: United States" in texts(ax)
    # Seven quarters: each cell has its number.
    assert sum(text.get_text().isdigit() for text in ax.texts) == cells.size
    assert outside(ax) == []


def test_quarters_without_demand_are_grey_and_said():
    run = small_run()
    run["quarter_probability_of_shortage"][2] = np.nan
    ax: Any = ds.plot.shortage_heat_map(run, region="US")
    assert np.ma.getmaskarray(ax.collections[0].get_array())[:, 2].all()
    assert "Grey: no demand in the quarter." in texts(ax)


def test_the_colours_of_a_control_are_as_high_as_its_probabilities():
    run = small_run()
    ax: Any = ds.plot.control_timeline(run, control="cn_55")
    drawn = {each.get_label(): each.get_paths()[0].vertices[:, 1] for each in ax.collections}
    share = run["control_probability"].sel(control="cn_55")
    assert set(drawn) == {
        str(state) for state in run["state"].values if float(share.sel(state=state).max()) > 0
    }
    for state, edges in drawn.items():
        # In the rows of the picture the whole is 0.82; licensing lies on the base line.
        if state == "licensing":
            assert edges.max() == pytest.approx(0.82 * float(share.sel(state=state).max()))
    assert max(edges.max() for edges in drawn.values()) == pytest.approx(0.82)
    assert "at most ± 24.5 points" in texts(ax)


def test_uses_whose_short_names_coincide_have_labels_of_their_own():
    run = small_run()
    names = {"region_name": ("region", [f"Home ({k})" for k in range(run.sizes["region"])])}
    rows = row_names(ds.plot.shortage_heat_map(run.assign_coords(names)))
    assert len(rows) == len(set(rows)) > 5


def test_every_control_has_a_row():
    run = small_run()
    ax: Any = ds.plot.control_timeline(run)
    assert row_names(ax) == [
        "MOFCOM and GACC announcement 55 of 2025",
        "MOFCOM announcement 46(2) of 2024",
        "overcompliance: MOFCOM announcement 46(2) of …",
    ]
    assert outside(ax) == []


def test_a_control_without_a_name_of_its_own_has_its_id():
    run = small_run()
    one = control_labels(run)["cn_55"]
    alike = str(run.attrs["scenario"]).replace("MOFCOM announcement 46(2) of 2024 (no", f"{one} (no")
    assert [*control_labels(run.assign_attrs(scenario=alike)).values()][:2] == [
        "MOFCOM and GACC announcement 55 of 2025 (micron and mesh, all destinations)",
        "MOFCOM and GACC announcement 55 of 2025 (no superhard items to the United States)",
    ]
    del run.attrs["scenario"]
    assert all(name == label for name, label in control_labels(run).items())


def test_a_scenario_without_controls_is_an_empty_picture_that_says_so():
    ax: Any = ds.plot.control_timeline(small_run().isel(control=slice(0)))
    assert "the scenario has no export controls" in texts(ax)


def test_of_a_run_without_controls_the_timeline_is_empty_and_says_so():
    calm = ds.load_scenario("calm").override({"horizon.length": "8 weeks"})
    run = ds.monte_carlo(calm, replications=2)
    assert "control_probability" not in run
    assert "Nothing to show: the scenario has no export controls." in texts(ds.plot.control_timeline(run))
    with pytest.raises(ValueError, match="control: expected"):
        ds.plot.control_timeline(run, control="cn_55")


def test_of_a_run_that_follows_no_crystal_there_is_no_origin():
    calm = ds.load_scenario("calm").override({"horizon.length": "8 weeks", "tracked_origin": None})
    run = ds.monte_carlo(calm, replications=2)
    with pytest.raises(ValueError, match=r"follows no crystal"):
        ds.plot.supply_origin(run, region="US")
