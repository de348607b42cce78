"""From the rows that are used to yearly flows between regions.

Owns the choice between two figures for one flow (the exporter's and the importer's), the year made of months,
and the mean over years. All of it is done for each pair of countries before regions are added up, since
countries report different years.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from diamondsim.trade.mappings import RegionMap
from diamondsim.trade.rows import TradeRow
from diamondsim.trade.selection import Selection

Mirror = Literal["importer", "exporter", "larger"]
Pair = tuple[str, str]


@dataclass
class RegionFlow:
    """The flow from one region to another, in carats a year.

    Attributes
    ----------
    used, exporter, importer : float or None
        The flow that is used, and what each side reports; None where a side reports nothing.
    rows : list of TradeRow
        The rows behind `used`.
    months : int
        The fewest months of a year that were taken for a whole one; 12 where none was.
    spread : float
        Part of `used` that came from partners that are no country.
    by_code : dict of str to float
        Part of `used` by the code of the mapping, or by the grade, that a row names.
    """

    used: float | None = None
    exporter: float | None = None
    importer: float | None = None
    rows: list[TradeRow] = field(default_factory=list)
    months: int = 12
    spread: float = 0.0
    by_code: dict[str, float] = field(default_factory=dict)


@dataclass
class RegionTotal:
    """What a region makes or trades with all others, in carats a year, with the rows behind it."""

    ct: float = 0.0
    rows: list[TradeRow] = field(default_factory=list)
    months: int = 12


@dataclass(frozen=True)
class Flows:
    """Yearly flows between regions, totals by region and statistic, and shares of origins in imports."""

    between: Mapping[Pair, RegionFlow]
    totals: Mapping[tuple[str, str], RegionTotal]
    shares: Mapping[str, Mapping[str, float]]


@dataclass
class _Side:
    """What one side reports of one pair of countries in one year."""

    ct: float = 0.0
    places: list[int] = field(default_factory=list)
    by_code: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    months: int = 12


def region_flows(chosen: Selection, regions: RegionMap, mirror: Mirror) -> Flows:
    """Add up the rows that are used; the rows of the side that is not chosen are left out."""
    months = _months(chosen)
    pairs: dict[Pair, dict[int, dict[str, _Side]]] = defaultdict(lambda: defaultdict(dict))
    totals: dict[tuple[str, str], dict[int, RegionTotal]] = defaultdict(lambda: defaultdict(RegionTotal))
    shares: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    loose: list[tuple[int, TradeRow]] = []
    for place, row in chosen.used():
        seen = 12 if row.month is None else months[row.reporter.key, row.statistic, row.year]
        ct = ((row.ct or 0.0) - chosen.subtracted.get(place, 0.0)) * 12 / seen
        home = regions.region_of(row.reporter)
        assert home is not None, "rows without a region were left out"
        if row.statistic == "share":
            assert row.partner is not None, "a share is that of an origin"
            shares[home][regions.region_of(row.partner) or ""] += row.ct or 0.0
        elif row.partner is None or row.partner.kind == "world":
            total = totals[home, row.statistic][row.year]
            total.ct += ct
            total.rows.append(row)
            total.months = min(total.months, seen)
        elif regions.region_of(row.partner) is None:
            loose.append((place, row))
        else:
            origin, destination = row.ends
            side = pairs[origin.key, destination.key][row.year].setdefault(row.statistic, _Side())
            side.ct += ct
            side.places.append(place)
            side.by_code[row.grade or chosen.code_of[place]] += ct
            side.months = min(side.months, seen)
    between = _between(chosen, regions, pairs, mirror)
    _spread(chosen, regions, between, loose, months)
    return Flows(between, {key: _mean(by_year) for key, by_year in totals.items()}, shares)


def _months(chosen: Selection) -> Mapping[tuple[str, str, int], int]:
    """Return how many months of a year the files have of each reporter's imports or exports."""
    seen: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    for row in chosen.rows:
        if row.month is not None:
            seen[row.reporter.key, row.statistic, row.year].add(row.month)
    return {key: len(numbers) for key, numbers in seen.items()}


