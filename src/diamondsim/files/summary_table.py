"""The few columns of a result that people look at first, with titles to read: the first sheet of a workbook.

Every number is also in the tables, where its column says exactly what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from diamondsim.results import DataFrame

_INTERVAL = {"": "", "_low": ", 95 % from", "_high": ", 95 % to"}
_OF_RUN: Mapping[str, str] = {
    "region_name": "Region",
    "use_name": "Use",
    "volumes": "Volumes",
    "probability_of_shortage": "Chance of a shortage",
    "begins_early": "Begins, 10 % of those short",
    "begins_median": "Begins, median",
    "begins_late": "Begins, 90 %",
    "shortage_depth_median": "Largest share unmet if short, median",
    "peak_shortfall_mean": "Largest share unmet, mean",
    "peak_shortfall_cvar": "Largest share unmet, worst 5 %",
    "fill_rate_mean": "Share of demand met, mean",
    "shortage_mean": "Unmet over the horizon, mean",
    "unit": "Unit",
    "economic_loss_mean": "Economic loss, mean",
    "baseline_probability_of_shortage": "Chance in the baseline",
    "probability_less_baseline": "Chance less baseline",
}
_OF_COMPARISON: Mapping[str, str] = {
    "region_name": "Region",
    "use_name": "Use",
    "volumes": "Volumes",
    "scenario": "Scenario",
    "scenario_title": "Title",
    "value": "Chance of a shortage",
    "difference": "Chance less that of the reference",
    "unmet": "Unmet over the horizon, mean",
    "unmet_difference": "Unmet less that of the reference",
    "unit": "Unit",
}
_COMPARED, _METRIC, _UNMET = (
    "metric_by_scenario_by_region_by_use",
    "probability_of_shortage",
    "shortage_mean",
)


class SummaryTable(NamedTuple):
    """Rows and columns of a table, and a title for each column."""

    frame: DataFrame
    titles: tuple[str, ...]


def summary_table(frames: Mapping[str, DataFrame]) -> SummaryTable | None:
    """Return the summary of a run or of a comparison from its tables; None for other results.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Tables by name, as `tables` makes them.
    """
    if _COMPARED in frames:
        frame = frames[_COMPARED]
        units = {f"{name}{end}": "1" for name in ("value", "difference") for end in _INTERVAL}
        return _picked(_compared(frame), _OF_COMPARISON, frame.attrs | {"units": units})
    if "uses" in frames and _METRIC in frames["uses"]:
        return _picked(frames["uses"], _OF_RUN, frames["uses"].attrs)
    return None


def _compared(frame: DataFrame) -> DataFrame:
    """Return a row for each use in each scenario, with what is unmet; uses that are never short come last."""
    keys = ["region", "use", "scenario"]
    chances, unmet = (frame[frame["metric"] == metric] for metric in (_METRIC, _UNMET))
    columns = {
        f"{name}{end}": f"{unmet_name}{end}"
        for name, unmet_name in (("value", "unmet"), ("difference", "unmet_difference"))
        for end in _INTERVAL
        if f"{name}{end}" in unmet
    }
    rows = chances.merge(unmet[[*keys, *columns]].rename(columns=columns), on=keys, how="left")
    largest = rows.groupby(["region", "use"], sort=False)["value"].transform("max")
    return rows.loc[(largest == 0).sort_values(kind="stable").index]


def _picked(rows: DataFrame, titles: Mapping[str, str], attrs: Mapping[str, Any]) -> SummaryTable:
    """Return the columns that some row has a value of, each followed by its interval."""
    chosen = {
        f"{name}{end}": title + words for name, title in titles.items() for end, words in _INTERVAL.items()
    }
    chosen = {name: title for name, title in chosen.items() if name in rows and rows[name].notna().any()}
    frame = rows[[*chosen]].reset_index(drop=True)
    for name in frame:
        if frame[name].dtype.kind == "M":  # the hour of a quantile says nothing
            frame[name] = frame[name].dt.floor("D")
    frame.attrs = {**attrs, "labels": [name for name in ("region_name", "use_name") if name in chosen]}
    return SummaryTable(frame, tuple(chosen.values()))
