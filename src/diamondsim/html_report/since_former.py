"""What changed since a former result: law, numbers, milestones, and the chances of shortages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.errors import ScenarioError
from diamondsim.html_report.page_parts import PageTable, with_month_names
from diamondsim.reporting import (
    UseRow,
    chance,
    chance_differences,
    difference,
    labels_of_rows,
    month,
    onset_of,
    replications,
    rows_of_uses,
    signed,
)
from diamondsim.results import Estimate, weights_of
from diamondsim.scenario import Scenario, read_scenario

_NOTABLE = 0.01
"""Uses that are short less often, then and now, are left out."""
_MOST_NUMBERS = 60
"""Changed numbers that are listed; of more, the others are counted."""
_ABSENT = "-"


@dataclass(frozen=True)
class ChangesSince:
    """What changed since a former result.

    Attributes
    ----------
    facts : PageTable
        Title, dates, law and size, then and now.
    uses : PageTable
        Chances of a shortage, then and now; the largest change first.
    facilities : PageTable or None
        First output of each facility, then and now.
    numbers : PageTable or None
        Numbers of the scenario that are not the same; None if all are.
    remarks : tuple of str
    """

    facts: PageTable
    uses: PageTable
    facilities: PageTable | None
    numbers: PageTable | None
    remarks: tuple[str, ...]


def since(dataset: xr.Dataset, former: xr.Dataset, scenario: Scenario) -> ChangesSince:
    """Return what changed since a former result.

    Parameters
    ----------
    dataset, former : xarray.Dataset
        Of `monte_carlo`.
    scenario : Scenario
        Of `dataset`.
    """
    changed, more = _changed_numbers(former, scenario)
    remarks = [f"{more} more numbers differ."] if more else []
    paired = _paired_changes(dataset, former)
    if not paired:
        remarks.append(
            "The two results do not have the same random numbers replication by replication (another seed, "
            "sampling or number of replications, or weights): changes have no interval, and part of each is "
            "chance."
        )
    return ChangesSince(
        facts=_facts(dataset, former),
        uses=_uses(dataset, former, paired),
        facilities=_facilities(dataset, former),
        numbers=changed,
        remarks=tuple(remarks),
    )


def _facts(dataset: xr.Dataset, former: xr.Dataset) -> PageTable:
    names = {
        "title": "Title",
        "as_of": "As of",
        "legal_state": "Legal state",
        "changes": "Changed by options",
        "diamondsim_version": "Version of diamondsim",
        "seed": "Seed",
    }
    rows = [
        (text, *(str(run.attrs.get(name, "")).replace("\n", ", ") or _ABSENT for run in (former, dataset)))
        for name, text in names.items()
    ]
    rows.append(("Replications", *(f"{run.sizes['replication']:,}" for run in (former, dataset))))
    rows.append(("Begins", *(str(run["time"].values[0])[:10] for run in (former, dataset))))
    kept = [row for row in rows if row[1] != row[2] or row[0] == "As of"]
    return PageTable.of("What the two results are of", ("", "Then", "Now"), kept)


def _uses(dataset: xr.Dataset, former: xr.Dataset, paired: Mapping[tuple[str, str], Estimate]) -> PageTable:
    now, then = (_by_place(run) for run in (dataset, former))
    labels = labels_of_rows({**then, **now}.values())
    rows: list[tuple[float, tuple[str, ...]]] = []
    for key in dict.fromkeys((*now, *then)):
        one, other = now.get(key), then.get(key)
        if max(row.chance.value for row in (one, other) if row is not None) < _NOTABLE:
            continue
        row = one or other
        assert row is not None, "the key is of one of them"
        moved = one.chance.value - other.chance.value if one and other else np.nan
        text = _ABSENT if np.isnan(moved) else signed(100 * moved, ".1f")
        if key in paired:
            moved = paired[key].value
            text = difference(moved, paired[key].low, paired[key].high)
        region, use = labels[key]
        name = f"{use}, {region}"
        rows.append((0.0 if np.isnan(moved) else abs(moved), (name, _chance(other), _chance(one), text)))
    rows.sort(key=lambda row: -row[0])
    head = ("Use", "Then", "Now", "Change, points [95 % interval]" if paired else "Change, points")
    return PageTable.of("Chance of a shortage, then and now", head, [cells for _, cells in rows])


def _paired_changes(dataset: xr.Dataset, former: xr.Dataset) -> dict[tuple[str, str], Estimate]:
    """Return the paired difference of the chances by region and use; empty if pairs say something else.

    The chances are over all replications of each result: pairs of some of them have another difference.
    """
    same_size = dataset.sizes["replication"] == former.sizes["replication"]
    return chance_differences(dataset, former) if same_size else {}


def _by_place(run: xr.Dataset) -> Mapping[tuple[str, str], UseRow]:
    return {(row.region, row.use): row for row in rows_of_uses(run)}


def _chance(row: UseRow | None) -> str:
    return _ABSENT if row is None else chance(row.chance.value, row.chance.low, row.chance.high)


def _facilities(dataset: xr.Dataset, former: xr.Dataset) -> PageTable | None:
    found = [_first_outputs(run) for run in (former, dataset)]
    names = [*dict.fromkeys(name for outputs in found for name in outputs)]
    if not names:
        return None
    rows = [(name, *(outputs.get(name, _ABSENT) for outputs in found)) for name in names]
    return PageTable.of("First output of facilities, median", ("Facility", "Then", "Now"), rows)


def _first_outputs(run: xr.Dataset) -> dict[str, str]:
    if "first_output" not in run:
        return {}
    onsets = {
        str(name): onset_of(
            run["first_output"].sel(facility=name).values.astype(float), run["time"].values, weights_of(run)
        )
        for name in run["facility"].values
    }
    return {
        name: "none" if onset is None else with_month_names(month(onset.median))
        for name, onset in onsets.items()
    }


def _changed_numbers(former: xr.Dataset, scenario: Scenario) -> tuple[PageTable | None, int]:
    """Return the numbers that are not the same, and how many more there are."""
    try:
        older = read_scenario(str(former.attrs["scenario"]))
    except ScenarioError:  # a former version wrote keys that are refused today
        return PageTable.of(
            "Numbers that differ",
            ("Number", "Then", "Now"),
            [("Cannot be compared: this version does not read the former scenario.", "", "")],
        ), 0
    then, now = ({number.path: number.text for number in each.numbers} for each in (older, scenario))
    rows = [
        (path, then.get(path, _ABSENT), now.get(path, _ABSENT))
        for path in dict.fromkeys((*now, *then))
        if then.get(path) != now.get(path)
    ]
    if not rows:
        return None, 0
    table = PageTable.of("Numbers that differ", ("Number", "Then", "Now"), rows[:_MOST_NUMBERS])
    return table, max(0, len(rows) - _MOST_NUMBERS)


def size_text(run: xr.Dataset) -> str:
    """Return what a former result is, for the head of the section."""
    return (
        f"{run.attrs.get('title', 'a result')}, as of {run.attrs.get('as_of') or 'not given'}, "
        f"{replications(run.sizes['replication'])}"
    )
