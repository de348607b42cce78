"""How all problems of a question are reported at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from diamondsim.errors import Problem, ScenarioError


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Add the problems of a ScenarioError to a list, so that the next part can be checked as well."""
    try:
        yield
    except ScenarioError as error:
        problems += error.problems


def refuse(why: str, *, allowed: str | None = None, suggestion: str | None = None) -> ScenarioError:
    """Return the error that one thing of a question is wrong."""
    return ScenarioError([Problem(why=why, allowed=allowed, suggestion=suggestion)])
