"""The declarations of metrics: what follows from them, and what is wrong with an incomplete one."""

from __future__ import annotations

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.results import Settings, Summary, UseSettings, recorded, summary_dataset, summed
from diamondsim.results.bands import Bands
from diamondsim.results.estimators import DISTRIBUTION
from diamondsim.results.grid_layout import REGION_USE
from diamondsim.results.metric import Metric, MetricInputs, measure
from diamondsim.results.metrics import BLOCK_METRICS, METRICS, metrics_of, recordable
from diamondsim.results.settings import ReserveSettings
from diamondsim.results.use_metrics import USE_METRICS, UsePath
from tests.results.hand_made import PROVENANCE, ledger_of, plan_of
from tests.results.priced_model import priced_case
from tests.simulation.costly import COSTS, RESERVE
from tests.simulation.small import short_ban

MEASURED = Settings(
    uses={"cutting": UseSettings("Cutting", value=3.0, delay_cost=0.5, holding_cost=0.1, delivery_cost=7.0)},
    reserves={"stockpile": ReserveSettings(0.5, 0.1)},
)


def inputs_of(**arrays: np.ndarray) -> MetricInputs:
    plan, draws = priced_case(n_ticks=6)
    bands = Bands(plan)
    ledger = ledger_of(plan, draws.n_replications, **arrays)
    return MetricInputs(plan, MEASURED, draws, ledger, bands.region_uses, bands.facility_sources)


def only(ledger: Ledger, fields: tuple[str, ...]) -> Ledger:
    return Ledger({name: array for name, array in ledger.arrays.items() if name in fields})


def numbers(inputs: MetricInputs) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {name: rng.uniform(0.1, 9.0, array.shape) for name, array in inputs.ledger.arrays.items()}


@pytest.mark.parametrize("metric", USE_METRICS, ids=lambda metric: metric.name)
def test_a_metric_of_a_use_reads_no_more_than_it_declares(metric):
    inputs = inputs_of(**numbers(inputs_of()))
    for region_use in inputs.region_uses:
        found = [
            measure([metric], UsePath(inputs.plan, MEASURED, ledger, region_use, inputs.inflow_lost))
            for ledger in (inputs.ledger, only(inputs.ledger, metric.fields))
        ]
        np.testing.assert_array_equal(found[0][metric.name], found[1][metric.name])


@pytest.mark.parametrize("metric", BLOCK_METRICS, ids=lambda metric: metric.name)
def test_a_metric_of_a_block_reads_no_more_than_it_declares(metric):
    inputs = inputs_of(**numbers(inputs_of()))
    few = MetricInputs(
        inputs.plan,
        MEASURED,
        inputs.draws,
        only(inputs.ledger, metric.fields),
        inputs.region_uses,
        inputs.facility_sources,
    )
    found = [measure([metric], each)[metric.name] for each in (inputs, few)]
    np.testing.assert_array_equal(found[0], found[1])


def test_every_declared_field_is_recorded_where_the_metric_exists():
    plan, _ = priced_case()
    for metric in metrics_of(plan, MEASURED):
        assert set(metric.fields) <= set(recorded(plan, MEASURED)), metric.name
    assert set(recorded(plan, MEASURED)) <= set(recordable(priced=True)) <= set(FIELDS)


def test_a_metric_that_reads_consumption_by_use_keeps_it_by_node(monkeypatch):
    plan, _ = plan_of()
    assert "used" in summed(plan)
    own: Metric[UsePath] = Metric(
        "own", "consumption", "use", REGION_USE, lambda path: path.added("used"), fields=("used",)
    )
    monkeypatch.setattr("diamondsim.results.metrics.METRICS", {**METRICS, "own": own})
    assert "used" not in summed(plan)


def test_a_new_metric_needs_its_declaration_only(monkeypatch):
    order: Metric[UsePath] = Metric(
        "largest_order",
        "largest order in a tick",
        "use",
        REGION_USE,
        lambda path: path.added("order").max(axis=0),
        fields=("order",),
        estimators=DISTRIBUTION,
    )
    plan, draws = plan_of()
    assert "order" not in recorded(plan, Settings())
    monkeypatch.setattr("diamondsim.results.metrics.METRICS", {**METRICS, "largest_order": order})
    monkeypatch.setattr("diamondsim.results.summary.USE_METRICS", (*USE_METRICS, order))
    assert "order" in recorded(plan, Settings())
    ledger = Ledger.empty(plan, 3)
    for array in ledger.arrays.values():
        array[...] = np.random.default_rng(7).uniform(1.0, 2.0, array.shape)
    summary = Summary(plan, Settings())
    summary.add(draws, ledger)
    found = summary_dataset(summary, PROVENANCE)
    radar = found.sel(region="JP", use="radar")
    assert radar["largest_order"].values.tolist() == ledger.of("order", 2).max(axis=0).tolist()
    assert found["largest_order"].attrs["units"] == "unit of the use"
    assert radar["largest_order_mean"].sel(bound="estimate") == pytest.approx(radar["largest_order"].mean())
    assert found["largest_order_quantiles"].dims == ("region", "use", "quantile", "bound")


def test_an_undeclared_field_is_named_with_the_metric_that_reads_it():
    inputs = inputs_of()
    path = UsePath(inputs.plan, MEASURED, only(inputs.ledger, ()), inputs.region_uses[0], inputs.inflow_lost)
    own: Metric[UsePath] = Metric("own", "backlog", "use", REGION_USE, lambda path: path.added("backlog"))
    with pytest.raises(LookupError, match="metric 'own' reads the Ledger field 'backlog', which is not rec"):
        measure([own], path)


def test_a_field_that_the_ledger_does_not_have_is_refused_with_the_nearest():
    with pytest.raises(
        AssertionError, match="reads 'backlogs', which is no Ledger field; did you mean 'backlog'"
    ):
        Metric("own", "backlog", "use", REGION_USE, lambda path: path.added("backlog"), fields=("backlogs",))


SIGNED = {"forgone_mean", "extra_cost_mean", "quarter_forgone_mean"}


def test_only_what_may_be_negative_has_an_interval_below_0():
    """Three replications of a rare ban have wide intervals: Student's reach below 0."""
    run = ds.monte_carlo(short_ban(**COSTS).override(RESERVE), replications=3, seed=2, workers=1)
    means = [str(name) for name in run if str(name).endswith("_mean") and "bound" in run[name].dims]
    assert (run["economic_loss_mean"].sel(bound="low") == 0.0).any()
    below = {name for name in means if (run[name].sel(bound="low") < 0).any()}
    assert below <= SIGNED
