"""Where each metric of a replication goes among the entities of a run: regions by uses, grades by zones.

Owns the shape of every per-replication variable; a use that a region does not have, and a grade that has no
price in a zone, are places that stay empty.
"""

from __future__ import annotations

from diamondsim.plan import Plan
from diamondsim.results.columns import Place
from diamondsim.results.metrics import METRICS
from diamondsim.results.pairs import pairs_of
from diamondsim.results.prices import PRICE_METRICS

OF_FACILITIES = ("first_output", "full_output")
OF_RESERVES = ("reserve_released", "reserve_cost")


def priced_grades(plan: Plan) -> tuple[str, ...]:
    """Return the grades that have a price, in the order of the Plan."""
    markets = () if plan.prices is None else plan.prices.markets
    return tuple(grade for grade in plan.grades if any(grade == g for g, _ in markets))


def places_of(plan: Plan) -> dict[str, Place]:
    """Return the place of every metric of a replication.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to Place
        By the names of `Summary.metrics`.
    """
    regions, uses = plan.regions, plan.uses
    pairs = Place(
        (len(regions), len(uses)),
        tuple(regions.index(p.region) * len(uses) + uses.index(p.use) for p in pairs_of(plan)),
    )
    places = dict.fromkeys(METRICS, pairs)
    places |= dict.fromkeys(OF_FACILITIES, _all(len(plan.facilities)))
    places |= dict.fromkeys(OF_RESERVES, _all(len(plan.reserves)))
    if plan.prices is None:
        return places
    grades, zones = priced_grades(plan), plan.prices.zones
    markets = Place(
        (len(grades), len(zones)),
        tuple(grades.index(g) * len(zones) + zones.index(z) for g, z in plan.prices.markets),
    )
    of = {
        ("grade", "zone"): markets,
        ("region", "use"): pairs,
        ("facility",): _all(len(plan.facilities)),
        ("facility", "zone"): _all(len(plan.facilities), len(zones)),
    }
    return places | {name: of[metric.dims] for name, metric in PRICE_METRICS.items()}


def _all(*shape: int) -> Place:
    place = Place(shape, ())
    return Place(shape, tuple(range(place.size)))
