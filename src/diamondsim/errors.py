"""What is said to a person whose input is wrong.

Owns the one shape in which every mistake is reported, and the exception that carries all
mistakes of an input at once. Knows nothing about what the input means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN_CHARS = 60
ALIKE = 0.6
"""How much a word must be like another one to be taken for a slip of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in what the user gave.

    Attributes
    ----------
    why
        What is wrong, as a sentence without a full stop.
    path
        Where in the scenario, such as ``reserves.us.opening``; empty for a whole file.
    file, line, column
        Where in which text (line and column count from 1); ``None`` where there is no text.
    found
        What stood there, for machines; `why` already names it.
    allowed
        What could have stood there.
    suggestion
        The nearest allowed word.
    renamed
        Whether `found` was renamed, and is now called `suggestion`.

    Examples
    --------
    >>> print(Problem(file="bad.yaml", line=8, column=5, path="producers.x.capcity",
    ...               why="unknown key 'capcity'", suggestion="capacity"))
    bad.yaml:8:5: producers.x.capcity: unknown key 'capcity'; did you mean 'capacity'?
    """

    why: str
    path: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None
    found: str | None = None
    allowed: str | None = None
    suggestion: str | None = None
    renamed: bool = False

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        # A change that is named by its path says it already.
        path = "" if where.endswith(f" {self.path}") else self.path
        text = ": ".join(part for part in (where, path, self.why) if part)
        if self.renamed:
            return f"{text}; it is now '{self.suggestion}'"
        if self.suggestion:
            return f"{text}; did you mean '{self.suggestion}'?"
        return f"{text}; allowed: {self.allowed}" if self.allowed else text


class ScenarioError(Exception):
    """All mistakes found in a scenario.

    Attributes
    ----------
    problems : tuple of Problem
        Never empty, each at most once, in the order of files, lines and columns in which they
        were found.
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
    """A folder in which a run cannot be kept, or gone on with; the text says why, and what to do."""


class NotationError(ValueError):
    """A quantity or a distribution that cannot be read.

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
        """Return the same mistake as a problem that has no place yet."""
        return Problem(why=self.why, found=self.found, allowed=self.allowed, suggestion=self.suggestion)


def nearest(word: str, allowed: Iterable[str], cutoff: float = ALIKE) -> str | None:
    """Return the allowed word that looks most like `word`, or None where none does.

    Upper and lower case count as alike; `cutoff` is the least likeness, from 0 to 1.

    Examples
    --------
    >>> nearest("capcity", ["capacity", "region"])
    'capacity'
    """
    by_folded = {candidate.casefold(): candidate for candidate in allowed}
    # The ratio is quadratic in the length of the word, and no name is this long.
    close = get_close_matches(word[:_SHOWN_CHARS].casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None


def shown(text: str) -> str:
    """Return `text` in quotes for a message: control characters escaped, cut where it is long.

    Examples
    --------
    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'"
    """
    return repr(text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 3] + "...")
