"""Which uses a picture shows: those that are asked for, otherwise those that are most often short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.plot.checked import require_name
from diamondsim.plot.texts import use_labels, volume_note
from diamondsim.reporting import short_name

_CHANCES = "chances of a shortage"


@dataclass(frozen=True)
class ChosenUses:
    """The uses of a picture, from top to bottom.

    Attributes
    ----------
    places : tuple of (str, str)
        Region and use of each.
    labels : tuple of str
    notes : tuple of str
        What is left out, and what is assumed.
    region_name : str
        Of the region that was asked for; empty if none was.
    """

    places: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    region_name: str


def chosen_uses(
    dataset: xr.Dataset,
    rank: xr.DataArray,
    *,
    region: str | None,
    use: str | None,
    most: int,
    by: str = _CHANCES,
) -> ChosenUses:
    """Choose the uses to be shown.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the names of regions and uses.
    rank : xarray.DataArray
        By region and use: NaN where there is nothing to show; those with the largest value are shown.
    region, use : str or None
        Only of this region, only this use.
    most : int
        Largest number of rows.
    by : str
        What `rank` holds, for the note on uses that are left out.

    Returns
    -------
    ChosenUses
        Empty if there is nothing to show.

    Raises
    ------
    ValueError
        If there is no such region or use, or `most` is not positive.
    """
    if most < 1:
        raise ValueError(f"most: expected an integer of at least 1, found {most!r}")
    regions = [str(each) for each in dataset["region"].values]
    uses = [str(each) for each in dataset["use"].values]
    if region is not None:
        regions = [require_name("region", region, regions)]
    if use is not None:
        uses = [require_name("use", use, uses)]
    values = rank.sel(region=regions, use=uses).transpose("region", "use").values
    places = [(values[i, j], i, j) for i in range(len(regions)) for j in range(len(uses))]
    # Of equals, the order of the scenario.
    known = sorted((place for place in places if not np.isnan(place[0])), key=lambda place: -place[0])
    shown = known[:most]
    all_pairs = tuple((regions[i], uses[j]) for _, i, j in known)
    pairs = all_pairs[:most]
    labels = use_labels(dataset, pairs, all_pairs, with_region=region is None or len(pairs) == 1)
    notes = []
    if hidden := known[len(shown) :]:
        compared = "smaller" if hidden[0][0] < shown[-1][0] else "no larger"
        are = "uses with {} are" if len(hidden) > 1 else "use with {} is"
        notes.append(f"{len(hidden)} {are.format(f'{compared} {by}')} not shown.")
    absent = len(places) - len(known)
    if absent and by == _CHANCES and (region is not None or use is not None):
        notes.append(f"Without demand, and not shown: {absent} of {len(places)} uses.")
    notes += volume_note(dataset, [use for _, use in pairs])
    name = "" if region is None else short_name(str(dataset["region_name"].sel(region=region).item()))
    return ChosenUses(pairs, labels, tuple(notes), name)


def shortage_rank(dataset: xr.Dataset) -> xr.DataArray:
    """Return the chance of a shortage by region and use; NaN for a use without demand in any replication."""
    chance: xr.DataArray = dataset["probability_of_shortage"].sel(bound="estimate", drop=True)
    if "demand" not in dataset:
        return chance
    return chance.where((dataset["demand"] > 0).any("replication"))
