"""A market in which a licence desk lets a constant, unknown share of a constant flow pass."""

from __future__ import annotations

import diamondsim as ds
from diamondsim.scenario import read_scenario

YEAR = """
title: A constant flow under licence
horizon: {{start: 2026-01-01, length: 364 days, tick: 7 days}}
regions: {{away: {{}}, home: {{}}, other: {{}}}}
grades: {{g: {{unit: ct}}}}
uses: {{u: {{grades: {{g: 100%}}}}}}
demand: {{home: {{u: 100 ct/day}}, other: {{u: 50 ct/day}}}}
producers: {{plant: {{region: away, capacity: {{g: 1000 ct/day}}}}}}
trade: {{plant: {{home: 100 ct/day, other: 50 ct/day}}}}
inventory_policy:
  u: {{opening: 180 days, cover: 180 days, lead: 7 days, backorder_share: 0%, max_order: none}}
controls:
  desk:
    covers: {{from: away, grades: [g]}}
    {timeline}
    licensing:
      home: {{initial_rate: {rate}, long_run_rate: {rate}}}
      other: {{initial_rate: 40%, long_run_rate: 40%}}
"""
IN_FORCE = "start: licensing"


def licensed(rate: str, timeline: str = IN_FORCE) -> ds.Scenario:
    """Return the market with a rate for the home region."""
    return read_scenario(YEAR.format(rate=rate, timeline=timeline))
