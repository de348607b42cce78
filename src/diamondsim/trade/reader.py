"""The public call: from files of trade statistics to flows between regions and a scenario that has them."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

import xarray as xr

from diamondsim._version import __version__
from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.plan.compile import derive
from diamondsim.scenario import Scenario, load_scenario, read_scenario
from diamondsim.trade.balance_demand import make_demand
from diamondsim.trade.capacities import make_capacities
from diamondsim.trade.csv_table import CsvTable
from diamondsim.trade.dataset import trade_dataset
from diamondsim.trade.doubts import doubts
from diamondsim.trade.flows import Flows, region_flows
from diamondsim.trade.goods import GoodsMarket, market_of
from diamondsim.trade.layouts import USGS, read_files
from diamondsim.trade.mappings import CodeMap, RegionMap, code_map, region_map
from diamondsim.trade.overlay import Overlay, overlay_text, trade_changes
from diamondsim.trade.rows import TradeRow
from diamondsim.trade.sales import make_sales
from diamondsim.trade.selection import (
    Imputed,
    ReExports,
    Selection,
    Unallocated,
    choose_years,
    leave_flows,
    leave_partners,
    leave_quantities,
    leave_repeated,
    start,
)

DEFAULT_BASE = "baseline-2026"
_NOTABLE_RESIDUAL = 1e-5
_UNLIKELY = 50
"""Many times the flow of the base scenario, or this part of it: the unit may be wrong."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "mirror": ("importer", "exporter", "larger"),
    "hong_kong": ("china", "apart"),
    "imputed": ("leave-out", "use"),
    "unallocated": ("leave-out", "spread"),
    "re_exports": ("keep", "subtract"),
}


def read_trade(  # noqa: PLR0913 - each choice is one that a reader of customs data has to make
    *files: str | Path,
    base: str | Path = DEFAULT_BASE,
    years: int | str | Sequence[int] | None = None,
    regions: Mapping[str, object] | str | Path | None = None,
    grades: Mapping[str, object] | str | Path | None = None,
    mirror: Literal["importer", "exporter", "larger"] = "importer",
    hong_kong: Literal["china", "apart"] = "china",
    imputed: Literal["leave-out", "use"] = "leave-out",
    unallocated: Literal["leave-out", "spread"] = "leave-out",
    re_exports: Literal["keep", "subtract"] = "keep",
) -> xr.Dataset:
    r"""Read trade statistics, and make the trade and demand of a scenario from them.

    Parameters
    ----------
    *files
        Files of UN Comtrade (old or new columns), of the United States Geological Survey, or in the plain
        layout of docs/trade-data.md; CSV.
    base
        The scenario that the figures change: a shipped one, or the path of a file.
    years
        A year, several, or a text such as ``"2022-2024"``, of which the mean is taken; default the newest
        year that is complete.
    regions, grades
        Countries by region, and shares of grades by commodity code, or YAML files with them; default those of
        the shipped scenarios and dust and powder, 7105.10.
    mirror
        Whose figure is used where exporter and importer both report a flow.
    hong_kong
        ``apart`` counts Hong Kong and Macao with the rest of the world instead of China.
    imputed
        Whether quantities that the statistical office computed from values are used.
    unallocated
        What becomes of partners that are no country, such as "Areas, nes": left out, or spread over the
        others.
    re_exports
        Whether re-exports are subtracted from exports.

    Returns
    -------
    Dataset
        By `origin` and `destination` (regions), in carats a year: `reported` (the figures that are used),
        `exporter_reported`, `importer_reported`, `flow` (sales in the scenario that is made), `base_flow`;
        by destination `demand` and `base_demand`. By `fate`: `fate_rows` and `fate_quantity`, which add up
        to all rows of the files. By `row`: each row and its fate. The attributes hold the overlay
        (`overlay`, the text of a scenario file), `warnings`, the files with their hashes, and the choices.

    Raises
    ------
    ScenarioError
        With all problems of the files or of the mappings, by file, line and column; where the figures
        contradict each other or the base; and where no row is left.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import diamondsim as ds
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> mine = folder / "mine.csv"
    >>> _ = mine.write_text("period,origin,destination,quantity,unit\n2024,CHN,USA,36.6,t\n")
    >>> data = ds.read_trade(mine)
    >>> float(data["reported"].sel(origin="CN", destination="US"))
    183000000.0
    """
    _check_choices(
        mirror=mirror, hong_kong=hong_kong, imputed=imputed, unallocated=unallocated, re_exports=re_exports
    )
    if not files:
        raise ScenarioError([Problem(why="no file of trade statistics is given")])
    scenario = load_scenario(base)
    codes = code_map(grades, scenario)
    areas = region_map(regions, scenario, hong_kong)
    wanted = _years(years)
    tables, layouts, rows = read_files(files)
    chosen = select_rows(rows, codes, areas, wanted, (imputed, re_exports, unallocated))
    flows = region_flows(chosen, areas, mirror)
    market = market_of(scenario, codes)
    if not flows.between and not flows.totals:
        raise ScenarioError([_nothing_left(chosen)])
    for table, layout in zip(tables, layouts, strict=True):
        if table.encoding == "cp1252" and layout != USGS:
            chosen.warnings.append(f"{table.file}: not UTF-8, so it was read as Windows-1252")
    name = _base_name(base)
    sales = make_sales(market, flows, name)
    demand = make_demand(market, sales, flows, codes)
    attrs: dict[str, object] = {
        "base": name,
        "years": ", ".join(str(year) for year in chosen.years),
        "mirror": mirror,
        "hong_kong": hong_kong,
        "imputed": imputed,
        "unallocated": unallocated,
        "re_exports": re_exports,
        "files": "\n".join(table.file for table in tables),
        "layouts": "\n".join(layouts),
        "sha256": "\n".join(table.sha256 for table in tables),
        "diamondsim_version": __version__,
    }
    draft = Overlay(name, _title(scenario.title, tables), _remarks(attrs), market, sales, demand, {})
    text, residual = _made(draft, scenario)
    if residual > _NOTABLE_RESIDUAL:
        chosen.warnings.append(
            f"the lanes meet the trade table only to {100 * residual:.2g} % of a region's supply"
        )
    chosen.warnings += [*sales.warnings, *_gaps(chosen, flows, areas, market)]
    attrs |= {"warnings": "\n".join(chosen.warnings), "residual": residual, "overlay": text}
    return trade_dataset(market, chosen, flows, sales, demand, attrs)


