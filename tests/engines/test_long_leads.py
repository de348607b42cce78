"""Leads beyond the horizon: what arrives too late to be seen takes neither time nor memory."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.shipment import LanePipeline
from tests.engines.comparing import differences
from tests.engines.running import ENGINES
from tests.engines.small_case import lane, small_case, source, use


class CountingClock(Clock):
    """A clock that counts what it is to call."""

    calls = 0

    def call(self, *moment_and_action: Any) -> None:
        super().call(*moment_and_action)
        self.calls += 1


@pytest.mark.parametrize("lead, n_ticks, calls", [(0, 5, 0), (6, 5, 6), (10**5, 5, 1001), (9999, 2000, 2001)])
def test_an_opening_pipeline_has_few_more_shipments_than_the_horizon_has_ticks(lead, n_ticks, calls):
    clock = CountingClock(simpy.Environment())
    pipeline = LanePipeline(clock, 0)
    pipeline.fill(2.0, lead, n_ticks)
    assert clock.calls == calls
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
