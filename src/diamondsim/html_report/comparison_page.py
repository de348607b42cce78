"""The content of the page of a comparison, as its template takes it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from diamondsim.analysis import failures_in
from diamondsim.html_report.comparison_charts import MOST_SCENARIOS, comparison_chart
from diamondsim.html_report.likelihood import SCALE, likelihood
from diamondsim.html_report.made_with import made_with
from diamondsim.html_report.page_parts import Bar, PageTable, long_day, month_writer, names_in
from diamondsim.reporting import (
    NEED,
    RunHead,
    chance,
    compared_need_rows,
    compared_use_rows,
    compared_uses,
    comparison_sentences,
    cost_rows,
    cost_unit,
    difference,
    labels_of_pairs,
    legal_state_beside,
    percent,
    place,
    replications,
    too_few,
)
from diamondsim.results import Estimate

_CHANCE = "probability_of_shortage"
_CLEARLY = 0.95
"""Share of the resamples from which a scenario counts as the best."""


@dataclass(frozen=True)
class ComparedScenario:
    """A scenario of a comparison."""

    name: str
    title: str
    is_reference: bool
    legal_state: str
    outdated: str
    changes: str


@dataclass(frozen=True)
class ComparedUse:
    """A use in the table: a bar for each scenario, its difference from the reference, and which is best."""

    name: str
    assumed: bool
    bars: tuple[Bar, ...]
    differences: tuple[str, ...]
    best: tuple[bool, ...]


def comparison_page(found: xr.DataTree, *, command: str | None = None) -> dict[str, Any]:
    """Return what the template `comparison.html.jinja` shows.

    Parameters
    ----------
    found : xarray.DataTree
        Of `compare`.
    command : str, optional
        That makes the page.
    """
    root = found.to_dataset().sel(metric=_CHANCE)
    names = [str(name) for name in root["scenario"].values]
    reference = str(root.attrs["reference"])
    shown, _ = compared_uses(found)
    few = too_few(int(root.attrs["replications"]), " of each scenario")
    written = month_writer(names_in(root, *(found[name].to_dataset() for name in names)))
    head = RunHead.of(found[reference].to_dataset())
    as_of = {str(found[name].attrs["as_of"]) for name in names}
    chart = comparison_chart(root, shown)
    return {
        "title": str(root.attrs["title"]),
        "as_of": as_of.pop() if len(as_of) == 1 else "",
        "first_day": long_day(head.first_day),
        "last_day": long_day(max(head.first_day, head.last_day - dt.timedelta(days=1))),
        "size": f"{replications(int(root.attrs['replications']))} of each",
        "few": few,
        "lead": [*map(written, headlines(root, shown))],
        "names": names,
        "clearly": percent(_CLEARLY),
        "reference": reference,
        "scenarios": [_scenario(found, name, reference) for name in names],
        "failures": failures_in(root.attrs),
        "uses": _uses(root, shown, names, is_few=bool(few)),
        "threshold": float(root.attrs["threshold"]),
        "window_days": float(root.attrs["window_days"]),
        "costs": _costs(found.to_dataset()),
        "needs": _needs(found),
        "details": _details(found, root, shown),
        "sentences": [*map(written, comparison_sentences(found))],
        "too_many": bool(shown) and len(names) > MOST_SCENARIOS,
        "most_in_chart": MOST_SCENARIOS,
        "charts": {} if chart is None else {chart.key: chart},
        "scale": SCALE,
        "made_with": made_with(root.attrs, command=command),
        "hashes": [(name, str(found[name].attrs["scenario_hash"])) for name in names],
    }


def headlines(root: xr.Dataset, shown: Sequence[dict[str, str]]) -> list[str]:
    """Return the answer in sentences: which scenario is best in how many uses, and the first use in each.

    Parameters
    ----------
    root : xarray.Dataset
        Of a comparison, of the chance of a shortage.
    shown : sequence of dict
        Region and use of those that are short in some scenario.
    """
    if not shown:
        return ["No use goes short in 1 % of the replications of any scenario."]
    best: Counter[str] = Counter()
    for pair in shown:
        best.update(_clearly_best(root.sel(pair), str(root.attrs["reference"])))
    counted = [f"{name} in {number}" for name, number in best.most_common()]
    if counted:
        listed = " and ".join([", ".join(counted[:-1]), counted[-1]] if len(counted) > 1 else counted)
        leads = f"Clearly the lowest chance of a shortage: {listed} of the {len(shown)} uses that go short."
    else:
        leads = "No scenario clearly has the lowest chance of a shortage of any use."
    one = root.sel(shown[0])
    where = place(str(one["use_name"].item()), str(one["region_name"].item()))
    each = ", ".join(
        f"{name} {percent(float(one['value'].sel(scenario=name, bound='estimate')))}"
        for name in map(str, root["scenario"].values)
    )
    return [leads, f"Chance of a shortage of {where}: {each}."]


def _clearly_best(one: xr.Dataset, reference: str) -> set[str]:
    """Return the scenario with the lowest chance of a use if the intervals beside it say so too, or none.

    The reference must be below all others, and another scenario below the reference, with the whole interval.
    """
    differences = one["difference"]
    others = [str(name) for name in one["scenario"].values if name != reference]
    for name in map(str, one["scenario"].values):
        if one["chance_best"].sel(scenario=name) < _CLEARLY:
            continue
        if name == reference:
            is_below = bool((differences.sel(scenario=others, bound="low") > 0).all())
        else:
            is_below = bool(differences.sel(scenario=name, bound="high") < 0)
        return {name} if is_below else set()
    return set()


def _scenario(found: xr.DataTree, name: str, reference: str) -> ComparedScenario:
    attrs, of_reference = found[name].attrs, found[reference].attrs
    return ComparedScenario(
        name=name,
        title=str(attrs["title"]),
        is_reference=name == reference,
        legal_state=legal_state_beside(
            str(attrs["legal_state"]), None if name == reference else str(of_reference["legal_state"])
        ),
        outdated=str(attrs["legal_state_outdated"]),
        changes=str(attrs["changes"]).replace("\n", ", "),
    )


def _uses(
    root: xr.Dataset, shown: Sequence[dict[str, str]], names: Sequence[str], *, is_few: bool
) -> dict[str, list[ComparedUse]]:
    uses: dict[str, list[ComparedUse]] = {}
    labels = labels_of_pairs(root, shown)
    for pair in shown:
        region, name_of_use = labels[pair["region"], pair["use"]]
        one = root.sel(pair)
        assumed = str(one["volumes"].item()) == "assumed"
        rows = [one.sel(scenario=name) for name in names]
        bars, best = [], _clearly_best(one, str(root.attrs["reference"]))
        for row in rows:
            estimate = Estimate(*_bounds(row["value"]), int(root.attrs["replications"]))
            word = None if is_few or assumed else likelihood(estimate)
            bars.append(Bar.of(estimate, chance(*_bounds(row["value"])), "" if word is None else word.word))
        uses.setdefault(region, []).append(
            ComparedUse(
                name=name_of_use,
                assumed=assumed,
                bars=tuple(bars),
                differences=tuple(
                    "" if name == root.attrs["reference"] else difference(*_bounds(row["difference"]))
                    for name, row in zip(names, rows, strict=True)
                ),
                best=tuple(name in best for name in names),
            )
        )
    return uses


def _bounds(estimate: xr.DataArray) -> tuple[float, float, float]:
    value, low, high = (float(estimate.sel(bound=bound)) for bound in ("estimate", "low", "high"))
    return value, low, high


def _costs(root: xr.Dataset) -> PageTable | None:
    """Return the table of what each scenario loses and costs; None without a loss or cost."""
    rows = [(row.scenario, row.item, row.mean, row.less) for row in cost_rows(root)]
    if not rows:
        return None
    head = (
        "Scenario",
        "Cost",
        f"Mean, {cost_unit(root)} [95 % interval]",
        "Less the reference [95 % interval]",
    )
    return PageTable.of("Loss and cost over the horizon, without what goods and plants cost", head, rows)


def _needs(found: xr.DataTree) -> PageTable | None:
    """Return the table of what each use needs and does not get; None if no scenario has prices."""
    rows = [
        (f"{row.use}, {row.region}", row.scenario, row.short, row.given_up, row.need, row.less)
        for row in compared_need_rows(found)
    ]
    if not rows:
        return None
    head = ("Use", "Scenario", "Short", "Given up", "Together", "Less the reference, points")
    return PageTable.of(f"{NEED} [95 % interval]", head, rows)


def _details(found: xr.DataTree, root: xr.Dataset, shown: Sequence[dict[str, str]]) -> PageTable:
    labels = labels_of_pairs(root, shown)
    rows = []
    for pair in shown:
        region, use = labels[pair["region"], pair["use"]]
        for row in compared_use_rows(found, pair):
            of_chance, of_unmet = (
                (row.chance, row.less, row.best),
                (row.unmet, row.unmet_less, row.best_unmet),
            )
            rows.append((f"{use}, {region}", row.scenario, *of_chance, row.begins_text, *of_unmet))
    head = (
        *("Use", "Scenario"),
        *("Chance of a shortage", "Less the reference, points", "Best in chance"),
        "Begins: median (10-90 %)",
        *("Unmet demand", "Less the reference, points", "Best in mean shortage"),
    )
    return PageTable.of("Each use in each scenario", head, rows)
