"""How likely each legal state is that a scenario names, when a year is over, and how long it lasts in all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import xarray as xr

from diamondsim.reporting.rows import date_of
from diamondsim.reporting.words import percent
from diamondsim.results.estimates import Estimate
from diamondsim.results.settings import settings_of
from diamondsim.scenario import Scenario

_YEAR = 365.25


@dataclass(frozen=True)
class LegalStateRow:
    """A legal state, and how likely it is.

    Attributes
    ----------
    state : str
    controls : dict of str to bool
        Whether each of some controls is in effect.
    day : date
        First day of the tick in which a year is over; of the last one where the horizon is shorter.
    on_day : Estimate
        Probability in that tick.
    share_of_time : float
        Mean of the probability over the horizon.
    """

    state: str
    controls: dict[str, bool]
    day: dt.date
    on_day: Estimate
    share_of_time: float


def legal_state_rows(scenario: Scenario, dataset: xr.Dataset) -> list[LegalStateRow]:
    """Return how likely each legal state is that a scenario names.

    Parameters
    ----------
    scenario : Scenario
    dataset : xarray.Dataset
        Of `monte_carlo`.

    Returns
    -------
    list of LegalStateRow
    """
    year = int(_YEAR / float(dataset.attrs["tick_days"]) + 0.5)
    tick = min(year, dataset.sizes["time"] - 1)
    day, n = date_of(dataset["time"].values, tick), int(dataset.attrs["replications"])
    rows = []
    for state, controls in settings_of(scenario).legal_states.items():
        likely = dataset["legal_state_probability"].sel(legal_state=state).values
        value, low, high = map(float, likely[tick])
        mean = float(likely[:, 0].mean())
        rows.append(LegalStateRow(state, dict(controls), day, Estimate(value, low, high, n), mean))
    return rows


def legal_state_lines(rows: Sequence[LegalStateRow]) -> list[str]:
    """Return the line that says how likely each legal state is; none where none is named.

    Parameters
    ----------
    rows : sequence of LegalStateRow

    Returns
    -------
    list of str

    Examples
    --------
    >>> most = Estimate(0.75, 0.7, 0.8, 400)
    >>> legal_state_lines([LegalStateRow("A", {"ban": False}, dt.date(2027, 11, 22), most, 0.5)])
    ['legal states on 2027-11-22: A 75 %; of the whole time: A 50 %']
    """
    if not rows:
        return []
    on_day = ", ".join(f"{row.state} {percent(row.on_day.value)}" for row in rows)
    in_all = ", ".join(f"{row.state} {percent(row.share_of_time)}" for row in rows)
    return [f"legal states on {rows[0].day}: {on_day}; of the whole time: {in_all}"]