def _made(draft: Overlay, scenario: Scenario) -> tuple[str, float]:
    """Return the text of an overlay with the capacities that it needs, and what the fit to it leaves over.

    Raises
    ------
    ScenarioError
        If the overlay could not be run.
    """
    changes = trade_changes(draft)
    capacities, residual = make_capacities(scenario, draft.market, draft.sales, changes)
    text = overlay_text(replace(draft, capacities=capacities))
    derive(read_scenario(text, name="overlay"))
    return text, residual


def _check_choices(**given: str) -> None:
    problems = [
        Problem(
            why=f"unknown choice {value!r} for {name}",
            allowed=", ".join(_CHOICES[name]),
            suggestion=nearest(str(value), _CHOICES[name]),
        )
        for name, value in given.items()
        if value not in _CHOICES[name]
    ]
    if problems:
        raise ScenarioError(problems)


def _years(wanted: int | str | Sequence[int] | None) -> tuple[int, ...] | None:
    if wanted is None:
        return None
    if not isinstance(wanted, str | Sequence):
        wanted = str(wanted)
    years: set[int] = set()
    for part in wanted.split(",") if isinstance(wanted, str) else wanted:
        match = re.fullmatch(r"\s*(\d{4})(?:\s*-\s*(\d{4}))?\s*", str(part))
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            why = f"expected years, found {wanted!r}"
            raise ScenarioError([Problem(why=why, allowed="'2024', '2022-2024' or '2021, 2023'")])
        years |= set(range(first, last + 1))
    return tuple(sorted(years))


