"""Worker processes that last for several calls, each of which would otherwise start its own.

A search simulates a few sizes at a time, and to start a process takes as long as some hundred replications.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from diamondsim.simulation.worker_processes import WorkerProcesses


class KeptWorkers:
    """Processes that are started by the first call that needs them; a context, at whose end they end.

    Examples
    --------
    >>> with KeptWorkers() as kept:
    ...     kept.are_running
    False
    """

    def __init__(self) -> None:
        self._processes: WorkerProcesses | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def are_running(self) -> bool:
        """Whether processes have been started."""
        return self._processes is not None

    def start(self, number: int) -> WorkerProcesses:
        """Return the processes, at most `number` of them if this is the first call."""
        if self._processes is None:
            self._processes = WorkerProcesses(number)
        return self._processes

    def close(self) -> None:
        """End the processes; calls in progress return after their current part."""
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)
            self._processes = None
