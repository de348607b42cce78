"""Draw, step and reduce in one process with each engine, beside the least that reading and writing take."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cases import shipped
from benchmarks.least_traffic import CACHE_BYTES, MEMORY_BYTES, Traffic, bandwidth
from benchmarks.phase_chain import PhaseChain
from benchmarks.scale import SEED
from diamondsim.engines import compiled
from diamondsim.ledger import Ledger
from diamondsim.results import read_of, summed
from diamondsim.sampling import BLOCK, draw

pytestmark = pytest.mark.benchmark(group="engines")
FEW = 40


@pytest.mark.parametrize("name", ["reinstated-2027", "us-ban-2027"])
def test_engine(benchmark, note, allocated, scale, engine, name):
    case = shipped(name, scale.years)
    if engine == "compiled":
        compiled.load_kernel()
    replications = min(BLOCK, 2 * scale.part)
    phase_chain = PhaseChain(case, replications, engine)
    summary = benchmark.pedantic(phase_chain, rounds=scale.engine_rounds, warmup_rounds=scale.warmups)
    other = PhaseChain(case, FEW)().metrics()
    for metric, values in summary.metrics().items():
        most = max(1.0, np.nanmax(np.abs(other[metric]), initial=0.0))
        np.testing.assert_allclose(
            values[..., :FEW], other[metric], rtol=1e-9, atol=1e-9 * most, err_msg=metric
        )
    draws = draw(case.plan, seed=SEED, first=0, count=replications)
    kept = Ledger.empty(case.plan, replications, case.kept, read_of(case.plan), summed(case.plan))
    traffic = Traffic.of(draws, kept, case.plan.n_lanes)
    memory, cache = bandwidth(MEMORY_BYTES), bandwidth(CACHE_BYTES)
    turns = min(scale.engine_rounds, len(phase_chain.rounds))
    medians = phase_chain.medians(turns)
    limit = traffic.ns(memory, cache)
    note(
        engine,
        case,
        replications=replications,
        **medians,
        bytes_once=traffic.memory + traffic.cache,
        memory_bytes_per_second=memory,
        cache_bytes_per_second=cache,
        ns_limit=limit,
        step_to_limit=medians["ns_step"] / limit,
        allocated_bytes=allocated(phase_chain),
    )
