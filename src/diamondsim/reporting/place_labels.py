"""Labels of uses and regions for tables and charts: short, and never one label for two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import xarray as xr

from diamondsim.reporting.formatting import short_name
from diamondsim.reporting.use_rows import UseRow

Place = tuple[str, str]
"""Ids of a region and of a use in it, or their labels."""


def distinct_labels(names: Iterable[str]) -> dict[str, str]:
    """Return a label for each name: without its parentheses, unless another name would then read the same.

    Examples
    --------
    >>> distinct_labels(["Home (a)", "Home (b)", "Other allies (EU)"])
    {'Home (a)': 'Home (a)', 'Home (b)': 'Home (b)', 'Other allies (EU)': 'Other allies'}
    """
    short = {name: short_name(name) for name in names}
    times = Counter(short.values())
    return {name: label if times[label] == 1 else name for name, label in short.items()}


def labels_of_names(names: Mapping[Place, Place]) -> dict[Place, Place]:
    """Return the labels of regions and uses; ids follow where even the full names are the same.

    Parameters
    ----------
    names : dict
        Names of region and use by their ids.

    Examples
    --------
    >>> labels_of_names({("us", "u"): ("US", "All uses (a)"), ("jp", "v"): ("Japan", "All uses (b)")})
    {('us', 'u'): ('US', 'All uses'), ('jp', 'v'): ('Japan', 'All uses')}
    >>> labels_of_names({("us", "u"): ("US", "Grinding"), ("us", "v"): ("US", "Grinding")})
    {('us', 'u'): ('US', 'Grinding [u]'), ('us', 'v'): ('US', 'Grinding [v]')}
    """
    regions = distinct_labels(region for region, _ in names.values())
    uses = _use_labels(names)
    region_of = {region: regions[name] for (region, _), (name, _) in names.items()}
    regions_of_label = Counter(region_of.values())
    labels: dict[Place, Place] = {}
    for (region, use), (_, use_name) in names.items():
        label = region_of[region]
        if regions_of_label[label] > 1:
            label = f"{label} [{region}]"
        labels[region, use] = (label, uses[use_name])
    times = Counter(labels.values())
    return {
        (region, use): (where, label if times[where, label] == 1 else f"{label} [{use}]")
        for (region, use), (where, label) in labels.items()
    }


def _use_labels(names: Mapping[Place, Place]) -> dict[str, str]:
    """Return a label of each name of a use; in full where two uses of one region would read the same.

    Uses of different regions, such as all uses of each, may share a label: the region tells them apart.
    """
    in_region: dict[str, list[str]] = {}
    for (region, _), (_, use_name) in names.items():
        in_region.setdefault(region, []).append(use_name)
    found = [distinct_labels(each) for each in in_region.values()]
    alike = {name for labels in found for name, label in labels.items() if label != short_name(name)}
    return {name: name if name in alike else short_name(name) for labels in found for name in labels}


def labels_of_rows(rows: Iterable[UseRow]) -> dict[Place, Place]:
    """Return the labels of the region and the use of each row."""
    return labels_of_names({(row.region, row.use): (row.region_name, row.use_name) for row in rows})


def joined_labels(rows: Iterable[UseRow], shown: Iterable[UseRow], between: str = ", ") -> list[str]:
    """Return one label for use and region of each row that is shown, of all `rows` of the run."""
    labels = labels_of_rows(rows)
    places = [labels[row.region, row.use] for row in shown]
    return [f"{use}{between}{region}" for region, use in places]


def labels_of_pairs(dataset: xr.Dataset, pairs: Sequence[Mapping[str, str]]) -> dict[Place, Place]:
    """Return the labels of regions and uses, each pair by id, as a Dataset names them."""
    names = {}
    for pair in pairs:
        region = str(dataset["region_name"].sel(region=pair["region"]).item())
        names[pair["region"], pair["use"]] = region, str(dataset["use_name"].sel(use=pair["use"]).item())
    return labels_of_names(names)
