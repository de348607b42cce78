"""The findings of `check` as tables: balance, residuals of the fit, derived lanes."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.plan.balance import DriverPoint
from diamondsim.plan.check import CheckReport
from diamondsim.reporting.formatting import amount, percent, signed
from diamondsim.reporting.legal_state_rows import changed_lines, outdated_lines
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.plain_tables import is_narrow, new_table, set_in

_NOTABLE = 0.0005
"""Residuals below this share are not shown."""
_MOST_PATHS = 10
"""Numbers without a source or assumption that are named."""


def check_renderable(report: CheckReport, *, lanes: bool = False) -> RenderableType:
    """Return the findings of a check for a rich console.

    Parameters
    ----------
    report : CheckReport
    lanes : bool
        Whether to list every derived lane.

    Returns
    -------
    rich renderable
    """
    as_of = "not given" if report.as_of is None else report.as_of.isoformat()
    parts: list[RenderableType] = [
        *_lines(report.title, "bold"),
        *_lines(f"as of {as_of}; legal state: {report.legal_state or 'not given'}"),
        *(Text(line, style="yellow") for line in outdated_lines(report.legal_state_outdated)),
        *map(Text, changed_lines(report.changes)),
        *_section("Balance at the start (output + imports = exports + use + feed)", _balance(report)),
        *_section("Contracts against capacity", _capacities(report)),
        *_section("Residuals of the fit", _residuals(report)),
    ]
    if report.published_totals:
        parts += _section("Published totals and those of the contracts", _totals(report))
    if report.drivers:
        parts += _section("Drivers of demand besides growth (factors on demand)", _drivers(report))
    if report.prices:
        parts += _section("Prices at the start (means of uncertain prices)", _prices(report))
    if lanes:
        parts += _section("Derived lanes (means of uncertain numbers)", _lanes(report))
    parts += [Text(), *_lines(_numbers(report))]
    parts += [line for warning in report.warnings for line in _lines(f"warning: {warning}", "yellow")]
    if not lanes:
        derived = "1 lane was" if len(report.lanes) == 1 else f"{len(report.lanes)} lanes were"
        parts.append(Text(f"{derived} derived; --lanes lists them.", style="dim"))
    return Group(*parts)


def _lines(text: str, style: str = "") -> list[Text]:
    return [Text(line, style=style) for line in wrapped(text)]


def _section(title: str, table: Table) -> list[RenderableType]:
    if not table.row_count:
        return [Text(), Text(f"{title}: none.", style="bold")]
    return [Text(), Text(title, style="bold"), table]


def _balance(report: CheckReport) -> Table:
    table = new_table("region", "grade", "output", "imports", "exports", "use", "feed", numbers=5)
    for row in report.balance:
        flows = (row.output, row.imports, row.exports, row.use, row.feed)
        table.add_row(row.region, row.grade, *(amount(flow, row.unit) for flow in flows))
    return table


def _totals(report: CheckReport) -> Table:
    away = "from\nthe mean" if is_narrow() else "from the mean"
    table = new_table("total", "years", "lowest", "highest", "contracts", away, numbers=4)
    for row in report.published_totals:
        highest = amount(row.high, row.unit) if row.low < row.high else ""
        less = signed((row.contracts - row.mean) / row.mean, ".1%") if row.mean else "-"
        flows = (amount(row.low, row.unit), highest, amount(row.contracts, row.unit))
        table.add_row(row.name, ", ".join(map(str, row.years)), *flows, less.replace("%", " %"))
    return table


def _capacities(report: CheckReport) -> Table:
    table = new_table("source", "contracts", "capacity", "used", numbers=3)
    for row in report.capacities:
        if row.contracts > 0:
            used = percent(row.contracts / row.capacity) if row.capacity > 0 else "-"
            table.add_row(row.source, amount(row.contracts, row.unit), amount(row.capacity, row.unit), used)
    return table


def _residuals(report: CheckReport) -> Table:
    table = new_table("quantity", "target", "fitted", "difference", numbers=3)
    for quantity, unit, target, fitted in _fits(report):
        if abs(fitted - target) > _NOTABLE * max(abs(target), abs(fitted)):
            difference = amount(fitted - target, unit)
            table.add_row(quantity, amount(target, unit), amount(fitted, unit), difference)
    return table


def _fits(report: CheckReport) -> Iterator[tuple[str, str, float, float]]:
    for cell in report.trade:
        yield f"trade {cell.seller} -> {cell.region}", cell.unit, cell.table, cell.fitted
    for output in report.outputs:
        yield f"sales of {output.seller}, {output.grade}", output.unit, output.aimed, output.fitted


def _drivers(report: CheckReport) -> Table:
    table = new_table("driver", "uses", "confidence", "factors", numbers=0)
    for row in report.drivers:
        factors = "\n".join(_factor(point) for point in row.points)
        table.add_row(row.name, ", ".join(row.uses), row.confidence or "not given", factors)
    return table


def _factor(point: DriverPoint) -> str:
    mean = f"{point.mean:.3g}"
    return f"{point.date}: {mean if point.distribution is None else f'{point.distribution}, mean {mean}'}"


def _prices(report: CheckReport) -> Table:
    table = new_table("grade", "zone", "price", "", numbers=1)
    for row in report.prices:
        price = f"{row.usd:.3g} USD/{row.unit}"
        table.add_row(row.grade, row.zone, price, "uncertain" if row.uncertain else "")
    return table


def _lanes(report: CheckReport) -> Table:
    """Return the lanes; on a narrow page those to one place stand below its name."""
    narrow = is_narrow()
    places = ["to, from"] if narrow else ["from", "to"]
    table = new_table(*places, "licensing", "share", "limit", "lead", "tier", numbers=4)
    above = ""
    for lane in report.lanes:
        if narrow and lane.node != above:
            above = lane.node
            table.add_row(Text(above, style="bold"))
        mark = " (entrant)" if lane.entrant else ""
        table.add_row(
            *([set_in(f"{lane.source}{mark}", 1)] if narrow else [lane.source, f"{lane.node}{mark}"]),
            ", ".join(lane.licensing_rules),
            percent(lane.share),
            "-" if lane.sourcing_limit is None else percent(lane.sourcing_limit),
            f"{lane.lead_days:.0f} d",
            str(lane.tier),
        )
    return table


def _numbers(report: CheckReport) -> str:
    counts = {row.basis: row for row in report.numbers}
    total = sum(row.numbers for row in report.numbers)
    by_basis = ", ".join(
        f"{counts[basis].numbers} {text} ({counts[basis].uncertain} of them uncertain)"
        for basis, text in (("sourced", "with a source"), ("assumed", "assumed"), ("none", "with neither"))
        if basis in counts
    )
    changed = sum(row.changed for row in report.numbers)
    without_reason = sum(row.changed for row in report.numbers if row.basis == "none")
    reasons = f"{_count_numbers(changed)}, {without_reason} without a reason"
    more = f" Changed by --set: {reasons}." if changed else ""
    return f"{_count_numbers(total)}: {by_basis}.{_named(report.without_basis)}{more}"


def _named(paths: tuple[str, ...]) -> str:
    """Return which numbers have neither a source nor an assumption, the first of them."""
    if not paths:
        return ""
    others = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
    return f" With neither: {', '.join(paths[:_MOST_PATHS])}{others}."


def _count_numbers(n: int) -> str:
    return f"{n} number{'' if n == 1 else 's'}"
