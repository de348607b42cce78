"""The conclusions on prices and costs as sentences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from diamondsim.reporting.formatting import figures, multiple_for, percent, percent_range, price
from diamondsim.reporting.place_labels import distinct_labels
from diamondsim.reporting.price_report import PlantRow, PriceReport, Spread, StakeRow
from diamondsim.reporting.report import Report
from diamondsim.results import Estimate

_MAX_AT_STAKE = 3
"""Number of uses named in the sentence on the value at stake."""


def price_sentences(report: Report) -> tuple[str, ...]:
    """Return the conclusions on prices and costs; none if there are neither.

    Parameters
    ----------
    report : Report

    Returns
    -------
    tuple of str
        Extra cost of consumption, demand given up, economics of facilities, cost of reserves, value at stake,
        basis of the numbers.
    """
    prices = report.prices
    if prices is None:
        return ()
    return (
        *_bills(prices),
        *_given_up(prices),
        *(_plant(row) for row in prices.plants),
        *_reserves(prices),
        *_at_stake(report, prices),
        *_basis(prices),
    )


def format_spread(value: Spread, formatted: Callable[[float], str], unit: str = "") -> str:
    """Return a median with its range in parentheses; without the range if it reads the same.

    Examples
    --------
    >>> format_spread(Spread(Estimate(0.17, 0.16, 0.18, 9), 0.13, 0.24), price, " USD/ct")
    '0.17 USD/ct (0.13 to 0.24)'
    """
    if value.median.n == 0:
        return "-"
    median, low, high = (formatted(x) for x in (value.median.value, value.low, value.high))
    return _ranged(median, low, high, unit)


def _ranged(median: str, low: str, high: str, unit: str) -> str:
    return median + unit if low == median == high else f"{median}{unit} ({low} to {high})"


def _money(value: Spread) -> str:
    (median, low, high), unit = _in_one_unit(value.median.value, value.low, value.high)
    return _ranged(median, low, high, f" {unit}")


def _percent(value: Spread) -> str:
    return format_spread(value, lambda x: percent(x).removesuffix(" %"), " %")


def _bills(prices: PriceReport) -> Iterator[str]:
    names = distinct_labels(row.region_name for row in prices.bills)
    costs = [
        f"{names[row.region_name]} {_money(row.extra)}, {percent(row.extra_share.median.value)}"
        for row in prices.bills
    ]
    if costs:
        yield (
            "Extra cost of consumption over the horizon compared with the prices of the start: median "
            f"(10-90 %), and in percent: {'; '.join(costs)}."
        )


def _given_up(prices: PriceReport) -> Iterator[str]:
    names = distinct_labels(row.region_name for row in prices.bills)
    shares = [f"{names[row.region_name]} {_percent(row.given_up)}" for row in prices.bills]
    cheap = any(row.given_up.low < 0 for row in prices.bills)
    below = "; below 0: more is bought because it is cheap" if cheap else ""
    if shares:
        yield f"Demand given up because of its price (no shortage, but a need{below}): {'; '.join(shares)}."


def _plant(row: PlantRow) -> str:
    unit_cost = format_spread(row.cost, price, f" {row.unit}")
    cost = f"Facility {row.facility}: unit cost {unit_cost}, capital included"
    if row.covers_cost.n == 0:
        return f"{cost}; by the end of the horizon it makes nothing that has a price."
    means = [f"{format_spread(row.home, price, f' {row.unit}')} at home"]
    means += [
        f"{format_spread(path, price)} landed from {zone} if exports are permitted"
        for zone, path in row.landed.items()
    ]
    below = ""
    if row.undercut.n:
        below = f"; goods from elsewhere would land below that cost in {_share(row.undercut)}"
    return (
        f"{cost}. The mean price of its products from first output on is {', '.join(means)}. The home "
        f"price, or its floor, covers the cost in {_share(row.covers_cost)} of the time, and the cost "
        f"without capital in {_share(row.covers_cash_cost)}{below}. {_verdict(row.covers_cost)}"
    )


def _share(estimate: Estimate) -> str:
    limits = percent_range(max(estimate.low, 0.0), min(estimate.high, 1.0))
    # If all replications agree, the interval is not informative.
    no_interval = math.isnan(estimate.low) or estimate.low == estimate.high
    return percent(estimate.value) + ("" if no_interval else f" [{limits}]")


def _verdict(covers: Estimate) -> str:
    if covers.low > 0.5:
        return "At these prices it covers its cost more often than not."
    if covers.high < 0.5:
        return "At these prices it does not cover its cost most of the time."
    return "Whether it covers its cost more often than not is uncertain."


def _reserves(prices: PriceReport) -> Iterator[str]:
    for row in prices.reserves:
        yield (
            f"Holding reserve {row.reserve} costs {_money(row.cost)} over the horizon, "
            "excluding its purchases."
        )


def _at_stake(report: Report, prices: PriceReport) -> Iterator[str]:
    place_of = {(row.region, row.use): row.place for row in report.rows}
    stakes = [f"{place_of[row.region, row.use]} {_stake(row)}" for row in prices.at_stake[:_MAX_AT_STAKE]]
    if stakes:
        yield (
            "Value at stake over the horizon from lost or delayed demand, mean and mean of the worst 5 %: "
            f"{'; '.join(stakes)}."
        )


def _stake(row: StakeRow) -> str:
    loss, worst = row.loss, row.worst.value
    if math.isnan(loss.low):
        (mean, tail), unit = _in_one_unit(loss.value, worst)
        return f"{mean} and {tail} {unit}"
    (mean, low, high, tail), unit = _in_one_unit(loss.value, max(loss.low, 0.0), loss.high, worst)
    return f"{mean} [{low}, {high}] and {tail} {unit}"


def _basis(prices: PriceReport) -> Iterator[str]:
    assumed = [f"{row.assumed} of {row.numbers} on {row.what}" for row in prices.basis if row.assumed]
    if assumed:
        yield f"Numbers behind this section that are merely assumed: {', '.join(assumed)}."
    neither = [
        f"{none} of {row.numbers} on {row.what}"
        for row in prices.basis
        if (none := row.numbers - row.assumed - row.sourced)
    ]
    if neither:
        yield f"Numbers behind this section without source or assumption: {', '.join(neither)}."


def _in_one_unit(*values: float) -> tuple[list[str], str]:
    """Return amounts of money, all in the same multiple of the dollar, and its name."""
    largest = max(map(abs, values))
    factor, unit = multiple_for(largest, "USD")
    return [figures(value / factor) for value in values], unit
