"""Limits of inputs within which an event is frequent: known boxes, and what cannot be found."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import diamondsim as ds
from diamondsim.analysis.classification_tree import tree_leaves
from diamondsim.analysis.prim import Box, pasted, peeled_boxes, quasi_p
from tests.analysis.known_functions import dataset_of

US_POLISHING: dict[str, Any] = {"region": "US", "use": "polishing"}
N = 2000


def columns(seed=1):
    """Return inputs of every kind: shares, whole months, a switch, shares that are often at an end."""
    random = np.random.default_rng(seed)
    ends = random.uniform(size=N)
    return {
        "share": random.uniform(size=N),
        "other": random.uniform(size=N),
        "months": random.integers(1, 13, N).astype(float),
        "switch": random.integers(0, 2, N).astype(float),
        "at_0": np.where(ends < 0.3, 0.0, random.uniform(size=N)),
        "at_1": np.where(ends > 0.7, 1.0, random.uniform(size=N)),
    }


def run_of(inputs, happens):
    values = np.column_stack([*inputs.values()])
    metric = np.where(happens, 0.2, 0.0)
    dataset = dataset_of(values, peak_shortfall=metric, shortage=metric)
    return dataset.assign_coords(input=[*inputs])


def limits(found, box=0):
    """Return the limits of a box by input."""
    one = found.isel(box=box)
    lows, highs = one["box_low"].values.tolist(), one["box_high"].values.tolist()
    limited = dict(zip(one["input"].values.tolist(), zip(lows, highs, strict=True), strict=True))
    return {name: both for name, both in limited.items() if not np.isnan(both).all()}


# Known boxes


def test_a_box_is_found_with_all_its_cases_and_nothing_else():
    inputs = columns()
    found = ds.discover(run_of(inputs, (inputs["share"] < 0.3) & (inputs["months"] > 8)), **US_POLISHING)
    box = limits(found)
    assert {*box} == {"share", "months"}
    assert box["share"][1] == pytest.approx(0.3, abs=0.02)
    assert box["months"][0] == 8.5
    assert np.isnan([box["share"][0], box["months"][1]]).all()
    assert found["coverage"].sel(bound="estimate") >= 0.95
    assert found["density"].sel(bound="estimate") >= 0.97
    assert found["mass"][0, 0] == pytest.approx(0.1, abs=0.02)
    assert found["share"][0] == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("name, low", [("switch", 0.0), ("at_0", 0.0), ("at_1", 1.0), ("months", 6.0)])
@pytest.mark.parametrize("side", ["at the value", "not at it"])
def test_inputs_with_equal_values_are_peeled_value_by_value(name, low, side):
    """A peel of such an input may take away nothing, or all that there is."""
    inputs = columns()
    at = inputs[name] <= low if name != "at_1" else inputs[name] >= low
    happens = (at if side == "at the value" else ~at) & (inputs["share"] < 0.4)
    found = ds.discover(run_of(inputs, happens), **US_POLISHING, boxes=1)
    assert found["coverage"].sel(bound="estimate") >= 0.95
    assert found["density"].sel(bound="estimate") >= 0.95


def test_a_second_box_is_found_in_what_the_first_leaves():
    inputs = columns()
    first, second = inputs["share"] < 0.25, (inputs["other"] > 0.8) & (inputs["share"] > 0.6)
    found = ds.discover(run_of(inputs, first | second), **US_POLISHING)
    assert limits(found, 0)["share"][1] == pytest.approx(0.25, abs=0.02)
    assert {*limits(found, 1)} == {"other", "share"}
    together = float(found["coverage_together"].sel(bound="estimate"))
    assert together == pytest.approx(float(found["coverage"].sel(bound="estimate").sum()), abs=1e-12)
    assert together >= 0.95


def test_the_figures_are_counts_in_the_replications_that_did_not_make_the_box():
    inputs = columns()
    happens = np.random.default_rng(2).uniform(size=N) < np.where(inputs["share"] < 0.3, 0.8, 0.1)
    found = ds.discover(run_of(inputs, happens), **US_POLISHING, boxes=1)
    ((name, (low, high)),) = limits(found).items()
    assert name == "share"
    assert np.isnan(low)
    inside, odd = (inputs["share"] <= high)[1::2], happens[1::2]
    assert found["density"].sel(bound="estimate") == odd[inside].mean()
    assert found["coverage"].sel(bound="estimate") == odd[inside].sum() / odd.sum()
    assert found["mass"].sel(bound="estimate") == inside.mean()
    assert found["density"].sel(bound="low") < 0.8 < found["density"].sel(bound="high")
    # With its only limit gone, the box is everything.
    expected = stats.binomtest(int(odd[inside].sum()), int(inside.sum()), odd.mean(), "greater").pvalue
    assert float(found["p_value"].max()) == pytest.approx(expected, rel=1e-9)


def test_a_box_of_a_wanted_density_is_the_largest_that_has_it():
    inputs = columns()
    chance = 1 - inputs["share"]  # the smaller the box, the denser
    happens = np.random.default_rng(3).uniform(size=N) < chance
    dense = ds.discover(run_of(inputs, happens), **US_POLISHING, boxes=1, density=0.85)
    step = int(dense["chosen_step"][0])
    path = dense["trajectory_density"].values[0]
    assert path[step] >= 0.85
    assert (path[:step] < 0.85).all()
    assert (np.diff(dense["trajectory_mass"].values[0]) < 0).all()
    never = ds.discover(run_of(inputs, happens), **US_POLISHING, boxes=1, density=1.0)
    assert "no box has a density of 100 %; the densest, with " in never.attrs["warnings"]


def test_pure_noise_has_no_box_and_no_split():
    inputs = columns()
    boxes = 0
    for seed in range(20):
        happens = np.random.default_rng(seed).uniform(size=N) < 0.3
        found = ds.discover(run_of(inputs, happens), **US_POLISHING)
        boxes += found.sizes["box"]
        assert ("there is no box" in found.attrs["warnings"]) == (found.sizes["box"] == 0)
        assert np.isnan(found["coverage_together"]).all() == (found.sizes["box"] == 0)
    assert boxes <= 4  # 1 in 20 is expected


def test_the_tree_splits_where_the_event_begins():
    inputs = columns()
    happens = (inputs["share"] < 0.3) & (inputs["months"] > 8)
    found = ds.discover(run_of(inputs, happens), **US_POLISHING)
    densest = found.isel(leaf=0)
    assert densest["leaf_density"].sel(bound="estimate") >= 0.97
    assert densest["leaf_coverage"].sel(bound="estimate") >= 0.95
    assert float(densest["leaf_low"].sel(input="months")) == 8.5
    assert found["leaf_mass"].sel(bound="estimate").sum() == pytest.approx(1.0)
    assert found["leaf_coverage"].sel(bound="estimate").sum() == pytest.approx(1.0)


# The algorithms alone


def test_each_box_of_a_trajectory_lies_in_the_one_before_and_is_denser():
    inputs = np.column_stack([*columns().values()])
    happens = np.random.default_rng(4).uniform(size=N) < 0.2 + 0.5 * (inputs[:, 0] < 0.4)
    boxes = peeled_boxes(inputs, happens, least=100)
    inside = [box.inside(inputs) for box in boxes]
    assert inside[0].all()
    for one, other in itertools.pairwise(inside):
        assert not (other & ~one).any()
        assert other.sum() >= 100
        assert happens[other].mean() > happens[one].mean()
    assert len(boxes) > 5


def test_a_paste_undoes_a_peel_that_went_too_far():
    values = np.linspace(0, 1, 1000)[:, np.newaxis]
    happens = values[:, 0] > 0.5
    tight = Box(np.array([0.7]), np.array([np.inf]))
    inside = pasted(values, happens, tight).inside(values)
    assert happens[inside].all()
    assert inside.sum() > 0.95 * happens.sum()  # a paste of 5 % more would let others in


def test_limits_lie_between_drawn_values_and_every_value_is_on_one_side():
    low = 1.0
    high = np.nextafter(low, 2)  # no number lies between
    values = np.array([low] * 50 + [high] * 50)[:, np.newaxis]
    for happens in (values[:, 0] == low, values[:, 0] == high):
        (_, box) = peeled_boxes(values, happens, least=5)
        assert (box.inside(values) == happens).all()
        low_leaf, high_leaf = tree_leaves(values, happens, least=5)
        assert (low_leaf.inside(values) == (values[:, 0] == low)).all()
        assert (high_leaf.inside(values) == (values[:, 0] == high)).all()


def test_quasi_p_is_the_binomial_tail_without_the_limit():
    random = np.random.default_rng(5)
    values = random.uniform(size=(300, 2))
    happens = random.uniform(size=300) < 0.3
    box = Box(np.array([0.2, -np.inf]), np.array([np.inf, 0.7]))
    inside, wider = box.inside(values), values[:, 1] <= 0.7
    expected = stats.binomtest(
        int(happens[inside].sum()), int(inside.sum()), happens[wider].mean(), alternative="greater"
    )
    assert quasi_p(values, happens, box, 0) == pytest.approx(expected.pvalue, rel=1e-9)


def test_a_split_is_the_one_of_least_impurity():
    values = np.array([[1.0, 5.0], [2.0, 1.0], [3.0, 4.0], [4.0, 2.0], [5.0, 3.0], [6.0, 6.0]])
    happens = np.array([True, True, True, False, True, False])

    def impurity(number, limit):
        parts = [happens[values[:, number] <= limit], happens[values[:, number] > limit]]
        return sum(len(part) * part.mean() * (1 - part.mean()) for part in parts)

    tried = {(k, x + 0.5): impurity(k, x + 0.5) for k in (0, 1) for x in range(1, 6)}
    low, _ = tree_leaves(values, happens, least=1, depth=1)
    number = int(np.flatnonzero(low.restricted)[0])
    assert tried[number, float(low.high[number])] == min(tried.values())


# Metrics and mistakes


def test_a_metric_is_compared_with_a_number_and_none_counts_as_the_longest_time():
    inputs = columns()
    onset = np.where(inputs["share"] < 0.3, 100.0, np.where(inputs["share"] < 0.8, 500.0, np.nan))
    dataset = run_of(inputs, inputs["share"] < 0.3).assign(
        first_shortage=(("replication", "region", "use"), onset.reshape(-1, 1, 1))
    )
    early = ds.discover(dataset, **US_POLISHING, metric="first_shortage", below=200.0)
    late = ds.discover(dataset, **US_POLISHING, metric="first_shortage", above=600.0)
    assert limits(early)["share"][1] == pytest.approx(0.3, abs=0.02)
    assert limits(late)["share"][0] == pytest.approx(0.8, abs=0.02)
    weeks = dataset.assign_attrs(tick_days=7.0)
    weeks["first_shortage"].attrs["units"] = "tick"
    same = ds.discover(weeks, **US_POLISHING, metric="first_shortage", below="1400 days")
    assert limits(same)["share"][1] == limits(early)["share"][1]
    assert same.attrs["condition"] == "first_shortage below 1400 days"
    flag = xr.DataArray(inputs["switch"] > 0, dims="replication", name="on")
    assert limits(ds.discover(dataset, metric=flag)) == {"switch": (0.5, pytest.approx(np.nan, nan_ok=True))}


@pytest.mark.parametrize(
    "options, told",
    [
        (
            {"metric": "shortage"},
            "a number with which shortage is compared, found neither",
        ),
        ({"metric": "shortage", "above": 0.1, "below": 0.2}, "found `above` and `below`"),
        ({"metric": "shortage", "above": float("nan")}, "above: expected a finite number, found nan"),
        ({"above": 0.1}, "above: short holds or does not"),
        ({"metric": "shortag", "above": 0.1}, "did you mean 'shortage'?"),
        ({"use": "polising"}, "did you mean 'polishing'?"),
        ({"density": 80}, "density: expected a share above 0% and at most 100%, found 80; did you mean 0.8?"),
        ({"metric": "shortage", "above": "3 days"}, "above: expected a "),
        ({"boxes": 0}, "boxes: expected an integer from 1 to 10, found 0"),
    ],
)
def test_a_mistake_is_one_clear_line(options, told):
    inputs = columns()
    dataset = run_of(inputs, inputs["share"] < 0.3)
    with pytest.raises(ValueError, match=re.escape(told)):
        ds.discover(dataset, **{**US_POLISHING, **options})


def test_too_few_cases_are_told_with_the_number_that_would_do():
    inputs = columns()
    rare = np.arange(N) < 10
    found = ds.discover(run_of(inputs, rare), **US_POLISHING)
    assert found.sizes["box"] == found.sizes["leaf"] == 0
    assert "US.polishing goes short in 10 of 2,000 replications" in found.attrs["warnings"]
    assert "about 8,000 replications" in found.attrs["warnings"]
    never = ds.discover(run_of(inputs, rare & False), **US_POLISHING)
    assert "there is nothing to tell apart" in never.attrs["warnings"]


def test_runs_without_inputs_and_weighted_ones_are_refused():
    inputs = columns()
    dataset = run_of(inputs, inputs["share"] < 0.3)
    with pytest.raises(ValueError, match="expected `input_value`"):
        ds.discover(dataset.drop_vars("input_value"), **US_POLISHING)
    with pytest.raises(ValueError, match="found weighted ones"):
        ds.discover(dataset.assign(weight=("replication", np.ones(N))), **US_POLISHING)


def test_a_run_that_lost_its_attributes_is_refused_with_those_that_it_lacks():
    inputs = columns()
    dataset = run_of(inputs, inputs["share"] < 0.3)
    told = "dataset: expected the result of monte_carlo with the attributes threshold, window_days, found"
    for analyse in (ds.discover, ds.sensitivity):
        with pytest.raises(ValueError, match=f"{told} none of these names; xarray drops attributes where"):
            analyse(dataset.drop_attrs(), **US_POLISHING)
    onset = dataset.assign(first_shortage=100 * dataset["peak_shortfall"]).drop_attrs()
    onset["first_shortage"].attrs["units"] = "tick"
    assert ds.discover(onset, **US_POLISHING, metric="first_shortage", above=5).sizes["box"] > 0
    with pytest.raises(ValueError, match="with the attribute tick_days, found none of that name"):
        ds.discover(onset, **US_POLISHING, metric="first_shortage", above="35 days")
