"""Runs of several scenarios that grow block by block, as one job for the workers.

Owns which blocks are stored already and which are computed; the caller decides which come next.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from diamondsim.arguments import require_integer
from diamondsim.results import Summary
from diamondsim.sampling import BLOCK
from diamondsim.simulation.engine_choice import with_engine
from diamondsim.simulation.executor_adapter import AnyExecutor, ExecutorAdapter
from diamondsim.simulation.kept_workers import KeptWorkers
from diamondsim.simulation.progress import Progress, ProgressReporter
from diamondsim.simulation.run_store import RunStore
from diamondsim.simulation.runner import RunSpec, Workspace
from diamondsim.simulation.worker_pool import Job, Task, WorkerPool


class StagedRuns:
    """Runs whose replications are added in rounds; a context, at whose end processes and store are released.

    Parameters
    ----------
    specs : sequence of RunSpec
        The number of replications in them decides only on the engine.
    workers, progress, store, executor
        As for `monte_carlo`; a store belongs to the first of the runs.
    kept : KeptWorkers, optional
        Processes of several calls; by default those of these runs end with them.

    Attributes
    ----------
    specs : list of RunSpec
        The runs, each with the engine that simulates it.
    totals : list of Summary
        What each run has so far.
    """

    def __init__(
        self,
        specs: Sequence[RunSpec],
        *,
        workers: int | None = None,
        progress: Progress | None = None,
        store: str | os.PathLike[str] | RunStore | None = None,
        executor: AnyExecutor | None = None,
        kept: KeptWorkers | None = None,
    ) -> None:
        if workers is not None:
            workers = require_integer("workers", workers, least=1)
        adapter = None if executor is None else ExecutorAdapter(executor)
        with contextlib.ExitStack() as stack:
            if store is not None and not isinstance(store, RunStore):
                store = stack.enter_context(RunStore(store))
            self._store = store
            specs = with_engine(specs, store, is_elsewhere=adapter is not None)
            if len(specs) > 1 or kept is not None:
                specs = [replace(spec, shares_draws=True) for spec in specs]
            self.specs = specs
            block_stores = [None] * len(specs) if store is None else store.block_stores(specs)
            workspace = Workspace()
            runners = [spec.runner(workspace) for spec in specs]
            self.totals: list[Summary] = [runner.summary(self.folder) for runner in runners]
            self._jobs = [Job(*parts) for parts in zip(specs, runners, block_stores, strict=True)]
            self._reporter = ProgressReporter(progress)
            self._pool: WorkerPool[Summary] = stack.enter_context(
                WorkerPool(self._jobs, self._reporter, workers=workers, executor=adapter, kept=kept)
            )
            self._open = stack.pop_all()

    @property
    def folder(self) -> Path | None:
        """The folder of the store, if there is one."""
        return None if self._store is None else self._store.folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def run(
        self,
        tasks: Sequence[Task],
        *,
        failed: Callable[[int, Exception], object] | None = None,
        complete: Callable[[int], object] | None = None,
    ) -> None:
        """Add the replications of some tasks, from the store or by computing them.

        Parameters
        ----------
        tasks : sequence of Task
        failed : callable, optional
            Takes the number of a run that fails, once for each of its blocks that fail, and why; the others
            go on, and no more blocks of that run are begun. By default the failure is raised, and one of the
            machine or of the executor in any case.
        complete : callable, optional
            Takes the number of a run once all of its tasks are done, while workers go on with those of the
            others.
        """
        self._reporter.total += sum(task.count for task in tasks)
        stored = self._merge_stored(tasks)
        if self._store is not None:
            self._store.found += sum(task.count for task in stored if task.job == 0)
        rest = [task for task in tasks if task not in stored]
        open_tasks = Counter(task.job for task in rest)
        if complete is not None:
            for job in {task.job: None for task in tasks}:
                if not open_tasks[job]:
                    complete(job)
        note = None if failed is None else lambda task, error: failed(task.job, error)
        for task, part in self._pool.run(rest, note):
            self.totals[task.job].merge(part, first=task.first)
            open_tasks[task.job] -= 1
            if complete is not None and not open_tasks[task.job]:
                complete(task.job)

    def _merge_stored(self, tasks: Sequence[Task]) -> set[Task]:
        """Merge the blocks that are in the store, and return their tasks."""
        stored = set()
        for task in tasks:
            job = self._jobs[task.job]
            arrays = None if job.block_store is None else job.block_store.read(task.first, task.count)
            if arrays is not None:
                self.totals[task.job].merge(job.runner.restore(arrays), first=task.first)
                self._reporter.add(task.count)
                stored.add(task)
        return stored


def tasks_between(job: int, begin: int, end: int) -> list[Task]:
    """Return the blocks of a run from one number of replications to another.

    Examples
    --------
    >>> [(task.first, task.count) for task in tasks_between(0, 1024, 2500)]
    [(1024, 1024), (2048, 452)]
    """
    return [Task(job, first, min(BLOCK, end - first)) for first in range(begin, end, BLOCK)]
