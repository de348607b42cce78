"""What there is to do, block by block, and one who does it."""

from __future__ import annotations

from dataclasses import dataclass

from diamondsim.results import Summary
from diamondsim.simulation.bench import Bench, Recipe, Report, Room
from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.shelf import Shelf


@dataclass(frozen=True)
class Task:
    """The replications [first, first + count) of one of some recipes, of one block of draws."""

    recipe: int
    first: int
    count: int


@dataclass(frozen=True)
class Job:
    """What there is to do: recipes, and for each where its finished blocks are kept, if anywhere."""

    recipes: tuple[Recipe, ...]
    shelves: tuple[Shelf | None, ...]

    def desk(self) -> Desk:
        """Return one who does it."""
        return Desk(self)


class Desk:
    """Does tasks one after the other in its own process."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._room = Room()
        self._benches: dict[int, Bench] = {}

    def bench(self, recipe: int) -> Bench:
        """Return the bench of a recipe, made when first asked for."""
        if recipe not in self._benches:
            self._benches[recipe] = Bench(self._job.recipes[recipe], self._room)
        return self._benches[recipe]

    def do(self, task: Task, report: Report) -> Summary:
        """Run a block and keep it, unless it was stopped half-way."""
        summary = self.bench(task.recipe).run(task.first, task.count, report)
        shelf = self._job.shelves[task.recipe]
        if shelf is not None and summary.replications == task.count:
            shelf.write(task.first, task.count, summary.arrays())
        return summary

    def taken(self, task: Task, arrays: Arrays) -> Summary:
        """Keep a block that was run where nobody keeps it, and return it."""
        shelf = self._job.shelves[task.recipe]
        if shelf is not None:
            shelf.write(task.first, task.count, arrays)
        return self.restored(task, arrays)

    def kept(self, task: Task) -> Summary | None:
        """Return a block that is kept already, None where there is none."""
        shelf = self._job.shelves[task.recipe]
        arrays = None if shelf is None else shelf.read(task.first, task.count)
        return None if arrays is None else self.restored(task, arrays)

    def restored(self, task: Task, arrays: Arrays) -> Summary:
        """Return the summary of a block that was made into arrays."""
        return self.bench(task.recipe).summary().restore(arrays)
