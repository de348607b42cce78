"""Which rows are used, and why the others are not.

Owns the reasons. Each row gets exactly one fate: it is used, or it is left out for the first reason that
applies. So the sum of what is used and what is left out is that of the files.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from diamondsim.errors import Problem, nearest, shown
from diamondsim.trade.mappings import GROUPS, CodeMap, RegionMap
from diamondsim.trade.rows import Statistic, TradeRow

USED: Final = "used"
TOTAL: Final = "total of all partners"
IN_REGION: Final = "within one region"
RE_EXPORTED: Final = "re-exported goods, subtracted from exports"
_OWN: tuple[Statistic, ...] = ("production", "secondary")

ReExports = Literal["keep", "subtract"]
Imputed = Literal["leave-out", "use"]
Unallocated = Literal["leave-out", "spread"]


@dataclass
class Selection:
    """The rows of all files and what becomes of them.

    Attributes
    ----------
    rows : list of TradeRow
    fate : list of str
        `USED`, or why the row is left out.
    subtracted : dict of int to float
        Carats of a used row that are left out: goods that were re-exported.
    code_of : dict of int to str
        The code of the mapping that covers a row.
    years : tuple of int
        Years that are used.
    warnings : list of str
    problems : list of Problem
        Contradictions that nobody can resolve but the user.
    """

    rows: Sequence[TradeRow]
    fate: list[str]
    subtracted: dict[int, float] = field(default_factory=dict)
    code_of: dict[int, str] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def used(self) -> list[tuple[int, TradeRow]]:
        """Return the rows that are used so far, with their places."""
        return [(place, row) for place, row in enumerate(self.rows) if self.fate[place] == USED]

    def leave(self, when: Callable[[int, TradeRow], str]) -> None:
        """Leave out each used row for which `when` returns a reason."""
        for place, row in self.used():
            self.fate[place] = when(place, row) or USED


def start(rows: Sequence[TradeRow], codes: CodeMap) -> Selection:
    """Leave out what is no flow of these goods: unreadable rows, other codes, and parts of totals."""
    chosen = Selection(rows, [USED] * len(rows))
    chosen.leave(lambda _, row: row.skip)
    for place, row in chosen.used():
        digits = row.code or (next(iter(codes.splits)) if not row.grade else "")
        code = codes.code_for(digits)
        if code is not None:
            chosen.code_of[place] = code
        elif row.grade in codes.grades and not row.code:
            chosen.code_of[place] = ""
        elif row.code or row.grade in codes.known:
            named = f"code {row.code}" if row.code else f"grade {row.grade}"
            chosen.fate[place] = f"{named} is not asked for"
        else:
            why = f"the scenario has no grade {shown(row.grade)}"
            close, allowed = nearest(row.grade, codes.known), ", ".join(codes.known)
            chosen.problems.append(
                Problem(
                    file=row.file, line=row.line, path="grade", why=why, suggestion=close, allowed=allowed
                )
            )
    _leave_parts(chosen)
    return chosen


def _leave_parts(chosen: Selection) -> None:
    """Leave out rows whose total is in the files: parts by transport and the like, and longer codes."""
    totals = {_key(row) for _, row in chosen.used() if not row.part and row.ct is not None}
    chosen.leave(lambda _, row: "part of a total in the file" if row.part and _key(row) in totals else "")
    kinds: dict[tuple[object, ...], str] = {}
    for _, row in chosen.used():
        if row.part:
            kind = ", ".join(piece.rpartition(" ")[0] for piece in row.part.split(", "))
            if kinds.setdefault(_key(row), kind) != kind:
                why = f"parts of two kinds ({kinds[_key(row)]}; {kind}) without a total would count twice"
                chosen.problems.append(Problem(file=row.file, line=row.line, why=why))
    codes: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for _, row in chosen.used():
        codes[_key(row)[:-2]].add(row.code)

    def parent(_: int, row: TradeRow) -> str:
        above = [
            code for code in codes[_key(row)[:-2]] if code != row.code and code and row.code.startswith(code)
        ]
        return f"part of code {min(above, key=len)}, which is in the file" if above else ""

    chosen.leave(parent)


def choose_years(chosen: Selection, wanted: tuple[int, ...] | None) -> None:
    """Leave out other years; without a wish, all but the newest year that is complete."""
    months: dict[tuple[object, ...], set[int]] = defaultdict(set)
    whole: set[int] = set()
    for _, row in chosen.used():
        if row.statistic != "share":
            if row.month is None:
                whole.add(row.year)
            else:
                months[row.reporter.key, row.statistic, row.year].add(row.month)
    full = whole | {
        year for (_, _, year), seen in months.items() if len(seen) == 12 and isinstance(year, int)
    }
    present = full | {year for _, _, year in months if isinstance(year, int)}
    if wanted is not None:
        missing = [str(year) for year in wanted if year not in present]
        chosen.years = tuple(year for year in wanted if year in present)
        if missing and chosen.years:
            chosen.warnings.append(f"the files have no figures of {', '.join(missing)} to take into the mean")
    else:
        chosen.years = (max(full or present),) if present else ()
    asked = set(chosen.years)
    last: dict[tuple[str, str], int] = {}
    for _, row in chosen.used():
        if row.statistic != "share":
            series = (row.reporter.name, row.statistic)
            last[series] = max(last.get(series, 0), row.year)
    if wanted is None:
        chosen.warnings += [
            f"{name}: the {statistic} figures end in {year}, and only {chosen.years[0]} is used; choose the "
            "years to use them"
            for (name, statistic), year in last.items()
            if year < chosen.years[0]
        ]
    chosen.leave(
        lambda _, row: (
            "" if row.year in asked or row.statistic == "share" else f"year {row.year} is not asked for"
        )
    )


def leave_quantities(chosen: Selection, imputed: Imputed) -> None:
    """Leave out rows without a quantity, and imputed ones unless they are wanted."""
    chosen.leave(lambda _, row: row.no_quantity if row.ct is None else "")
    chosen.leave(lambda _, row: "a value and no quantity" if row.ct == 0 and row.usd else "")
    if imputed == "leave-out":
        chosen.leave(lambda _, row: "quantity imputed by the statistical office" if row.imputed else "")


def leave_flows(chosen: Selection, re_exports: ReExports) -> None:
    """Leave out re-imports, re-exports and domestic exports, which are parts of imports and exports."""
    exports = {_key(row, "export"): place for place, row in chosen.used() if row.statistic == "export"}
    for place, row in chosen.used():
        if row.statistic == "re-export":
            total = exports.get(_key(row, "export"))
            chosen.fate[place] = "re-exports, part of exports"
            if re_exports == "subtract" and total is not None:
                chosen.fate[place] = "re-exports, subtracted from exports"
                whole = chosen.rows[total].ct or 0.0
                chosen.subtracted[total] = min(whole, chosen.subtracted.get(total, 0.0) + (row.ct or 0.0))
            elif re_exports == "subtract":
                chosen.warnings.append(
                    f"{row.file}:{row.line}: re-exports without exports to subtract them from"
                )
        elif row.statistic == "domestic export":
            known = _key(row, "export") in exports
            chosen.fate[place] = (
                "domestic exports, part of exports" if known else "domestic exports without exports"
            )
        elif row.statistic == "re-import":
            chosen.fate[place] = "re-imports, part of imports"


def leave_repeated(chosen: Selection) -> None:
    """Leave out rows that repeat another, and months of a year that is there as a whole."""
    years = {_series(row) for _, row in chosen.used() if row.month is None}
    chosen.leave(
        lambda _, row: (
            "month of a year that is in the files" if row.month is not None and _series(row) in years else ""
        )
    )
    first: dict[tuple[object, ...], int] = {}
    for place, row in chosen.used():
        key = (*_key(row), row.part, row.grade)
        before = chosen.rows[first.setdefault(key, place)]
        if before is row:
            continue
        where = f"{before.file}:{before.line}"
        if before.ct == row.ct:
            chosen.fate[place] = "repeats another row"
        elif before.file != row.file:
            chosen.fate[place] = "an earlier file gives this figure"
            chosen.warnings.append(
                f"{row.file}:{row.line} says {row.ct or 0:,.0f} ct where {where} says "
                f"{before.ct or 0:,.0f} ct; the earlier file is used"
            )
        else:
            here, there = f"{row.ct or 0:,.0f} ct", f"{before.ct or 0:,.0f} ct"
            why = f"{here}, but line {before.line} has {there} for the same flow"
            chosen.problems.append(Problem(file=row.file, line=row.line, why=why))


def leave_partners(chosen: Selection, regions: RegionMap, unallocated: Unallocated) -> None:
    """Leave out partners that are no country, countries without a region, and flows inside a region.

    A total of all partners stays where nothing else is known of the partners, and its reporter is a region.
    With `unallocated` ``spread``, flows with partners that are no country stay too.
    """
    detailed = {
        (row.reporter.key, row.statistic, row.year)
        for _, row in chosen.used()
        if row.partner is not None and regions.region_of(row.partner) is not None and row.statistic != "share"
    }

    single = {(row.ends[0].key, row.ends[1].key, row.year) for _, row in chosen.used()}

    def reason(_: int, row: TradeRow) -> str:  # noqa: PLR0911 - one line for each reason
        home = regions.region_of(row.reporter)
        group = next((area for area in row.ends if area.kind == "group"), None)
        if group is not None and regions.region_of(group) is None:
            return f"a group of countries in no one region: {group.name}"
        if group is not None and _members_of(row) & single:
            return f"a group whose members are in the files: {group.name}"
        if home is None:
            return f"{row.reporter.name} is in no region"
        if row.statistic in _OWN:
            return "" if regions.stands_alone(row.reporter) else "production of a part of a region"
        series = (row.reporter.key, row.statistic, row.year)
        assert row.partner is not None, "a flow has a partner"
        away = regions.region_of(row.partner)
        if row.statistic == "share":
            return ""
        if row.partner.kind == "world":
            if series in detailed:
                return TOTAL
            return "" if regions.stands_alone(row.reporter) else f"{TOTAL}, of a part of a region"
        if away is None and row.partner.kind == "unallocated":
            spread = unallocated == "spread" and series in detailed
            return "" if spread else f"partner is no country: {row.partner.name}"
        if away is None:
            return f"{row.partner.name} is in no region"
        return IN_REGION if away == home else ""

    chosen.leave(reason)
    totals = {(row.reporter.key, row.year) for _, row in chosen.used() if _is_total(row, "import")}
    reporters = {key for key, _ in totals}
    chosen.leave(
        lambda _, row: (
            "shares of origins, but no total of imports to divide"
            if row.statistic == "share" and row.reporter.key not in reporters
            else ""
        )
    )


def _members_of(row: TradeRow) -> set[tuple[str, str, int]]:
    """Return the flows between single countries that make up the flow of a group."""
    origins, destinations = (GROUPS.get(area.key, (area.key,)) for area in row.ends)
    return {(origin, to, row.year) for origin in origins for to in destinations}


def _is_total(row: TradeRow, statistic: Statistic) -> bool:
    return row.statistic == statistic and row.partner is not None and row.partner.kind == "world"


def fate_sums(selection: Selection) -> Mapping[str, tuple[int, float]]:
    """Return the number of rows and the carats by fate; shares and rows without a quantity add no carats."""
    sums: dict[str, tuple[int, float]] = {USED: (0, 0.0)}
    for place, row in enumerate(selection.rows):
        ct = 0.0 if row.statistic == "share" or row.ct is None else row.ct
        less = selection.subtracted.get(place, 0.0) if selection.fate[place] == USED else 0.0
        for fate, rows, part in ((selection.fate[place], 1, ct - less), (RE_EXPORTED, 0, less)):
            if rows or part:
                before = sums.get(fate, (0, 0.0))
                sums[fate] = (before[0] + rows, before[1] + part)
    return sums


def _key(row: TradeRow, statistic: str | None = None) -> tuple[object, ...]:
    """Return what makes two rows the same flow in the same period; the code and the grade come last."""
    partner = row.partner.key if row.partner else ""
    return (row.reporter.key, statistic or row.statistic, partner, row.year, row.month, row.code, row.grade)


def _series(row: TradeRow) -> tuple[object, ...]:
    return (row.reporter.key, row.statistic, row.partner.key if row.partner else "", row.year)
