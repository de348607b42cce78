"""How all problems of a question are reported at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from diamondsim.arguments import ArgumentError
from diamondsim.errors import Problem, ScenarioError


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Add problems to a list instead of raising, so that the next part can be checked as well."""
    try:
        yield
    except ArgumentError as error:
        problems.append(Problem(argument=error.argument, why=error.why))
    except ScenarioError as error:
        problems += error.problems


def refuse(
    why: str, *, argument: str = "", allowed: str | None = None, suggestion: str | None = None
) -> ScenarioError:
    """Return the error that one thing of a question is wrong; `argument` is that of the call, if one is."""
    return ScenarioError([Problem(why=why, argument=argument, allowed=allowed, suggestion=suggestion)])
