"""Options of the runs that a command makes: how they are sampled, and what they are compared with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from diamondsim.cli.options import SET, quiet_option, seed_option, set_option, workers_option

F = TypeVar("F", bound=Callable[..., Any])

VARIANT = "--variant"
VARIANT_FORM = "'NAME: PATH=VALUE; PATH=VALUE'"


@dataclass(frozen=True)
class RunOptions:
    """How a command is asked to run what it shows.

    Attributes
    ----------
    replications : int or None
        None for the default, where that depends on what is run.
    seed : int
    changes : tuple of str
        Of ``--set``.
    workers : int or None
    quiet : bool
    """

    replications: int | None
    seed: int
    changes: tuple[str, ...]
    workers: int | None
    quiet: bool

    @property
    def number(self) -> int:
        """The number of replications of a command that has a default for it."""
        assert self.replications is not None, "a command without a default sets one"
        return self.replications


def run_options(replications: Callable[[Any], Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the options of a run, which the command gets as one argument, `how`.

    Parameters
    ----------
    replications : callable
        Adds ``-n``, as the parameter `replications`.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def called(
            *,
            replications: int | None,
            seed: int,
            changes: tuple[str, ...],
            workers: int | None,
            quiet: bool,
            **others: Any,
        ) -> Any:
            return function(how=RunOptions(replications, seed, changes, workers, quiet), **others)

        added: Callable[..., Any] = replications(
            seed_option(set_option(workers_option(quiet_option(called))))
        )
        return added

    return add


def baseline_option(sentence: str) -> Callable[[F], F]:
    """Return what adds the scenario that a run is compared with."""
    return click.option("--baseline", metavar="SCENARIO|none", help=sentence)


def variant_option(sentence: str) -> Callable[[F], F]:
    """Return what adds variants of the first scenario; `sentence` says what they are."""
    return click.option(
        VARIANT,
        "variants",
        multiple=True,
        metavar=VARIANT_FORM,
        help=f"{sentence}; changes are written as for {SET}; repeatable.",
    )
