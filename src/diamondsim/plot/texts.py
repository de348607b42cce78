"""What a picture says of the Dataset it is of: scenario, replications, as-of date, legal state, volumes."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from diamondsim.errors import ScenarioError
from diamondsim.reporting import distinct_labels, in_words, labels_of_names, labels_of_pairs, replications
from diamondsim.scenario import Scenario, read_scenario

_LONGEST = 260
"""Letters of a text that a user wrote, such as a legal state."""
MARK = "\N{NO-BREAK SPACE}*"
"""Stands behind the name of a use whose volumes are assumed."""
ASSUMED = "* The volumes of this use are assumed."


def subtitle(dataset: xr.Dataset) -> list[str]:
    """Return the lines under the title: scenario, replications, as-of date and legal state.

    Only what the Dataset states: forecasts of earlier controls, for example, have no legal state.
    """
    attrs = dataset.attrs
    lines = [shortened(str(attrs["title"]))] if "title" in attrs else []
    size = [replications(int(attrs["replications"]))] if "replications" in attrs else []
    if "replication" in attrs:
        size = [f"Replication {int(attrs['replication']):,}, one path of many, not a forecast"]
    seed = [f"seed {attrs['seed']}"] if "seed" in attrs else []
    as_of = [f"as of {attrs['as_of'] or 'not given'}"] if "as_of" in attrs else []
    if size or seed or as_of:
        lines.append("; ".join([", ".join([*size, *seed]), *as_of] if size or seed else as_of))
    if "legal_state" in attrs:
        lines.append(shortened(f"Legal state: {attrs['legal_state'] or 'not given'}"))
    if outdated := attrs.get("legal_state_outdated"):
        lines.append(shortened(f"! This legal state was {outdated}"))
    if changes := str(attrs.get("changes", "")).split("\n"):
        lines += [shortened(f"Changed: {', '.join(changes)}")] if changes != [""] else []
    return lines


def axis_text(variable: xr.DataArray, attrs: Mapping[Any, Any] | None = None) -> str:
    """Return the name of a variable with its unit, as an axis shows them.

    With the attributes of a run, a tick of a week or a day is called so.

    Examples
    --------
    >>> attrs = {"long_name": "stock in days of expected demand: quantiles", "units": "day"}
    >>> axis_text(xr.DataArray(0.0, attrs=attrs))
    'Stock in days of expected demand'
    >>> axis_text(xr.DataArray(0.0, attrs={"long_name": "output: mean", "units": "carat"}))
    'Output (carat)'
    """
    name = re.sub(r"(: (quantiles|mean)$)|(^(mean|quantiles) of: )", "", str(variable.attrs["long_name"]))
    name = in_words(name, float((attrs or {}).get("tick_days", 0)))
    units = str(variable.attrs.get("units", "1"))
    known = units in ("1", "unit of the use") or f"{units}s" in name
    return f"{name[:1].upper()}{name[1:]}" + ("" if known else f" ({units})")


def use_labels(
    dataset: xr.Dataset,
    pairs: Sequence[tuple[str, str]],
    known: Sequence[tuple[str, str]],
    *,
    with_region: bool,
) -> tuple[str, ...]:
    """Return the labels of uses, each with a mark if its volumes are assumed.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the names of regions and uses.
    pairs : sequence of (str, str)
        Region and use of each.
    known : sequence of (str, str)
        All from which a label has to tell a use.
    with_region : bool
        Whether the label ends in the region.
    """
    names = labels_of_pairs(dataset, [{"region": region, "use": use} for region, use in known])
    labels = []
    for pair in pairs:
        region, use = names[pair]
        mark = MARK if is_assumed(dataset, pair[1]) else ""
        labels.append(f"{use}, {region}{mark}" if with_region else use + mark)
    return tuple(labels)


def place_names(
    trace: xr.Dataset, places: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the labels of regions and uses of a trace, which has only their ids."""
    scenario = _scenario_of(trace)
    if scenario is None:
        return {place: place for place in places}
    regions = {name: region.name or name for name, region in scenario.regions.items()}
    uses = {name: use.name or name for name, use in scenario.uses.items()}
    return labels_of_names({(r, u): (regions.get(r, r), uses.get(u, u)) for r, u in places})


def _scenario_of(dataset: xr.Dataset) -> Scenario | None:
    """Return the scenario that a result holds; None if it is of a former version, or not kept."""
    try:
        return read_scenario(str(dataset.attrs.get("scenario", "")))
    except ScenarioError:
        return None


def control_labels(dataset: xr.Dataset) -> dict[str, str]:
    """Return the name of each control of a run or a trace as a label; its id if the scenario gives none.

    What a control brings along, such as its spillover, stands before the name.
    """
    ids = [str(name) for name in dataset["control"].values]
    scenario = _scenario_of(dataset)
    if scenario is None:
        return {name: name for name in ids}
    controls = scenario.controls
    names = {name: control.name or name for name, control in controls.items()}
    labels, times = distinct_labels(names.values()), Counter(names.values())
    found = {}
    for each in ids:
        name, _, part = each.partition(" ")
        label = labels.get(names.get(name, ""), name)
        label = label if times[names.get(name, "")] < 2 else f"{label} [{name}]"
        found[each] = f"{part}: {label}" if part else label
    return found


def is_assumed(dataset: xr.Dataset, use: str) -> bool:
    """Return whether the volumes of a use are assumed."""
    return "volumes" in dataset and str(dataset["volumes"].sel(use=use).item()) == "assumed"


def volume_note(dataset: xr.Dataset, uses: Sequence[str]) -> list[str]:
    """Return the note that explains the mark, if a use that is shown has it."""
    return [ASSUMED] if any(is_assumed(dataset, use) for use in uses) else []


def two_lines(label: str, letters: int = 24) -> str:
    r"""Return a label on at most two lines, cut if it is longer.

    Examples
    --------
    >>> two_lines("Machining and chip tools, United States")
    'Machining and chip\ntools, United States'
    """
    lines = textwrap.wrap(label, letters)
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1][: letters - 2].rstrip()} …{MARK if label.endswith(MARK) else ''}"]
    return "\n".join(lines)


def shortened(text: str) -> str:
    """Return a text that a user wrote, cut if it is long."""
    return textwrap.shorten(" ".join(text.split()), _LONGEST, placeholder=" …")
