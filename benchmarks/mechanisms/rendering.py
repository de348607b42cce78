"""The text of a table: its figures, and the command of each case in which something is changed."""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Mapping
from typing import Any

from benchmarks.declared_runs.cases import Case, Times
from benchmarks.declared_runs.declarations import DeclarationError
from benchmarks.declared_runs.marked_pages import markdown_table
from benchmarks.mechanisms.declared import Cell, Table
from benchmarks.mechanisms.measure import Kind
from benchmarks.mechanisms.measures import MEASURES
from benchmarks.mechanisms.measuring import Figure
from benchmarks.mechanisms.running import Outcome

NOTHING = "-"
ROUNDING = 1e-9
"""Relative size up to which a difference is one of rounding: the tolerance that the engines keep."""

_PLAIN = re.compile(r"[^\s\"'{}\[\],:#&*!|>%@`][^\"'{}\[\],:#]*")
"""A text that needs no quotes within a map or a list."""


def text_of(table: Table, outcome: Outcome) -> str:
    """Return a table in Markdown, and below it the commands of the cases in which something is changed.

    Raises
    ------
    DeclarationError
        If the figures lack a cell of the table.
    """
    rows = []
    for label in table.labels:
        row = [label]
        for head in table.heads:
            cell = table.cells.get((label, head))
            figures = outcome.figures.get((label, head))
            if cell is not None and figures is None:
                raise DeclarationError(
                    f"the figures of {table.name!r} lack {label!r}, {head!r}: they must be measured again"
                )
            row.append("" if cell is None or figures is None else cell_text(cell, figures))
        rows.append(row)
    parts = [markdown_table((table.corner, *table.heads), rows)]
    changed = [f"- {name}: `{command_of(case)}`" for name, case in table.cases.items() if case.changes]
    return "\n\n".join([*parts, *(["\n".join(changed)] if changed else [])])


def cell_text(cell: Cell, figures: list[Figure]) -> str:
    """Return the text of a cell."""
    kind = MEASURES[cell.measure].kind
    unit = "" if kind is Kind.NUMBER else " %"
    factor = 1 if kind is Kind.NUMBER else 100

    def values(numbers: list[float]) -> str:
        return ", ".join(_number(factor * n, kind, cell.digits) for n in numbers)

    now = values([figure.value for figure in figures])
    if not cell.comparison:
        return now if now == NOTHING else now + unit
    if cell.comparison == "after":
        before = values([figure.before for figure in figures if figure.before is not None])
        return f"{before} -> {now}{unit}"
    apart = ", ".join(_difference(figure, kind, factor, cell.digits) for figure in figures)
    return apart if cell.comparison == "less" else f"{now}{unit}, {apart}"


def command_of(case: Case) -> str:
    """Return the command that runs a case.

    Examples
    --------
    >>> command_of(Case("relapse", {"controls.cn_55.relapse": None, "a.b": {"lost": "tri(1 2 3)"}}))
    "diamondsim run relapse --set controls.cn_55.relapse=null --set 'a.b={lost: tri(1 2 3)}'"
    """
    sets = [f"--set {shlex.quote(f'{path}={_written(value)}')}" for path, value in case.changes.items()]
    return " ".join(["diamondsim run", case.scenario, *sets])


def _written(value: Any, *, inside: bool = False) -> str:
    assert not isinstance(value, Times), "a multiple cannot be written on the command line"
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        items = (f"{_written(str(k), inside=True)}: {_written(v, inside=True)}" for k, v in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(item, inside=True) for item in value)}]"
    text = str(value)
    return json.dumps(text) if inside and not _PLAIN.fullmatch(text) else text


def _difference(figure: Figure, kind: Kind, factor: float, digits: int | None) -> str:
    assert figure.difference is not None, "a compared figure has a difference"
    value, low, high = figure.difference
    if math.isnan(value):
        return NOTHING
    largest = abs(value) if math.isnan(low) else max(abs(low), abs(high))
    if largest <= ROUNDING * max(1.0, abs(figure.value)):
        return "0"
    value, low, high = (factor * number for number in figure.difference)
    known = not math.isnan(low)
    places = _places(max(abs(value), (high - low) / 2 if known else 0.0), kind, digits)
    said = _signed(value, places)
    if not known:
        return said
    if kind is Kind.EVENT:
        return f"{said} [{_plain(low, places)}, {_plain(high, places)}]"
    return f"{said} ± {_plain((high - low) / 2, places)}"


def _number(value: float, kind: Kind, digits: int | None) -> str:
    return NOTHING if math.isnan(value) else _plain(value, _places(abs(value), kind, digits))


def _places(size: float, kind: Kind, digits: int | None) -> int:
    if digits is not None:
        return digits
    if kind is Kind.EVENT:
        return 1
    if kind is Kind.SHARE:
        return 2 if size < 10 else 1
    return 0 if size >= 100 else 1 if size >= 10 else 2


def _plain(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _signed(value: float, places: int) -> str:
    text = _plain(value, places)
    return text if text.startswith("-") or float(text) == 0 else f"+{text}"
