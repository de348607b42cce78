"""Cases in which capacity is converted between two grades, for every engine."""

from __future__ import annotations

from tests.engines.small_case import CaseSpec, conversion, lane, source, use

FROM_MUCH_LARGER = CaseSpec(
    nodes=(use("powder", demand=30), use("tools", demand=500, grade="mesh")),
    sources=(source("micron", capacity=20), source("mesh", capacity=1000, grade="mesh")),
    lanes=(lane("micron", "powder"), lane("mesh", "tools")),
    conversions=(conversion("mesh", "micron", step=0.05),),
    n_ticks=12,
)
"""A step converts 50 of 1,000, where micron lacks 10 of 20: it would be met twice over, and undone."""

WHOLLY = CaseSpec(
    nodes=(
        use("powder", demand=130),
        use("tools", demand=100, grade="mesh", growth=[1.0, 1.0, *[0.0] * 10, 1.0]),
    ),
    sources=(source("micron", capacity=20), source("mesh", capacity=100, grade="mesh")),
    lanes=(lane("micron", "powder"), lane("mesh", "tools")),
    conversions=(conversion("mesh", "micron", step=0.25),),
    n_ticks=60,
)
"""All of the mesh is converted while nobody asks for it; then it is asked for again."""
