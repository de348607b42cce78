"""The compiled engine, a third writing of docs/model.md, agrees with the others.

All its tests are in this module, so that one process compiles it once, which takes most of their time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, assume, given, note, settings

import diamondsim as ds
from diamondsim.engines import ENGINES as REGISTRY
from diamondsim.ledger import Ledger
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.simulation import part_sizes
from diamondsim.simulation.part_sizes import PartBounds
from tests.engines.comparing import differences
from tests.engines.converting import FROM_MUCH_LARGER, WHOLLY
from tests.engines.price_strategies import PricedSpec, priced_specs
from tests.engines.pricing import every_market_has_a_volume
from tests.engines.running import ENGINES, run_engine
from tests.engines.small_case import Case, CaseSpec
from tests.engines.strategies import case_specs
from tests.invented.outline import Outline
from tests.invented.playing import case_of, unlike
from tests.invented.strategies import invent, outlines

pytest.importorskip("numba", reason="the compiled kernel needs numba, which is not built for every Python")

from diamondsim.engines import compiled
from diamondsim.engines.compiled.kernel_ticks import simulate_vector

KERNEL = REGISTRY["compiled"]

quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=60
)
long = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=3000)


def assert_agreement(spec: CaseSpec | PricedSpec) -> None:
    case = spec.build()
    assume(every_market_has_a_volume(case))
    ledger = run_engine(KERNEL, case).ledger
    for name, run in ENGINES.items():
        found = differences(run(case).ledger, ledger)
        note("\n".join([f"{name} and the kernel differ:", *found]))
        assert not found


def assert_agreement_on_an_invented_scenario(outline: Outline, *, count: int) -> None:
    case = case_of(invent(outline), seed=outline.seed, first=outline.seed % 1500, count=count)
    ledger = run_engine(KERNEL, case).ledger
    for run in ENGINES.values():
        assert not unlike(run(case).ledger, ledger)


@quick
@given(case_specs())
def test_the_kernel_agrees_with_the_engines_on_small_cases(spec: CaseSpec) -> None:
    assert_agreement(spec)


@quick
@given(priced_specs())
def test_the_kernel_agrees_with_the_engines_where_prices_move(spec: PricedSpec) -> None:
    assert_agreement(spec)


@pytest.mark.parametrize("spec", [FROM_MUCH_LARGER, WHOLLY], ids=["from much larger", "wholly"])
def test_the_kernel_agrees_with_the_engines_where_capacity_is_converted(spec: CaseSpec) -> None:
    ledger = run_engine(KERNEL, spec.build()).ledger
    for name, run in ENGINES.items():
        assert not differences(run(spec.build()).ledger, ledger), name


@settings(quick, max_examples=40)
@given(outlines())
def test_the_kernel_agrees_with_the_engines_on_invented_scenarios(outline: Outline) -> None:
    assert_agreement_on_an_invented_scenario(outline, count=2)


@pytest.mark.deep
@long
@given(case_specs(max_ticks=40))
def test_the_kernel_agrees_with_the_engines_on_many_long_cases(spec: CaseSpec) -> None:
    assert_agreement(spec)


@pytest.mark.deep
@long
@given(priced_specs(max_ticks=40))
def test_the_kernel_agrees_with_the_engines_on_many_long_cases_with_prices(spec: PricedSpec) -> None:
    assert_agreement(spec)


@pytest.mark.deep
@long
@given(outlines(most_ticks=60))
def test_the_kernel_agrees_with_the_engines_on_many_invented_scenarios(outline: Outline) -> None:
    assert_agreement_on_an_invented_scenario(outline, count=3)


@pytest.fixture(scope="module")
def shipped() -> Case:
    """More replications than a vector holds, so that the last one is not full."""
    scenario = ds.load_scenario("priced-2027").override({"horizon.length": "490 days"})
    plan = compile_plan(scenario)
    return Case(plan, draw(plan, seed=0, count=35))


def test_the_kernel_agrees_with_the_batch_engine_on_a_shipped_scenario_with_prices(shipped: Case) -> None:
    assert not unlike(ENGINES["batch"](shipped).ledger, run_engine(KERNEL, shipped).ledger)


def test_a_replication_has_the_same_bits_whatever_its_neighbours(shipped: Case) -> None:
    """A run may end with any replication, and go on later."""
    plan, draws = shipped
    whole = compiled.run(plan, draws)
    for columns in ([33], list(range(5, 25)), [3, 34, 1, 20]):
        part = compiled.run(plan, draws.select(columns))
        for name, array in part.arrays.items():
            np.testing.assert_array_equal(array, whole[name][..., columns], err_msg=name)


def test_the_kernel_overwrites_what_a_ledger_held_of_other_controls(shipped: Case) -> None:
    plan, draws = shipped
    fields = ("granted", "withdrawn", "diverted", "seized", "queue", "shipped", "price", "paid")
    expected, used = compiled.run(plan, draws, record=fields), Ledger.empty(plan, 35, fields)
    for array in used.arrays.values():
        array[:] = np.nan
    for name, array in compiled.run(plan, draws, ledger=used).arrays.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@pytest.fixture
def calm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ds.Scenario:
    """A short scenario; if a test runs alone, what it compiles is not left behind."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    return ds.load_scenario("reinstated-2027").override({"horizon.length": "490 days"})


