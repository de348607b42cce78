"""The table of `diamondsim independence`, and the same as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr

from diamondsim.reporting.bound_values import json_limits, limits, or_null
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import chance, replications
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import labelled_row, page_width, wrapped

_HEADS = f"{'now':>6}{'at the end':>19}  {'quarters':<19}chance at the end"
_CELLS = len(_HEADS) + 4
"""Columns of a row behind the grade: a chance and its interval may be longer than their heading."""
_GRADE = 10


def independence_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield the table: a line for each area and each grade that it uses.

    Parameters
    ----------
    found : xarray.Dataset
        As `diamondsim.independence` returns it.

    Yields
    ------
    str
    """
    origin, n, last = found.attrs["tracked_origin"], found.sizes["replication"], found["quarter"].item(-1)
    total = found.sizes["quarter"]
    yield from identity_lines(found.attrs)
    yield f"Capacity without {origin} over demand; {replications(n)}, seed {found.attrs['seed']}"
    yield from too_few(n)
    yield ""
    yield from _table(found)
    yield ""
    yield from wrapped(
        f"now: median in {found['quarter'].item(0)}. at the end: median in {last}, and 5 to 95 % of the "
        f"replications. quarters: in how many of {total} capacity covers demand, in the mean. "
        f"chance at the end: that it does in {last}. 95 % intervals in brackets."
    )
    yield from wrapped(
        "Capacity that is there or planned, swings, outages and equipment controls included. Not in it: new "
        "capacity and conversion between grades that a shortage or a price calls forth during a run, what "
        "processors make of bought feed, and noise (docs/independence.md)."
    )


def _table(found: xr.Dataset) -> Iterator[str]:
    """Yield the rows; the area stands before each, or above them where the page has no room for that."""
    areas, grades = ([str(name) for name in found[axis].values] for axis in ("area", "grade"))
    before, grade_width = max(map(len, areas)) + 4, max(_GRADE, *(len(grade) + 3 for grade in grades))
    beside = before + grade_width + _CELLS <= page_width()
    width = before + grade_width if beside else _GRADE + 2
    head = f"{'area':<{before}}grade" if beside else "  grade"
    yield f"{head:<{width}}{_HEADS}"
    for area in areas:
        yield from () if beside else wrapped(area)
        for grade in grades:
            one = found.sel(area=area, grade=grade)
            if not math.isnan(one["independent_quarters_mean"].sel(bound="estimate")):
                label = f"{area:<{before}}{grade}" if beside else f"  {grade}"
                yield from labelled_row(label, _cells(one), width)


def _cells(one: xr.Dataset) -> str:
    first, last = (one["coverage_quantiles"].isel(quarter=quarter) for quarter in (0, -1))
    low, middle, high = (float(last.sel(quantile=level)) for level in (0.05, 0.5, 0.95))
    quarters = limits(one["independent_quarters_mean"])
    covers = limits(one["probability_of_independence"].isel(quarter=-1))
    at_the_end = f"{_number(middle)} ({_number(low)}-{_number(high)})"
    interval = f" [{quarters[1]:.1f}, {quarters[2]:.1f}]" if quarters[1] < quarters[2] else ""
    now = _number(float(first.sel(quantile=0.5)))
    at_the_last = "-" if math.isnan(covers[0]) else chance(*covers)
    return f"{now:>6}{at_the_end:>19}  {f'{quarters[0]:.1f}{interval}':<19}{at_the_last}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def json_independence(found: xr.Dataset) -> dict[str, Any]:
    """Return the same for every quarter as a document; a number that does not exist is null."""
    attrs = found.attrs
    rows = []
    for area in found["area"].values:
        for grade in found["grade"].values:
            one = found.sel(area=area, grade=grade)
            quarters = one["independent_quarters_mean"]
            if math.isnan(quarters.sel(bound="estimate")):
                continue
            rows.append(
                {
                    "area": str(area),
                    "regions": str(one["area_regions"].item()).split(", "),
                    "grade": str(grade),
                    "independent_quarters": json_limits(quarters),
                    "quarters": [_quarter(one.isel(quarter=q)) for q in range(one.sizes["quarter"])],
                }
            )
    return {
        **json_identity(attrs),
        "tracked_origin": attrs["tracked_origin"],
        "replications": int(attrs["replications"]),
        "areas": rows,
    }


def _quarter(one: xr.Dataset) -> dict[str, Any]:
    coverage = one["coverage_quantiles"]
    return {
        "quarter": str(one["quarter"].item()),
        "coverage": {
            f"{float(level):g}": or_null(float(coverage.sel(quantile=level)))
            for level in one["quantile"].values
        },
        "probability_of_independence": json_limits(one["probability_of_independence"]),
    }
