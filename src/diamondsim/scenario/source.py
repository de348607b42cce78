"""Read one YAML file into a tree, or explain why it cannot be read.

Owns everything that can be wrong with a file before its content is interpreted: it must exist, be a regular
file, be UTF-8 text and be YAML.
"""

from dataclasses import replace
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from diamondsim.errors import Problem, ScenarioError, missing_file, shown
from diamondsim.scenario.build import TreeBuilder
from diamondsim.scenario.tree import Plain, Table, plain
from diamondsim.scenario.written_text import stray_character

FILE_SUFFIXES = (".yaml", ".yml")
"""Endings of the name of a scenario file."""

_MAX_BYTES = 2**20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HDF5 = b"\x89HDF\r\n\x1a\n"
"""The first bytes of a NetCDF-4 file."""
_A_RESULT = "a result that a command kept: report, plot, sensitivity and discover read one"

_PLAIN_REASONS = (
    ("character '\\t'", "found a tab where YAML expects spaces"),
    ("cannot start any token", "a value that begins with this character must be quoted"),
    ("expected alphabetic or numeric", "a value that begins with '*' or '&' must be quoted"),
    (
        "mapping values are not allowed",
        "a second ':' in a line, or a line that is indented too far; quote text that contains ': '",
    ),
    ("could not find expected ':'", "a key without ': ' after it"),
    ("<stream end>", "the file ends inside brackets"),
    ("expected ',' or '}'", "a {...} that is not closed or lacks a comma"),
    ("expected ',' or ']'", "a [...] that is not closed or lacks a comma"),
    ("expected <block end>", "this line is not aligned with the lines above it"),
    ("unexpected end of stream", "quotes that are not closed"),
)


def read_tree(file: Traversable, name: str) -> Table:
    """Read a scenario file.

    Parameters
    ----------
    file
        The file.
    name
        Its name in messages.

    Returns
    -------
    Table
        Its keys and values with their places.

    Raises
    ------
    ScenarioError
        With one problem if it is not readable YAML, otherwise with all problems found.
    """
    return parse_tree(_bytes(file, name), name)


def parse_tree(data: bytes, name: str) -> Table:
    """Parse the bytes of a scenario file; otherwise like `read_tree`.

    Examples
    --------
    >>> parse_tree(b"title: Calm", "calm.yaml").entries["title"].node
    Leaf(value='Calm', mark=Mark(file='calm.yaml', line=1, column=8))
    """
    tree, problems = parse_tolerantly(data, name)
    if problems:
        raise ScenarioError(problems)
    return tree


def read_tolerantly(file: Traversable, name: str) -> tuple[Table, list[Problem]]:
    """Read as much of a scenario file as possible; otherwise like `read_tree`.

    Returns
    -------
    tree
        The tree without everything that has a problem.
    problems
        The problems, to be reported together with those of the rest.

    Raises
    ------
    ScenarioError
        If there is no tree at all.
    """
    return parse_tolerantly(_bytes(file, name), name)


def parse_tolerantly(data: bytes, name: str) -> tuple[Table, list[Problem]]:
    """Parse as many bytes of a scenario file as possible; otherwise like `read_tolerantly`."""
    tree, problems = _parsed(data, name)
    return tree, [*problems]


@lru_cache(maxsize=64)
def _parsed(data: bytes, name: str) -> tuple[Table, tuple[Problem, ...]]:
    """Parse, or remember: scenarios share most of the files that they extend, and trees do not change."""
    builder = TreeBuilder(YAML(typ="safe", pure=True).parse(_text(data, name)), name)
    try:
        tree = builder.document()
    except MarkedYAMLError as error:
        raise ScenarioError([*builder.problems, _syntax_problem(error, name)]) from error
    except (YAMLError, ValueError, OverflowError) as error:
        # The scanner converts escapes such as "\\UFFFFFFFF" without checking their range.
        raise ScenarioError([*builder.problems, Problem(file=name, why=f"not YAML: {error}")]) from error
    if tree is None:
        raise ScenarioError(builder.problems)
    return tree, tuple(builder.problems)


def parse_value(text: str, name: str, path: str = "") -> Plain:
    """Parse one value as written after ``key:`` in a file, such as ``{flow: 3 Mct/yr}``.

    Parameters
    ----------
    text
        YAML in one line.
    name
        Its name in messages.
    path
        Its path in the scenario.

    Raises
    ------
    ScenarioError
        If it is not YAML. The problems have no line number, since there is only one line.

    Examples
    --------
    >>> parse_value("{flow: 3 Mct/yr, grades: {mesh: 100%}}", "--set")
    {'flow': '3 Mct/yr', 'grades': {'mesh': '100%'}}
    """
    stray = stray_character(text)
    if stray is not None:
        raise ScenarioError([Problem(file=name, path=path, why=f"{stray[1]} in {shown(text)}", found=text)])
    key = "value"
    try:
        tree = parse_tree(f"{key}: {text}".encode(), name)
    except ScenarioError as error:
        places = [(problem, path + problem.path.removeprefix(key)) for problem in error.problems]
        moved = [replace(problem, path=place, line=None, column=None) for problem, place in places]
        raise ScenarioError(moved) from error
    return plain(tree.entries[key].node)


def _bytes(file: Traversable, name: str) -> bytes:
    try:
        if file.is_dir():
            found = _A_RESULT if name.lower().rstrip("/").endswith(".zarr") else "a directory"
            raise ScenarioError([Problem(file=name, why=f"expected a scenario file, found {found}")])
        if isinstance(file, Path) and file.exists() and not file.is_file():
            raise ScenarioError([Problem(file=name, why="this is not a regular file")])
        if not file.is_file():
            assert isinstance(file, Path), "shipped files are there"
            raise ScenarioError([missing_file(file, name, FILE_SUFFIXES)])
        with file.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError([Problem(file=name, why=f"cannot be read: {error.strerror}")]) from error
    if data.startswith(_HDF5):
        raise ScenarioError([Problem(file=name, why=f"expected a scenario file, found {_A_RESULT}")])
    if len(data) > _MAX_BYTES:
        raise ScenarioError(
            [Problem(file=name, why="this file is larger than 1 MiB, the limit for a scenario")]
        )
    return data


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8", "replace"))
        kind = "this is UTF-16" if data[:2] in _UTF_16 else f"byte 0x{data[error.start]:02x}"
        why = f"not UTF-8 text: {kind}; save the file as UTF-8"
        raise ScenarioError([Problem(file=name, line=line, column=column, why=why)]) from error
    stray = stray_character(text)
    if stray is not None:
        at, why = stray
        line, column = _place(text[:at])
        raise ScenarioError([Problem(file=name, line=line, column=column, why=why)])
    return text


def _place(before: str) -> tuple[int, int]:
    lines = before.split("\n")
    return len(lines), len(lines[-1]) + 1


def _syntax_problem(error: MarkedYAMLError, name: str) -> Problem:
    reason = str(error.problem)
    why = next((words for part, words in _PLAIN_REASONS if part in reason), reason)
    noticed, opened = error.problem_mark, error.context_mark
    # An unclosed bracket or quote is detected at the end of the file; report where it was opened.
    at_the_end = "unexpected end of stream" in reason or "<stream end>" in reason
    mark = (opened if at_the_end else noticed) or noticed or opened
    if "that is not closed" in why and opened and noticed and opened.line < noticed.line:
        why += f"; it was opened in line {opened.line + 1}"
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file=name, line=line, column=column, why=f"not YAML: {why}", found=reason)
