"""Small cases that several tests of the engines share, and the tolerance of what is worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.small_case import Case, lane, small_case, source, use


def close(expected: Sequence[float]) -> object:
    """What differs from some numbers by rounding only."""
    return pytest.approx(list(expected), rel=1e-12, abs=1e-10)


def short_by_two_fifths(*nodes: object) -> Case:
    """From tick 2 on a and b get 60 and 30 of their 100 and 50; `nodes` are added."""
    return small_case(
        n_ticks=4,
        nodes=[use("a", demand=100), use("b", demand=50), *nodes],  # type: ignore[list-item]
        sources=[source("s", capacity=150, index=[1.0, 0.6])],
        lanes=[lane("s", "a"), lane("s", "b")],
    )


def taken_over(adoption: float) -> Case:
    """a buys 100 a tick from s; from tick 1 on its contracts move to f, up to 60 % of them."""
    return small_case(
        n_ticks=60,
        nodes=[use("a", demand=100, min_fill_rate=1.0)],
        sources=[source("s", capacity=300), source("f", capacity=300, adoption=adoption)],
        lanes=[lane("s", "a"), lane("f", "a", contract_share=0.6, opens=1)],
    )


def of_no_facility(w: Case) -> Case:
    """Let all entrant lanes come from somebody else than a facility: they are those of second sources."""
    return Case(replace(w.plan, lane_facility=np.full(w.plan.n_lanes, -1)), w.draws)