def test_a_run_with_the_compiled_engine_has_the_same_results_and_says_so(calm: ds.Scenario) -> None:
    one = ds.monte_carlo(calm, replications=40, engine="compiled")
    other = ds.monte_carlo(calm, replications=40, engine="batch")
    assert (one.attrs.pop("engine"), other.attrs.pop("engine")) == ("compiled", "batch")
    xr.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)
    assert not one.identical(other), "the last digits tell the engines apart"


def test_a_run_with_reserves_has_the_same_results_with_every_engine(calm: ds.Scenario) -> None:
    """Results read what uses get from reserves as sums by region; a run without reserves has none."""
    reserve = {
        "region": "US",
        "grade": "micron",
        "opening": "2 Mct",
        "release": "1 Mct/month",
        "trigger": "5%",
    }
    stocked = calm.override({"reserves.us": {**reserve, "serves": ["polishing"]}})
    one = ds.monte_carlo(stocked, replications=40, engine="compiled")
    other = ds.monte_carlo(stocked, replications=40, engine="batch")
    assert float(other["reserve_released"].max()) > 0
    assert (one.attrs.pop("engine"), other.attrs.pop("engine")) == ("compiled", "batch")
    xr.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_a_longer_run_goes_on_with_the_engine_of_its_store(calm: ds.Scenario, tmp_path: Path) -> None:
    ds.monte_carlo(calm, replications=40, store=tmp_path / "run", engine="compiled")
    longer = ds.monte_carlo(calm, replications=70, store=tmp_path / "run")
    assert longer.attrs["engine"] == "compiled"
    xr.testing.assert_identical(longer, ds.monte_carlo(calm, replications=70, engine="compiled"))
    with pytest.raises(ds.StoreError, match=r"keeps another run: the engine there is compiled, here batch"):
        ds.monte_carlo(calm, replications=70, store=tmp_path / "run", engine="batch")


def test_results_do_not_depend_on_how_much_is_drawn_and_simulated_at_a_time(
    calm: ds.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_sizes, "PART_BOUNDS", {"compiled": PartBounds(1, 1, 32)})
    small = ds.monte_carlo(calm, replications=70, workers=1, engine="compiled")
    monkeypatch.undo()
    xr.testing.assert_identical(small, ds.monte_carlo(calm, replications=70, workers=1, engine="compiled"))


def test_every_call_in_the_block_has_the_engine_that_is_chosen(calm: ds.Scenario) -> None:
    with ds.use_engine("compiled"):
        assert ds.monte_carlo(calm, replications=1).attrs["engine"] == "compiled"
        assert ds.monte_carlo(calm, replications=1, engine="batch").attrs["engine"] == "batch"
    assert ds.monte_carlo(calm, replications=1).attrs["engine"] == "batch"


def test_the_kernel_was_compiled_once() -> None:
    """Another type of array would compile it again, for as long as all tests above take."""
    assert len(simulate_vector.signatures) <= 1
