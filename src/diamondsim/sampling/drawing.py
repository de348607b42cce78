"""Draws for any replications: blocks are drawn and joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from diamondsim.draws import LISTS, NESTED, AdaptationDraws, Draws, PriceDraws
from diamondsim.plan import Plan
from diamondsim.sampling.adaptation import draw_adaptation
from diamondsim.sampling.allocation_weights import allocation_weights
from diamondsim.sampling.block import Block, Scratch
from diamondsim.sampling.capacity_index import draw_capacity_index
from diamondsim.sampling.control_tables import draw_controls
from diamondsim.sampling.demand_rows import draw_noise, draw_substitution
from diamondsim.sampling.equipment_controls import EquipmentControls
from diamondsim.sampling.facility_path import draw_adoption, draw_facility, open_ticks
from diamondsim.sampling.growth import draw_growth
from diamondsim.sampling.numbers import NUMBERS, draw_numbers
from diamondsim.sampling.opening import (
    draw_pre_buys,
    finished_stock,
    open_second_sources,
    opening_stock,
    opening_tracked,
)
from diamondsim.sampling.price_draws import draw_prices
from diamondsim.sampling.random_streams import BLOCK


def draw(
    plan: Plan,
    *,
    seed: int,
    first: int = 0,
    count: int = BLOCK,
    redraw_seed: int | None = None,
    scratch: Scratch | None = None,
) -> Draws:
    """Draw all random quantities of replications [first, first + count).

    Replication k has the same draws whatever `first` and `count` are, and to the bit: it is column
    ``k % BLOCK`` of block ``k // BLOCK``. Whole blocks are fastest.

    Parameters
    ----------
    plan : Plan
        The plan.
    seed : int
        Root of all streams; runs with one seed share their random numbers.
    first : int
        First replication.
    count : int
        Number of replications.
    redraw_seed : int, optional
        Root of the streams that recur in a replication, such as noise; the seed by default. Two draws that
        differ in it alone share all that is drawn once.
    scratch : Scratch, optional
        Memory of an earlier draw, whose Draws are overwritten; new memory by default.

    Returns
    -------
    Draws
        Arrays with the `count` replications last.

    Raises
    ------
    ValueError
        If `first` is negative or `count` is not positive.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> draws = draw(compile_plan(load_scenario("calm")), seed=1, first=7, count=2)
    >>> draws.replications.tolist()
    [7, 8]
    """
    if first < 0 or count < 1:
        raise ValueError(f"expected first >= 0 and count >= 1, found first={first}, count={count}")
    parts = []
    end = first + count
    numbers = range(first // BLOCK, (end - 1) // BLOCK + 1)
    if len(numbers) > 1:
        scratch = None  # all blocks must exist at once before they are joined
    for number in numbers:
        start = number * BLOCK
        columns = slice(max(first - start, 0), min(end - start, BLOCK))
        if scratch is None:
            block = Block.of_plan(plan, seed=seed, number=number, columns=columns, redraw_seed=redraw_seed)
        else:
            whole = scratch.whole_block(plan, seed=seed, number=number, redraw_seed=redraw_seed)
            block = whole.part(columns)
        parts.append(_draw_block(plan, block, start + columns.start))
    return parts[0] if len(parts) == 1 else _join(parts)


# What is too small for a float is 0, whatever the caller has numpy do about it.
@np.errstate(under="ignore")
def _draw_block(plan: Plan, block: Block, first: int) -> Draws:
    numbers = draw_numbers(plan, block)
    ticks = plan.n_ticks, plan.tick_days
    law = (*ticks, plan.controls, plan.licensing_rules, plan.requires.tolist())
    works = (*law, plan.facilities, plan.capacity_rows)
    growth = block.reused("growth", (*ticks, plan.growth_groups), lambda: draw_growth(plan, block))
    noise = block.reused("noise", (*ticks, plan.noise_rows), lambda: draw_noise(plan, block))
    controls = block.reused("controls", law, lambda: draw_controls(plan, block))
    substitution = block.reused(
        "substitution",
        (*law, plan.substitution_rows),
        lambda: draw_substitution(plan, controls.first_in_force, block),
    )
    equipment = EquipmentControls(plan, controls.paths)
    facilities = block.reused(
        "facilities",
        works,
        lambda: [
            draw_facility(f, block, equipment, n_ticks=plan.n_ticks, tick_days=plan.tick_days)
            for f in plan.facilities
        ],
    )
    capacity_index = block.reused(
        "capacity_index",
        works,
        lambda: draw_capacity_index(plan, facilities, equipment, controls.first_in_force, block),
    )
    ceiling, finished = finished_stock(plan, numbers, growth)
    by_field = {number.field: numbers[key] for key, number in NUMBERS.items() if number.field}
    return Draws(
        replications=np.arange(first, first + block.size, dtype=np.int64),
        **by_field,
        allocation_weight=allocation_weights(plan, numbers),
        opening_stock=opening_stock(plan, numbers, growth),
        opening_tracked=opening_tracked(plan, numbers),
        open_tick=open_second_sources(plan, open_ticks(plan, facilities, block), block),
        finished_stock_ceiling=ceiling,
        opening_finished=finished,
        **controls.fields,
        growth=growth,
        noise=noise,
        substitution=substitution,
        capacity_index=capacity_index,
        milestones=tuple(f.milestones for f in facilities),
        pre_buys=draw_pre_buys(plan, block),
        adoption_ticks=draw_adoption(plan, block),
        prices=draw_prices(plan, facilities, numbers["capacity"], block),
        adaptation=draw_adaptation(plan, equipment, block),
    )


def _join(parts: Sequence[Draws]) -> Draws:
    joined = _joined(parts, [f.name for f in fields(Draws) if f.name not in (*LISTS, *NESTED)])
    for name in LISTS:
        rows = zip(*(getattr(part, name) for part in parts), strict=True)
        joined[name] = tuple(np.concatenate(row, axis=-1) for row in rows)
    prices = [part.prices for part in parts if part.prices is not None]
    if prices:
        joined["prices"] = PriceDraws(**_joined(prices, [f.name for f in fields(PriceDraws)]))
    adaptation = [part.adaptation for part in parts if part.adaptation is not None]
    if adaptation:
        joined["adaptation"] = AdaptationDraws(
            **_joined(adaptation, [f.name for f in fields(AdaptationDraws)])
        )
    return Draws(**joined)


def _joined(
    parts: Sequence[Draws] | Sequence[PriceDraws] | Sequence[AdaptationDraws], names: Iterable[str]
) -> dict[str, Any]:
    """Return the arrays of the parts by name, joined along the replications."""
    return {name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names}
