"""Read one YAML file into a tree, or say in plain words why it cannot be read.

Owns everything that can be wrong with a file before its content means anything: that it is
there, is a file, is text, and is YAML.
"""

import re
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.scenario.build import TreeBuilder
from diamondsim.scenario.tree import Plain, Table, plain

_MAX_BYTES = 2**20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PLAIN_REASONS = (
    ("character '\\t'", "a tab stands where YAML wants spaces"),
    ("cannot start any token", "a value that begins with this character must stand in quotes"),
    ("expected alphabetic or numeric", "a value that begins with '*' or '&' must stand in quotes"),
    (
        "mapping values are not allowed",
        "a second ':' in a line, or a line that is indented too far; a text with ': ' in it stands in quotes",
    ),
    ("could not find expected ':'", "a key without ': ' behind it"),
    ("<stream end>", "the file ends inside brackets"),
    ("expected ',' or '}'", "a {...} that is not closed or lacks a comma"),
    ("expected ',' or ']'", "a [...] that is not closed or lacks a comma"),
    ("expected <block end>", "this line is not in line with those above it"),
    ("unexpected end of stream", "quotes that are not closed"),
)


def read_tree(file: Traversable, name: str) -> Table:
    """Read a scenario file.

    Parameters
    ----------
    file
        The file.
    name
        What messages call it.

    Returns
    -------
    Table
        Its keys and values with their places.

    Raises
    ------
    ScenarioError
        With one problem where it is no readable YAML, with all that are found where it is.
    """
    return parse_tree(_bytes(file, name), name)


def parse_tree(data: bytes, name: str) -> Table:
    """Parse the bytes of a scenario file; else as `read_tree`.

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
    """Read a scenario file as far as it can be read; else as `read_tree`.

    Returns
    -------
    tree
        What is left when everything is taken out that has a problem.
    problems
        What was found, so that it can be told together with what is wrong in the rest.

    Raises
    ------
    ScenarioError
        Where there is no tree at all.
    """
    return parse_tolerantly(_bytes(file, name), name)


def parse_tolerantly(data: bytes, name: str) -> tuple[Table, list[Problem]]:
    """Parse the bytes of a scenario file as far as they can be; else as `read_tolerantly`."""
    builder = TreeBuilder(YAML(typ="safe", pure=True).parse(_text(data, name)), name)
    try:
        tree = builder.document()
    except MarkedYAMLError as error:
        raise ScenarioError([*builder.problems, _syntax_problem(error, name)]) from error
    except (YAMLError, ValueError, OverflowError) as error:
        # The scanner turns escapes such as "\\UFFFFFFFF" into characters without looking.
        raise ScenarioError([*builder.problems, Problem(file=name, why=f"not YAML: {error}")]) from error
    if tree is None:
        raise ScenarioError(builder.problems)
    return tree, list(builder.problems)


def parse_value(text: str, name: str, path: str = "") -> Plain:
    """Read one value as a file would hold it behind ``key:``, such as ``{flow: 3 Mct/yr}``.

    Parameters
    ----------
    text
        YAML in one line.
    name
        What messages call it.
    path
        Where in a scenario it will stand.

    Raises
    ------
    ScenarioError
        Where it is no YAML, without a line, since there is only one.

    Examples
    --------
    >>> parse_value("{flow: 3 Mct/yr, grades: {mesh: 100%}}", "--set")
    {'flow': '3 Mct/yr', 'grades': {'mesh': '100%'}}
    """
    key = "value"
    try:
        tree = parse_tree(f"{key}: {text}".encode("utf-8", "surrogatepass"), name)
    except ScenarioError as error:
        places = [(problem, path + problem.path.removeprefix(key)) for problem in error.problems]
        told = [replace(problem, path=place, line=None, column=None) for problem, place in places]
        raise ScenarioError(told) from error
    return plain(tree.entries[key].node)


def _bytes(file: Traversable, name: str) -> bytes:
    try:
        if file.is_dir():
            raise ScenarioError([Problem(file=name, why="is a directory, where a scenario file is wanted")])
        if isinstance(file, Path) and file.exists() and not file.is_file():
            raise ScenarioError([Problem(file=name, why="is no regular file")])
        if not file.is_file():
            suggestion = _neighbour(file)
            raise ScenarioError([Problem(file=name, why="there is no such file", suggestion=suggestion)])
        with file.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError([Problem(file=name, why=f"cannot be read: {error.strerror}")]) from error
    if len(data) > _MAX_BYTES:
        raise ScenarioError([Problem(file=name, why="is larger than 1 MiB, and so is no scenario")])
    return data


def _neighbour(file: Traversable) -> str | None:
    if not isinstance(file, Path) or not file.parent.is_dir():
        return None
    close = nearest(file.name, [other.name for other in file.parent.glob("*.y*ml") if other.is_file()])
    return str(file.with_name(close)) if close else None


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8", "replace"))
        kind = "this is UTF-16" if data[:2] in _UTF_16 else f"byte 0x{data[error.start]:02x}"
        why = f"not UTF-8 text: {kind}; save the file as UTF-8"
        raise ScenarioError([Problem(file=name, line=line, column=column, why=why)]) from error
    stray = _UNPRINTABLE.search(text)
    if stray:
        line, column = _place(text[: stray.start()])
        why = f"the control character U+{ord(stray[0]):04X} stands in the text"
        raise ScenarioError([Problem(file=name, line=line, column=column, why=why)])
    return text


def _place(before: str) -> tuple[int, int]:
    lines = before.split("\n")
    return len(lines), len(lines[-1]) + 1


def _syntax_problem(error: MarkedYAMLError, name: str) -> Problem:
    said = str(error.problem)
    why = next((words for part, words in _PLAIN_REASONS if part in said), said)
    noticed, opened = error.problem_mark, error.context_mark
    # What is never closed is noticed at the end of the file, and lies where it was opened.
    at_the_end = "unexpected end of stream" in said or "<stream end>" in said
    mark = (opened if at_the_end else noticed) or noticed or opened
    if "that is not closed" in why and opened and noticed and opened.line < noticed.line:
        why += f"; it was opened in line {opened.line + 1}"
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file=name, line=line, column=column, why=f"not YAML: {why}", found=said)
