"""What a run is conditioned on: each figure beside what replications expect before and after it is used."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.formatting import replications
from diamondsim.reporting.plain_tables import add_figures, bare_table, stacked
from diamondsim.reporting.price_report import Spread
from diamondsim.results import weights_of

MANY = 12
"""With more observations the table shows the last ones only; --json has all."""


@dataclass(frozen=True)
class ObservedRow:
    """A figure, and what replications expect of it.

    Attributes
    ----------
    figure, unit, source : str
    observed, error : float
        In the unit; of licences the share granted, and that of meaningless reports.
    before, after : Spread
        Of what replications expect, without and with the weights.
    """

    figure: str
    unit: str
    source: str
    observed: float
    error: float
    before: Spread
    after: Spread


@dataclass(frozen=True)
class ObservedReport:
    """What a run is conditioned on.

    Attributes
    ----------
    rows : tuple of ObservedRow
    replications : int
    effective_size : float
    warning : str or None
        Why the results are not to be trusted.
    """

    rows: tuple[ObservedRow, ...]
    replications: int
    effective_size: float
    warning: str | None


def observed_report(dataset: xr.Dataset) -> ObservedReport | None:
    """Return what a run is conditioned on; None if on nothing."""
    weights = weights_of(dataset)
    if weights is None or "observed" not in dataset:
        return None
    rows = []
    for number in range(dataset.sizes["observation"]):
        one = dataset.isel(observation=number)
        expected = one["expected"].values
        rows.append(
            ObservedRow(
                figure=str(one["observation"].item()),
                unit=str(one["observed_unit"].item()),
                source=str(one["observed_source"].item()),
                observed=float(one["observed"]),
                error=float(one["observed_error"]),
                before=Spread.of(expected),
                after=Spread.of(expected, weights),
            )
        )
    return ObservedReport(
        rows=tuple(rows),
        replications=dataset.sizes["replication"],
        effective_size=float(dataset.attrs["effective_size"]),
        warning=str(dataset.attrs["conditioning_warning"]) or None,
    )


def observed_lines(report: ObservedReport | None, *, baseline: bool) -> list[Text]:
    """Return the lines on the observations for the head of the table; none without observations.

    `baseline` says whether there is one.
    """
    if report is None:
        return []
    figures = "1 observation" if len(report.rows) == 1 else f"{len(report.rows)} observations"
    line = (
        f"conditioned on {figures}: {replications(report.replications)} with an effective sample size of "
        f"{report.effective_size:,.0f}{'; the baseline is not conditioned' if baseline else ''}"
    )
    marked = [Text(f"! {report.warning}", style="yellow")] if report.warning else []
    return [Text(line), *marked]


def observed_table(report: ObservedReport | None, *, names_files: bool = True) -> list[Table | Text]:
    """Return the table of the observations; nothing without observations.

    `names_files` says whether to name the option that prints all of them.
    """
    if report is None:
        return []
    table = bare_table()
    table.add_column("Observed", overflow="fold")
    add_figures(table, "Figure,\nerror", justify="right")
    table.add_column("Unit")
    add_figures(table, "Expected before:\nmedian (10-90 %)", justify="right")
    add_figures(table, "Expected after:\nmedian (10-90 %)", justify="right")
    for row in report.rows[-MANY:]:
        unit, scale = ("Mct", 1e-6) if row.unit == "ct" else (row.unit, 1.0)
        figure = f"{_figure(scale * row.observed)}, {_figure(scale * row.error)}"
        spreads = (stacked(_spread(each, scale)) for each in (row.before, row.after))
        table.add_row(row.figure, figure, unit, *spreads)
    left_out = len(report.rows) - MANY
    more = (
        [Text(f"and {left_out} before them{', see --json' if names_files else ''}")] if left_out > 0 else []
    )
    return [Text(), table, *more]


def _spread(spread: Spread, scale: float) -> str:
    middle, low, high = (_figure(scale * value) for value in (spread.median.value, spread.low, spread.high))
    return f"{middle} ({low}..{high})"


def _figure(value: float) -> str:
    """Return a number with three digits that count, without an exponent where it is large."""
    return f"{float(f'{value:.3g}'):,.10g}"
