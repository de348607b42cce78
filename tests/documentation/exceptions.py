"""The one table of blocks that the tests do not run, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from tests.documentation.pages import Block


@dataclass(frozen=True, slots=True)
class NotRun:
    """A block that is not run: the one block of a page that holds a text.

    Attributes
    ----------
    page
        Path from the root of the repository.
    holds
        A text that this block of the page holds, and no other.
    reason
        Why it cannot be run here.
    """

    page: str
    holds: str
    reason: str


NOT_RUN: tuple[NotRun, ...] = (
    *(
        NotRun(
            "docs/plots.md",
            holds,
            "many runs of eight years; the docstring of the picture has a smaller example, which is run",
        )
        for holds in ("comparison = ds.compare(", "indices = ds.sobol_indices(", "sizes = ds.size_reserve(")
    ),
    NotRun(
        "docs/design.md",
        "ds.sampling_gain(ds.load_scenario(",
        "1,024 replications of eight years for each seed take a minute; the docstring of the function has an "
        "example with a smaller scenario, which is run",
    ),
    NotRun(
        "docs/size.md",
        "diamondsim size-reserve lapse-2027",
        "a search simulates some twenty scenarios; tests/cli/test_size.py runs it on a textbook case",
    ),
    NotRun(
        "docs/size.md",
        "diamondsim size-stock one-toolmaker toolmaker_a --chance 50%",
        "a search simulates some twenty scenarios; tests/cli/test_size.py runs it on a textbook case",
    ),
    NotRun(
        "docs/size.md",
        "--set uses.machining.value=",
        "the same search; tests/analysis/test_worth_in_money.py checks the figures on a textbook case",
    ),
    NotRun(
        "docs/five-questions.md",
        "diamondsim size-reserve lapse-2027",
        "a search simulates some twenty scenarios; tests/cli/test_size.py runs it on a textbook case",
    ),
    NotRun(
        "docs/five-questions.md",
        "diamondsim sensitivity lapse-2027",
        "docs/sensitivity.md and docs/flip.md have the same lines, and they are run there",
    ),
    NotRun(
        "docs/flip.md",
        "--pair allocation.value_exponent",
        "some ninety runs; tests/cli/test_flip_pairs.py runs the command on a textbook case",
    ),
    NotRun(
        "docs/stress.md",
        "diamondsim reverse-stress lapse-2027",
        "two searches of some ten runs each; tests/cli/test_stress.py runs the command on a textbook case",
    ),
    NotRun(
        "docs/quickstart.md",
        "pip install .",
        "needs an environment of its own; tests/test_repository.py builds the wheel and uses it",
    ),
)


def is_run(block: Block) -> bool:
    """Return whether the table leaves a block alone."""
    return not any(row.page == block.page and row.holds in block.text for row in NOT_RUN)
