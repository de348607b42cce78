"""One scenario, ready to be run for its paths, and who runs it for a folder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.engines import batch
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import compile_plan
from diamondsim.results import known_names, paths_dataset, provenance_of
from diamondsim.sampling import BLOCK, Scratch, draw
from diamondsim.simulation.bench import Recipe, Report
from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.paths.shelf import PathsShelf
from diamondsim.simulation.work import Task

PART_BYTES = 2**27
"""Most that the paths of one file take in memory."""
NO_ARRAYS: Arrays = {}


class PathsBench:
    """A scenario with its Plan, ready to run.

    Parameters
    ----------
    recipe : Recipe
    variables : sequence of str
    dtype : str

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    ValueError
        Where a variable is not known.

    Attributes
    ----------
    variables : tuple of str
        In the order of the Ledger.
    size : int
        Replications of a file: a power of two, by scenario and variables alone.
    """

    def __init__(self, recipe: Recipe, variables: tuple[str, ...], dtype: str) -> None:
        self._seed = recipe.seed
        self._plan = compile_plan(recipe.scenario)
        self._provenance = provenance_of(recipe.scenario, recipe.seed)
        self._dtype = dtype
        self._scratch = Scratch()
        self.variables = known_names(self._plan, variables)
        self._record = tuple(name for name in self.variables if name in FIELDS)
        one = Ledger.empty(self._plan, 1, self._record)
        bytes_each = max(1, sum(array.nbytes for array in one.arrays.values()))
        fit = max(1, min(BLOCK, PART_BYTES // bytes_each))
        self.size = 1 << (fit.bit_length() - 1)

    def write(self, task: Task, shelf: PathsShelf, report: Report) -> None:
        """Run some replications and keep their paths; nothing of them where it is stopped half-way."""
        draws = draw(self._plan, seed=self._seed, first=task.first, count=task.count, scratch=self._scratch)
        ledger = Ledger.empty(self._plan, task.count, self._record)
        step = min(task.count, batch.block_size(self._plan))
        for begin in range(0, task.count, step):
            part = draws.select(slice(begin, begin + step))
            columns = {name: array[..., begin : begin + step] for name, array in ledger.arrays.items()}
            if columns:
                batch.run(self._plan, part, ledger=Ledger(columns))
            if begin + step < task.count and not report(part.n_replications):
                return
        dataset = paths_dataset(self._plan, draws, ledger, self._provenance, self.variables)
        if self._dtype != "float64":
            for name, variable in dataset.data_vars.items():
                if variable.dtype == np.float64:
                    dataset[name] = variable.astype(self._dtype)
        shelf.write(task.first, task.count, dataset)
        report(task.count - begin)


@dataclass(frozen=True)
class Written:
    """What comes back of paths that were written: nothing but that they are."""

    def arrays(self) -> Arrays:
        """Return nothing."""
        return NO_ARRAYS


@dataclass(frozen=True)
class PathsJob:
    """What there is to write, and where."""

    recipe: Recipe
    variables: tuple[str, ...]
    dtype: str
    shelf: PathsShelf

    def desk(self) -> PathsDesk:
        """Return one who does it."""
        return PathsDesk(self, PathsBench(self.recipe, self.variables, self.dtype))


class PathsDesk:
    """Writes paths, one file after the other, in its own process."""

    def __init__(self, job: PathsJob, bench: PathsBench) -> None:
        self._shelf = job.shelf
        self._bench = bench

    def do(self, task: Task, report: Report) -> Written:
        """Write a file, unless stopped half-way."""
        self._bench.write(task, self._shelf, report)
        return Written()

    def restored(self, _task: Task, _arrays: Arrays) -> Written:
        """Return what came of a task that another process did."""
        return Written()
