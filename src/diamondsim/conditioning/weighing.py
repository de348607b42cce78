"""Weights of the replications of a run: how probable the observations are in each (docs/model.md, eq. 105).

A run of its own finds them, before anything is summarised, since counts over time cannot be weighted later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.conditioning.expected import RECORDED_FOR_EXPORTS, expected, misfits
from diamondsim.conditioning.observation import MOST_ERRORS, Observation
from diamondsim.constants import MAX_REPLICATIONS
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan import compile_plan, on_same_dimensions
from diamondsim.results import ReplicationWeights
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario
from diamondsim.simulation.engine_choice import with_engine
from diamondsim.simulation.progress import Progress, ProgressReporter
from diamondsim.simulation.runner import BlockSimulator, PartDone, RunSpec, Workspace
from diamondsim.simulation.worker_pool import Job, Task, WorkerPool

LEAST_EFFECTIVE = 100
"""With a smaller effective sample size results are not to be trusted."""


@dataclass(frozen=True)
class Conditioning:
    """Observations, and what they make of the replications of a run.

    Attributes
    ----------
    observations : tuple of Observation
    expected : (O, R) float array
        What each replication expects of each observation, see `expected`.
    weights : ReplicationWeights
    """

    observations: tuple[Observation, ...]
    expected: FloatArray
    weights: ReplicationWeights

    @property
    def warning(self) -> str | None:
        """Why the results are not to be trusted; None if nothing suggests it."""
        effective, n = self.weights.effective, self.expected.shape[1]
        if effective >= LEAST_EFFECTIVE:
            return None
        return (
            f"the observations leave an effective sample size of {effective:.1f} of {n:,} replications, less "
            f"than {LEAST_EFFECTIVE}: too few to trust the results; use more replications, and check the "
            "errors of the observations and whether the scenario can produce them"
        )


def weigh(
    scenario: Scenario,
    observations: Sequence[Observation],
    *,
    replications: int,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Conditioning:
    """Simulate a scenario to find how probable the observations are in each replication.

    Parameters
    ----------
    scenario : Scenario
    observations : sequence of Observation
    replications, seed, workers, progress
        As for `monte_carlo`. The engine is chosen in the same way (`use_engine`).

    Returns
    -------
    Conditioning

    Raises
    ------
    ScenarioError
        If observations do not fit the scenario (all problems at once), or no replication is compatible with
        them: each misses some observation by more than 4 errors.

    Examples
    --------
    >>> import datetime as dt
    >>> import diamondsim as ds
    >>> month = dt.date(2027, 4, 1)
    >>> observed = Observation(month=month, control="cn_55", quantity=0.1, error=0.1, source="invented")
    >>> weigh(ds.load_scenario("reinstated-2027"), [observed], replications=64).weights.effective < 64
    True
    """
    replications = require_integer("replications", replications, least=1, most=MAX_REPLICATIONS)
    scenario = on_same_dimensions([scenario])[0]
    plan = compile_plan(scenario)
    if not observations:
        raise ScenarioError([Problem(why="there are no observations to condition on")])
    problems = misfits(plan, observations)
    if problems:
        raise ScenarioError(problems)
    (run,) = with_engine([RunSpec(scenario, seed, replications)], None, is_elsewhere=False)
    spec = _ExpectedSpec(run, tuple(observations))
    found = np.empty((len(observations), replications))
    reporter = ProgressReporter(progress)
    reporter.total = replications
    tasks = [Task(0, first, min(BLOCK, replications - first)) for first in range(0, replications, BLOCK)]
    job = Job(spec, spec.runner(Workspace()))
    with WorkerPool([job], reporter, workers=workers) as pool:
        for task, block in pool.run(tasks):
            found[:, task.first : task.first + task.count] = block.expected
    return Conditioning(tuple(observations), found, _weights(observations, found))


def _weights(observations: Sequence[Observation], found: FloatArray) -> ReplicationWeights:
    """Return the weights (eq. 105), where some replication is compatible with all observations."""
    parts = np.array([each.log_likelihood(row) for each, row in zip(observations, found, strict=True)])
    off = np.array([each.errors_off(row) for each, row in zip(observations, parts, strict=True)])
    if not (off <= MOST_ERRORS).all(axis=0).any():
        raise ScenarioError(_incompatible(observations, found, off))
    return ReplicationWeights.from_logarithms(parts.sum(axis=0))


def _incompatible(observations: Sequence[Observation], found: FloatArray, off: FloatArray) -> list[Problem]:
    """Return the observations that no replication reaches, or all if only together they are out of reach."""
    out_of_reach = off.min(axis=1) > MOST_ERRORS
    shown = out_of_reach if out_of_reach.any() else np.ones(len(observations), dtype=bool)
    each_one = "no replication comes within" if out_of_reach.any() else "no replication is at once within"
    problems = []
    for number in np.flatnonzero(shown).tolist():
        one, values = observations[number], found[number]
        known = values[~np.isnan(values)]
        reach = (
            f"they expect {known.min():.3g} to {known.max():.3g}" if known.size else "it is never in force"
        )
        value = one.quantity / one.decided if one.decided else one.quantity
        file, line = one.located
        why = (
            f"{one.label}: {each_one} {MOST_ERRORS:g} errors of {value:.3g} {one.unit}".rstrip()
            + f"; {reach}. Check the unit and the error, or whether the scenario leaves this out"
        )
        problems.append(Problem(file=file, line=line, why=why))
    return problems


@dataclass(frozen=True)
class _ExpectedBlock:
    """What the replications of a block expect, (O, R)."""

    expected: FloatArray

    @property
    def replications(self) -> int:
        return len(self.expected[0])

    def arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"expected": self.expected}


@dataclass(frozen=True)
class _ExpectedSpec:
    """Everything that the expectations are computed from."""

    run: RunSpec
    observations: tuple[Observation, ...]

    def runner(self, workspace: Workspace) -> _ExpectedRunner:
        return _ExpectedRunner(self, workspace)


class _ExpectedRunner:
    """Computes the expectations of blocks."""

    def __init__(self, spec: _ExpectedSpec, workspace: Workspace) -> None:
        self._spec = spec
        self._plan = compile_plan(spec.run.scenario)
        self._simulator = BlockSimulator(self._plan, RECORDED_FOR_EXPORTS, spec.run.engine, workspace)

    def run(self, first: int, count: int, part_done: PartDone) -> _ExpectedBlock:
        parts = []
        for part, ledger in self._simulator.parts(seed=self._spec.run.seed, first=first, count=count):
            parts.append(expected(self._plan, part, ledger, self._spec.observations))
            if not part_done(part.n_replications):
                break
        return _ExpectedBlock(np.concatenate(parts, axis=1))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> _ExpectedBlock:
        return _ExpectedBlock(arrays["expected"])
