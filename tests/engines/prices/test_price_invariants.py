"""What holds at any price: calm, mass, and a price to which nobody responds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diamondsim.ledger import FIELDS
from tests.engines.price_strategies import PricedSpec, priced_specs
from tests.engines.pricing import at_rest, priced, unpriced
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import CaseSpec
from tests.engines.strategies import calm_specs, case_specs

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)
quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=40
)


@every_engine
@quick
@given(calm_specs(), st.integers(0, 2**32 - 1))
def test_calm_stays_calm_with_prices(run: Run, spec: CaseSpec, seed: int) -> None:
    """Without surcharges, floors and costs that change nothing moves, whatever responds to what.

    (A buyer of no weight gets nothing from a seller whose feed falls short by a rounding error.)
    """
    w = spec.build()
    without = run(w)
    assume(np.allclose(without.ledger["order"], w.draws.base_flow, rtol=1e-9, atol=0.0))
    got = run(at_rest(w, seed))
    assert np.abs(got.ledger["price"] - 1.0).max(initial=0.0) < 1e-10
    assert np.abs(got.ledger["paid"] - 1.0).max(initial=0.0) < 1e-10
    scale = max(np.abs(without.ledger[name]).max(initial=0.0) for name in FIELDS)
    for name in set(FIELDS) - {"price"}:
        assert np.abs(got.ledger[name] - without.ledger[name]).max(initial=0.0) <= 1e-10 * scale, name


@every_engine
@quick
@given(priced_specs())
def test_every_carat_is_accounted_for_at_any_price(run: Run, spec: PricedSpec) -> None:
    got = run(spec.build())
    assert np.abs(got.ledger.mass_balance(*got.case)).max() < 1e-11
    assert got.ledger["price"].min(initial=1.0) > 0.0


@every_engine
@quick
@given(case_specs())
def test_prices_to_which_nobody_responds_change_nothing_but_themselves(run: Run, spec: CaseSpec) -> None:
    w = spec.build()
    got, without = run(priced(w, gain=0.3, link=0.5)), run(unpriced(w))
    for name in set(FIELDS) - {"price", "paid"}:
        np.testing.assert_array_equal(got.ledger[name], without.ledger[name], err_msg=name)
    assert (without.ledger["paid"] == 1.0).all()
    assert not without.ledger["forgone"].any()
    assert without.ledger["price"].shape[1] == 0
