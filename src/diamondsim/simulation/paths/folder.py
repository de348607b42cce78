"""A folder that keeps the paths of a run, so that it goes on where it was stopped.

Owns what lies where in the folder:

    diamondsim-paths.json    what is run, and which variables are kept (`manifest`)
    scenario.yaml            the resolved scenario, for people
    FIRST-END.nc             the paths of the replications [FIRST, END) (`shelf`, `block`)
    .lock                    held by the run that is at work
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from diamondsim.errors import StoreError
from diamondsim.plan import on_same_dimensions
from diamondsim.results.whole_file import write_whole
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
        Where there is nothing of the name of a variable, or where `dtype` is none of `DTYPES`.
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
        try:
            self.earlier(self._manifest)
        except (StoreError, OSError):
            self._lock.release()
            raise

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
        """
        self.claim(replace(self._manifest, replications=replications))
        scenario, text = self.folder / self._manifest.scenario_file, self._recipe.scenario.dump().encode()
        if not scenario.exists() or scenario.read_bytes() != text:
            write_whole(scenario, text)
        tell = Teller(progress)
        tasks = self._tasks(replications)
        tell.total = sum(task.count for task in tasks)
        left = [task for task in tasks if not self._is_there(task, tell)]
        self.found = tell.total - sum(task.count for task in left)
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

    def finished(self) -> int:
        """Return how many replications lie here, damaged or not."""
        return sum(self._shelf.counts().values())

    @property
    def nbytes(self) -> int:
        """What the files take, in bytes."""
        return sum(self._shelf.file(*block).stat().st_size for block in self._shelf.counts().items())

    def _tasks(self, replications: int) -> list[Task]:
        """Return what files there are to be; one that is longer than it needs to be stays so."""
        there = self._shelf.counts()
        firsts = range(0, replications, self._size)
        needed = {first: min(self._size, replications - first) for first in firsts}
        return [Task(0, first, max(count, there.get(first, 0))) for first, count in needed.items()]

    def _is_there(self, task: Task, tell: Teller) -> bool:
        there = self._shelf.counts().get(task.first) == task.count
        if there and self._shelf.is_whole(task.first, task.count):
            tell.more(task.count)
            return True
        return False
