"""Prices and cost in sentences, each made from numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from diamondsim.reporting.content import Report
from diamondsim.reporting.pricing import PlantRow, PriceReport, Spread, StakeRow
from diamondsim.reporting.words import percent, percent_range, price, short_name
from diamondsim.results.estimates import Estimate

_MOST = 3
"""So many uses are named where money is at stake."""
_MULTIPLES = ((1e6, "MUSD"), (1e3, "kUSD"))


def price_sentences(report: Report) -> tuple[str, ...]:
    """Return what a reader should take away of prices and cost; nothing where there are none.

    Parameters
    ----------
    report : Report

    Returns
    -------
    tuple of str
        What dearer diamond costs, who gives it up, whether the facilities earn their cost, what reserves
        cost, what is at stake, what all this rests on.
    """
    found = report.prices
    if found is None:
        return ()
    return (
        *_bills(found),
        *_given_up(found),
        *(_plant(row) for row in found.plants),
        *_reserves(found),
        *_at_stake(report, found),
        *_basis(found),
    )


def spread(value: Spread, word: Callable[[float], str], unit: str = "") -> str:
    """Return a median with its range in parentheses, which is left out where it reads alike.

    Examples
    --------
    >>> spread(Spread(Estimate(0.17, 0.16, 0.18, 9), 0.13, 0.24), price, " USD/ct")
    '0.17 USD/ct (0.13 to 0.24)'
    """
    if value.median.n == 0:
        return "-"
    median, low, high = (word(x) for x in (value.median.value, value.low, value.high))
    return _ranged(median, low, high, unit)


def _ranged(median: str, low: str, high: str, unit: str) -> str:
    return median + unit if low == median == high else f"{median}{unit} ({low} to {high})"


def _money(value: Spread) -> str:
    (median, low, high), unit = _in_one_unit(value.median.value, value.low, value.high)
    return _ranged(median, low, high, f" {unit}")


def _percent(value: Spread) -> str:
    return spread(value, lambda x: percent(x).removesuffix(" %"), " %")


def _bills(found: PriceReport) -> Iterator[str]:
    told = [
        f"{short_name(row.region_name)} {_money(row.extra)}, {percent(row.extra_share.median.value)}"
        for row in found.bills
    ]
    if told:
        yield (
            "Extra cost of what is used over the horizon, against the prices of the start: median (10-90 %), "
            f"and in percent: {'; '.join(told)}."
        )


def _given_up(found: PriceReport) -> Iterator[str]:
    told = [f"{short_name(row.region_name)} {_percent(row.given_up)}" for row in found.bills]
    cheap = any(row.given_up.low < 0 for row in found.bills)
    below = "; below 0: more is bought because it is cheap" if cheap else ""
    if told:
        yield f"Demand given up for its price (no shortage{below}): {'; '.join(told)}."


def _plant(row: PlantRow) -> str:
    costs = (
        f"Facility {row.facility}: a unit costs {spread(row.cost, price, f' {row.unit}')}, capital included"
    )
    if row.covers_cost.n == 0:
        return f"{costs}; it makes nothing by the end that has a price."
    beside = [f"{spread(row.home, price)} at home"]
    beside += [f"{spread(path, price)} landed from {zone} if let out" for zone, path in row.landed.items()]
    below = ""
    if row.undercut.n:
        below = f"; what comes from elsewhere would land below that cost in {_share(row.undercut)}"
    return (
        f"{costs}. From first output on the price of what it makes is in the mean {', '.join(beside)}. The "
        f"home price, or its floor, covers the cost in {_share(row.covers_cost)} of the time, and the cost "
        f"without capital in {_share(row.covers_cash_cost)}{below}. {_verdict(row.covers_cost)}"
    )


def _share(estimate: Estimate) -> str:
    limits = percent_range(max(estimate.low, 0.0), min(estimate.high, 1.0))
    # Where all replications agree the interval says nothing.
    alike = math.isnan(estimate.low) or estimate.low == estimate.high
    return percent(estimate.value) + ("" if alike else f" [{limits}]")


def _verdict(covers: Estimate) -> str:
    if covers.low > 0.5:
        return "At these prices it earns its cost more often than not."
    if covers.high < 0.5:
        return "At these prices it does not earn its cost most of the time."
    return "Whether it earns its cost more often than not is open."


def _reserves(found: PriceReport) -> Iterator[str]:
    for row in found.reserves:
        yield (
            f"Holding reserve {row.reserve} costs {_money(row.cost)} over the horizon, without what "
            "it bought."
        )


def _at_stake(report: Report, found: PriceReport) -> Iterator[str]:
    place_of = {(row.region, row.use): row.place for row in report.rows}
    told = [f"{place_of[row.region, row.use]} {_stake(row)}" for row in found.at_stake[:_MOST]]
    if told:
        yield (
            "Value at stake where demand is lost or waits, mean over the horizon and mean of the worst 5 %: "
            f"{'; '.join(told)}."
        )


def _stake(row: StakeRow) -> str:
    loss, worst = row.loss, row.worst.value
    if math.isnan(loss.low):
        (mean, tail), unit = _in_one_unit(loss.value, worst)
        return f"{mean} and {tail} {unit}"
    (mean, low, high, tail), unit = _in_one_unit(loss.value, max(loss.low, 0.0), loss.high, worst)
    return f"{mean} [{low}, {high}] and {tail} {unit}"


def _basis(found: PriceReport) -> Iterator[str]:
    assumed = [f"{row.assumed} of {row.numbers} on {row.what}" for row in found.basis if row.assumed]
    if assumed:
        yield f"Of the numbers behind this block, merely assumed are {', '.join(assumed)}."
    neither = [
        f"{none} of {row.numbers} on {row.what}"
        for row in found.basis
        if (none := row.numbers - row.assumed - row.sourced)
    ]
    if neither:
        yield f"Of the numbers behind this block, nobody says where they come from: {', '.join(neither)}."


def _in_one_unit(*values: float) -> tuple[list[str], str]:
    """Return sums of money as figures, all in one multiple of the dollar."""
    largest = max(map(abs, values))
    factor, unit = next(((f, u) for f, u in _MULTIPLES if largest >= f), (1.0, "USD"))
    return [_figures(value / factor) for value in values], unit


def _figures(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 99.95 or value == 0 else f"{value:.3g}"
