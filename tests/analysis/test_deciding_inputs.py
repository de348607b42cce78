"""Which uncertain inputs decide whether a use goes short."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.analysis import deciding_inputs
from diamondsim.plan import compile_plan, with_dimensions
from diamondsim.results import probability
from diamondsim.sampling import draw, numbers_drawn_once

N = 2000
NAMEPLATE = "facilities.georgia.nameplate"


@pytest.fixture(scope="module")
def scenario():
    return ds.load_scenario("baseline-2026")


@pytest.fixture(scope="module")
def numbers(scenario):
    return numbers_drawn_once(compile_plan(scenario), seed=3, count=N)


def dataset(short):
    """Return a Dataset in which one use goes short in some replications."""
    peak = np.where(short, 0.5, 0.0).reshape(-1, 1, 1)
    return xr.Dataset(
        {"peak_shortfall": (("replication", "region", "use"), peak)},
        {"region": ["US"], "use": ["polishing"]},
        {"seed": 3, "threshold": 0.05, "window_days": 28.0},
    )


def found(scenario, short, **options):
    return deciding_inputs(scenario, dataset=dataset(short), region="US", use="polishing", **options)


def test_the_input_that_alone_decides_is_found_with_its_chances(scenario, numbers):
    nameplate = numbers[NAMEPLATE]
    (first, *others) = found(scenario, nameplate < np.quantile(nameplate, 0.4))
    assert first.name == NAMEPLATE
    assert others == []
    assert first.chance_low == probability(N // 3, N // 3)
    assert first.chance_high == probability(0, N // 3)
    assert first.change.value == -1.0
    assert -1.0 <= first.change.low < first.change.high < -0.9


def test_inputs_come_in_the_order_of_what_they_change(scenario, numbers):
    other = "inventory_policy.polishing.cover"
    low = numbers[NAMEPLATE] < np.quantile(numbers[NAMEPLATE], 0.5)
    short = low | (numbers[other] > np.quantile(numbers[other], 0.8))
    names = [each.name for each in found(scenario, short)]
    assert names[:2] == [NAMEPLATE, other]
    assert [each.name for each in found(scenario, short, most=1)] == [NAMEPLATE]


def test_chance_alone_decides_nothing(scenario):
    # An interval of 95 % for all inputs together: one run in twenty names one by mistake.
    coin = np.random.default_rng(1)
    runs = [found(scenario, coin.random(N) < 0.5) for _ in range(20)]
    assert sum(map(bool, runs)) <= 3


@pytest.mark.parametrize("short", [np.zeros(N, bool), np.ones(N, bool)])
def test_without_any_difference_nothing_decides(scenario, short):
    assert found(scenario, short) == ()


def test_a_product_of_uncertain_factors_is_one_number(scenario, numbers):
    cover = numbers["inventory_policy.polishing.cover"]
    assert not [name for name in numbers if name.startswith("inventory_policy.polishing.cover/")]
    # tri(10 40 75) days * tri(1.0 1.2 1.6): neither factor alone reaches beyond 75 days.
    assert 75 < cover.max() < 75 * 1.6
    assert cover.mean() == pytest.approx(np.mean([10, 40, 75]) * np.mean([1.0, 1.2, 1.6]), rel=0.03)


def test_the_numbers_are_those_of_the_draws(scenario, numbers):
    plan = compile_plan(scenario)
    few = numbers_drawn_once(plan, seed=3, count=1100)
    assert all((numbers[name][:1100] == few[name]).all() for name in few)
    adaptation = draw(plan, seed=3, count=1100).adaptation
    assert adaptation is not None
    limit = few["facilities.georgia.conversion.to_micron.limit"]
    assert any((row == limit).all() for row in adaptation.conversion_limit)


@pytest.mark.parametrize(
    "where, told",
    [
        ({"use": "polising"}, "use: the dataset has no 'polising'; did you mean 'polishing'?"),
        ({"region": "EU"}, "region: the dataset has no 'EU'; expected one of US"),
    ],
)
def test_a_region_or_use_that_is_not_there_is_told(scenario, where, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        deciding_inputs(
            scenario, dataset=dataset([True] * N), **{"region": "US", "use": "polishing", **where}
        )


def test_a_run_of_another_scenario_is_refused(scenario):
    other = dataset([True] * N).assign_attrs(scenario_hash=ds.load_scenario("calm").hash)
    with pytest.raises(ValueError, match="expected a run of this scenario"):
        deciding_inputs(scenario, dataset=other, region="US", use="polishing")


def test_a_run_on_fixed_dimensions_is_a_run_of_its_scenario(scenario):
    sobol = scenario.override({"sampling.method": "sobol"})
    run = dataset([True] * N).assign_attrs(scenario_hash=with_dimensions(sobol).hash)
    assert with_dimensions(sobol).hash != sobol.hash
    assert deciding_inputs(sobol, dataset=run, region="US", use="polishing") == ()
