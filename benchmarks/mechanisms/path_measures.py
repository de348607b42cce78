"""Measures that read the paths of a case: what happens in each tick."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import xarray as xr

from benchmarks.mechanisms.case_run import CaseRun
from benchmarks.mechanisms.measure import Kind, measure
from diamondsim.arrays import FloatArray

DAYS_PER_YEAR = 365.25
MILLION = 1e6


@measure(Kind.NUMBER, "stock", "demand")
def lowest_stock(run: CaseRun, region: str, grade: str) -> FloatArray:
    """Lowest stock of a grade at the uses of a region, in days of mean demand."""
    held, wanted = (_of_grade(run, name, region, grade) for name in ("stock", "demand"))
    return np.asarray(held.min(axis=0) / wanted.mean(axis=0) * run.days_of_tick)


@measure(Kind.SHARE, "shortage", "demand")
def grade_unmet(run: CaseRun, region: str, grade: str, since: dt.date, until: dt.date) -> FloatArray:
    """Shortage over demand of a grade at the uses of a region, between two dates."""
    missed, wanted = (_of_grade(run, name, region, grade, since, until) for name in ("shortage", "demand"))
    return np.asarray(missed.sum(axis=0) / wanted.sum(axis=0))


@measure(Kind.NUMBER, "backlog", "demand")
def backlog(run: CaseRun, use: str, year: int) -> FloatArray:
    """Mean backlog in a calendar year, in weeks of the demand of that year."""
    waiting, wanted = (_of_nodes(run, name, use, year) for name in ("backlog", "demand"))
    return np.asarray(waiting.mean(axis=0) / wanted.mean(axis=0) * run.days_of_tick / 7)


@measure(Kind.NUMBER, "backlog", "demand")
def largest_backlog(run: CaseRun, use: str) -> FloatArray:
    """Largest backlog, in weeks of mean demand."""
    waiting, wanted = (_of_nodes(run, name, use) for name in ("backlog", "demand"))
    return np.asarray(waiting.max(axis=0) / wanted.mean(axis=0) * run.days_of_tick / 7)


@measure(Kind.NUMBER, "capacity")
def capacity(run: CaseRun, region: str, at: dt.date, without: Sequence[str] = ("georgia",)) -> FloatArray:
    """Capacity of the makers of a region for grades counted in carats, Mct/yr."""
    paths = run.paths
    made = (paths["source_region"] == region) & (paths["source_unit"] == "ct")
    wanted = made & ~paths["source_producer"].isin([*without])
    then = paths["capacity"].sel(time=np.datetime64(at, "ns"), method="ffill")
    return _per_year(run, then.isel(source=np.flatnonzero(wanted.values)).sum("source"))


@measure(Kind.NUMBER, "output")
def output(run: CaseRun, producer: str, year: int, grade: str = "") -> FloatArray:
    """Output of a maker in a calendar year, of one grade or of all, Mct."""
    paths = run.paths
    wanted = (paths["source_producer"] == producer) & (
        paths["source_grade"] == (grade or paths["source_grade"])
    )
    made = paths["output"].sel(time=str(year)).isel(source=np.flatnonzero(wanted.values))
    return np.asarray(made.sum(("time", "source")).values / MILLION, dtype=float)


@measure(Kind.NUMBER, "finished_stock")
def finished_stock(run: CaseRun, region: str, at: dt.date, grades: Sequence[str]) -> FloatArray:
    """Finished stock of the makers of a region, Mct."""
    paths = run.paths
    wanted = (paths["source_region"] == region) & paths["source_grade"].isin([*grades])
    then = paths["finished_stock"].sel(time=np.datetime64(at, "ns"), method="ffill")
    held = then.isel(source=np.flatnonzero(wanted.values)).sum("source")
    return np.asarray(held.values / MILLION, dtype=float)


@measure(Kind.NUMBER, "granted", "shipped")
def flow(
    run: CaseRun,
    origin: Sequence[str],
    to: Sequence[str],
    since: dt.date,
    until: dt.date,
    grades: Sequence[str],
) -> FloatArray:
    """What leaves some regions for others between two dates, granted or free, Mct."""
    paths = run.paths
    wanted = paths["lane_from"].isin([*origin]) & paths["lane_to"].isin([*to])
    lanes = np.flatnonzero((wanted & paths["lane_grade"].isin([*grades])).values)
    time = slice(np.datetime64(since), np.datetime64(until - dt.timedelta(days=1)))
    sent = [paths[name].isel(lane=lanes).sel(time=time) for name in ("granted", "shipped")]
    return np.asarray(sum(each.sum(("time", "lane")).values for each in sent) / MILLION, dtype=float)


@measure(Kind.EVENT, "order", "demand")
def orders_swing(run: CaseRun, region: str, by: float, ticks: int) -> FloatArray:
    """Whether a region's orders go up and down in turn, each time by more than a share of demand."""
    ordered, wanted = (_of_nodes(run, name, f"{region}.any") for name in ("order", "demand"))
    steps = np.diff(ordered, axis=0) / wanted.mean(axis=0)
    swings = (np.abs(steps[1:]) > by) & (np.abs(steps[:-1]) > by) & (steps[1:] * steps[:-1] < 0)
    run_length = np.zeros(swings.shape[1])
    longest = run_length.copy()
    for row in swings:
        run_length = np.where(row, run_length + 1, 0)
        longest = np.maximum(longest, run_length)
    # A row compares two steps, so that this many rows are one step more.
    return np.asarray(longest + 1 >= ticks, dtype=float)


def _per_year(run: CaseRun, per_tick: xr.DataArray) -> FloatArray:
    return np.asarray(per_tick.values * DAYS_PER_YEAR / run.days_of_tick / MILLION, dtype=float)


def _of_nodes(run: CaseRun, name: str, use: str, year: int | None = None) -> FloatArray:
    """Return a path variable (time, replication) added over the nodes of a use."""
    paths = run.paths
    region, _, which = use.partition(".")
    wanted = (paths["node_region"] == region) & (paths["node_unit"] == "ct") & (paths["node_use"] != "")
    if which != "any":
        wanted &= paths["node_use"] == which
    path = paths[name].isel(node=np.flatnonzero(wanted.values))
    path = path if year is None else path.sel(time=str(year))
    return np.asarray(path.sum("node").transpose("time", "replication").values, dtype=float)


def _of_grade(
    run: CaseRun,
    name: str,
    region: str,
    grade: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> FloatArray:
    """Return a path variable (time, replication) added over the uses of a region that need a grade."""
    paths = run.paths
    wanted = (paths["node_region"] == region) & (paths["node_grade"] == grade) & (paths["node_use"] != "")
    path = paths[name].isel(node=np.flatnonzero(wanted.values))
    if since is not None and until is not None:
        path = path.sel(time=slice(np.datetime64(since), np.datetime64(until - dt.timedelta(days=1))))
    return np.asarray(path.sum("node").transpose("time", "replication").values, dtype=float)
