"""Correlations between the uncertain numbers of an invented scenario."""

from __future__ import annotations

from itertools import pairwise

from tests.invented.outline import Outline
from tests.invented.selecting import Mapping


def add_correlation(scenario: Mapping, outline: Outline) -> None:
    """Correlate two or three uncertain flows and growth rates in a chain, which is positive definite."""
    dice, names = outline.dice("correlation"), []
    for region, row in scenario["demand"].items():
        for use, demand in row.items():
            flow = demand["flow"] if isinstance(demand, dict) else demand
            growth = scenario["uses"][use].get("growth", "0%/yr")
            names += [f"demand.{region}.{use}.flow"] if "(" in flow else []
            names += [f"uses.{use}.growth"] if "(" in growth else []
    chain = [*dict.fromkeys(names)][:3]
    if len(chain) > 1:
        pairs = pairwise(chain)
        scenario["correlation"] = {f"{a} ~ {b}": f"{dice.rng.uniform(-0.6, 0.6):.3g}" for a, b in pairs}
