"""The boxes and the tree of `diamondsim discover` in words, and the same as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr

from diamondsim.reporting.bound_values import json_limits, or_null
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.reporting.formatting import chance, percent, replications
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import wrapped
from diamondsim.units import number_text


def discover_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield the boxes and the leaves of the tree, as conditions with their coverage and density.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.discover`.

    Yields
    ------
    str
    """
    attrs = found.attrs
    yield f"When {attrs['subject']}"
    yield from identity_lines(attrs)
    seed = f", seed {int(attrs['seed'])}" if "seed" in attrs else ""
    yield f"in {_chance(found['share'])} of {replications(int(attrs['replications']))}{seed}"
    for number in range(found.sizes["box"]):
        yield ""
        yield from _box(found.isel(box=number), number + 1)
    if found.sizes["box"] > 1:
        yield ""
        yield f"All boxes: density {_chance(found['density_together'])}"
        yield f"          coverage {_chance(found['coverage_together'])}"
    if found.sizes["leaf"] > 1:
        yield ""
        yield from _tree(found)
    if found.sizes["box"]:
        yield ""
        yield from wrapped(
            "density: how often it happens in the box; coverage: share of all such cases that the box holds; "
            "mass: share of all replications. Limits were found on one half of the replications, the figures "
            "are those of the other; 95 % intervals in brackets."
        )
    for line in attrs["warnings"].splitlines():
        yield from wrapped(f"warning: {line}")


def json_discover(found: xr.Dataset) -> dict[str, Any]:
    """Return the same as a document; a limit that does not exist is null."""
    attrs = found.attrs
    return {
        **json_identity(attrs),
        **{name: attrs[name] for name in ("metric", "region", "use", "condition")},
        "replications": int(attrs["replications"]),
        "cases": int(attrs["cases"]),
        "share": json_limits(found["share"]),
        "boxes": [_json_box(found.isel(box=k)) for k in range(found.sizes["box"])],
        "coverage_together": json_limits(found["coverage_together"]),
        "density_together": json_limits(found["density_together"]),
        "leaves": [_json_leaf(found.isel(leaf=k)) for k in range(found.sizes["leaf"])],
        "warnings": attrs["warnings"].splitlines(),
    }


def _box(one: xr.Dataset, number: int) -> Iterator[str]:
    yield f"Box {number}: density {_chance(one['density'])}"
    yield f"      coverage {_chance(one['coverage'])}, mass {percent(float(one['mass'][0]))}"
    limits = [*_limits(one, "box")]
    width = max(len(text) for _, text in limits)
    for k, text in limits:
        p, of_others = (_small(float(one[name][k])) for name in ("quasi_p", "p_value"))
        if width + 34 > 80:
            yield f"  {text}"
            yield f"      quasi-p {p}, other half {of_others}"
        else:
            yield f"  {text:<{width}}  quasi-p {p}, other half {of_others}"


def _tree(found: xr.Dataset) -> Iterator[str]:
    yield "Tree: leaves in which it is more frequent than in all replications"
    for number in range(found.sizes["leaf"]):
        one = found.isel(leaf=number)
        if float(one["leaf_density"][0]) <= float(found["share"][0]):
            continue
        yield f"  density {_chance(one['leaf_density'])}, coverage {percent(float(one['leaf_coverage'][0]))}"
        for _, text in _limits(one, "leaf"):
            yield f"      {text}"


def _limits(one: xr.Dataset, name: str) -> Iterator[tuple[int, str]]:
    """Yield the place of each input with limits, and the limits in words."""
    lows, highs = one[f"{name}_low"].values, one[f"{name}_high"].values
    for k in range(one.sizes["input"]):
        if not (math.isnan(lows[k]) and math.isnan(highs[k])):
            yield k, _condition(one.isel(input=k), float(lows[k]), float(highs[k]))


def _condition(one: xr.Dataset, low: float, high: float) -> str:
    name = str(one["input"].item())
    readable = readable_draw(name, str(one["input_path"].item()) if "input_path" in one.coords else name)
    if "input_draw" in one.coords and str(one["input_draw"].item()) == "uniform":
        # The number itself is not kept, only where in its distribution the draw lies.
        parts = [
            *([] if math.isnan(low) else [f"above the lowest {percent(low)}"]),
            *([] if math.isnan(high) else [f"in the lowest {percent(high)}"]),
        ]
        return f"{readable} {' and '.join(parts)} of its draws"
    unit = str(one["input_unit"].item()) if "input_unit" in one.coords else ""
    unit = "" if unit == "1" else f" {unit}"
    if math.isnan(high):
        return f"{readable} > {_rounded(low)}{unit}"
    begin = "" if math.isnan(low) else f"{_rounded(low)}{unit} < "
    return f"{begin}{readable} <= {_rounded(high)}{unit}"


def _rounded(value: float) -> str:
    return number_text(float(f"{value:.3g}"))


def _small(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _chance(variable: xr.DataArray) -> str:
    value, low, high = (float(each) for each in variable.values)
    return "-" if math.isnan(value) else chance(value, low, high)


def _json_box(one: xr.Dataset) -> dict[str, Any]:
    return {
        **{name: json_limits(one[name]) for name in ("density", "coverage", "mass")},
        "limits": [
            {**each, "quasi_p": float(one["quasi_p"][k]), "p_value": float(one["p_value"][k])}
            for k, each in _json_limits(one, "box")
        ],
    }


def _json_leaf(one: xr.Dataset) -> dict[str, Any]:
    return {
        **{name: json_limits(one[f"leaf_{name}"]) for name in ("density", "coverage", "mass")},
        "limits": [each for _, each in _json_limits(one, "leaf")],
    }


def _json_limits(one: xr.Dataset, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    about = ("input_path", "input_draw", "input_unit")
    for k, text in _limits(one, name):
        own = one.isel(input=k)
        yield (
            k,
            {
                "input": str(own["input"].item()),
                **{key.removeprefix("input_"): str(own[key].item()) for key in about if key in own.coords},
                "above": or_null(float(own[f"{name}_low"])),
                "at_most": or_null(float(own[f"{name}_high"])),
                "text": text,
            },
        )
