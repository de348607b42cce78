"""A CSV file as its header and its rows of text, each with the number of its line.

Owns what can be wrong with a file before anybody asks what its columns mean. The rows stay text: a library
that guesses types would take `NA` (not available, and Namibia) for a number that is missing, `01` for 1, and
where each row ends with a comma and the header does not, the first column for a label of rows.
"""

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diamondsim.errors import Problem, ScenarioError, missing_file, shown

_MAX_BYTES = 512 * 2**20
_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""The first bytes of a spreadsheet file, new and old."""
_NAMED_DELIMITER = re.compile(r"sep=(.)\r?\n")
"""A first line that spreadsheets read and write: it names the delimiter."""
_NO_TABLE = {"<": "HTML or XML", "{": "JSON", "[": "JSON"}
"""What a text is that begins with a mark with which no name of a column does."""
_CSV = "names separated by commas, semicolons or tabs"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row of a file: its line, counted from 1, and its cells by the folded name of their column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file.

    Attributes
    ----------
    file : str
        Its name in messages.
    columns : tuple of str
        The names in the header, as written.
    rows : tuple of CsvRow
    delimiter : str
        What separates cells.
    encoding : str
        ``utf-8``, ``utf-16`` or ``cp1252``.
    sha256 : str
        Of its bytes.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    delimiter: str
    encoding: str
    sha256: str

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma may be a decimal sign: only where it does not separate cells."""
        return self.delimiter != ","

    def has(self, *names: str) -> bool:
        """Return whether all these columns are there; case and outer spaces do not matter."""
        folded = {fold(column) for column in self.columns}
        return all(fold(name) in folded for name in names)

    def problem(
        self,
        row: CsvRow,
        column: str,
        why: str,
        *,
        found: str | None = None,
        allowed: str | None = None,
        suggestion: str | None = None,
    ) -> Problem:
        """Return a problem with a cell: file, line, the number of the column and its name."""
        places = [number for number, name in enumerate(self.columns, 1) if fold(name) == fold(column)]
        label = next((name for name in self.columns if fold(name) == fold(column)), column)
        return Problem(
            file=self.file,
            line=row.line,
            column=places[0] if places else None,
            path=label,
            why=why,
            found=found,
            allowed=allowed,
            suggestion=suggestion,
        )


def fold(name: str) -> str:
    """Return the name of a column in the form in which columns are compared.

    Examples
    --------
    >>> fold(" Trade Value (US$) ")
    'trade value (us$)'
    """
    return " ".join(name.split()).casefold()


def read_csv(path: str | Path) -> CsvTable:
    """Read a CSV file.

    Parameters
    ----------
    path
        A file in UTF-8, in UTF-16 with a byte order mark, or else in Windows-1252, as the United States
        Geological Survey publishes. Cells are separated by commas, semicolons or tabs.

    Returns
    -------
    CsvTable

    Raises
    ------
    ScenarioError
        If it cannot be read or is no text, has no rows or one column, repeats a column, or has rows with
        more cells than columns.
    """
    file = str(path)
    data = _bytes(Path(path), file)
    text, encoding = _text(data, file)
    other = next((kind for mark, kind in _NO_TABLE.items() if text.lstrip().startswith(mark)), None)
    if other is not None:
        why = f"expected a table, found {other}"
        raise ScenarioError([Problem(file=file, why=why, allowed=f"a CSV file, its first line {_CSV}")])
    delimiter, lines = _cells(text, file)
    if len(lines) < 2:
        why = "this file is empty" if not lines else "this file has a header and no rows"
        raise ScenarioError([Problem(file=file, why=why)])
    header = lines[0][1]
    while len(header) > 1 and not header[-1].strip():
        header = header[:-1]
    columns = tuple(" ".join(name.split()) for name in header)
    if len(columns) == 1:
        why = f"the first line should name the columns, found {shown(header[0])}"
        allowed = f"{_CSV}; no title above them"
        raise ScenarioError([Problem(file=file, line=lines[0][0], why=why, allowed=allowed)])
    folded = [fold(name) for name in columns]
    problems = [
        Problem(
            file=file, line=lines[0][0], column=place + 1, why=f"the column '{columns[place]}' is repeated"
        )
        for place, name in enumerate(folded)
        if name and name in folded[:place]
    ]
    rows = []
    for line, cells in lines[1:]:
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if extra:
            why = f"{len(cells)} cells in a row of a file with {len(columns)} columns"
            problems.append(Problem(file=file, line=line, column=len(columns) + 1, why=why, found=extra[0]))
            continue
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        rows.append(CsvRow(line, {name: cell.strip() for name, cell in zip(folded, padded, strict=False)}))
    if problems:
        raise ScenarioError(problems)
    return CsvTable(file, columns, tuple(rows), delimiter, encoding, hashlib.sha256(data).hexdigest())


def _bytes(path: Path, file: str) -> bytes:
    try:
        if path.is_dir():
            raise ScenarioError([Problem(file=file, why="expected a CSV file, found a directory")])
        if not path.exists():
            raise ScenarioError([missing_file(path, file, _SUFFIXES)])
        if path.stat().st_size > _MAX_BYTES:
            raise ScenarioError([Problem(file=file, why="this file is larger than 512 MiB, the limit")])
        return path.read_bytes()
    except OSError as error:
        raise ScenarioError([Problem(file=file, why=f"cannot be read: {error.strerror}")]) from error


def _text(data: bytes, file: str) -> tuple[str, str]:
    if data.startswith(_WORKBOOKS):
        why = "this is a spreadsheet, not text"
        raise ScenarioError([Problem(file=file, why=why, allowed="a CSV file, which a spreadsheet can save")])
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text, encoding = data.decode("utf-16" if wide else "utf-8-sig"), "utf-16" if wide else "utf-8"
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; they stay visible in the cell that has them.
        text, encoding = data.decode("cp1252", "replace"), "cp1252"
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ScenarioError([Problem(file=file, line=line, why="a NUL character, so this is no text file")])
    return text, encoding


def _cells(text: str, file: str) -> tuple[str, Sequence[tuple[int, list[str]]]]:
    """Return the delimiter, and the cells of each line that has any with the line on which it ends."""
    named = _NAMED_DELIMITER.match(text)
    first = text.lstrip().partition("\n")[0]
    delimiter = named[1] if named else max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        if named:
            next(reader)
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        line = reader.line_num
        raise ScenarioError([Problem(file=file, line=line, why=f"not a CSV file: {error}")]) from error
    return delimiter, lines
