"""The probability of each legal state that a scenario names: after one year, and over the whole horizon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import joined
from diamondsim.reporting.formatting import percent
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.use_rows import date_of
from diamondsim.results import Estimate, sample_size, settings_of
from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class LegalStateRow:
    """A legal state and its probability.

    Attributes
    ----------
    state : str
    controls : dict of str to bool
        Whether each of some controls is in effect.
    day : date
        First day of the tick in which the first year ends, or of the last tick if the horizon is shorter.
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
    """Return the probability of each legal state that a scenario names.

    Parameters
    ----------
    scenario : Scenario
    dataset : xarray.Dataset
        Of `monte_carlo`.

    Returns
    -------
    list of LegalStateRow
    """
    year = int(DAYS_PER_YEAR / float(dataset.attrs["tick_days"]) + 0.5)
    tick = min(year, dataset.sizes["time"] - 1)
    day, n = date_of(dataset["time"].values, tick), sample_size(dataset)
    rows = []
    for state, controls in settings_of(scenario).legal_states.items():
        probability = dataset["legal_state_probability"].sel(legal_state=state).values
        value, low, high = map(float, probability[tick])
        mean = float(probability[:, 0].mean())
        rows.append(LegalStateRow(state, dict(controls), day, Estimate(value, low, high, n), mean))
    return rows


def legal_state_beside(legal_state: str, of_reference: str | None) -> str:
    """Return the legal state of one of several scenarios, or that it is as the reference's.

    Parameters
    ----------
    legal_state : str
    of_reference : str or None
        None for the reference itself.

    Examples
    --------
    >>> legal_state_beside("B", None), legal_state_beside("B", "B"), legal_state_beside("A", "B")
    ('B', 'as the reference', 'A')
    """
    return "as the reference" if legal_state == of_reference else legal_state


def legal_state_lines(rows: Sequence[LegalStateRow]) -> list[str]:
    """Return the lines with the probability of each legal state, and a key; none if no legal state is named.

    Parameters
    ----------
    rows : sequence of LegalStateRow

    Returns
    -------
    list of str

    Examples
    --------
    >>> row = LegalStateRow("A", {"ban": False}, dt.date(2027, 11, 22), Estimate(0.75, 0.7, 0.8, 400), 0.5)
    >>> print(*legal_state_lines([row]), sep=" | ")
    legal states on 2027-11-22: A 75 %; share of the horizon: A 50 % | in effect: A not ban
    """
    if not rows:
        return []
    key = legal_state_key(rows)
    return [
        *wrapped(f"legal states on {rows[0].day}: {legal_state_shares(rows)}"),
        *(wrapped(f"in effect: {key}") if key else []),
    ]


def legal_state_shares(rows: Sequence[LegalStateRow]) -> str:
    """Return the probability of each legal state on the day of the rows, and its share of the horizon."""
    on_day = ", ".join(f"{row.state} {percent(row.on_day.value)}" for row in rows)
    in_all = ", ".join(f"{row.state} {percent(row.share_of_time)}" for row in rows)
    return f"{on_day}; share of the horizon: {in_all}"


def legal_state_key(rows: Sequence[LegalStateRow]) -> str:
    """Return which controls each legal state is about, by their ids, and which of them are in effect.

    Examples
    --------
    >>> day, half = dt.date(2027, 11, 22), Estimate(0.5, 0.4, 0.6, 400)
    >>> states = {"A": {"x": False, "y": False}, "B": {"x": True, "y": False}, "D": {"x": True, "y": True}}
    >>> legal_state_key([LegalStateRow(name, controls, day, half, 0.5) for name, controls in states.items()])
    'A neither x nor y; B x without y; D x and y'
    """
    return "; ".join(f"{row.state} {_in_effect(row.controls)}" for row in rows if row.controls)


def _in_effect(controls: Mapping[str, bool]) -> str:
    on = [name for name, is_on in controls.items() if is_on]
    off = [name for name in controls if name not in on]
    if not on:
        return f"{'neither' if len(off) > 1 else 'not'} {joined(off, 'nor')}"
    return joined(on) + (f" without {joined(off)}" if off else "")


def head_lines(
    title: str, as_of: object, legal_state: str | None, outdated: str | None, changes: Sequence[str] = ()
) -> Iterator[str]:
    """Yield the lines that identify a scenario, none longer than those of a report."""
    yield from wrapped(title)
    yield from wrapped(f"as of {as_of or 'not given'}; legal state: {legal_state or 'not given'}")
    for line in outdated_lines(outdated):
        yield from wrapped(line)
    yield from changed_lines(changes)


def identity_lines(attrs: Mapping[Any, Any]) -> Iterator[str]:
    """Yield the same lines from the attributes of a Dataset; none if they do not say what it is of."""
    if "title" in attrs:
        yield from head_lines(
            str(attrs["title"]),
            attrs.get("as_of"),
            attrs.get("legal_state"),
            attrs.get("legal_state_outdated"),
            str(attrs.get("changes", "")).splitlines(),
        )


def json_identity(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the same as the part of a document that identifies its scenario; null for what is not known."""
    texts = ("title", "as_of", "legal_state", "scenario_hash")
    return {
        "version": attrs.get("diamondsim_version"),
        **{name: attrs.get(name) for name in texts},
        "legal_state_outdated": attrs.get("legal_state_outdated") or None,
        "changes": str(attrs.get("changes", "")).splitlines(),
        "seed": int(attrs["seed"]) if "seed" in attrs else None,
    }


def changed_lines(changes: Sequence[str]) -> list[str]:
    """Return the lines on what was changed in a scenario, none if nothing was.

    Parameters
    ----------
    changes : sequence of str
        Each as ``path=value``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> changed_lines(["horizon.length=1 yr", "reserves.us=null"])
    ['changed: horizon.length=1 yr, reserves.us=null']
    """
    return wrapped(f"changed: {', '.join(changes)}") if changes else []


def outdated_lines(outdated: str | None) -> list[str]:
    """Return the line that marks a legal state as outdated, or none.

    Parameters
    ----------
    outdated : str or None
        Why the legal state may no longer apply; empty or None if nothing suggests it.

    Returns
    -------
    list of str

    Examples
    --------
    >>> outdated_lines("written for calm; the controls were changed since by --set controls.ban")
    ['! this legal state was written for calm; the controls were changed since by --set controls.ban']
    """
    return [f"! this legal state was {outdated}"] if outdated else []
