"""Computes blocks in this process or on an executor: worker processes of this machine, or one of the caller.

Results depend neither on where a block is computed nor on the order in which blocks are done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeAlias

from diamondsim.sampling import BLOCK
from diamondsim.simulation.block_store import Arrays, BlockStore
from diamondsim.simulation.executor_adapter import ExecutorAdapter, has_failed, result_of
from diamondsim.simulation.failed_run import concerns_every_run
from diamondsim.simulation.kept_workers import KeptWorkers
from diamondsim.simulation.progress import ProgressReporter
from diamondsim.simulation.worker import PackedRun, R_co, Runner, Spec
from diamondsim.simulation.worker_processes import WorkerProcesses, usable_processors

TaskFailed: TypeAlias = "Callable[[Task, Exception], object]"
"""Called with a block that failed and why, instead of ending the others; no more of its job is begun."""

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Task:
    """The replications [first, first + count) of the job of that number, from one block of draws."""

    job: int
    first: int
    count: int


@dataclass(frozen=True)
class Job(Generic[R_co]):
    """A run whose blocks are to be computed.

    Attributes
    ----------
    spec : Spec
        Sent to workers.
    runner : Runner
        Its runner in this process.
    block_store : BlockStore or None
        Keeps finished blocks.
    """

    spec: Spec
    runner: Runner[R_co]
    block_store: BlockStore | None = None


class WorkerPool(Generic[R_co]):
    """Computes tasks, and keeps and reports what is done.

    Parameters
    ----------
    jobs : sequence of Job
    reporter : ProgressReporter
    workers : int or None
        Maximum number of processes, by default the number of processors; with one, everything is computed in
        this process. With an executor: maximum number of blocks in progress, by default twice its capacity.
    executor : ExecutorAdapter, optional
        Computes the blocks instead of this machine's processes.
    kept : KeptWorkers, optional
        Processes that outlast this pool; by default its processes end with it.
    """

    def __init__(
        self,
        jobs: Sequence[Job[R_co]],
        reporter: ProgressReporter,
        *,
        workers: int | None,
        executor: ExecutorAdapter | None = None,
        kept: KeptWorkers | None = None,
    ) -> None:
        self._jobs = jobs
        self._reporter = reporter
        self._workers = workers
        self._kept = KeptWorkers() if kept is None else kept
        self._ends_workers = kept is None
        self._processes: WorkerProcesses | None = None
        self._executor = executor
        self._packed: tuple[PackedRun, ...] = ()
        self._in_progress: dict[Future[Arrays], Task] = {}
        self._failed_jobs: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for future in self._in_progress:
            future.cancel()  # a block that has begun on the caller's executor is finished there
        self._in_progress.clear()
        if self._ends_workers:
            self._kept.close()

    def run(self, tasks: Sequence[Task], failed: TaskFailed | None = None) -> Iterator[tuple[Task, R_co]]:
        """Compute some tasks and yield each with its result, in any order.

        Parameters
        ----------
        tasks : sequence of Task
        failed : callable, optional
            Takes a block that raises, and its exception. The other jobs go on; of its own only the blocks
            that have begun. By default the first exception ends the run. A failure of the machine or of the
            executor always does.

        Raises
        ------
        BrokenExecutor
            If the executor or a worker process ends.
        """
        if self._executor is None:
            self._start_processes(tasks)
        waiting = deque(tasks)
        for number in self._failed_jobs:
            self._drop(number, waiting)
        if self._executor is not None:
            yield from self._run_on(self._executor, waiting, failed)
            return
        while waiting:
            task = waiting.popleft()
            job = self._jobs[task.job]
            try:
                result = job.runner.run(task.first, task.count, self._reporter.add)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other blocks may go on
                self._pass_on(task, error, failed, waiting)
                continue
            if job.block_store is not None:
                job.block_store.write(task.first, task.count, result.arrays())
            yield task, result

    def _start_processes(self, tasks: Sequence[Task]) -> None:
        number = usable_processors() if self._workers is None else self._workers
        is_small = min(number, len(tasks)) < 2 or sum(task.count for task in tasks) <= BLOCK
        if is_small and not self._kept.are_running:
            return  # this process is done before another one has started
        self._processes = self._kept.start(number)
        self._executor = ExecutorAdapter(self._processes)

    def _run_on(
        self, executor: ExecutorAdapter, waiting: deque[Task], failed: TaskFailed | None
    ) -> Iterator[tuple[Task, R_co]]:
        if not self._packed:
            self._packed = tuple(
                # Workers of the caller's executor may share no disk with this process, which stores for them.
                PackedRun.of(job.spec, None if self._processes is None else job.block_store)
                for job in self._jobs
            )
        while waiting or self._in_progress:
            self._submit(executor, waiting)
            done = self._wait(executor)
            while done:
                future = done.pop()
                task = self._in_progress[future]
                try:
                    taken = self._take(future)
                except Exception as error:  # noqa: BLE001 - whatever it is, the other blocks may go on
                    self._pass_on(task, error, failed, waiting)
                    continue
                yield taken

    def _submit(self, executor: ExecutorAdapter, waiting: deque[Task]) -> None:
        if not waiting:
            return
        if self._processes is not None:
            limit = executor.capacity() + 1  # results that wait for this process take memory
        else:
            limit = 2 * executor.capacity() if self._workers is None else self._workers
        while waiting and len(self._in_progress) < limit:
            task = waiting.popleft()
            future = executor.submit(self._packed[task.job], task.first, task.count)
            self._in_progress[future] = task

    def _wait(self, executor: ExecutorAdapter) -> list[Future[Arrays]]:
        """Wait for a moment; return the blocks that are done, to be taken from the end (failed last)."""
        wait(self._in_progress, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        # `wait` does not return futures that a shutdown has cancelled.
        done = [future for future in self._in_progress if future.done()]
        if self._processes is not None:
            self._reporter.add(self._processes.progress())
        elif not done:
            executor.require_running()
        return sorted(done, key=has_failed, reverse=True)

    def _take(self, future: Future[Arrays]) -> tuple[Task, R_co]:
        """Return the result of a block; a cluster frees it once there are no references to its future."""
        task, arrays = self._in_progress.pop(future), result_of(future)
        job = self._jobs[task.job]
        if self._processes is None:
            if job.block_store is not None:
                job.block_store.write(task.first, task.count, arrays)
            self._reporter.add(task.count)
        return task, job.runner.restore(arrays)

    def _pass_on(self, task: Task, error: Exception, failed: TaskFailed | None, waiting: deque[Task]) -> None:
        """Hand the error of a block to the caller's function, or raise it where it concerns every block."""
        if failed is None or error is self._reporter.error or concerns_every_run(error):
            raise error
        self._failed_jobs.add(task.job)
        self._drop(task.job, waiting)
        failed(task, error)

    def _drop(self, job: int, waiting: deque[Task]) -> None:
        """Take the blocks of a job that has failed out of those that wait: nobody can use its result."""
        dropped = [task for task in waiting if task.job == job]
        self._reporter.total -= sum(task.count for task in dropped)
        for task in dropped:
            waiting.remove(task)
