"""Sizes of the cases: for figures, or just enough to show that the suite works."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "reinstated-2027"
SEED = 1


@dataclass(frozen=True)
class Scale:
    """Sizes of all cases.

    Attributes
    ----------
    rounds : int
        Number of timed rounds.
    warmups : int
        Number of rounds before those that are timed.
    years : float
        Horizon of cases that do not sweep it.
    part : int
        Replications of cases that do not sweep them, and of the reference.
    replications, firms : tuple of int
        Sizes that are swept: replications, and firms carved out of buyers, which add lanes.
    horizons : tuple of float
        Years that are swept.
    blocks, block : int
        Blocks that worker processes simulate, an even number, and the replications of each.
    shipped : int
        Replications of the shipped scenario whose memory is measured.
    longer : tuple of int
        Horizons over which it is measured, in multiples of `years`.
    engines : tuple of str
        Engines of worker processes, and of a whole run in one process.
    engine_rounds : int
        Number of timed rounds of the latter.
    kept : int
        Replications of the textbook case whose memory is measured.
    answers, sizing : int
        Replications of a plain run beside an analysis, and of each size of a search.
    answer_rounds : int
        Number of timed rounds of an analysis.
    answers_apart : bool
        Whether each call has a process of its own, without which its peak of memory says nothing.
    """

    rounds: int
    warmups: int
    years: float
    part: int
    replications: tuple[int, ...]
    horizons: tuple[float, ...]
    firms: tuple[int, ...]
    blocks: int
    block: int
    shipped: int
    longer: tuple[int, ...]
    engines: tuple[str, ...]
    engine_rounds: int
    kept: int
    answers: int
    sizing: int
    answer_rounds: int
    answers_apart: bool


FULL = Scale(
    rounds=5,
    warmups=1,
    years=8,
    part=512,
    replications=(256, 512, 1024, 2048, 4096),
    horizons=(1, 2, 4, 8),
    firms=(20, 60),
    blocks=2,
    block=256,
    shipped=2048,
    longer=(1, 2),
    engines=("batch", "compiled"),
    engine_rounds=7,
    kept=65_536,
    answers=4096,
    sizing=1024,
    answer_rounds=3,
    answers_apart=True,
)

QUICK = Scale(
    rounds=1,
    warmups=0,
    years=0.5,
    part=32,
    replications=(32, 1056),
    horizons=(0.5, 1),
    firms=(2,),
    blocks=2,
    block=32,
    shipped=1024,
    longer=(1,),
    engines=("batch",),
    engine_rounds=1,
    kept=1024,
    answers=64,
    sizing=64,
    answer_rounds=1,
    answers_apart=False,
)
