"""Scenarios that fail while they are simulated: a fault of diamondsim that no check of an input can find."""

from __future__ import annotations

import math

import pytest

from diamondsim.simulation.runner import ScenarioRunner

REASON = "ZeroDivisionError: no such world"


def failing_scenarios(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return a mapping, empty so far, of the replication from which on scenarios of a title fail."""
    whole = ScenarioRunner.run
    failing: dict[str, int] = {}

    def run(self, first, count, part_done):
        if first + count > failing.get(self._plan.title, math.inf):
            raise ZeroDivisionError("no such world")
        return whole(self, first, count, part_done)

    monkeypatch.setattr(ScenarioRunner, "run", run)
    return failing
