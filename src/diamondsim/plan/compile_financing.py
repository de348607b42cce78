"""The money and the power of a facility: tranches, their terms, power by date (model.md, eq. 86a, 88-89)."""

from __future__ import annotations

import datetime as dt

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Distribution
from diamondsim.plan.compile_prices import make_steps
from diamondsim.plan.entities import number
from diamondsim.plan.structure import (
    Financing,
    Input,
    PowerProject,
    PowerSupply,
    Steps,
    Tranche,
    TrancheFailure,
    TrancheKind,
    TrancheTerms,
)
from diamondsim.scenario import FAILURES, Facility, Path
from diamondsim.scenario import Tranche as WrittenTranche


def financing(path: Path, facility: Facility, start: dt.date, *, is_priced: bool) -> Financing | None:
    """Return the tranches of a facility; None where it has none.

    What they cost is left out where nothing asks for it: without prices, or with an interest of its own.
    """
    money, path = facility.financing, (*path, "financing")
    if money is None:
        return None
    window = money.window_closes
    costs = is_priced and facility.cost is not None and facility.cost.interest_from is not None
    return Financing(
        tranches=tuple(
            Tranche(
                name,
                number((*path, "tranches", name, "closes"), tranche.closes),
                tranche.amount,
                tranche_terms((*path, "tranches", name), tranche, costs=costs),
            )
            for name, tranche in money.tranches.items()
        ),
        clock_days=number((*path, "funding_clock"), money.funding_clock),
        window_day=None if window is None else float((window - start).days),
        wait_days=None if money.wait is None else number((*path, "wait"), money.wait),
        lender_bears_delay=money.delay_borne_by == "lender",
    )


def tranche_terms(path: Path, tranche: WrittenTranche, *, costs: bool) -> TrancheTerms | None:
    """Return what follows if a tranche of a kind fails, and what it costs; None for one without a kind."""
    if tranche.kind is None:
        return None
    is_guarantee, is_loan = tranche.kind == "guarantee", tranche.kind == "loan"

    def optional(key: str, value: Distribution | None, factor: float = 1.0) -> Input | None:
        return None if value is None else number((*path, key), value, factor)

    return TrancheTerms(
        kind=TrancheKind(tranche.kind),
        fails=number((*path, "fails"), tranche.fails),
        if_fails=TrancheFailure(tranche.if_fails or FAILURES[tranche.kind][0]),
        rate_per_year=optional("rate", tranche.rate) if costs else None,
        tenor_years=optional("tenor", tranche.tenor, 1.0 / DAYS_PER_YEAR) if costs else None,
        loan=tranche.loan if is_guarantee else None,
        covers=optional("covers", tranche.covers) if is_guarantee else None,
        replacement_days=optional("replacement", tranche.replacement),
        premium_per_year=optional("premium", tranche.premium) if is_loan and costs else None,
    )


def power_supply(
    path: Path, facility: Facility, start: dt.date, tick_days: float, *, is_priced: bool
) -> PowerSupply | None:
    """Return the supply of power of a facility; None where nothing limits it and it has no price by date."""
    power, path = facility.power, (*path, "power")
    if power is None:
        return None
    project, at = power.project, (*path, "project")
    return PowerSupply(
        available=make_steps((*path, "available"), power.available, start, tick_days),
        project=None
        if project is None
        else PowerProject(
            day=float((project.delivers - start).days),
            delay_days=number((*at, "delay"), project.delay),
            cancelled=number((*at, "cancelled"), project.cancelled),
        ),
        price_usd=_prices_of_power((*path, "price"), facility, start, tick_days) if is_priced else None,
    )


def _prices_of_power(path: Path, facility: Facility, start: dt.date, tick_days: float) -> Steps | None:
    """Return the price of power by date; the first price given holds before its date too."""
    assert facility.power is not None, "the caller has looked"
    if not facility.power.price:
        return None
    steps = make_steps(path, facility.power.price, start, tick_days)
    (first, price), *others = steps.values
    return Steps(steps.name, ((min(first, 0), price), *others))
