"""What sources with too little give to whom, worked out by hand (model.md, eq. 38-39)."""

from __future__ import annotations

import pytest

from diamondsim.plan import Rationing
from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import Case, lane, small_case, source, use


def four_uses(rule: Rationing, *, tiers: tuple[int, ...] = (0, 0, 0, 0), **more: float) -> Case:
    """60 units for demands of 10, 20, 30 and 40 (the last with a weight of its own)."""
    wants = {"a": 10, "b": 20, "c": 30, "d": 40}
    return small_case(
        n_ticks=1,
        nodes=[use(n, demand=x) for n, x in wants.items()],
        sources=[source("s", capacity=60, rationing=rule)],
        lanes=[
            lane("s", n, tier=tier, **(more if n == "d" else {}))
            for n, tier in zip(wants, tiers, strict=True)
        ],
    )


@pytest.mark.parametrize(
    "case, got",
    [
        (four_uses(Rationing.PROPORTIONAL), [6, 12, 18, 24]),
        (four_uses(Rationing.MAX_MIN), [10, 50 / 3, 50 / 3, 50 / 3]),
        (four_uses(Rationing.PROPORTIONAL, tiers=(0, 1, 2, 3)), [10, 20, 30, 0]),
        (four_uses(Rationing.PROPORTIONAL, tiers=(3, 2, 1, 0)), [0, 0, 20, 40]),
        # Weights 10 : 20 : 30 : 160: the last is served in full, the others share 20 by 1 : 2 : 3.
        (four_uses(Rationing.WEIGHTED, allocation_weight=4.0), [20 / 6, 40 / 6, 10, 40]),
    ],
    ids=["proportional", "max-min", "priority", "reversed priority", "weighted"],
)
def test_too_little_is_shared_by_the_rule(run: Run, case: Case, got: list[float]) -> None:
    outcome = run(case)
    assert [outcome.of("allocated", "s", n)[0] for n in "abcd"] == close(got)


def test_who_has_no_weight_gets_what_the_others_leave(run: Run) -> None:
    """80 for 100: the first three take their 60, the last has no weight and gets the other 20."""
    case = small_case(
        n_ticks=1,
        nodes=[use(n, demand=x) for n, x in zip("abcd", (10, 20, 30, 40), strict=True)],
        sources=[source("s", capacity=80, rationing=Rationing.WEIGHTED)],
        lanes=[lane("s", n, allocation_weight=n != "d") for n in "abcd"],
    )
    got = run(case)
    assert [got.of("allocated", "s", n)[0] for n in "abcd"] == close([10, 20, 30, 20])
    assert got.of("output", "s") == close([80])


def test_a_newcomer_weighs_by_its_contract(run: Run) -> None:
    """(39), contract weight 0.6: 0.6 * 100 + 0.4 * 100 against 0.6 * 100 + 0.4 * 0. The newcomer falls back
    on its old supplier, whose contract share is 0 by then. In tick 1 the smoothed purchases are those of
    (44), gain 0.1.
    """
    case = small_case(
        n_ticks=2,
        contract_weight=0.6,
        nodes=[use("old", demand=100), use("new", demand=100)],
        sources=[source("s", capacity=60), source("z", capacity=500)],
        lanes=[
            lane("s", "old", sourcing_limit=1.0),
            lane("s", "new", contract_share=1.0, sourcing_limit=2.0, opens=0),
            lane("z", "new", sourcing_limit=2.0),
        ],
    )
    got = run(case)
    old = 60 * 100 / 160
    p = [60 + 0.4 * (100 + 0.1 * (old - 100)), 60 + 0.4 * 0.1 * (60 - old)]
    assert got.of("allocated", "s", "old") == close([old, 60 * p[0] / sum(p)])
    assert got.of("allocated", "s", "new") == close([60 - old, 60 * p[1] / sum(p)])
    assert got.of("allocated", "z", "new")[0] == pytest.approx(100 - (60 - old))


def test_each_producer_serves_its_own_first_tier(run: Run) -> None:
    """Wishes of 50 on each of four lanes. Tier 0: s-home 50, z-abroad 50. Tier 1: s-abroad 50, z-home its
    last 10. Round two: home lacks 40, has room for 30 more at s.
    """
    case = small_case(
        n_ticks=1,
        nodes=[use("home", demand=100), use("abroad", demand=100)],
        sources=[source("s", capacity=200), source("z", capacity=60)],
        lanes=[
            lane("s", "home", contract_share=0.5, sourcing_limit=0.8, tier=0),
            lane("s", "abroad", contract_share=0.5, sourcing_limit=0.8, tier=1),
            lane("z", "home", contract_share=0.5, sourcing_limit=0.8, tier=1),
            lane("z", "abroad", contract_share=0.5, sourcing_limit=0.8, tier=0),
        ],
    )
    got = run(case)
    assert got.of("allocated", "s", "home") == close([80])
    assert got.of("allocated", "s", "abroad") == close([50])
    assert got.of("allocated", "z", "home") == close([10])
    assert got.of("allocated", "z", "abroad") == close([50])
