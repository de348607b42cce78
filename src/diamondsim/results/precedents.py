"""Exports after earlier Chinese controls, month by month, for comparison with the admitted flow.

Fractions of the monthly exports before the control. Month 1 is the first month of the control, month -1 the
last one before it; months without a report are missing. More in docs/evidence.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Precedent:
    """One episode: exports of all destinations as a fraction of those before the control, by month."""

    name: str
    effective: str
    source: str
    by_month: Mapping[int, float]


GALLIUM_BASE_KG = 5140.0
GERMANIUM_BASE_KG = 2820.0

GALLIUM = Precedent(
    name="gallium",
    effective="2023-08-01",
    source="press reports of Chinese customs data; mean of January to July 2023 is 5.14 t a month",
    by_month={
        -1: 5150 / GALLIUM_BASE_KG,
        1: 0.0,
        2: 0.0,
        3: 250 / GALLIUM_BASE_KG,
        4: 1530 / GALLIUM_BASE_KG,
        5: 1.37,
        8: 0.24,
        13: 2.2,
    },
)
GERMANIUM = Precedent(
    name="germanium",
    effective="2023-08-01",
    source="press reports of Chinese customs data; mean of January to October 2022 is 2.82 t a month",
    by_month={
        -1: 8630 / GERMANIUM_BASE_KG,
        1: 0.0,
        2: 1 / GERMANIUM_BASE_KG,
        3: 648 / GERMANIUM_BASE_KG,
        4: 721 / GERMANIUM_BASE_KG,
        5: 1.34,
        8: 1.14,
        11: 0.47,
    },
)
PRECEDENTS = (GALLIUM, GERMANIUM)
