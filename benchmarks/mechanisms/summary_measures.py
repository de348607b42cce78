"""Measures that read the Dataset of a case, or what became of its licences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.mechanisms.case_run import CaseRun
from benchmarks.mechanisms.measure import Kind, measure
from diamondsim.arrays import FloatArray

MILLION = 1e6


# Shortages


@measure(Kind.EVENT)
def chance(run: CaseRun, use: str) -> FloatArray:
    """Whether a use is short (R20); of several, whether any is."""
    short = run.of_use("peak_shortfall", use) > run.dataset.attrs["threshold"]
    return np.asarray(short.any(axis=0), dtype=float)


@measure(Kind.SHARE)
def unmet(run: CaseRun, use: str) -> FloatArray:
    """Shortage over demand, both over the horizon."""
    demand = run.of_use("demand", use).sum(axis=0)
    return np.asarray(run.of_use("shortage", use).sum(axis=0) / np.where(demand > 0, demand, 1.0))


@measure(Kind.NUMBER)
def shortage(run: CaseRun, use: str) -> FloatArray:
    """Shortage over the horizon, in millions of the unit of the use."""
    return np.asarray(run.of_use("shortage", use).sum(axis=0) / MILLION)


@measure(Kind.SHARE)
def unmet_in(run: CaseRun, use: str, year: int) -> FloatArray:
    """Mean shortage over mean demand in a calendar year."""
    quarters = [f"{year}Q{number}" for number in (1, 2, 3, 4)]
    region, _, which = use.partition(".")
    parts = []
    for name in ("quarter_shortage_mean", "quarter_demand_mean"):
        means = run.dataset[name].sel(region=region, quarter=quarters, bound="estimate").sum("quarter")
        in_carats = run.dataset["unit"] == "ct"
        parts.append(float(means.where(in_carats).sum() if which == "any" else means.sel(use=which)))
    return np.array(parts[0] / parts[1])


@measure(Kind.EVENT)
def lasting(run: CaseRun, use: str) -> FloatArray:
    """Of the replications in which a use is short: whether the first shortage goes on to the end."""
    short = run.of_use("peak_shortfall", use) > run.dataset.attrs["threshold"]
    goes_on = short & np.isnan(run.of_use("recovery", use))
    return np.where(short.any(axis=0), goes_on.any(axis=0), np.nan)


@measure(Kind.SHARE)
def peak(run: CaseRun, use: str) -> FloatArray:
    """Largest share of demand that is unmet over a window (R2)."""
    return np.asarray(run.of_use("peak_shortfall", use).max(axis=0))


@measure(Kind.NUMBER)
def first_short(run: CaseRun, use: str, since: dt.date) -> FloatArray:
    """Weeks from a date to the first short tick, in replications in which the use is short."""
    (peaks,), (first,) = run.of_use("peak_shortfall", use), run.of_use("first_shortage", use)
    weeks = (first * run.days_of_tick - (since - run.start).days) / 7
    return np.where(peaks > run.dataset.attrs["threshold"], weeks, np.nan)


# Controls and licences


@measure(Kind.SHARE)
def in_force(run: CaseRun, control: str, at: dt.date) -> FloatArray:
    """Share of the replications in which a control is in force on a date."""
    return np.array(float(run.at("control_in_force", at).sel(control=control)))


@measure(Kind.SHARE)
def legal_state(run: CaseRun, state: str, at: dt.date | None = None) -> FloatArray:
    """Share of the replications in which a legal state holds on a date, or of the whole time."""
    name = "legal_state_probability"
    chances = run.dataset[name].mean("time") if at is None else run.at(name, at)
    return np.array(float(chances.sel(legal_state=state, bound="estimate")))


@measure(Kind.NUMBER)
def wait(run: CaseRun, control: str, to: str = "all") -> FloatArray:
    """Mean days for which an application waits."""
    return np.array(float(run.licences(control)["wait_days"].sel(destination=to)))


@measure(Kind.SHARE)
def withdrawn(run: CaseRun, control: str, to: str = "all") -> FloatArray:
    """Share of the applications that is withdrawn."""
    return np.array(float(run.licences(control)["withdrawn"].sel(destination=to)))


# Stocks


@measure(Kind.NUMBER)
def cover(run: CaseRun, use: str, at: dt.date) -> FloatArray:
    """Mean cover of a use on a date, days."""
    region, _, which = use.partition(".")
    return np.array(float(run.at("cover_mean", at).sel(region=region, use=which)))


@measure(Kind.NUMBER)
def highest_cover(run: CaseRun, use: str, since: dt.date) -> FloatArray:
    """Highest value from a date on of the mean cover of a use, days."""
    region, _, which = use.partition(".")
    after = run.dataset["cover_mean"].sel(region=region, use=which, time=slice(np.datetime64(since), None))
    return np.array(float(after.max()))


@measure(Kind.NUMBER)
def reserve_stock(run: CaseRun, reserve: str, at: dt.date) -> FloatArray:
    """Mean stock of a reserve on a date, in millions."""
    return np.array(float(run.at("reserve_stock_mean", at).sel(reserve=reserve)) / MILLION)


# Makers


@measure(Kind.EVENT)
def built(run: CaseRun, facility: str = "georgia") -> FloatArray:
    """Whether a facility has its first output by the end."""
    return np.asarray(run.dataset["first_output"].sel(facility=facility).notnull(), dtype=float)


@measure(Kind.NUMBER)
def first_output(run: CaseRun, facility: str = "georgia", since: dt.date | None = None) -> FloatArray:
    """Weeks from a date, or from the start, to the first output of a facility."""
    days = run.dataset["first_output"].sel(facility=facility).values * run.days_of_tick
    return np.asarray((days - (0 if since is None else (since - run.start).days)) / 7)


# Prices and costs


@measure(Kind.NUMBER)
def metric(run: CaseRun, name: str, use: str = "", per: float = 1.0, **labels: Any) -> FloatArray:
    """A metric of the Dataset by its name, of a use or of what its labels name, in multiples of `per`."""
    return _metric(run, name, use, labels) / per


@measure(Kind.SHARE)
def share(run: CaseRun, name: str, use: str = "", **labels: Any) -> FloatArray:
    """A metric that is a share, as `metric`."""
    return _metric(run, name, use, labels)


@measure(Kind.NUMBER)
def cost(run: CaseRun, uses: Sequence[str], name: str = "purchase_cost") -> FloatArray:
    """A cost in MUSD, added over uses."""
    return np.asarray(sum(np.nansum(run.of_use(name, use), axis=0) for use in uses) / MILLION)


@measure(Kind.NUMBER)
def price_at(run: CaseRun, grade: str, zone: str, at: dt.date) -> FloatArray:
    """Mean price on a date, as a multiple of the start."""
    return np.array(float(run.at("price_mean", at).sel(grade=grade, zone=zone)))


def _metric(run: CaseRun, name: str, use: str, labels: Mapping[str, Any]) -> FloatArray:
    if use:
        (row,) = run.of_use(name, use)
        return row
    return np.asarray(run.dataset[name].sel(labels).values, dtype=float)