def select_rows(
    rows: Sequence[TradeRow],
    codes: CodeMap,
    areas: RegionMap,
    years: tuple[int, ...] | None,
    choices: tuple[str, str, str],
) -> Selection:
    """Return the rows with what becomes of each: used, or left out for the first reason that applies.

    Raises
    ------
    ScenarioError
        Where rows contradict one another.
    """
    chosen = start(rows, codes)
    choose_years(chosen, years)
    chosen.warnings += doubts([row for _, row in chosen.used()])
    leave_quantities(chosen, cast(Imputed, choices[0]))
    leave_repeated(chosen)
    leave_flows(chosen, cast(ReExports, choices[1]))
    leave_partners(chosen, areas, cast(Unallocated, choices[2]))
    if chosen.problems:
        raise ScenarioError(chosen.problems)
    return chosen


def _nothing_left(chosen: Selection) -> Problem:
    reasons: dict[str, int] = {}
    for fate in chosen.fate:
        reasons[fate] = reasons.get(fate, 0) + 1
    most = sorted(reasons, key=lambda reason: -reasons[reason])[:4]
    shown = "; ".join(f"{reasons[reason]} rows: {reason}" for reason in most)
    return Problem(why=f"no row is left to use ({shown or 'the files have no rows about diamond'})")


def _gaps(chosen: Selection, flows: Flows, areas: RegionMap, market: GoodsMarket) -> list[str]:
    """Return warnings of flows that some countries of a region report, that nobody does, or that are odd."""
    found = []
    for (origin, destination), flow in flows.between.items():
        reporters = {row.reporter for row in flow.rows}
        alone = any(areas.stands_alone(reporter) for reporter in reporters)
        if not alone and flow.used:
            names = ", ".join(sorted(reporter.name for reporter in reporters))
            found.append(
                f"{origin} -> {destination} rests on {names} alone; other countries there may trade too"
            )
        if flow.months < 12:
            found.append(f"{origin} -> {destination}: {flow.months} months were taken for a year")
        base = market.flow(origin, destination)
        if flow.used and base and not 1 / _UNLIKELY <= flow.used / base <= _UNLIKELY:
            found.append(
                f"{origin} -> {destination}: {flow.used / 1e6:.3g} Mct/yr where the base scenario has "
                f"{base / 1e6:.3g}; check the unit of its rows"
            )
        if flow.exporter and flow.importer and not 0.5 <= flow.exporter / flow.importer <= 2.0:
            found.append(
                f"{origin} -> {destination}: the exporter says {flow.exporter / 1e6:.4g} Mct/yr, "
                f"the importer {flow.importer / 1e6:.4g}"
            )
    series = {
        (areas.region_of(row.reporter), row.statistic)
        for _, row in chosen.used()
        if areas.stands_alone(row.reporter)
    }
    for region, statistic in sorted((r, s) for r, s in series if r is not None):
        if statistic not in ("import", "export") or (region, statistic) in flows.totals:
            continue
        pairs = [
            (other, region) if statistic == "import" else (region, other)
            for other in market.regions
            if other != region
        ]
        missing = [f"{a} -> {b}" for a, b in pairs if (a, b) not in flows.between]
        if missing:
            found.append(
                f"no {statistic}s of {region} for {', '.join(missing)}; the base scenario's are kept"
            )
    return found


def _base_name(base: str | Path) -> str:
    """Return what an overlay extends: the name of a shipped scenario, or the whole path of a file."""
    shipped = Path(base).name == str(base) and not Path(base).suffix  # a file is named with its ending
    return str(base) if shipped else Path(base).resolve().as_posix()


def _title(title: str, tables: Sequence[CsvTable]) -> str:
    names = [Path(table.file).name for table in tables]
    return f"{title}; trade from {', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"


def _remarks(attrs: Mapping[str, object]) -> tuple[str, ...]:
    choices = ", ".join(
        f"{name.replace('_', '-')} {attrs[name]}"
        for name in ("mirror", "hong_kong", "imputed", "unallocated", "re_exports")
    )
    return (
        f"Made by diamondsim {__version__} trade on {dt.date.today().isoformat()}.",
        f"Years {attrs['years']}; {choices}.",
        "Flows are in million carats a year; 1 kg = 5,000 ct.",
    )
