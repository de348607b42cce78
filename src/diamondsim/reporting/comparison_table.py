"""The comparison of several scenarios as a table and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim._version import __version__
from diamondsim.analysis import failures_in
from diamondsim.errors import joined
from diamondsim.reporting.bound_values import json_limits
from diamondsim.reporting.compared_needs import compared_need_table
from diamondsim.reporting.compared_use_texts import (
    comparable_uses,
    compared_use_rows,
    compared_uses,
    tied_scenarios,
)
from diamondsim.reporting.document import json_value
from diamondsim.reporting.failed_lines import failed_lines
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import inside, percent, region, replications, upper_limit
from diamondsim.reporting.harmed_uses import harmed_sentences
from diamondsim.reporting.legal_state_rows import legal_state_beside, outdated_lines
from diamondsim.reporting.money_rows import cost_table, json_costs
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.place_labels import labels_of_pairs
from diamondsim.reporting.plain_tables import add_figures, bare_table, is_narrow, set_in, stacked
from diamondsim.reporting.quarter_report import QuarterReport, quarter_report
from diamondsim.reporting.tables_by_quarter import compared_quarter_tables
from diamondsim.reporting.use_rows import date_of
from diamondsim.results import unit_symbol

_CHANCE = "probability_of_shortage"
_SHOWN = {
    _CHANCE: "chance of shortage",
    "shortage_mean": "mean shortage",
    "unmet_need_mean": "mean unmet need",
    "economic_loss_mean": "mean loss",
}
"""Metrics whose dominated scenarios are named, in words."""


def comparison_renderable(found: xr.DataTree, *, by_quarter: bool = False) -> RenderableType:
    """Return the comparison for a rich console; the table is not wider than the page.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.
    by_quarter : bool
        Whether tables by calendar quarter follow.

    Returns
    -------
    rich renderable
    """
    root = found.to_dataset().sel(metric=_CHANCE)
    shown, _ = compared_uses(found)
    parts: list[RenderableType] = [*_head(found, root), Text()]
    if shown:
        parts += [_table(found, root, shown), Text()]
    needs = compared_need_table(found)
    parts += [] if needs is None else [needs, Text()]
    costs = cost_table(found.to_dataset())
    if costs is not None:
        without = "Over the horizon, without what goods (of stocks, reserves) and plants cost:"
        parts += [*(Text(line) for line in wrapped(without)), costs, Text()]
    parts += [Text(line) for text in comparison_sentences(found) for line in wrapped(text)]
    if by_quarter:
        parts += compared_quarter_tables(_quarters(found), [(pair["region"], pair["use"]) for pair in shown])
    return Group(*parts)


def _quarters(found: xr.DataTree) -> dict[str, QuarterReport]:
    """Return the results by quarter of each scenario."""
    return {name: quarter_report(found[name].to_dataset()) for name in _names(found.to_dataset())}


def _head(found: xr.DataTree, root: xr.Dataset) -> Iterator[Text]:
    first = found[str(root.attrs["reference"])].to_dataset()
    times = first["time"].values
    last = date_of(times, len(times))
    yield Text(str(root.attrs["title"]), style="bold")
    about = (
        f"{date_of(times, 0)} to {last}, {replications(int(root.attrs['replications']))} of each, seed "
        f"{root.attrs['seed']}, same random numbers; a use is short if over "
        f"{percent(float(root.attrs['threshold']))} of its demand is unmet within "
        f"{root.attrs['window_days']:g} days"
    )
    yield from (Text(line, style="dim") for line in wrapped(about))
    few = too_few(int(root.attrs["replications"]), " of each scenario")
    yield from (Text(line, style="yellow") for line in (*few, *failed_lines(root.attrs)))
    reference, law = str(root.attrs["reference"]), str(first.attrs["legal_state"])
    for name in _names(root):
        attrs = found[name].attrs
        changes = str(attrs["changes"]).replace("\n", ", ")
        remarks = [
            *([] if name != reference else ["the reference"]),
            *([f"changed: {changes}"] if changes else []),
            f"legal state: {legal_state_beside(attrs['legal_state'], law if name != reference else None)}",
        ]
        text = "; ".join([f"{name}: {attrs['title']}", *remarks])
        yield from (Text(line) for line in wrapped(text))
        yield from (Text(line, style="yellow") for line in outdated_lines(str(attrs["legal_state_outdated"])))


def _names(root: xr.Dataset) -> list[str]:
    return [str(name) for name in root["scenario"].values]


def _table(found: xr.DataTree, root: xr.Dataset, shown: Sequence[dict[str, str]]) -> Table:
    """Return the table: a row for each use in each scenario, and one for its difference.

    Columns have room for the longest interval, so that none is broken.
    """
    table = bare_table()
    table.add_column("Use, scenario", max_width=26, overflow="fold")
    for title, more, width in (
        ("Chance of shortage", "[95 % interval]", len("-100.0 [-100.0, -99.9]")),
        ("Begins: median", "(10-90 %)", len("(2027-01..2031-12)")),
        ("Unmet demand", "[95 % interval]", len("100.0 % [99.3, 100.0]")),
    ):
        add_figures(table, f"{title}\n{more}", max_width=width)
    for title in _best_cells("Best in\nchance", "\nunmet"):
        add_figures(table, title, justify="right", width=7)
    region_shown = ""
    labels = labels_of_pairs(root, comparable_uses(root))
    for pair in shown:
        region_label, use_label = labels[pair["region"], pair["use"]]
        if pair["region"] != region_shown:
            region_shown = pair["region"]
            table.add_row(Text(region_label, style="bold"))
        assumed = ", assumed volumes" if root.sel(pair)["volumes"].item() == "assumed" else ""
        table.add_row(set_in(f"{use_label}{assumed}", 1))
        for row in compared_use_rows(found, pair):
            is_reference = row.scenario == root.attrs["reference"]
            begins = f"{row.begins}\n{row.begins_range}" if is_reference else row.begins
            table.add_row(
                set_in(row.scenario, 3),
                stacked(row.chance),
                begins.rstrip(),
                stacked(row.unmet),
                *_best_cells(row.best, row.best_unmet),
            )
            if not is_reference:
                less, unmet_less = stacked(row.less), stacked(row.unmet_less)
                label = set_in("difference, points", 4)
                table.add_row(label, less, row.begins_range, unmet_less, style="dim")
    return table


def _best_cells(of_chance: str, of_shortage: str) -> list[str]:
    """Return the cells on who is best; on a narrow page they stand one above the other."""
    return [f"{of_chance}\n{of_shortage.strip()}"] if is_narrow() else [of_chance, of_shortage]


def _bounds(estimate: xr.DataArray) -> tuple[float, float, float]:
    value, low, high = (float(estimate.sel(bound=bound)) for bound in ("estimate", "low", "high"))
    return value, low, high


def comparison_sentences(found: xr.DataTree) -> tuple[str, ...]:
    """Return what a comparison says beside its table.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.
    """
    root = found.to_dataset().sel(metric=_CHANCE)
    shown, rare = compared_uses(found)
    texts = (
        _rare(root, rare),
        *_dominated(found.to_dataset()),
        *harmed_sentences(found, comparable_uses(root)),
        _counted(found.to_dataset()),
        _with_and_without_prices(found),
        _saved(root, shown),
        f"Best: share of {root.attrs['resamples']:,} resamples of the replications in which the scenario has "
        f"the lowest chance of shortage, and the lowest mean shortage{_of_ties(found.to_dataset(), shown)}. "
        "All of this covers sampling error only.",
    )
    return tuple(text for text in texts if text)


def _with_and_without_prices(found: xr.DataTree) -> str:
    """Return what a shortage means where only some scenarios have prices; empty elsewhere."""
    names = _names(found.to_dataset())
    priced = [name for name in names if "grade" in found[name].dims]
    others = [name for name in names if name not in priced]
    if not priced or not others:
        return ""
    return (
        f"Only {joined(priced)} {'has' if len(priced) == 1 else 'have'} prices. There buyers give up use "
        "where a grade is dear, which is no shortage: fewer shortages than without prices do not mean that "
        "needs are met. `diamondsim run` tells what is given up."
    )


def _of_ties(root: xr.Dataset, shown: Sequence[dict[str, str]]) -> str:
    ranked = (root.sel({**pair, "metric": metric}) for pair in shown for metric in (_CHANCE, "shortage_mean"))
    tied = any(tied_scenarios(one) for one in ranked)
    return "; tie: several scenarios have it in every resample" if tied else "; ties are shared"


def _rare(root: xr.Dataset, rare: Sequence[dict[str, str]]) -> str:
    if not rare:
        return ""
    highest = max(float(root["value"].sel({**pair, "bound": "high"}).max()) for pair in rare)
    places: dict[str, list[str]] = {}
    for pair in rare:
        one = root.sel(pair)
        use, where = inside(str(one["use_name"].item())), region(str(one["region_name"].item()))
        places.setdefault(use, []).append(where)
    names = "; ".join(f"{use} in {', '.join(regions)}" for use, regions in places.items())
    return f"Rarely short in every scenario, each with a probability {upper_limit(highest)}: {names}."


def _dominated(root: xr.Dataset) -> Iterator[str]:
    """Yield a sentence for each metric in which some scenario is dominated."""
    for metric, words in _SHOWN.items():
        if metric not in root["metric"]:  # no prices
            continue
        by = {name: _dominating(root, metric, name) for name in _names(root)}
        pairs = [f"{name} by {joined(others)}" for name, others in by.items() if others]
        if pairs:
            yield (
                f"Dominated in {words} (clearly higher in some use and region, clearly lower in none): "
                f"{'; '.join(pairs)}."
            )


def _counted(root: xr.Dataset) -> str:
    """Return what the costs of a comparison count; empty without a loss or cost."""
    return f"Loss and cost over the horizon. {root['money'].attrs['comment']}" if "money" in root else ""


def _dominating(root: xr.Dataset, metric: str, scenario: str) -> list[str]:
    """Return the scenarios that dominate one."""
    by = root["dominated_by"].sel(metric=metric, scenario=scenario)
    return [str(name) for name in by["other_scenario"].values[by.values]]


def _saved(root: xr.Dataset, shown: Sequence[dict[str, str]]) -> str:
    saved = [float(each) for pair in shown for each in root["variance_saved"].sel(pair).values]
    known = [each for each in saved if not math.isnan(each)]
    if not known:
        return ""
    middle = float(np.median(known))
    return (
        f"The same random numbers save {percent(min(known))} to {percent(max(known))} of the variance of "
        f"these differences, in the median {percent(middle)}."
    )


def json_comparison(found: xr.DataTree) -> dict[str, Any]:
    """Return the comparison as a document.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.

    Returns
    -------
    dict
        `scenarios`, each with its title, hash and changes; `failures`, why others failed; `metrics`, each
        with its unit and what dominates each scenario; `costs`, what each scenario loses and costs in USD,
        empty where none states it; `uses`, each with every metric of every scenario,
        and the unmet need where any has prices;
        `quarters`, by scenario as in the document of a run. Unknown numbers are None.
    """
    root = found.to_dataset()
    attrs = ("title", "scenario_hash", "as_of", "legal_state", "legal_state_outdated")
    document = {
        "version": __version__,
        **{key: root.attrs[key] for key in ("reference", "replications", "seed", "sampling")},
        "short_when": {
            "shortfall_above": float(root.attrs["threshold"]),
            "over_days": float(root.attrs["window_days"]),
        },
        "scenarios": {
            name: {
                **{key: found[name].attrs[key] for key in attrs},
                "changes": str(found[name].attrs["changes"]).splitlines(),
            }
            for name in _names(root)
        },
        "failures": failures_in(root.attrs),
        "metrics": {
            str(metric): {
                "unit": unit_symbol(str(root["metric_units"].sel(metric=metric).item())),
                "dominated_by": {name: _dominating(root, str(metric), name) for name in _names(root)},
            }
            for metric in root["metric"].values
        },
        "costs": json_costs(root),
        "uses": [_json_use(root, pair) for pair in comparable_uses(root.sel(metric=_CHANCE))],
        "quarters": _quarters(found),
    }
    return {key: json_value(value) for key, value in document.items()}


def _json_use(root: xr.Dataset, pair: dict[str, str]) -> dict[str, Any]:
    one = root.sel(pair)
    labels = {key: str(one[key].item()) for key in ("region_name", "use_name", "unit", "volumes")}
    by_metric = {
        str(metric): {name: _json_row(one.sel(metric=metric, scenario=name)) for name in _names(root)}
        for metric in root["metric"].values
    }
    return {**pair, **labels, "metrics": by_metric, "need": _json_need(one)}


def _json_need(one: xr.Dataset) -> dict[str, Any]:
    """Return the unmet need of a use in each scenario; empty if none has prices."""
    if "unmet_need" not in one:
        return {}
    return {
        name: {
            key: json_limits(one[variable].sel(scenario=name))
            for key, variable in (("value", "unmet_need"), ("difference", "unmet_need_difference"))
        }
        for name in _names(one)
    }


def _json_row(row: xr.Dataset) -> dict[str, Any]:
    intervals = {
        name: dict(zip(("value", "low", "high"), _bounds(row[name]), strict=True))
        for name in ("value", "difference")
    }
    return {**intervals, **{name: float(row[name]) for name in ("variance_saved", "chance_best")}}
