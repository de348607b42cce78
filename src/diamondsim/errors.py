"""Problems in the user's input, and how they are worded.

Owns the one form in which every problem is reported, and the exception that carries all problems of an input
at once. Knows nothing about the meaning of the input.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_SHOWN_CHARS = 60
_PATH_CHARS = 300
ALIKE = 0.6
"""Similarity, from 0 to 1, from which a word counts as a misspelling of another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem in the user's input.

    Attributes
    ----------
    why
        What is wrong, as a sentence without a full stop.
    argument
        The argument of the call that is wrong; empty for a scenario.
    path
        Place in the scenario, such as ``reserves.us.opening``; empty for a whole file.
    file, line, column
        Place in the text; line and column count from 1 and are ``None`` where there is no text.
    found
        The value found, for programs; `why` already names it.
    allowed
        What is allowed in its place.
    suggestion
        The nearest allowed word.
    renamed
        Whether `suggestion` is the new name of `found`.
    missing
        The keys that a map lacks, where that is the problem.

    Examples
    --------
    >>> print(Problem(file="bad.yaml", line=8, column=5, path="producers.x.capcity",
    ...               why="unknown key 'capcity'", suggestion="capacity"))
    bad.yaml:8:5: producers.x.capcity: unknown key 'capcity'; did you mean 'capacity'?
    """

    why: str
    argument: str = ""
    path: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None
    found: str | None = None
    allowed: str | None = None
    suggestion: str | None = None
    renamed: bool = False
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        path = path_shown(self.path)
        # The name of a change ends with its path, which need not be repeated: what lies below it is added.
        change, _, changed = where.rpartition(" ")
        if change and (self.path == changed or self.path.startswith((f"{changed}[", f"{changed}."))):
            where, path = where + self.path.removeprefix(changed), ""
        where = "".join(char if char.isprintable() else repr(char)[1:-1] for char in where)
        text = ": ".join(part for part in (self.argument, where, path, self.why) if part)
        if self.renamed:
            return f"{text}; it is now '{self.suggestion}'"
        if self.suggestion:
            return f"{text}; did you mean '{self.suggestion}'?"
        return f"{text}; allowed: {self.allowed}" if self.allowed else text


class ScenarioError(Exception):
    """All problems found in a scenario.

    Attributes
    ----------
    problems : tuple of Problem
        Never empty and without duplicates, in the order in which they were found.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(problems))
        assert self.problems, "a scenario error without a problem"
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        return "\n".join([f"{head}:", *map(str, self.problems)])


class StoreError(Exception):
    """A run cannot be stored in a folder, or resumed from it; the text gives the reason and a remedy."""


class EngineError(ImportError):
    """The engine asked for cannot be used, since numba is installed but fails."""


class NotationError(ValueError):
    """A value, such as a quantity or a distribution, that cannot be read.

    Attributes
    ----------
    why, found, allowed, suggestion
        As in `Problem`.
    """

    def __init__(
        self, why: str, *, found: str | None = None, allowed: str | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(why)
        self.why = why
        self.found = found
        self.allowed = allowed
        self.suggestion = suggestion

    def __str__(self) -> str:
        return str(self.problem())

    def problem(self) -> Problem:
        """Return the same error as a problem without a place."""
        return Problem(why=self.why, found=self.found, allowed=self.allowed, suggestion=self.suggestion)


def nearest(word: str, allowed: Iterable[str], cutoff: float = ALIKE) -> str | None:
    """Return the allowed word most similar to `word`; None if none is similar enough.

    Case is ignored; `cutoff` is the least similarity, from 0 to 1.

    Examples
    --------
    >>> nearest("capcity", ["capacity", "region"])
    'capacity'
    """
    by_folded = {candidate.casefold(): candidate for candidate in allowed}
    # The ratio is quadratic in the length of the word, and no name is this long.
    close = get_close_matches(word[:_SHOWN_CHARS].casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None


_ALIKE_FILES = 0.75
"""Similarity from which a file is suggested for another one. Unlike the names of a scenario, the files of a
folder are not all meant for one place."""


def missing_file(path: Path, name: str, suffixes: Iterable[str]) -> Problem:
    """Return the problem that there is no such file, with the nearest name in its folder.

    Parameters
    ----------
    path
        The file.
    name
        Its name in messages.
    suffixes
        Endings that the file may have, such as ``.csv``.

    Examples
    --------
    >>> print(missing_file(Path("no/where/mine.yaml"), "no/where/mine.yaml", [".yaml"]))
    no/where/mine.yaml: there is no such file; there is no folder 'no'
    """
    absent = next((folder for folder in reversed(path.parents) if not folder.is_dir()), None)
    if absent is not None:
        folder = shown(str(absent))
        reason = f"{folder} is not a folder" if absent.exists() else f"there is no folder {folder}"
        return Problem(why=f"there is no such file; {reason}", file=name)
    endings = {suffix.casefold() for suffix in suffixes}
    try:
        others = [file for file in path.parent.iterdir() if file.suffix.casefold() in endings]
    except OSError:  # A folder may be open for looking up a name, and not for listing.
        others = []
    # Endings make unlike names alike, so they are left out of the comparison.
    beside = {file.stem: file for file in others if file.is_file()}
    stem = path.stem if path.suffix.casefold() in endings else path.name
    close = nearest(stem, beside, _ALIKE_FILES)
    return Problem(why="there is no such file", file=name, suggestion=str(beside[close]) if close else None)


def shown(text: str) -> str:
    """Return `text` in quotes for a message, with control characters escaped and long text cut.

    Examples
    --------
    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'"
    """
    return repr(text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 3] + "...")


def path_shown(path: str) -> str:
    r"""Return a path in a scenario for a message: as it is, but short, and on one line.

    Examples
    --------
    >>> path_shown("reserves.us.opening"), path_shown("a\nb")
    ('reserves.us.opening', "'a\\nb'")
    """
    return path if len(path) <= _PATH_CHARS and path.isprintable() else shown(path)


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return words as they read in a sentence, the last one after the word `last`.

    Examples
    --------
    >>> joined(["mesh"]), joined(["mesh", "micron", "plate"]), joined(["mesh", "micron"], "or")
    ('mesh', 'mesh, micron and plate', 'mesh or micron')
    """
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final


def found_text(value: object) -> str:
    """Return a value of a scenario for a message: text in quotes, a word of YAML, or its shape.

    Examples
    --------
    >>> found_text("60 days"), found_text(True), found_text([1])
    ("'60 days'", 'true', 'a list')
    """
    match value:
        case str():
            return shown(value)
        case True | False | None:
            return {True: "true", False: "false", None: "null"}[value]
        case dict():
            return "a map"
        case list():
            return "a list"
    return f"a {type(value).__name__}"
