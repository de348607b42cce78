"""The engines, written independently from docs/model.md, give the same results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, settings

from diamondsim.draws import NESTED
from diamondsim.engines import batch
from diamondsim.ledger import FIELDS, Ledger
from tests.engines.comparing import differences
from tests.engines.price_strategies import PricedSpec, priced_specs
from tests.engines.pricing import every_market_has_a_volume
from tests.engines.running import ENGINES
from tests.engines.small_case import CaseSpec
from tests.engines.strategies import case_specs

quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=250
)
long = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=4000)


def assert_agreement(spec: CaseSpec | PricedSpec) -> None:
    case = spec.build()
    assume(every_market_has_a_volume(case))
    (first, reference), *others = ((name, run(case).ledger) for name, run in ENGINES.items())
    for name, ledger in others:
        found = differences(reference, ledger)
        note("\n".join([f"{first} and {name} differ:", *found]))
        assert not found


@quick
@given(case_specs())
def test_the_engines_agree_on_every_array_of_the_ledger(spec: CaseSpec) -> None:
    assert_agreement(spec)


@quick
@given(priced_specs())
def test_the_engines_agree_where_prices_move(spec: PricedSpec) -> None:
    assert_agreement(spec)


@pytest.mark.deep
@long
@given(priced_specs(max_ticks=40))
def test_the_engines_agree_on_many_long_cases_with_prices(spec: PricedSpec) -> None:
    assert_agreement(spec)


@pytest.mark.deep
@long
@given(case_specs(max_ticks=40))
def test_the_engines_agree_on_many_long_cases(spec: CaseSpec) -> None:
    assert_agreement(spec)


@settings(quick, max_examples=60)
@given(case_specs(replications=7))
def test_a_replication_is_the_same_alone_and_among_others(spec: CaseSpec) -> None:
    """Bit for bit: nothing that happens in one column may reach another, not even through the order of a
    sum.
    """
    plan, draws = spec.build()
    together = batch.run(plan, draws)
    for columns in ([0], [4], [6], [5, 2]):
        alone = batch.run(plan, draws.select(columns))
        for name in FIELDS:
            np.testing.assert_array_equal(alone[name], together[name][..., columns], err_msg=name)


@settings(quick, max_examples=25)
@given(case_specs())
def test_recording_less_changes_nothing(spec: CaseSpec) -> None:
    plan, draws = spec.build()
    everything = batch.run(plan, draws)
    for names in (["shortage"], ["expected_fill_rate", "queue", "stock"], []):
        some = batch.run(plan, draws, record=names)
        assert set(some.arrays) == set(names)
        for name in names:
            np.testing.assert_array_equal(some[name], everything[name])


@settings(quick, max_examples=25)
@given(case_specs())
def test_a_used_ledger_is_filled_anew(spec: CaseSpec) -> None:
    plan, draws = spec.build()
    fresh = batch.run(plan, draws)
    used = Ledger({name: np.full_like(array, 7.0) for name, array in fresh.arrays.items()})
    refilled = batch.run(plan, draws, ledger=used)
    for name in FIELDS:
        np.testing.assert_array_equal(refilled[name], fresh[name], err_msg=name)
        assert refilled[name] is used[name]


@settings(quick, max_examples=25)
@given(case_specs())
def test_the_engines_leave_the_draws_as_they_were(spec: CaseSpec) -> None:
    case = spec.build()
    for run in ENGINES.values():
        run(case)
    before, after = spec.build().draws, case.draws
    for one, other in ((before, after), (before.adaptation, after.adaptation)):
        for name, array in (vars(one) if one is not None else {}).items():
            if name not in NESTED:
                np.testing.assert_array_equal(array, getattr(other, name), err_msg=name)
