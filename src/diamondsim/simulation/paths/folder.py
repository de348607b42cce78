"""A folder that keeps the paths of a run, so that it goes on where it was stopped.

Owns what lies where in the folder:

    diamondsim-paths.json    what is run, and which variables are kept (`manifest`)
    scenario.yaml            the resolved scenario, for people
    FIRST-END.nc             the paths of the replications [FIRST, END) (`shelf`, `block`)
    .lock                    held by the run that is at work
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from diamondsim.plan import on_same_dimensions
from diamondsim.results.storage import atomic_write
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.folder import RunFolder
from diamondsim.simulation.paths.bench import PathsBench, PathsDesk, PathsJob
from diamondsim.simulation.paths.manifest import PathsManifest
from diamondsim.simulation.paths.shelf import PathsShelf, is_paths_file
from diamondsim.simulation.processes import Processes
from diamondsim.simulation.processors import usable_processors
from diamondsim.simulation.progress import Progress, Teller
from diamondsim.simulation.work import Task

MANIFEST = "diamondsim-paths.json"
DTYPES = ("float64", "float32")


class PathsFolder(RunFolder):
    """A folder for the paths of a run; while it is open nobody else writes to it.

    Parameters
    ----------
    folder : path
        Made where it does not exist; the folder above it must. One that holds anything but paths is refused.
    scenario : Scenario
    variables : iterable of str
    seed : int
    dtype : str

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    ValueError
        Where there is nothing of the name of a variable, where `variables` is one name instead of a list, or
        `dtype` none of `DTYPES`.
    StoreError
        Where the folder holds something else, cannot be made or written to, or another run is at work in it.
    OSError
        Where the machine fails, such as a full disk.

    Attributes
    ----------
    folder : pathlib.Path
    found : int
        Replications that were there whole, as far as they were asked for.
    variables : tuple of str
        What is kept of every tick.
    """

    MANIFEST = MANIFEST

    def __init__(
        self,
        folder: str | os.PathLike[str],
        scenario: Scenario,
        *,
        variables: Iterable[str],
        seed: int,
        dtype: str = DTYPES[0],
    ) -> None:
        if dtype not in DTYPES:
            raise ValueError(f"dtype is one of {', '.join(DTYPES)}, found {dtype!r}")
        if isinstance(variables, str):
            raise ValueError(f"variables is a list of names, such as [{variables!r}], found {variables!r}")
        (resolved,) = on_same_dimensions([scenario])
        self._recipe = Recipe(resolved, seed, 0)
        bench = PathsBench(self._recipe, tuple(variables), dtype)
        self._size = bench.size
        self._manifest = PathsManifest.of_paths(self._recipe, bench.variables, dtype, bench.size)
        super().__init__(folder)
        self.found = 0
        self.variables = bench.variables
        self._shelf = PathsShelf(self.folder, self._manifest.key)
        self._job = PathsJob(self._recipe, bench.variables, dtype, self._shelf)
        self._desk = PathsDesk(self._job, bench)
        with contextlib.ExitStack() as undo:
            undo.callback(self._lock.release)
            self.earlier(self._manifest)
            undo.pop_all()

    def ours(self, name: str) -> bool:
        """Return whether a name is that of a file of paths, or of the scenario."""
        return is_paths_file(name) or name == self._manifest.scenario_file

    def write(
        self, replications: int, *, workers: int | None = None, progress: Progress | None = None
    ) -> None:
        """Write the paths that are not there yet.

        Parameters
        ----------
        replications : int
            How many; where more are there they stay.
        workers : int, optional
            Processes; as many as there are processors by default.
        progress : callable, optional

        Raises
        ------
        OSError
            Where finished paths cannot be kept.
        concurrent.futures.BrokenExecutor
            Where a process that computes ends unasked. What is finished stays.
        """
        self.claim(replace(self._manifest, replications=replications))
        scenario, text = self.folder / self._manifest.scenario_file, self._recipe.scenario.dump().encode()
        if not scenario.exists() or scenario.read_bytes() != text:
            atomic_write(scenario, text)
        tell = Teller(progress)
        there = self._shelf.spans()
        tasks = self._tasks(replications, dict(there))
        tell.total = sum(task.count for task in tasks)
        named = set(there)
        left = [
            task for task in tasks if (task.first, task.count) not in named or not self._is_whole(task, tell)
        ]
        self.found = tell.total - sum(task.count for task in left)
        self._compute(left, workers, tell)
        self._shelf.keep_only({task.first: task.count for task in tasks}, there)

    def finished(self) -> int:
        """Return how many replications lie here, damaged or not."""
        return sum(self._shelf.counts().values())

    @property
    def nbytes(self) -> int:
        """What the files take, in bytes."""
        return sum(self._shelf.file(*block).stat().st_size for block in self._shelf.counts().items())

    def _compute(self, left: list[Task], workers: int | None, tell: Teller) -> None:
        number = min(usable_processors() if workers is None else workers, len(left))
        if number < 2 or sum(task.count for task in left) <= BLOCK:  # less is done before a process starts
            for task in left:
                self._desk.do(task, tell.more)
            return
        processes = Processes(self._job, self._desk, number=number, tell=tell)
        try:
            for _ in processes.run(left):
                pass
        finally:
            processes.end()

    def _tasks(self, replications: int, there: Mapping[int, int]) -> list[Task]:
        """Return what files there are to be; one that is longer than it needs to be stays so."""
        firsts = range(0, replications, self._size)
        needed = {first: min(self._size, replications - first) for first in firsts}
        return [
            Task(0, first, max(count, min(there.get(first, 0), self._size)))
            for first, count in needed.items()
        ]

    def _is_whole(self, task: Task, tell: Teller) -> bool:
        if self._shelf.is_whole(task.first, task.count):
            tell.more(task.count)
            return True
        return False
