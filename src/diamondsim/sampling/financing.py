"""The tranches of a facility: which of them fail, when they close, what its capital costs (eq. 88-89)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import (
    Financing,
    Input,
    Milestone,
    Tranche,
    TrancheFailure,
    TrancheKind,
    TrancheTerms,
    UnitCost,
)
from diamondsim.sampling.block import Block


def draw_failures(financing: Financing, block: Block) -> Mapping[str, BoolArray]:
    """Return where each tranche that has a kind fails, by name (eq. 88a): (R,) each.

    Stream of a tranche: `<fails>/outcome`. A loan fails by its own chance as far as no guarantee that holds
    covers it, and with a guarantee on which it depends.
    """
    termed = [(t.name, t.terms) for t in financing.tranches if t.terms is not None]
    failed: dict[str, BoolArray] = {}
    for name, terms in termed:
        if terms.kind is not TrancheKind.LOAN:
            failed[name] = block.uniform(f"{terms.fails.name}/outcome") < block.value(terms.fails)
    for name, terms in termed:
        if terms.kind is TrancheKind.LOAN:
            exposed, falls = np.ones(block.size), np.zeros(block.size, dtype=bool)
            for guarantee, its in _guarantees(financing, name):
                exposed -= np.where(failed[guarantee], 0.0, _optional(its.covers, block))
                if its.if_fails is TrancheFailure.LOAN_FAILS:
                    falls |= failed[guarantee]
            chance = block.value(terms.fails) * np.maximum(exposed, 0.0)
            failed[name] = falls | (block.uniform(f"{terms.fails.name}/outcome") < chance)
    return failed


def closing_days(
    financing: Financing, decision: FloatArray, block: Block
) -> dict[tuple[Milestone, str], FloatArray]:
    """Return when tranches close or fail, the last of them, and when the window was missed (eq. 88-89)."""
    passed: dict[tuple[Milestone, str], FloatArray] = {}
    clock = block.value(financing.clock_days)
    failed = draw_failures(financing, block)
    missed = np.zeros(block.size, dtype=bool)
    end = decision
    for tranche in financing.tranches:
        due = decision + np.maximum(clock, block.value(tranche.days))
        closes, ready = _after_failure(tranche, due, failed, block)
        if financing.window_day is not None:
            late = np.isfinite(ready) & (ready > financing.window_day)
            missed |= late
            again = (
                np.inf
                if financing.wait_days is None
                else financing.window_day + block.value(financing.wait_days)
            )
            closes, ready = (np.where(late, np.maximum(day, again), day) for day in (closes, ready))
        if tranche.name in financing.can_fail:
            passed[Milestone.TRANCHE_FAILED, tranche.name] = np.where(failed[tranche.name], due, np.inf)
        passed[Milestone.TRANCHE, tranche.name] = closes
        end = np.maximum(end, ready)
    passed[Milestone.FINANCED, ""] = end
    if financing.window_day is not None:
        passed[Milestone.WINDOW_MISSED, ""] = np.where(missed, financing.window_day, np.inf)
    return passed


def _after_failure(
    tranche: Tranche, due: FloatArray, failed: Mapping[str, BoolArray], block: Block
) -> tuple[FloatArray, FloatArray]:
    """Return when a tranche closes, and when the facility need no longer wait for it.

    They differ for a guarantee alone: one that fails never closes, but holds up nothing.
    """
    terms = tranche.terms
    if terms is None:
        return due, due
    fails = failed[tranche.name]
    if terms.kind is TrancheKind.GUARANTEE:
        return np.where(fails, np.inf, due), due
    later = due + _optional(terms.replacement_days, block) if terms.replacement_days else np.inf
    closes = np.where(fails, later, due)
    return closes, closes


@dataclass(frozen=True)
class CapitalCost:
    """What the capital of a financed facility costs (eq. 88c-88d).

    Attributes
    ----------
    yearly : (R,) array
        Payments in a year, as a share of the capital.
    growth : (R,) array
        Capital at first output, interest of construction included, as a multiple of the capital paid out.
    """

    yearly: FloatArray
    growth: FloatArray


def capital_cost(
    financing: Financing, cost: UnitCost, building_days: FloatArray, block: Block
) -> CapitalCost:
    """Return what a facility's capital costs by the terms of its loans and equity, weighted by amounts.

    Parameters
    ----------
    financing : Financing
    cost : UnitCost
        Its life applies where a tranche has no tenor.
    building_days : (R,) array
        Days during which the loans bear interest before first output.
    block : Block
    """
    failed = draw_failures(financing, block)
    paid = [
        (t, t.terms)
        for t in financing.tranches
        if t.usd and t.terms is not None and t.terms.kind is not TrancheKind.GUARANTEE
    ]
    total = sum_in_order(tranche.usd or 0.0 for tranche, _ in paid)
    yearly, growth = np.zeros(block.size), np.ones(block.size)
    for tranche, terms in paid:
        weight = (tranche.usd or 0.0) / total
        rate = _rate(financing, tranche.name, terms, failed, block)
        years = block.value(terms.tenor_years or cost.life_years)
        yearly += weight * annuity(rate, years)
        if terms.kind is TrancheKind.LOAN:
            growth += weight * np.expm1(building_days / DAYS_PER_YEAR * np.log1p(rate))
    return CapitalCost(yearly, growth)


def _rate(
    financing: Financing, name: str, terms: TrancheTerms, failed: Mapping[str, BoolArray], block: Block
) -> FloatArray:
    """Return what a loan or equity costs in a year: its rate, the fees of guarantees, its premium (88b)."""
    rate = _optional(terms.rate_per_year, block)
    if terms.kind is TrancheKind.EQUITY:
        return rate
    dearer = failed[name]
    for guarantee, its in _guarantees(financing, name):
        fee = _optional(its.rate_per_year, block) * _optional(its.covers, block)
        rate = rate + np.where(failed[guarantee], 0.0, fee)
        dearer = dearer | failed[guarantee]
    return rate + np.where(dearer, _optional(terms.premium_per_year, block), 0.0)


def _guarantees(financing: Financing, loan: str) -> list[tuple[str, TrancheTerms]]:
    """Return the guarantees of a loan."""
    return [(t.name, t.terms) for t in financing.tranches if t.terms is not None and t.terms.loan == loan]


def _optional(number: Input | None, block: Block) -> FloatArray:
    return np.zeros(block.size) if number is None else block.value(number)


def annuity(interest: FloatArray, years: FloatArray) -> FloatArray:
    """Return the yearly cost of a dollar of capital that is repaid over some years (eq. 98).

    Examples
    --------
    >>> annuity(np.array([0.0, 0.08]), np.array([20.0, 15.0])).round(6).tolist()
    [0.05, 0.11683]
    """
    discount = -np.expm1(-years * np.log1p(interest))
    return np.where(interest > 0, interest / np.where(interest > 0, discount, 1.0), 1 / years)
