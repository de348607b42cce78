"""Who does the work on blocks: this process, processes of our own, or an executor of the caller's.

Results do not depend on who does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from diamondsim.results import Summary
from diamondsim.sampling import BLOCK
from diamondsim.simulation.executors import Office
from diamondsim.simulation.handing import HandedIn
from diamondsim.simulation.processes import Processes
from diamondsim.simulation.processors import usable_processors
from diamondsim.simulation.progress import Teller
from diamondsim.simulation.work import Desk, Job, Task


class Hands(Protocol):
    """Those who do tasks, wherever they are."""

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Summary]]:
        """Do some tasks, keep and tell of what is done, and yield each with what came of it, in any order."""
        ...

    def end(self) -> None:
        """Stop what is under way, if anything is."""
        ...


class Crew:
    """Those who work on a job: called when there is enough to do, sent home when the crew ends.

    Parameters
    ----------
    job : Job
    desk : Desk
        Of this process.
    workers : int or None
        Most processes; with one, all happens in this process. As many as there are processors by default.
        With an executor: most blocks under way, by default as many as it has use for.
    tell : Teller
    office : Office, optional
        Of an executor that does the work in place of processes of our own.
    """

    def __init__(
        self,
        job: Job,
        desk: Desk,
        *,
        workers: int | None,
        tell: Teller,
        office: Office | None = None,
    ) -> None:
        self._job = job
        self._desk = desk
        self._workers = workers
        self._tell = tell
        self._office = office
        self._away: Hands | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._away is not None:
            self._away.end()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Summary]]:
        """Do some tasks, and yield each with what came of it, in any order."""
        if self._away is None:
            self._away = self._called(tasks)
        if self._away is not None:
            yield from self._away.run(tasks)
            return
        for task in tasks:
            yield task, self._desk.do(task, self._tell.more)

    def _called(self, tasks: Sequence[Task]) -> Hands | None:
        """Return who is to do some tasks; None where that is this process."""
        if self._office is not None:
            return HandedIn(self._job, self._desk, office=self._office, most=self._workers, tell=self._tell)
        number = min(usable_processors() if self._workers is None else self._workers, len(tasks))
        if number < 2 or sum(task.count for task in tasks) <= BLOCK:
            return None  # less is done before a process has started
        return Processes(self._job, self._desk, number=number, tell=self._tell)
