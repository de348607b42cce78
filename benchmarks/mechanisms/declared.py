"""The declared tables: their cases, rows and columns, and the cells that these make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.declared_runs.cases import Case
from benchmarks.declared_runs.declarations import DeclarationError, changes_of, read_yaml, refuse_rest
from benchmarks.mechanisms.measure import Measure
from benchmarks.mechanisms.measures import MEASURES
from diamondsim.errors import nearest

FOLDER = Path(__file__).parent / "tables"
FILES = ("controls", "plants", "makers", "buyers", "market", "prices")
"""In the order of the page."""
COMPARISONS = ("less", "after", "against")
"""How a second case of a cell is shown: as a difference, as `a -> b`, as a value with its difference."""
STATISTICS = ("mean", "median", "deviation")
_OF_CELL = ("case", *COMPARISONS, "measure", "statistic", "digits")


@dataclass(frozen=True)
class Cell:
    """What one cell shows.

    Attributes
    ----------
    case : str
        In which it is measured.
    other : str
        The case that it is compared with; empty if with none.
    comparison : str
        One of `COMPARISONS`; empty without another case.
    measure : str
    parameters : tuple of mapping
        One for each figure of the cell.
    statistics : tuple of (str or float)
        Of the values of the replications: one of `STATISTICS`, or the level of a quantile.
    digits : int, optional
        Decimals.
    """

    case: str
    measure: str
    parameters: tuple[Mapping[str, Any], ...]
    other: str = ""
    comparison: str = ""
    statistics: tuple[str | float, ...] = ("mean",)
    digits: int | None = None

    @property
    def cases(self) -> tuple[str, ...]:
        """The one or two cases."""
        return (self.case, self.other) if self.other else (self.case,)


@dataclass(frozen=True)
class Table:
    """One table of the page.

    Attributes
    ----------
    name : str
        Of its marks.
    corner : str
        Head of the first column.
    heads, labels : tuple of str
        Of the other columns, and of the rows.
    cells : mapping of (str, str) to Cell
        By label and head; a row may leave out columns.
    cases : mapping of str to Case
    """

    name: str
    corner: str
    heads: tuple[str, ...]
    labels: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    cases: Mapping[str, Case] = field(default_factory=dict)


@cache
def tables() -> tuple[Table, ...]:
    """Return all tables, in the order of the page."""
    return tuple(
        table_of(name, written)
        for file in FILES
        for name, written in read_yaml(FOLDER / f"{file}.yaml").items()
    )


def table_of(name: str, written: Mapping[str, Any]) -> Table:
    """Return a table as written.

    Raises
    ------
    DeclarationError
        If a key, a measure or one of its parameters is unknown, or a cell lacks something.
    """
    rest = dict(written)
    where = f"table {name!r}"
    declared = {
        str(label): _case(f"{where}: case {label!r}", case) for label, case in rest.pop("cases", {}).items()
    }
    columns = dict(_headed(column, "head", declared) for column in rest.pop("columns"))
    rows = dict(_headed(row, "what", declared) for row in rest.pop("rows"))
    each, corner = rest.pop("each", {}), rest.pop("corner", "")
    refuse_rest(where, rest)
    cells = {}
    for label, row in rows.items():
        own = dict(row)
        only = own.pop("only", [*columns])
        for head in only:
            if head not in columns:
                raise DeclarationError(f"{where}: row {label!r} names the column {head!r}, which it lacks")
            cells[label, head] = _cell(f"{where}: {label!r}, {head!r}", {**each, **columns[head], **own})
    named = dict.fromkeys(case for cell in cells.values() for case in cell.cases)
    cases = {case: declared[case] for case in declared if case in named}
    cases |= {case: Case(case) for case in named if case not in declared}
    unused = [label for label in declared if label not in named]
    if unused:
        raise DeclarationError(f"{where}: no cell has the case {unused[0]!r}")
    return Table(name, corner, (*columns,), (*rows,), cells, cases)


def _case(where: str, written: Mapping[str, Any]) -> Case:
    rest = dict(written)
    case = Case(str(rest.pop("scenario")), changes_of(rest.pop("set", {})))
    refuse_rest(where, rest)
    return case


def _headed(
    written: str | Mapping[str, Any], key: str, declared: Mapping[str, Case]
) -> tuple[str, Mapping[str, Any]]:
    """Return head or label, and the rest; a text alone is the case of that name."""
    if isinstance(written, str):
        return written if written in declared else f"`{written}`", {"case": written}
    rest = dict(written)
    return str(rest.pop(key)), rest


def _cell(where: str, written: Mapping[str, Any]) -> Cell:
    rest = dict(written)
    missing = [key for key in ("case", "measure") if key not in rest]
    if missing:
        raise DeclarationError(f"{where}: no {missing[0]}")
    comparisons = [key for key in COMPARISONS if rest.get(key) is not None]
    if len(comparisons) > 1:
        raise DeclarationError(f"{where}: both {comparisons[0]!r} and {comparisons[1]!r}")
    statistic = rest.get("statistic", "mean")
    statistics = tuple(statistic) if isinstance(statistic, list) else (statistic,)
    for one in statistics:
        if one not in STATISTICS and not (isinstance(one, float) and 0 < one < 1):
            raise DeclarationError(f"{where}: statistic {one!r}, one of {', '.join(STATISTICS)} or a level")
    name = str(rest["measure"])
    if name not in MEASURES:
        close = nearest(name, [*MEASURES])
        hint = f"; did you mean {close!r}?" if close else ""
        raise DeclarationError(f"{where}: there is no measure {name!r}{hint}")
    parameters = {key: value for key, value in rest.items() if key not in _OF_CELL}
    _check(where, name, MEASURES[name], parameters)
    comparison = comparisons[0] if comparisons else ""
    return Cell(
        case=str(rest["case"]),
        other=str(rest[comparison]) if comparison else "",
        comparison=comparison,
        measure=name,
        parameters=(*_each(parameters),),
        statistics=statistics,
        digits=rest.get("digits"),
    )


def _check(where: str, name: str, measure: Measure, parameters: Mapping[str, Any]) -> None:
    known = measure.parameters
    for key in parameters:
        if key not in known and "labels" not in known:
            raise DeclarationError(f"{where}: {name} has no parameter {key!r}")
    for key, needed in known.items():
        if needed and key not in parameters and key != "labels":
            raise DeclarationError(f"{where}: {name} needs {key!r}")


_LISTS = ("grades", "origin", "to", "uses", "without")
"""Parameters that take a list; a list of any other parameter is as many figures."""


def _each(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    several = {
        key: value if isinstance(value, list) and key not in _LISTS else [value]
        for key, value in parameters.items()
    }
    for values in product(*several.values()):
        yield dict(zip(several, values, strict=True))
