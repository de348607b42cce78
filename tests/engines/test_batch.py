"""The batch engine by itself: independent columns, reused ledgers, and the fields that are recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.engines import batch
from diamondsim.engines.batch import water_filling as water_filling_module
from diamondsim.engines.batch.block_run import MAX_LANE_ARRAY_BYTES
from diamondsim.engines.batch.segments import SegmentSum
from diamondsim.engines.batch.water_filling import WaterFilling
from diamondsim.ledger import FIELDS, EntityKind, Ledger
from diamondsim.plan import Rationing
from tests.engines.price_strategies import PricedSpec, priced_specs
from tests.engines.small_case import BANNED, Case, CaseSpec, control, lane, small_case, source, use
from tests.engines.strategies import case_specs

quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=60
)


def columns(ledger: Ledger, field: str, row: int) -> list[list[float]]:
    """Series of one row, one list per replication."""
    return ledger[field][:, row].T.tolist()


def test_each_replication_has_its_own_lead() -> None:
    """Nothing is made in tick 0. Lead 1: order 3 * 10 - 20 = 10, unfilled, then 30 - 10 = 20, in the node a
    tick later. Lead 3: order 5 * 10 - (20 + 20) = 10, unfilled, then 50 - (20 + 10) = 20, in the node in
    tick 4.
    """
    case = small_case(
        n_ticks=5,
        replications=2,
        nodes=[use("a", demand=10, cover=2)],
        sources=[source("s", capacity=100, index=[0.0, 1.0])],
        lanes=[lane("s", "a", lead=np.array([1, 3]))],
    )
    ledger = batch.run(*case)
    assert columns(ledger, "allocated", 0) == [[0, 20, 10, 10, 10]] * 2
    assert columns(ledger, "arrived", 0) == [[10, 0, 20, 10, 10], [10, 10, 10, 0, 20]]
    assert columns(ledger, "stock", 0) == [[20, 10, 20, 20, 20], [20, 20, 20, 10, 20]]


def test_each_replication_has_its_own_water_level() -> None:
    """Requests 10, 40, 50. Of 60: 10 + 2 theta, theta = 25. Of 90: 10 + 40 + theta, theta = 40. Of 12:
    theta = 4. Of 100 nobody is cut.
    """
    case = small_case(
        n_ticks=1,
        replications=4,
        nodes=[use("a", demand=10), use("b", demand=40), use("c", demand=50)],
        sources=[source("s", capacity=np.array([60, 90, 12, 100]), rationing=Rationing.MAX_MIN)],
        lanes=[lane("s", name) for name in "abc"],
    )
    got = batch.run(*case)["allocated"][0].T
    assert got == pytest.approx(np.array([[10, 25, 25], [10, 40, 40], [4, 4, 4], [10, 40, 50]]), rel=1e-12)


def test_each_replication_has_its_own_diversion_delay() -> None:
    """Half of the denied 10 is diverted in tick 0, a fifth of it is seized, 4 arrive after one tick or two.
    Without safety stock the queue comes too late to count, so 5 are diverted in every tick.
    """
    case = small_case(
        n_ticks=4,
        replications=2,
        nodes=[use("a", demand=10, fill_rate_gain=0.0)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a")],
        controls=[
            control(
                "c",
                states=BANNED,
                covers=[("s", "a")],
                diversion_share=0.5,
                seized=0.2,
                diversion_delay=np.array([1, 2]),
            )
        ],
    )
    ledger = batch.run(*case)
    assert columns(ledger, "diverted", 0) == [[5, 5, 5, 5]] * 2
    assert columns(ledger, "seized", 0) == [[1, 1, 1, 1]] * 2
    assert columns(ledger, "arrived", 0) == [[10, 4, 4, 4], [10, 0, 4, 4]]
    assert columns(ledger, "pipeline", 0) == [[4, 4, 4, 4], [4, 8, 8, 8]]
    assert columns(ledger, "shortage", 0) == [[0, 6, 6, 6], [0, 10, 6, 6]]


def assert_same_bits(one: Ledger, other: Ledger, names: Collection[str] = FIELDS) -> None:
    for name in names:
        assert np.array_equal(one[name], other[name]), name


def run_in_groups(case: Case, groups: Sequence[Sequence[int]]) -> Ledger:
    """Run some replications at a time and put them side by side again."""
    order = np.argsort([column for group in groups for column in group])
    parts = [batch.run(case.plan, case.draws.select(group)) for group in groups]
    return Ledger({name: np.concatenate([p[name] for p in parts], axis=2)[..., order] for name in FIELDS})


@quick
@given(st.one_of(case_specs(replications=5), priced_specs(replications=5)))
def test_a_replication_has_the_same_bits_whatever_stands_beside_it(spec: CaseSpec | PricedSpec) -> None:
    case = spec.build()
    together = batch.run(*case)
    assert_same_bits(together, run_in_groups(case, [[0], [1], [2], [3], [4]]))
    assert_same_bits(together, run_in_groups(case, [[3, 0], [4, 2, 1]]))


def test_the_bits_of_a_large_source_do_not_depend_on_the_block() -> None:
    """Twenty lanes of one source, all in one sum: numpy adds a lone column in pairs, several one by one."""
    rng = np.random.default_rng(3)
    names = [f"u{i}" for i in range(20)]
    case = small_case(
        n_ticks=12,
        replications=3,
        nodes=[
            use(n, demand=rng.uniform(1, 9, 3), cover=2, noise=rng.normal(0, 0.4, (12, 3))) for n in names
        ],
        sources=[source("s", capacity=rng.uniform(60, 90, 3))],
        lanes=[lane("s", n, lead=rng.integers(1, 4, 3)) for n in names],
    )
    assert_same_bits(batch.run(*case), run_in_groups(case, [[0], [1], [2]]))


@quick
@given(st.one_of(case_specs(replications=3), priced_specs(replications=3)))
def test_a_used_ledger_is_overwritten_as_a_whole(spec: CaseSpec | PricedSpec) -> None:
    case = spec.build()
    used = Ledger.empty(case.plan, 3)
    for array in used.arrays.values():
        array.fill(np.nan)
    assert batch.run(*case, ledger=used) is used
    assert_same_bits(used, batch.run(*case))


@quick
@given(st.one_of(case_specs(), priced_specs()), st.data())
def test_some_nodes_and_sources_are_recorded_as_among_all(
    spec: CaseSpec | PricedSpec, data: st.DataObject
) -> None:
    case = spec.build()

    def some_of(n: int) -> IntArray:
        return np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))

    kept: dict[EntityKind, IntArray] = {
        "node": some_of(case.plan.n_nodes),
        "source": some_of(case.plan.n_sources),
    }
    ledger = Ledger.empty(case.plan, case.draws.n_replications, kept=kept)
    some, everything = batch.run(*case, ledger=ledger), batch.run(*case)
    for name, field in FIELDS.items():
        rows = kept.get(field.entity, slice(None))
        np.testing.assert_array_equal(some[name], everything[name][:, rows], err_msg=name)


@quick
@given(st.one_of(case_specs(), priced_specs()), st.data())
def test_sums_over_nodes_are_recorded_as_those_of_all(
    spec: CaseSpec | PricedSpec, data: st.DataObject
) -> None:
    case = spec.build()
    nodes = st.sets(st.integers(0, case.plan.n_nodes - 1), min_size=1).map(lambda some: tuple(sorted(some)))
    fields = st.sampled_from([name for name, field in FIELDS.items() if field.entity == "node"])
    sums = data.draw(st.dictionaries(fields, st.lists(nodes, unique=True, max_size=4).map(tuple)))
    ledger = Ledger.empty(case.plan, case.draws.n_replications, sums=sums)
    some, everything = batch.run(*case, ledger=ledger), batch.run(*case)
    for name in FIELDS:
        if name not in sums:
            np.testing.assert_array_equal(some[name], everything[name], err_msg=name)
            continue
        assert some[name].shape[1] == len(sums[name])
        for group in sums[name]:
            np.testing.assert_array_equal(some.added(name, group), everything.added(name, group))


def test_the_ledger_says_what_is_recorded_where_nothing_else_does() -> None:
    case = small_case(nodes=[use("a", demand=10)], sources=[source("s", capacity=10)], lanes=[lane("s", "a")])
    ledger = Ledger.empty(case.plan, 1, {"stock", "shortage"})
    assert set(batch.run(*case, ledger=ledger).arrays) == {"stock", "shortage"}
    with pytest.raises(AssertionError, match="other fields"):
        batch.run(*case, ledger=ledger, record={"stock"})


@quick
@given(st.one_of(case_specs(), priced_specs()), st.sets(st.sampled_from(sorted(FIELDS))))
def test_what_is_recorded_does_not_depend_on_what_else_is(
    spec: CaseSpec | PricedSpec, names: set[str]
) -> None:
    case = spec.build()
    some = batch.run(*case, record=names)
    assert set(some.arrays) == names
    assert_same_bits(some, batch.run(*case), names)


@quick
@given(st.one_of(case_specs(), priced_specs()))
def test_no_entry_is_negative(spec: CaseSpec | PricedSpec) -> None:
    """But for what is given up for its price: where goods are cheap, more is used."""
    ledger = batch.run(*spec.build())
    for name, array in ledger.arrays.items():
        assert name == "forgone" or array.min(initial=0.0) >= 0.0, name


@pytest.mark.parametrize("n_lanes", [0, 1, 40, 150, 5000])
def test_a_block_is_a_power_of_two_that_keeps_lane_arrays_small(n_lanes: int) -> None:
    names = [f"u{i}" for i in range(n_lanes)]
    case = small_case(
        n_ticks=1,
        nodes=[use(name, demand=1) for name in names],
        sources=[source("s", capacity=10)],
        lanes=[lane("s", name) for name in names],
    )
    size = batch.block_size(case.plan)
    assert size.bit_count() == 1
    assert 32 <= size <= 1024
    assert size == 32 or size * n_lanes * 8 <= MAX_LANE_ARRAY_BYTES


def test_rationing_that_stays_the_same_is_not_solved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The level of a tick is where Newton's method begins in the next one."""
    solved: list[int] = []
    find_theta = water_filling_module._find_theta

    def note(request: FloatArray, weight: FloatArray, available: FloatArray) -> FloatArray:
        solved.append(len(available))
        return find_theta(request, weight, available)

    monkeypatch.setattr(water_filling_module, "_find_theta", note)
    water_filling = WaterFilling(np.arange(3), np.zeros(3, dtype=np.int64), 1, 2, 3)
    requests = np.array([[2.0, 1.0], [9.0, 9.0], [9.0, 5.0], [0.0, 0.0]])
    weights = np.array([[1.0, 2.0], [1.0, 1.0], [3.0, 1.0], [0.0, 0.0]])
    available, binding = np.array([[10.0, 7.0]]), np.array([[True, True]])
    for _ in range(3):
        got = requests.copy()
        water_filling.cut(got, weights, available, binding)
        assert got[:, 0].tolist() == pytest.approx([2, 2, 6, 0])
        assert got[:, 1].tolist() == pytest.approx([1, 3, 3, 0])
    assert solved == [2]


