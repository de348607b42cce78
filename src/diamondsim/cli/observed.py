"""The option --observed: a run conditioned on published figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diamondsim.cli.streams import warn

if TYPE_CHECKING:
    from diamondsim.conditioning import Conditioning

F = TypeVar("F", bound=Callable[..., Any])

COMPARED_REPLICATIONS = 4096
"""The largest number of replications of a comparison with weighted ones, most of which may count little."""
LEAST_COMPARED = 20
"""With a smaller effective sample size the comparisons say nothing."""


def observed_option(function: F) -> F:
    """Add the option that conditions a run on observations."""
    return click.option(
        "--observed",
        type=click.Path(),
        metavar="FILE.csv",
        help="Weight the replications by how well they agree with published exports or licences; see "
        "docs/conditioning.md. Takes two runs.",
    )(function)


def require_all_anew(observed: str | None, *, store: str | None, until: str | None) -> None:
    """Refuse options that do not go with observations.

    Raises
    ------
    click.UsageError
    """
    if observed is None:
        return
    if store is not None:
        raise click.UsageError(
            "--observed does not go with --store: weights depend on all replications, while a store keeps "
            "counts of equal ones"
        )
    if until is not None:
        raise click.UsageError(
            "--observed does not go with --until: choose -n by the effective sample size in the table"
        )


def comparable(found: Conditioning | None, few: int) -> bool:
    """Return whether the first replications count enough for comparisons; if not, say that there are none."""
    from diamondsim.results import effective_size

    effective = None if found is None else effective_size(found.weights.share[:few])
    if effective is None or effective >= LEAST_COMPARED:
        return True
    warn(
        f"the effects of facilities and of diversion are left out: the first {few:,} replications, on which "
        f"they are compared, have an effective sample size of {effective:.1f}, less than {LEAST_COMPARED}"
    )
    return False
