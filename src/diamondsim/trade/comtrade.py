"""Exports of UN Comtrade, in the columns of its old and of its new website.

Owns the names of their columns, the codes of flows, which rows are parts of a total, and which quantities the
United Nations computed from the value because the reporter gave none. The new website writes a flag for each
quantity (`IsQtyEstimated`, `IsNetWgtEstimated`), the old one a number: 2 for the quantity, 4 for the net
weight, 6 for both. The second quantity is `AltQty`, in some downloads `AtlQty`; it is read by either name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from diamondsim.errors import NotationError, Problem, nearest, shown
from diamondsim.trade.areas import Area, area_of, nearest_area
from diamondsim.trade.csv_table import CsvRow, CsvTable
from diamondsim.trade.figures import carats_per, digits_of, read_figure, read_period
from diamondsim.trade.rows import Statistic, TradeRow

_NEW: Final[Mapping[str, str]] = {
    "period": "Period",
    "flow": "FlowCode",
    "reporter": "ReporterCode",
    "reporter letters": "ReporterISO",
    "reporter name": "ReporterDesc",
    "partner": "PartnerCode",
    "partner letters": "PartnerISO",
    "partner name": "PartnerDesc",
    "classification": "ClassificationCode",
    "code": "CmdCode",
    "unit": "QtyUnitAbbr",
    "unit code": "QtyUnitCode",
    "quantity": "Qty",
    "other unit": "AltQtyUnitAbbr",
    "other unit code": "AltQtyUnitCode",
    "other quantity": "AltQty",
    "kg": "NetWgt",
    "value": "PrimaryValue",
}
_OLD: Final[Mapping[str, str]] = {
    "period": "Period",
    "flow": "Trade Flow",
    "reporter": "Reporter Code",
    "reporter letters": "Reporter ISO",
    "reporter name": "Reporter",
    "partner": "Partner Code",
    "partner letters": "Partner ISO",
    "partner name": "Partner",
    "classification": "Classification",
    "code": "Commodity Code",
    "unit": "Qty Unit",
    "unit code": "Qty Unit Code",
    "quantity": "Qty",
    "other unit": "Alt Qty Unit",
    "other unit code": "Alt Qty Unit Code",
    "other quantity": "Alt Qty",
    "kg": "Netweight (kg)",
    "value": "Trade Value (US$)",
}
_TOTALS: Final[Mapping[str, frozenset[str]]] = {
    "Partner2Code": frozenset({"", "0"}),
    "CustomsCode": frozenset({"", "C00"}),
    "MosCode": frozenset({"", "0"}),
    "MotCode": frozenset({"", "0"}),
    "2nd Partner Code": frozenset({"", "0"}),
    "Customs Proc. Code": frozenset({"", "C00"}),
    "Mode of Transport Code": frozenset({"", "0"}),
}
"""Columns that split a total into parts, and the cells that stand for the total."""
_FLOWS: Final[Mapping[str, Statistic]] = {
    "m": "import",
    "import": "import",
    "imports": "import",
    "x": "export",
    "export": "export",
    "exports": "export",
    "rx": "re-export",
    "re-export": "re-export",
    "re-exports": "re-export",
    "rm": "re-import",
    "re-import": "re-import",
    "re-imports": "re-import",
    "dx": "domestic export",
    "domestic export": "domestic export",
}
_UNIT_CODES = {"8": "kg", "13": "ct", "15": "g", "21": "t"}
_TRUE = frozenset({"1", "true", "yes"})


@dataclass(frozen=True, slots=True)
class _Measure:
    ct: float
    imputed: bool


def is_comtrade(table: CsvTable) -> bool:
    """Return whether a file has the columns of an export of UN Comtrade."""
    return _columns(table) is not None


def _columns(table: CsvTable) -> Mapping[str, str] | None:
    for columns in (_NEW, _OLD):
        if table.has(columns["period"], columns["flow"], columns["reporter name"], columns["code"]):
            return columns
    return None


def comtrade_rows(table: CsvTable, problems: list[Problem]) -> Iterator[TradeRow]:
    """Yield the rows of an export of UN Comtrade; what cannot be read is added to `problems`."""
    columns = _columns(table)
    assert columns is not None, "the layout was recognised"
    missing = [name for key, name in columns.items() if key in _NEEDED and not table.has(name)]
    if missing:
        found = nearest(missing[0], table.columns)
        why = f"the column '{missing[0]}' is missing, which an export of UN Comtrade has"
        problems.append(Problem(file=table.file, line=1, why=why, found=found))
        return
    for row in table.rows:
        made = _row(table, columns, row, problems)
        if made is not None:
            yield made


_NEEDED = ("partner name", "value", "quantity")


def _row(
    table: CsvTable, columns: Mapping[str, str], row: CsvRow, problems: list[Problem]
) -> TradeRow | None:
    def cell(key: str) -> str:
        return row.cells.get(columns[key].casefold(), "")

    before = len(problems)
    reporter = _area(table, columns, row, "reporter", problems)
    partner = _area(table, columns, row, "partner", problems)
    try:
        year, month = read_period(cell("period"))
    except NotationError as error:
        problems.append(
            table.problem(row, columns["period"], error.why, found=error.found, allowed=error.allowed)
        )
    value = _number(table, row, columns["value"], problems)
    measures, why_none = _quantities(table, columns, row, problems)
    if len(problems) > before or reporter is None or partner is None:
        return None
    flow = _FLOWS.get(cell("flow").casefold())
    skip = "" if flow else f"flow {shown(cell('flow'))} is none of imports, exports, re-exports, re-imports"
    classification = cell("classification")
    if classification and not classification.upper().startswith("H"):
        skip = skip or f"classification {classification} is not the Harmonized System"
    return TradeRow(
        file=table.file,
        line=row.line,
        statistic=flow or "other",
        reporter=reporter,
        partner=partner,
        year=year,
        month=month,
        code=digits_of(cell("code")) or cell("code"),
        ct=measures[0].ct if measures else None,
        other_ct=measures[1].ct if len(measures) > 1 and not measures[1].imputed else None,
        usd=value,
        imputed=bool(measures) and measures[0].imputed,
        no_quantity=why_none,
        part=", ".join(_parts(row)),
        source="UN Comtrade",
        skip=skip,
    )


def _area(
    table: CsvTable, columns: Mapping[str, str], row: CsvRow, side: str, problems: list[Problem]
) -> Area | None:
    words = [row.cells.get(columns[key].casefold(), "") for key in (side, f"{side} letters", f"{side} name")]
    area = area_of(*(word for word in words if word))
    if area is None:
        label = next((word for word in reversed(words) if word), "")
        why = f"unknown area {shown(label)}" + (
            f" (code {words[0]})" if words[0] and label != words[0] else ""
        )
        problems.append(
            table.problem(row, columns[f"{side} name"], why, found=label, suggestion=nearest_area(label))
        )
    return area


def _parts(row: CsvRow) -> Iterator[str]:
    for column, totals in _TOTALS.items():
        cell = row.cells.get(column.casefold(), "")
        if cell not in totals:
            yield f"{column} {cell}"


def _quantities(
    table: CsvTable, columns: Mapping[str, str], row: CsvRow, problems: list[Problem]
) -> tuple[list[_Measure], str]:
    """Return the quantities, the best first: measured before imputed, and in the order in which they stand.

    Where there are none, a text says why.
    """

    def cell(*names: str) -> str:
        return next((row.cells[name.casefold()] for name in names if name.casefold() in row.cells), "")

    def unit_of(code: str, name: str) -> str:
        return _UNIT_CODES.get(cell(code, code.replace("Alt", "Atl")).removesuffix(".0"), "") or cell(name)

    legacy = cell("LegacyEstimationFlag", "Flag").removesuffix(".0")
    unit = unit_of(columns["unit code"], columns["unit"])
    other = unit_of(columns["other unit code"], columns["other unit"])
    other_column = columns["other quantity"]
    if not table.has(other_column):
        other_column = other_column.replace("Alt", "Atl")
    found: list[_Measure] = []
    for column, per, flag, marks in (
        (columns["quantity"], carats_per(unit), "IsQtyEstimated", ("2", "6")),
        (other_column, carats_per(other), "IsAltQtyEstimated", ()),
        (columns["kg"], carats_per("kg"), "IsNetWgtEstimated", ("4", "6")),
    ):
        number = _number(table, row, column, problems)
        if number is not None and per is not None:
            flagged = cell(flag).casefold() in _TRUE or legacy in marks
            found.append(_Measure(float(per) * number, flagged and number > 0))
    # A zero beside another quantity stands for a missing one.
    found = [measure for measure in found if measure.ct > 0] or found
    if found:
        return sorted(found, key=lambda measure: measure.imputed), ""
    if cell(columns["quantity"]) and unit and carats_per(unit) is None:
        return [], f"quantity only in {shown(unit)}, which is no mass"
    return [], "no quantity"


def _number(table: CsvTable, row: CsvRow, column: str, problems: list[Problem]) -> float | None:
    text = row.cells.get(column.casefold(), "")
    try:
        number = read_figure(text, decimal_comma=table.decimal_comma).value
        if number is not None and number < 0:
            raise NotationError(f"a negative number, {shown(text)}", found=text, allowed="0 or more")
        return number
    except NotationError as error:
        problems.append(table.problem(row, column, error.why, found=error.found, allowed=error.allowed))
        return None
