"""The approval rates of licensing rules: fractions of the reference flow that pass (model.md, eq. 68-74a).

Owns the rate of each rule in a spell of its control, and the relapses. What the rules of a control read
together is in `diamondsim.sampling.regime`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import Control, LicensingRule, WatchList
from diamondsim.sampling.block import Block
from diamondsim.sampling.licence_batches import Batches
from diamondsim.sampling.regime import Regime
from diamondsim.sampling.spells import Spells, per_spell
from diamondsim.sampling.timing import paint, rounded_ticks


def draw_approval_rates(
    control: Control,
    rules: Sequence[LicensingRule],
    spells: Spells,
    block: Block,
    *,
    banned: BoolArray,
    tick_days: float,
) -> Iterator[tuple[FloatArray, list[int]]]:
    """Yield the approval rates of the licensing rules of a control.

    They come one after the other, because a rate takes as much memory as a row of what is drawn in the end.

    The curves, general licences and validities of spell j are read from the uniforms of its regime. Relapses:
    rate and length are drawn for each spell, the waits come from `<control>/spell<j>/relapse`, a row each.
    The rate under a ban and the shares of denied parties and of the watch list are drawn once. Batches are
    drawn in each tick, after all else.

    Parameters
    ----------
    control : Control
        The control.
    rules : sequence of LicensingRule
        Its rules.
    spells : Spells
        Its spells, over rows that end with the horizon and may begin before it.
    block : Block
        Where the numbers come from.
    banned : (T, R) bool array
        Where the control is `BANNED`.
    tick_days : float
        Length of a tick in days.

    Yields
    ------
    rate : (T, R) array
        Fractions.
    numbers : list of int
        Positions of the rules that have this rate: those that read the same numbers.
    """
    if not spells.count or not rules:
        yield np.ones(banned.shape), list(range(len(rules)))
        return
    shown = slice(len(spells.inside) - len(banned), None)
    regime = Regime(control.name, spells, block, shown, tick_days)
    relapse = _relapses(control, spells, block, tick_days)
    in_relapse = None if relapse is None else relapse[shown]
    outside = ~spells.inside[shown]
    licensing = ~(outside | banned)
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, rule in enumerate(rules):
        alike.setdefault(_reads(rule), []).append(number)
    batches: Batches | None = None
    # Rules that read one line of batches follow each other: the sums of one line are in memory at a time.
    for numbers in sorted(alike.values(), key=lambda numbers: rules[numbers[0]].batch_days.name):
        rule = rules[numbers[0]]
        rate, has_general = _before_batches(rule, regime, in_relapse, banned)
        np.copyto(rate, 1.0, where=outside)
        batch_days = regime.batch_days(rule)
        if batch_days is not None:
            steady = 0.0 if rule.general is None else regime.general(rule.general) * has_general
            if batches is None or batches.name != rule.batch_days.name:
                batches = None
                batches = Batches(rule.batch_days.name, block, len(rate))
            batches.let_in(rate, batch_days / tick_days, steady=steady, licensing=licensing)
        yield rate, numbers


def _reads(rule: LicensingRule) -> tuple[object, ...]:
    """Return all that the approval rate of a rule depends on, beside its control."""
    curve = (rule.initial_rate, rule.long_run_rate, rule.dead_days, rule.recovery_days)
    beside = (rule.general, rule.validity, rule.watch_list)
    return *curve, *beside, rule.ban, rule.denied_parties, rule.batch_days


def _before_batches(
    rule: LicensingRule, regime: Regime, in_relapse: BoolArray | None, banned: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return the rate (T, R) inside spells, and the part (R,) of the flow that may have a general licence."""
    block = regime.block
    rate = _licensed(rule, regime, in_relapse)
    not_denied = 1 - block.value(rule.denied_parties)
    if rule.watch_list is None:
        # The lines of eq. 70 from the last to the first: what is written later holds.
        np.copyto(rate, block.value(rule.ban), where=banned)
        rate *= not_denied
        return rate, not_denied
    on_watch_list = np.minimum(block.value(rule.watch_list.share), not_denied)
    has_general = not_denied - on_watch_list
    rate *= has_general
    rate += on_watch_list * _watch_list_rate(rule, rule.watch_list, regime, in_relapse)
    np.copyto(rate, not_denied * block.value(rule.ban), where=banned)
    return rate, has_general


def _licensed(rule: LicensingRule, regime: Regime, in_relapse: BoolArray | None) -> FloatArray:
    """Return what passes of the flow of buyers not on the watch list: g + (1 - g) f x of eq. 74."""
    rate = regime.curve(rule, in_relapse)
    if rule.validity is not None:
        rate *= regime.valid(rule.validity)
    if rule.general is not None:
        general = regime.general(rule.general)
        rate *= 1 - general
        rate += general
    return rate


def _watch_list_rate(
    rule: LicensingRule, watch_list: WatchList, regime: Regime, in_relapse: BoolArray | None
) -> FloatArray:
    """Return what passes of the flow of buyers on the watch list: f x_w of eq. 74."""
    rate = regime.curve(watch_list, in_relapse)
    if rule.validity is not None:
        rate *= regime.valid(rule.validity)
    return rate


def _relapses(control: Control, spells: Spells, block: Block, tick_days: float) -> BoolArray | None:
    """Return where a relapse is on, over the rows of the spells; None where there can be none.

    The wait for the next relapse runs from the end of the last one. Begin and end are rounded to ticks from
    the begin of the spell.
    """
    per_day = per_spell(control.relapse_per_year, spells, block) / DAYS_PER_YEAR
    if not (per_day > 0).any():
        return None
    is_on = np.zeros(spells.inside.shape, dtype=bool)
    for j in range(spells.count):
        mean_wait = np.where(per_day[j] > 0, 1 / np.where(per_day[j] > 0, per_day[j], 1.0), np.inf)
        days = np.zeros(block.size)
        number = 0
        while True:
            uniform = block.uniform_row(f"{control.name}/spell{j}/relapse", number)
            days = days - mean_wait * np.log1p(-uniform)
            begin = spells.begin[j] + rounded_ticks(days, tick_days)
            if not (begin < spells.end[j]).any():
                break
            days = days + block.value_row(control.relapse_days, f"/spell{j}", number)
            end = spells.begin[j] + rounded_ticks(days, tick_days)
            paint(is_on, begin, np.minimum(end, spells.end[j]), np.ones(block.size, dtype=bool))
            number += 1
    return is_on