def _mean(by_year: Mapping[int, RegionTotal]) -> RegionTotal:
    rows = [row for total in by_year.values() for row in total.rows]
    n = len(by_year)
    months = min(total.months for total in by_year.values())
    return RegionTotal(sum(total.ct for total in by_year.values()) / n, rows, months)


def _between(
    chosen: Selection,
    regions: RegionMap,
    pairs: Mapping[Pair, Mapping[int, Mapping[str, _Side]]],
    mirror: Mirror,
) -> dict[Pair, RegionFlow]:
    region_by_key = {area.key: regions.region_of(area) for row in chosen.rows for area in row.ends}
    reported: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in chosen.rows:
        if row.statistic in ("import", "export") and row.year in chosen.years:
            reported[row.reporter.key, row.statistic].add(row.year)
    found: dict[Pair, RegionFlow] = defaultdict(RegionFlow)
    for (origin, destination), by_year in pairs.items():
        here, there = region_by_key[origin], region_by_key[destination]
        assert here is not None, "rows without a region were left out"
        assert there is not None, "rows without a region were left out"
        flow = found[here, there]
        n = len(reported[origin, "export"] | reported[destination, "import"])
        by_side = {"export": reported[origin, "export"], "import": reported[destination, "import"]}
        for sides in by_year.values():
            pick = _pick(sides, mirror)
            for name, side in sides.items():
                if name != pick:
                    _leave(chosen, side, "importer" if pick == "import" else "exporter")
            side = sides[pick]
            flow.used = (flow.used or 0.0) + side.ct / n
            for code, ct in side.by_code.items():
                flow.by_code[code] = flow.by_code.get(code, 0.0) + ct / n
            flow.rows += [chosen.rows[place] for place in side.places]
            flow.months = min(flow.months, side.months)
            if "export" in sides:
                flow.exporter = (flow.exporter or 0.0) + sides["export"].ct / len(by_side["export"])
            if "import" in sides:
                flow.importer = (flow.importer or 0.0) + sides["import"].ct / len(by_side["import"])
    return dict(found)


def _pick(sides: Mapping[str, _Side], mirror: Mirror) -> str:
    """Return the side whose figure is used: the one with more months of the year, otherwise as chosen."""
    most = max(side.months for side in sides.values())
    complete = [name for name, side in sides.items() if side.months == most]
    if len(complete) == 1:
        return complete[0]
    if mirror == "larger":
        return "import" if sides["import"].ct >= sides["export"].ct else "export"
    return "import" if mirror == "importer" else "export"


def _leave(chosen: Selection, side: _Side, other: str) -> None:
    for place in side.places:
        chosen.fate[place] = f"mirror: the {other}'s figure is used"
        chosen.subtracted.pop(place, None)


def _spread(
    chosen: Selection,
    regions: RegionMap,
    between: Mapping[Pair, RegionFlow],
    loose: list[tuple[int, TradeRow]],
    months: Mapping[tuple[str, str, int], int],
) -> None:
    """Divide flows without a country over the flows of the same reporter, in proportion."""
    n_years = max(1, len(chosen.years))
    for place, row in loose:
        home = regions.region_of(row.reporter)
        end = 1 if row.statistic == "import" else 0
        same = [flow for pair, flow in between.items() if pair[end] == home and flow.used]
        total = sum(flow.used or 0.0 for flow in same)
        if not total:
            chosen.fate[place] = f"partner is no country: {row.partner.name if row.partner else ''}"
            continue
        seen = 12 if row.month is None else months[row.reporter.key, row.statistic, row.year]
        ct = ((row.ct or 0.0) - chosen.subtracted.get(place, 0.0)) * 12 / seen / n_years
        for flow in same:
            flow.spread += ct * (flow.used or 0.0) / total
    for flow in between.values():
        if flow.spread:
            flow.used = (flow.used or 0.0) + flow.spread
