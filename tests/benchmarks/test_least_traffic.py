import numpy as np
import pytest

from benchmarks.least_traffic import Traffic, stored_bytes
from diamondsim.engines import batch
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario

N = 5


def test_what_is_repeated_in_memory_counts_once():
    assert stored_bytes((np.zeros((2, 3)), np.broadcast_to(np.zeros((2, 1)), (2, 100)), "text", None)) == 64


def test_the_traffic_of_a_run_is_its_draws_and_its_ledger():
    plan = compile_plan(load_scenario("calm").override({"horizon.length": "8 weeks"}))
    draws = draw(plan, seed=1, count=N)
    ledger = batch.run(plan, draws, record=("shortage", "output"))
    one_field = batch.run(plan, draws, record=("shortage",))
    lane_ticks = plan.n_lanes * plan.n_ticks * N
    more = Traffic.of(draws, ledger, plan.n_lanes).memory - Traffic.of(draws, one_field, plan.n_lanes).memory
    assert more == pytest.approx(8 * plan.n_sources * plan.n_ticks * N / lane_ticks)
    assert stored_bytes(draws) > draws.noise.nbytes + draws.growth.nbytes


def test_the_least_time_adds_what_memory_and_cache_move():
    assert Traffic(memory=10.0, cache=48.0).ns(memory=5e9, cache=24e9) == pytest.approx(4.0)
