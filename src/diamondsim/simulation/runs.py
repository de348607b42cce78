"""Runs of some scenarios: what is kept already, what is still to do, and when it is enough.

Owns the order of the work. What comes of it depends neither on that order, nor on where it was done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diamondsim.results import Summary
from diamondsim.sampling import BLOCK
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.executors import Office
from diamondsim.simulation.precision import Precision
from diamondsim.simulation.progress import Progress, Teller
from diamondsim.simulation.store import Store
from diamondsim.simulation.work import Desk, Job, Task
from diamondsim.simulation.workers import Crew


@dataclass(frozen=True)
class Runs:
    """What came of some recipes.

    Attributes
    ----------
    summaries : tuple of Summary
        One for each recipe.
    half_width : float or None
        That of the first recipe's metric, where a precision was asked for; NaN where it has none.
    """

    summaries: tuple[Summary, ...]
    half_width: float | None


def run_all(
    recipes: Sequence[Recipe],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
    until: Precision | None = None,
    office: Office | None = None,
) -> Runs:
    """Run the replications of some recipes.

    Parameters
    ----------
    recipes : sequence of Recipe
    workers : int, optional
        Processes, as many as there are processors by default; with one, or where there is no more than a
        block to do, all happens in this process. With an executor: most blocks under way.
    progress : callable, optional
    store : Store, optional
        Whose blocks are used, and which keeps those that are computed.
    until : Precision, optional
        The first recipe is run only until it is reached.
    office : Office, optional
        Of an executor that does the work.

    Returns
    -------
    Runs

    Raises
    ------
    ScenarioError
        Where a scenario cannot be compiled.
    StoreError
        Where the store is for another run.
    ValueError
        Where the scenario has no such metric as `until` asks for.
    OSError
        Where a finished block cannot be kept.
    BrokenExecutor
        Where the executor ends before the run does.
    """
    shelves = [None] * len(recipes) if store is None else store.shelves(recipes)
    job = Job(tuple(recipes), tuple(shelves))
    desk = Desk(job)
    scratch = None if store is None else store.folder
    totals = tuple(desk.bench(number).summary(scratch) for number in range(len(recipes)))
    for recipe, total in zip(recipes, totals, strict=True):
        total.columns.reserve(recipe.replications)
    if until is not None:
        until.half_width_of(totals[0])  # says at once where there is nothing of that name
    tell = Teller(progress)
    half_width = None
    with Crew(job, desk, workers=workers, tell=tell, office=office) as crew:
        begin = 0
        for end in _goals(recipes[0].replications, until):
            tasks = _tasks(0, begin, end)
            if begin == 0:
                tasks += [task for i, r in enumerate(recipes[1:], 1) for task in _tasks(i, 0, r.replications)]
            tell.total += sum(task.count for task in tasks)
            found = _merge_kept(tasks, desk, totals, tell)
            if store is not None:
                store.found += sum(task.count for task in found if task.recipe == 0)
            for task, part in crew.run([task for task in tasks if task not in found]):
                totals[task.recipe].merge(part, first=task.first)
            begin = end
            if until is not None:
                half_width = until.half_width_of(totals[0])
                if half_width <= until.half_width:
                    break
    return Runs(totals, half_width)


def _merge_kept(tasks: Sequence[Task], desk: Desk, totals: Sequence[Summary], tell: Teller) -> set[Task]:
    """Take over what is there already, and return which tasks that were."""
    found = set()
    for task in tasks:
        part = desk.kept(task)
        if part is not None:
            totals[task.recipe].merge(part, first=task.first)
            tell.more(task.count)
            found.add(task)
    return found


def _goals(replications: int, until: Precision | None) -> Iterator[int]:
    """Yield after how many replications to look: never where it would depend on the machine."""
    if until is None:
        yield replications
        return
    goal = BLOCK
    while goal < replications:
        yield goal
        goal *= 2
    yield replications


def _tasks(recipe: int, begin: int, end: int) -> list[Task]:
    return [Task(recipe, first, min(BLOCK, end - first)) for first in range(begin, end, BLOCK)]