def test_segments_without_rows_sum_to_nothing() -> None:
    add = SegmentSum(np.array([2, 0, 3]), np.array([3, 1, 3]), 5, 4)
    values = np.array([[1.0, 2.0], [4.0, 8.0], [16.0, 32.0], [64.0, 128.0]])
    assert add(values).tolist() == [[0, 0], [1, 2], [0, 0], [80, 160], [0, 0]]


@quick
@given(st.integers(0, 10_000))
def test_rationing_gives_exactly_what_there_is_from_any_starting_level(seed: int) -> None:
    """The same object rations one problem after the other, each from the level of the one before."""
    rng = np.random.default_rng(seed)
    n_lanes, n_sources, n_replications = 9, 3, 4
    of = rng.integers(0, n_sources, n_lanes)
    water_filling = WaterFilling(np.arange(n_lanes), of, n_sources, n_replications, n_lanes)
    for _ in range(6):
        requests = rng.uniform(0.0, 10.0, (n_lanes + 1, n_replications)) * (
            rng.random((n_lanes + 1, n_replications)) < 0.8
        )
        weight = rng.uniform(0.1, 1.0, requests.shape) * 10.0 ** rng.integers(-3, 3)
        requests[-1] = weight[-1] = 0.0
        total = np.array([requests[:-1][of == s].sum(axis=0) for s in range(n_sources)])
        available = total * rng.choice([0.0, 0.01, 0.5, 0.95, 2.0], total.shape)
        binding = total > available
        got = requests.copy()
        water_filling.cut(got, weight, available, binding)
        given_away = np.array([got[:-1][of == s].sum(axis=0) for s in range(n_sources)])
        assert given_away == pytest.approx(np.minimum(total, available), rel=1e-12, abs=1e-300)
        theta = got / np.where(weight > 0, weight, 1.0)
        for s, r in np.argwhere(binding):
            cut = (of == s) & (got[:-1, r] < requests[:-1, r])
            assert np.ptp(theta[:-1, r][cut]) <= 1e-12 * theta[:-1, r][cut].max()
            assert np.all(theta[:-1, r][of == s] <= theta[:-1, r][cut].max() * (1 + 1e-12))
