"""Tables as files beside one another, CSV or Parquet: the main one under the name that was asked for."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from diamondsim.files.about_tables import (
    ColumnNote,
    Fact,
    columns_of,
    provenance_facts,
    scenario_texts,
    text_table,
)
from diamondsim.files.result_tables import Result, ResultTables
from diamondsim.results import PART_SUFFIX, DataFrame

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings by which a spreadsheet takes the text of a CSV cell for a formula."""


@dataclass(frozen=True)
class TableFormat:
    """How tables are written to and, as far as names of files go, read from a format."""

    suffix: str
    write: Callable[[DataFrame, IO[bytes]], None]
    column: Callable[[Path, str], list[str]]


def write_table_files(
    result: Result,
    found: ResultTables,
    names: Sequence[str],
    left_out: Sequence[str],
    target: Path,
    kind: TableFormat,
) -> Path:
    """Write tables, what their columns are, the provenance and the scenario to files beside one another.

    Files that an earlier call wrote under the same name, and this one does not, are removed: tables of two
    results would otherwise lie beside one another as if they were of one.

    Parameters
    ----------
    result : xarray.Dataset, xarray.DataTree or Trace
    found : ResultTables
        Its tables.
    names : sequence of str
        Which of them to write, the main one first.
    left_out : sequence of str
        Which of them are not written.
    target : pathlib.Path
        The file of the main table; the others are ``STEM-TABLE.SUFFIX``.
    kind : TableFormat

    Returns
    -------
    pathlib.Path
        `target`.

    Raises
    ------
    OSError
        If the machine fails; existing files are then unchanged.
    """
    earlier = _earlier(target, kind)
    columns: list[ColumnNote] = []
    written = {target}

    def beside(name: str, suffix: str = kind.suffix) -> Path:
        path = target.with_name(f"{target.stem}-{name}{suffix}")
        written.add(path)
        return path

    with _replaced_together() as opened:
        for name in names:
            frame = found[name]
            if not len(frame) and name != names[0]:
                continue
            place = target if name == names[0] else beside(name)
            columns += columns_of(name, frame, place.name)
            with opened(place) as file:
                kind.write(frame, file)
        facts = provenance_facts(result, left_out)
        for about, rows, fields in (("columns", columns, ColumnNote), ("provenance", facts, Fact)):
            with opened(beside(about)) as file:
                heads = ["file" if field == "place" else field for field in fields._fields]
                kind.write(text_table(rows, heads), file)
        for node, text in scenario_texts(result).items():
            with opened(beside(f"scenario-{node}" if node else "scenario", ".yaml")) as file:
                file.write(text.encode())
    for path in earlier - written:
        path.unlink(missing_ok=True)
    return target


@contextmanager
def _replaced_together() -> Iterator[Callable[[Path], IO[bytes]]]:
    """Yield a function that opens files under temporary names; at the end all are renamed, the first last.

    If anything fails before, none is.
    """
    parts: dict[Path, Path] = {}

    @contextmanager
    def opened(target: Path) -> Iterator[IO[bytes]]:
        part = target.with_name(f".{target.name}.{os.getpid()}{PART_SUFFIX}")
        with part.open("xb") as file:
            parts[target] = part
            yield file
            file.flush()
            os.fsync(file.fileno())

    try:
        yield opened  # type: ignore[misc]
        for target, part in reversed(parts.items()):
            part.replace(target)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _earlier(target: Path, kind: TableFormat) -> set[Path]:
    """Return the files of tables that an earlier call wrote beside `target`, by its table `columns`."""
    index = target.with_name(f"{target.stem}-columns{kind.suffix}")
    try:
        names = set(kind.column(index, "file"))
    except (OSError, ValueError, KeyError):
        return set()  # there is none, or it is not ours
    ours = re.compile(rf"{re.escape(target.stem)}-[a-z0-9_]+{re.escape(kind.suffix)}")
    return {target.with_name(name) for name in names if ours.fullmatch(name)}


def _write_csv(frame: DataFrame, file: IO[bytes]) -> None:
    """Write a table as CSV: UTF-8, numbers so that they read back equal, missing numbers empty."""
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "biufM"]
    for name in texts:
        if any(str(text).startswith(_FORMULA_STARTS) for text in frame[name].unique()):
            frame[name] = frame[name].astype(object).map(_no_formula)
    frame.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def _no_formula(text: object) -> object:
    """Return a text as a spreadsheet shows it and does not compute it, after an apostrophe."""
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text


def _csv_column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def _write_parquet(frame: DataFrame, file: IO[bytes]) -> None:
    """Write a table as Parquet; units and descriptions are in the attributes of the frame that is read."""
    frame.to_parquet(file, engine="pyarrow", index=False)


def _parquet_column(path: Path, name: str) -> list[str]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    texts: list[str] = pq.read_table(path, columns=[name]).column(name).to_pylist()
    return texts


CSV = TableFormat(".csv", _write_csv, _csv_column)
PARQUET = TableFormat(".parquet", _write_parquet, _parquet_column)
