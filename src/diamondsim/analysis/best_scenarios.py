"""The public call `select_best`: the best of several scenarios with few replications (docs/decide.md)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim._version import __version__
from diamondsim.analysis.comparable import require_comparable
from diamondsim.analysis.paired_runs import COMPARED_METRICS, ComparedMetric, metric_difference
from diamondsim.analysis.question import require_question, unit_of_estimate
from diamondsim.analysis.scenario_identities import identity_coordinates
from diamondsim.analysis.sequential_selection import SequentialSelection, variance_of_pair
from diamondsim.arguments import ArgumentError, require_integer
from diamondsim.arrays import FloatArray
from diamondsim.constants import MAX_REPLICATIONS
from diamondsim.errors import Problem, ScenarioError, shown
from diamondsim.plan import compile_plan, on_same_dimensions
from diamondsim.results import Summary, bounds, mean, proportion, provenance_of, with_attrs
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario
from diamondsim.simulation import Progress, RunStore, failure_text
from diamondsim.simulation.executor_adapter import AnyExecutor
from diamondsim.simulation.runner import RunSpec
from diamondsim.simulation.staged_runs import StagedRuns, tasks_between
from diamondsim.units import number_in_unit, share_within

MOST_OF_EACH = 102_400
"""Default of the largest number of replications of each scenario: 100 blocks."""


def select_best(  # noqa: PLR0913 - the question, what is to be guaranteed, and the sampling
    scenarios: Mapping[str, Scenario],
    *,
    region: str,
    use: str,
    indifference: float | str,
    metric: str = "probability_of_shortage",
    best: int = 1,
    confidence: float | str = 0.95,
    most: int = MOST_OF_EACH,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | RunStore | None = None,
    executor: AnyExecutor | None = None,
) -> xr.Dataset:
    """Select the best of several scenarios, and spend replications only on those that are still in doubt.

    All scenarios get a block of 1,024 replications with common random numbers. After each block, those that
    are clearly among the best or clearly not are decided, and get no more.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        Two or more, by name; they have in common what those of `compare` have, and are sampled at random.
    region, use : str
        The use that is asked about.
    indifference : float or str
        Smallest difference that matters: a number in the unit of the metric, or a text such as ``"1%"`` for a
        probability, ``"3 Mct"`` for a shortage.
    metric : str
        ``probability_of_shortage``, ``shortage_mean``, ``economic_loss_mean``, or ``unmet_need_mean`` of
        scenarios with prices; lower is better.
    best : int
        Number of scenarios to select, less than there are.
    confidence : float or str
        Probability, above 0.5, such as 0.95 or ``"95%"``, that the selection is right if the last that
        belongs to it and the first that does not differ by `indifference` or more.
    most : int
        Largest number of replications of each scenario.
    seed, workers, store, executor
        As for `monte_carlo`. A store keeps the replications of each scenario.
    progress : callable, optional
        As for `monte_carlo`; the number requested grows while scenarios are in doubt.

    Returns
    -------
    xarray.Dataset
        By `scenario`:

        - `selected`: whether it is one of the best;
        - `decided`: whether that was decided, and not only guessed when `most` was reached;
        - `replications`: how many it was given;
        - `value` (scenario, bound): the metric;
        - `difference` (scenario, bound): less that of the first selected, from the replications of both;
        - `failure`: why it could not be simulated; empty if it could.

        The attribute `guaranteed` is 1 if all scenarios are decided and none failed; `needed` is the number
        of replications after which the rest would be decided; `saved` is the share of the replications that
        all scenarios would have taken together, had each been given as many as the one with most. Of an
        interval the confidence is 95 %, as if the number of replications had been chosen beforehand.

    Raises
    ------
    TypeError, ScenarioError
        As for `compare`; and for a use or a metric that the scenarios do not have.
    ValueError
        If a number is out of range.
    StoreError, OSError, concurrent.futures.BrokenExecutor
        As for `monte_carlo`.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> found = ds.select_best(
    ...     {"calm": calm, "more": calm.override({"demand.US.polishing": "60 Mct/yr"})},
    ...     region="US", use="polishing", metric="shortage_mean", indifference=1e3, most=8,
    ... )  # fmt: skip
    >>> found["selected"].to_series().to_dict(), found["replications"].dims
    ({'calm': True, 'more': False}, ('scenario',))
    """
    require_comparable(scenarios, ())
    require_integer("best", best, least=1, most=len(scenarios) - 1)
    confidence = share_within("confidence", confidence, 0.5, 1)
    most = require_integer("most", most, least=2, most=MAX_REPLICATIONS)
    asked = _Asked(_require_asked(scenarios, region=region, use=use, metric=metric), region, use)
    smallest = _smallest_difference(scenarios, asked, indifference)
    seed = require_integer("seed", seed, least=0)
    specs = [RunSpec(scenario, seed, most) for scenario in on_same_dimensions([*scenarios.values()])]
    search = _Search(asked, best, smallest, confidence)
    failed: dict[int, Exception] = {}
    with StagedRuns(specs, workers=workers, progress=progress, store=store, executor=executor) as runs:
        doubtful, n = [*range(len(specs))], 0
        while doubtful and n < most:
            done, n = n, min(n + BLOCK, most)
            tasks = [task for job in doubtful for task in tasks_between(job, done, n)]
            runs.run(tasks, failed=failed.setdefault)
            search.look({job: asked.sample(runs.totals[job]) for job in doubtful if job not in failed})
            doubtful = search.doubtful()
        failures = {job: failure_text(error) for job, error in failed.items()}
        if len(failures) == len(specs):
            texts = [f"{shown(name)}: {failures[job]}" for job, name in enumerate(scenarios)]
            raise RuntimeError(f"every scenario failed; {'; '.join(texts)}") from failed[0]
        units = asked.units(runs.totals[0])
    return _dataset(scenarios, search, failures, {"seed": seed, "most": most, "metric_units": units})


@dataclass(frozen=True)
class _Asked:
    """The metric of a use by which scenarios are ranked."""

    metric: ComparedMetric
    region: str
    use: str

    def sample(self, total: Summary) -> FloatArray:
        """Return the metric in each replication; of a probability 1 or 0."""
        values = np.array(total.columns[self.metric.sample][self._row(total)])
        return (values > total.settings.threshold).astype(float) if self.metric.event else values

    def units(self, total: Summary) -> str:
        """Return the unit of the metric."""
        return self.metric.unit or total.bands.region_uses[self._row(total)].unit

    def _row(self, total: Summary) -> int:
        pairs = [(each.region, each.use) for each in total.bands.region_uses]
        return pairs.index((self.region, self.use))


class _Search:
    """The samples so far, and what has been decided of the scenarios, by their numbers."""

    def __init__(self, asked: _Asked, best: int, indifference: float, confidence: float) -> None:
        self.asked, self.best = asked, best
        self.indifference, self.confidence = indifference, confidence
        self.samples: dict[int, FloatArray] = {}
        self.jobs: list[int] = []
        self._selection: SequentialSelection | None = None

    def look(self, samples: Mapping[int, FloatArray]) -> None:
        """Take in all replications so far of the scenarios in doubt that did not fail, and decide."""
        self.samples |= samples
        if self._selection is None:
            self.jobs = sorted(samples)
            if len(self.jobs) > self.best:
                self._selection = self._first_stage()
        selection = self._selection
        if selection is None:
            return  # as many as are to be selected, or fewer: there is nothing to choose
        for place in [*selection.undecided]:
            if self.jobs[place] not in samples:
                selection.drop(place)
        means = {place: float(samples[self.jobs[place]].mean()) for place in selection.undecided}
        selection.look(max(map(len, samples.values()), default=0), means)

    def _first_stage(self) -> SequentialSelection:
        samples = [self.samples[job] for job in self.jobs]
        event = self.asked.metric.event
        return SequentialSelection(
            np.array([[variance_of_pair(one, other, event=event) for other in samples] for one in samples]),
            freedom=len(samples[0]) - 1,
            best=self.best,
            indifference=self.indifference,
            confidence=self.confidence,
        )

    def doubtful(self) -> list[int]:
        """Return the scenarios that need more replications."""
        return [self.jobs[place] for place in self._selection.undecided] if self._selection else []

    def needed(self) -> int:
        """Return the number of replications after which nothing would be in doubt."""
        return self._selection.needed() if self._selection else 0

    def ranked(self) -> list[int]:
        """Return the scenarios that are selected, the lowest first; of those in doubt the lowest are."""
        means = {job: float(self.samples[job].mean()) for job in self.jobs}
        if self._selection is None:
            return sorted(self.jobs, key=lambda job: (means[job], job))
        taken = [self.jobs[place] for place in self._selection.selected]
        guessed = sorted(self.doubtful(), key=lambda job: (means[job], job))[: self.best - len(taken)]
        return sorted([*taken, *guessed], key=lambda job: (means[job], job))


def _dataset(
    scenarios: Mapping[str, Scenario],
    search: _Search,
    failures: Mapping[int, str],
    attrs: Mapping[str, str | int],
) -> xr.Dataset:
    asked, m = search.asked, len(scenarios)
    selected, doubtful = search.ranked(), search.doubtful()
    value, difference = np.full((m, 3), np.nan), np.full((m, 3), np.nan)
    lowest = search.samples[selected[0]]
    for job, sample in search.samples.items():
        value[job] = bounds(proportion(sample > 0) if asked.metric.event else mean(sample).within(0.0))
        n = min(len(sample), len(lowest))
        found = bounds(metric_difference(asked.metric, sample[:n], lowest[:n]))
        difference[job] = (0.0, 0.0, 0.0) if job == selected[0] else found
    spent = np.array([len(search.samples.get(job, ())) for job in range(m)])
    decided = [job in search.samples and job not in doubtful and job not in failures for job in range(m)]
    units = str(attrs["metric_units"])
    by, with_bound = ("scenario",), ("scenario", "bound")
    name = asked.metric.name
    described = {
        "selected": (by, [job in selected for job in range(m)], "whether it is one of the best", "1"),
        "decided": (by, decided, "whether that was decided and not guessed", "1"),
        "replications": (by, spent, "replications that it was given", "1"),
        "value": (with_bound, value, name, units),
        "difference": (with_bound, difference, f"{name} less that of the best", units),
        "failure": (by, np.array([failures.get(job, "") for job in range(m)], dtype=object), "failure", "1"),
    }
    variables = {
        key: with_attrs(xr.Variable(dims, values), long_name, unit)
        for key, (dims, values, long_name, unit) in described.items()
    }
    seed = int(attrs["seed"])
    runs = {name: provenance_of(scenario, seed).identity() for name, scenario in scenarios.items()}
    coordinates = {
        "scenario": _texts("scenario", [*scenarios], "scenario"),
        **identity_coordinates(runs),
        "bound": _texts("bound", ["estimate", "low", "high"], "estimate and the limits of its interval"),
    }
    about = {
        "title": f"Selection from {m} scenarios",
        "metric": name,
        "region": asked.region,
        "use": asked.use,
        "best": search.best,
        "indifference": search.indifference,
        "confidence": search.confidence,
        "guaranteed": int(all(decided)),
        "needed": search.needed(),
        "saved": 1 - float(spent.sum()) / (np.count_nonzero(spent) * int(spent.max())),
        "diamondsim_version": __version__,
    }
    return xr.Dataset(variables, coordinates, {**about, **attrs})


def _texts(dim: str, texts: Sequence[str], long_name: str) -> xr.DataArray:
    return xr.DataArray(np.array(texts, dtype=object), dims=dim, attrs={"long_name": long_name})


def _smallest_difference(
    scenarios: Mapping[str, Scenario], asked: _Asked, indifference: float | str
) -> float:
    """Return the smallest difference that matters in the unit of the metric."""
    plan = compile_plan(next(iter(scenarios.values())))
    unit = unit_of_estimate(plan, asked.metric.name, region=asked.region, use=asked.use)
    if unit == "1":  # a difference of two shares
        return share_within("indifference", indifference, 0, 1)
    found = number_in_unit("indifference", indifference, unit)
    if found <= 0:
        raise ArgumentError("indifference", f"expected a number above 0, found {indifference!r}")
    return found


def _require_asked(
    scenarios: Mapping[str, Scenario], *, region: str, use: str, metric: str
) -> ComparedMetric:
    """Return the metric, if every scenario has it."""
    plans = [compile_plan(scenario) for scenario in scenarios.values()]
    priced = all(plan.prices is not None for plan in plans)
    metrics = {each.name: each for each in COMPARED_METRICS if priced or each.sample != "unmet_need"}
    problems = [
        Problem(
            path="sampling.method",
            why=f"expected random, found {plan.sampling.method}: a selection needs independent replications",
        )
        for plan in plans[:1]
        if plan.sampling.method != "random"
    ]
    try:
        require_question(plans[0], region=region, use=use, metric=metric, metrics=[*metrics])
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return metrics[metric]
