"""Leads beyond the horizon: what arrives too late to be seen takes neither time nor memory."""

from __future__ import annotations

import pytest

from diamondsim.engines.event.shipment import LanePipeline
from tests.engines.comparing import differences
from tests.engines.running import ENGINES
from tests.engines.small_case import lane, small_case, source, use


@pytest.mark.parametrize("lead, n_ticks, lots", [(0, 5, 0), (6, 5, 6), (10**5, 5, 1001), (9999, 2000, 2001)])
def test_an_opening_pipeline_has_few_more_shipments_than_the_horizon_has_ticks(lead, n_ticks, lots):
    pipeline = LanePipeline()
    pipeline.fill(2.0, lead, n_ticks)
    assert pipeline.n_lots == lots
    assert pipeline.quantity == 2.0 * lead


@pytest.mark.parametrize("lead", [11, 12, 13, 1_000_000])
def test_the_engines_agree_on_leads_about_and_beyond_the_horizon(lead):
    case = small_case(
        n_ticks=12,
        nodes=[use("fab", demand=10.0, cover=30.0)],
        sources=[source("mine", capacity=20.0)],
        lanes=[lane("mine", "fab", lead=lead)],
    )
    outcomes = [run(case).ledger for run in ENGINES.values()]
    assert not differences(*outcomes)
    for ledger in outcomes:
        assert abs(ledger.mass_balance(*case)).max() < 1e-15
        assert ledger["stock"][-1, 0, 0] == pytest.approx(300.0)
