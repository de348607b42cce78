"""Tasks done by an executor of the caller's: a few at a time, and kept by this process.

Those who run the blocks may share no disk with this process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from diamondsim.results import Summary
from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.executors import Office, has_failed, result_of
from diamondsim.simulation.parcel import Parcel
from diamondsim.simulation.progress import Teller
from diamondsim.simulation.work import Desk, Job, Task

_POLL_SECONDS = 0.2


class HandedIn:
    """An executor at work on one job.

    Parameters
    ----------
    job : Job
    desk : Desk
        Of this process.
    office : Office
        Of the executor.
    most : int or None
        Most blocks that it has at a time; by default twice as many as it runs at once, so that none of those
        who run them waits for the next.
    tell : Teller
    """

    def __init__(self, job: Job, desk: Desk, *, office: Office, most: int | None, tell: Teller) -> None:
        self._parcels = tuple(Parcel.of(recipe) for recipe in job.recipes)
        self._desk = desk
        self._office = office
        self._most = most
        self._tell = tell
        self._under_way: dict[Future[Arrays], Task] = {}

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Summary]]:
        """Yield what came of the tasks, as they are done.

        Raises
        ------
        BrokenExecutor
            Where the executor ends.
        """
        left = deque(tasks)
        while left or self._under_way:
            self._hand_in(left)
            done = self._done()
            while done:
                task, arrays = self._take(done.pop())
                summary = self._desk.taken(task, arrays)
                self._tell.more(task.count)
                yield task, summary

    def _done(self) -> list[Future[Arrays]]:
        """Wait for a while; return what is done, to be taken from the end, where no failure stands."""
        wait(self._under_way, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        # `wait` does not tell of those that a shutdown has cancelled.
        done = [future for future in self._under_way if future.done()]
        if not done:
            self._office.require()
        return sorted(done, key=has_failed, reverse=True)

    def _take(self, future: Future[Arrays]) -> tuple[Task, Arrays]:
        """Return what came of a block; a cluster lets go of it once nobody here knows its future."""
        return self._under_way.pop(future), result_of(future)

    def _hand_in(self, left: deque[Task]) -> None:
        if left:
            most = 2 * self._office.at_once() if self._most is None else self._most
            while left and len(self._under_way) < most:
                task = left.popleft()
                future = self._office.hand_in(self._parcels[task.recipe], task.first, task.count)
                self._under_way[future] = task

    def end(self) -> None:
        """Cancel what has not begun; what has is run to its end, for nobody."""
        for future in self._under_way:
            future.cancel()
        self._under_way.clear()
