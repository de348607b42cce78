"""Results by calendar quarter as tables, of one run and of several that are compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from rich.console import RenderableType
from rich.text import Text

from diamondsim.reporting.formatting import figures, multiple_for, percent
from diamondsim.reporting.page_layout import page_width, wrapped
from diamondsim.reporting.place_labels import labels_of_names
from diamondsim.reporting.plain_tables import bare_table
from diamondsim.reporting.quarter_report import QuarterEstimates, QuarterReport, QuarterUse

_USES_PER_TABLE = 5
_FIGURES_PER_TABLE = 6
"""The largest number of columns beside each other: of uses, with two figures each, and of others."""
_TENTH = 0.0995
"""Limits above this share have no decimals, as in `percent`."""
_HEADING = 16
"""Columns that a heading takes if there is room."""
_LONGEST_ROW, _GAP = "2026Q4* to 2027Q1", "  "
_BELOW = "; below it the mean share unmet, each with its 95 % interval"
_NONE_SHOWN = "No use is short often enough to be shown; --json has the figures of all."


def quarter_tables(report: QuarterReport, shown: Sequence[tuple[str, str]]) -> list[RenderableType]:
    """Return the tables by quarter: controls and output, and the uses of each region.

    Parameters
    ----------
    report : QuarterReport
    shown : sequence of (str, str)
        Region and use, by id, of the uses to show.

    Returns
    -------
    list of renderable
    """
    never = [line for text in _never_line(report) for line in wrapped(text)]
    blocks: list[RenderableType] = [*_head(report), *map(Text, never), *_law_and_output(report)]
    labels = _labels(report)
    for region in dict.fromkeys(region for region, _ in shown):
        uses = [use for use in report.uses if use.region == region and (region, use.use) in shown]
        heading = f"{labels[region, uses[0].use][0]}: chance that over {percent(report.threshold)} of the "
        heading += f"quarter's demand is unmet{_BELOW}"
        blocks += [Text(), *map(Text, wrapped(heading))]
        blocks += _tables(report, {labels[region, use.use][1]: _cells(use) for use in uses}, _USES_PER_TABLE)
    if not shown:
        blocks.append(Text(_NONE_SHOWN))
    return blocks


def compared_quarter_tables(
    reports: Mapping[str, QuarterReport], shown: Sequence[tuple[str, str]]
) -> list[RenderableType]:
    """Return the tables by quarter of several runs: controls and output of each, and the uses in all of them.

    Parameters
    ----------
    reports : dict of str to QuarterReport
        By name of the scenario; the quarters of all are those of the first.
    shown : sequence of (str, str)
        As for `quarter_tables`.

    Returns
    -------
    list of renderable
        A table for each use, with a column for each scenario.
    """
    names = [*reports]
    first = reports[names[0]]
    blocks = [*_head(first)]
    for name, report in reports.items():
        same = next((each for each in names[: names.index(name)] if _is_same(reports[each], report)), None)
        about = [] if same else [*_never_line(report)]
        texts = [f"{name}: controls and output as {same}"] if same else [name, *about]
        blocks += [Text(), *(Text(line) for text in texts for line in wrapped(text))]
        blocks += [] if same else _law_and_output(report)
    labels = _labels(first)
    for key in shown:
        region, use = labels[key]
        heading = f"{use}, {region}: chance that over {percent(first.threshold)} of the quarter's demand is "
        heading += f"unmet{_BELOW}"
        columns = {
            name: _cells(one)
            for name, report in reports.items()
            for one in report.uses
            if (one.region, one.use) == key
        }
        blocks += [Text(), *map(Text, wrapped(heading)), *_tables(first, columns, _USES_PER_TABLE)]
    if not shown:
        blocks.append(Text(_NONE_SHOWN))
    return blocks


def _is_same(one: QuarterReport, other: QuarterReport) -> bool:
    """Return whether what is printed of controls and output is the same in two runs."""
    return all(
        printed(one) == printed(other)
        for printed in (_legal_columns, _output_columns, lambda report: [*_never_line(report)])
    )


def _head(report: QuarterReport) -> list[RenderableType]:
    covered = [line for text in _covered_line(report) for line in wrapped(text)]
    return [Text(), Text("By quarter", style="bold"), *map(Text, covered)]


def _law_and_output(report: QuarterReport) -> list[RenderableType]:
    # In tables of their own: the law seldom changes, output often.
    return [
        table
        for columns in (_legal_columns(report), _output_columns(report))
        for table in _tables(report, columns, _FIGURES_PER_TABLE)
    ]


def _labels(report: QuarterReport) -> dict[tuple[str, str], tuple[str, str]]:
    return labels_of_names({(use.region, use.use): (use.region_name, use.use_name) for use in report.uses})


def _covered_line(report: QuarterReport) -> Iterator[str]:
    in_part = [
        f"{label} {percent(share)}"
        for label, share in zip(report.quarter, report.covered, strict=True)
        if share < 1
    ]
    if in_part:
        yield f"* in part, share of its days: {', '.join(in_part)}"


def _never_line(report: QuarterReport) -> Iterator[str]:
    never = [*_never(report)]
    if never:
        yield f"In no quarter of any replication: {', '.join(never)}"


def _legal_columns(report: QuarterReport) -> dict[str, list[str]]:
    """Return what the law says in each quarter: controls, what they slow, and legal states."""
    shares = {_holds(name, "\n"): values for name, values in report.control_in_force.items()}
    shares |= {f"legal state\n{name}": values for name, values in report.legal_states.items()}
    return {heading: _percents(values) for heading, values in shares.items() if any(values)}


def _output_columns(report: QuarterReport) -> dict[str, list[str]]:
    return {
        f"{name}\noutput": [_output_cell(*each, report.facility_unit) for each in _bounds(output)]
        for name, output in report.facility_output.items()
    }


def _never(report: QuarterReport) -> Iterator[str]:
    """Yield what of the controls and legal states holds in no quarter, and so has no column."""
    yield from (_holds(name, " ") for name, values in report.control_in_force.items() if not any(values))
    yield from (f"legal state {name}" for name, values in report.legal_states.items() if not any(values))


def _holds(control: str, space: str) -> str:
    """Return what is counted of a control; a spillover or overcompliance slows trade and is not in force."""
    name, _, slowing = control.partition(" ")
    if slowing == "overcompliance":
        return space.join(("trade slowed", f"while {name}", "is dormant"))
    if slowing == "spillover":
        return space.join(("goods beside", name, "slowed"))
    return space.join((control, "in force"))


def _cells(use: QuarterUse) -> list[str]:
    pairs = zip(_bounds(use.chance), _bounds(use.shortfall), strict=True)
    return [f"{_share_cell(*chance)}\n{_share_cell(*unmet)}" for chance, unmet in pairs]


def _bounds(estimates: QuarterEstimates) -> Iterator[tuple[float, float, float]]:
    """Yield the estimate of each quarter with its limits."""
    return zip(estimates.value, estimates.low, estimates.high, strict=True)


def _share_cell(value: float, low: float, high: float) -> str:
    """Return a share with its interval; a single replication and what never happens have none."""
    digits = 0 if high >= _TENTH else 1
    limits = f" [{100 * low:.{digits}f}, {100 * high:.{digits}f}]"
    return percent(value) + ("" if math.isnan(low) or math.isnan(high) or low == high else limits)


def _output_cell(value: float, low: float, high: float, unit: str) -> str:
    """Return an output with its interval."""
    factor, multiple_of_unit = multiple_for(value, unit)
    cell = f"{figures(value / factor)} {multiple_of_unit}"
    is_sure = math.isnan(low) or low == high
    return cell if is_sure else f"{cell} [{figures(low / factor)}, {figures(high / factor)}]"


def _percents(values: Sequence[float]) -> list[str]:
    return [percent(value) for value in values]


def _tables(
    report: QuarterReport, columns: Mapping[str, Sequence[str]], at_most: int
) -> list[RenderableType]:
    """Return the columns beside each other, in several tables where they are too many or too wide."""
    tables: list[RenderableType] = []
    for names in _side_by_side(columns, at_most):
        table = bare_table()
        table.add_column("Quarter", no_wrap=True)
        most = _heading_width(columns, names)
        for name in names:
            table.add_column(name, justify="right", width=_width(name, columns[name], most), overflow="fold")
        for label, cells in _rows(report, [columns[name] for name in names]):
            table.add_row(label, *cells)
        tables.append(table)
    return tables


def _side_by_side(columns: Mapping[str, Sequence[str]], at_most: int) -> Iterator[list[str]]:
    """Yield the names of the columns of each table: those that have room beside each other."""
    here: list[str] = []
    for name in columns:
        if here and (len(here) == at_most or _table_width(columns, [*here, name], 1) > page_width()):
            yield here
            here = []
        here.append(name)
    if here:
        yield here


def _heading_width(columns: Mapping[str, Sequence[str]], names: Sequence[str]) -> int:
    """Return the largest number of columns that headings may take, so that the table has room."""
    fitting = (most for most in range(_HEADING, 1, -1) if _table_width(columns, names, most) <= page_width())
    return next(fitting, 1)


def _table_width(columns: Mapping[str, Sequence[str]], names: Sequence[str], most: int) -> int:
    return len(_LONGEST_ROW) + sum(len(_GAP) + _width(name, columns[name], most) for name in names)


def _width(name: str, cells: Sequence[str], most: int) -> int:
    """Return the width of a column: of its cells, or of its heading, which breaks at `most` if it can."""
    words = max(map(len, name.split()))
    heading = max(map(len, name.splitlines()))
    lines = (len(line) for cell in cells for line in cell.splitlines())
    return min(max(*lines, words, min(heading, most)), page_width() - len(_LONGEST_ROW + _GAP))


def _rows(report: QuarterReport, columns: Sequence[Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the rows of a table; consecutive quarters with the same figures, as printed, share one."""
    labels = [
        f"{label}{'*' if share < 1 else ''}"
        for label, share in zip(report.quarter, report.covered, strict=True)
    ]
    for cells, run in groupby(zip(labels, zip(*columns, strict=True), strict=True), key=itemgetter(1)):
        first, *others = (label for label, _ in run)
        yield (f"{first} to {others[-1]}" if others else first), cells
