"""Small answers to every question that can be asked about scenarios, made once in a process.

Names are long, so that tables show what they do with them.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import diamondsim as ds
from diamondsim.simulation import admitted_flow
from tests.simulation.small import short_ban

PLACE: dict[str, Any] = {"region": "home", "use": "u"}
COVER, OPENING = "inventory_policy.u.cover", "inventory_policy.u.opening"
USUAL = "as-usual-with-a-name-that-is-long-enough-to-be-in-the-way"
MORE = "more-stock-with-a-name-that-is-long-enough-to-be-in-the-way"
FEW: dict[str, Any] = {"replications": 48, "seed": 1, "workers": 1}


def scenarios() -> dict[str, ds.Scenario]:
    """Return two scenarios by name, with uncertain stock, a cost and a reserve."""
    long = "a name of more than sixty characters that fills most of a line"
    usual = short_ban().override(
        {
            OPENING: "uniform(5 20) days",
            "regions.home.name": f"Home, {long}",
            "uses.u.name": f"Use, {long}",
            "uses.u.value_added": "2 USD/ct",
            "tracked_origin": "away",
            "controls.ban.start": "none",
            "controls.ban.timeline": {"2026-01-03": "banned"},
            "buyers.firm": {
                "aggregate": "home.u",
                "share": "10%",
                "name": f"Firm, {long}",
                "inventory_policy": {"cover": "20 days"},
            },
        }
    )
    return {USUAL: usual, MORE: usual.override({OPENING: "uniform(15 30) days"})}


@cache
def small_answers() -> dict[str, Any]:
    """Return the Dataset, DataTree or DataArray of each call, by its name."""
    both = scenarios()
    usual = both[USUAL]
    runs = {name: ds.monte_carlo(each, **FEW) for name, each in both.items()}
    compared = ds.compare(both, **FEW)
    few = {**FEW, "replications": 24}
    return {
        "compare": compared,
        "select_best": ds.select_best(both, **PLACE, indifference="1%", most=48, seed=1, workers=1),
        "marginal_value": ds.marginal_value(usual, {OPENING: "+1 day"}, **few),
        "value_of_information": ds.value_of_information(compared, **PLACE, costs={MORE: "0.1 kct"}),
        "sensitivity": ds.sensitivity(runs[USUAL], **PLACE),
        "sobol_indices": ds.sobol_indices(usual, **PLACE, metric="shortage", **{**FEW, "replications": 40}),
        "discover": ds.discover(runs[USUAL], **PLACE, metric="shortage", above="1 ct"),
        "flip": ds.flip(
            usual, OPENING, **PLACE, threshold="50%", low="1 day", high="90 days", tolerance=0.4, **few
        ),
        "flip_pairs": ds.flip_pairs(
            usual,
            [(OPENING, COVER)],
            **PLACE,
            threshold="50%",
            ranges={COVER: ("1 day", "90 days")},
            levels=2,
            tolerance=0.5,
            **{**FEW, "replications": 16},
        ),
        "mixture": ds.mixture(runs, {USUAL: 0.3, MORE: 0.7}),
        "independence": ds.independence(usual, replications=48),
        "size_stock": ds.size_stock(usual, "home.u", chance="60%", most="90 days", tolerance=0.5, **few),
        "size_reserve": ds.size_reserve(
            usual, **PLACE, chance="60%", grade="g", serves=["u"], most="90 kct", tolerance=0.5, **few
        ),
        "worst_start": ds.worst_start(
            usual, "ban", starts=[dt.date(2026, 1, 6), dt.date(2026, 2, 6)], **PLACE, **few
        ),
        "reverse_stress": ds.reverse_stress(
            usual, {OPENING: ("90 days", "1 day")}, **PLACE, tolerance=0.4, **few
        ),
        "admitted_flow": admitted_flow(usual, control="ban", replications=8),
    }
