"""How much is run: everything, or so little that it only shows that the suite works."""

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
        How often each thing is timed.
    warmups : int
        How often it is done before.
    years : int
        Horizon of the cases that sweep something else.
    part : int
        Replications at a time where replications are not swept; also what sizes are compared with.
    replications, horizons, firms : tuple of int
        Sizes swept: replications, years, and firms carved out of buyers, which adds lanes.
    blocks : tuple of int
        Blocks of 1,024 replications of the smaller and the larger job that processes share.
    kept : int
        Replications of a textbook case whose memory is measured.
    """

    rounds: int
    warmups: int
    years: int
    part: int
    replications: tuple[int, ...]
    horizons: tuple[int, ...]
    firms: tuple[int, ...]
    blocks: tuple[int, int]
    kept: int


FULL = Scale(
    rounds=5,
    warmups=1,
    years=8,
    part=512,
    replications=(256, 512, 1024, 2048, 4096),
    horizons=(1, 2, 4, 8),
    firms=(20, 60),
    blocks=(2, 6),
    kept=65_536,
)

QUICK = Scale(
    rounds=1,
    warmups=0,
    years=1,
    part=32,
    replications=(32, 1056),
    horizons=(1, 2),
    firms=(2,),
    blocks=(1, 2),
    kept=1024,
)
