"""A folder that keeps the paths of a run, so that an interrupted run can be resumed.

Owns the layout of the folder:

    diamondsim-paths.json    run and variables (`PathsManifest`)
    scenario.yaml            the resolved scenario, for people
    FIRST-END.nc             the paths of the replications [FIRST, END) (`path_store`)
    .lock                    held while a run uses the folder (`run_folder`)
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from diamondsim.plan import compile_plan, on_same_dimensions
from diamondsim.results import atomic_write
from diamondsim.scenario import Scenario
from diamondsim.simulation.engine_choice import with_engine
from diamondsim.simulation.paths.path_runner import PathRunner, PathSpec, file_layout
from diamondsim.simulation.paths.path_store import PathStore, is_path_file_name
from diamondsim.simulation.progress import Progress, ProgressReporter
from diamondsim.simulation.run_folder import RunFolder
from diamondsim.simulation.run_manifest import Manifest
from diamondsim.simulation.runner import RunSpec, Workspace
from diamondsim.simulation.worker_pool import Job, Task, WorkerPool

PATHS_MANIFEST = "diamondsim-paths.json"
_SCENARIO_FILE = "scenario.yaml"
DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class PathsManifest(Manifest):
    """The properties that make a folder of paths.

    Attributes
    ----------
    variables : str
        Names of the variables, separated by commas.
    dtype : str
        Data type of floating-point numbers.
    block : int
        Replications of a file.
    replications : int
        Replications requested last; there may be more.
    text : str
        Hash of the resolved scenario with its texts and sources, which every file holds.
    """

    INFORMATIVE: ClassVar[tuple[str, ...]] = ("replications",)

    variables: str = ""
    dtype: str = ""
    block: int = 0
    replications: int = 0
    text: str = ""

    @classmethod
    def of_paths(cls, spec: RunSpec, variables: Sequence[str], dtype: str, block: int) -> Self:
        """Return the manifest of the paths of a run with this version of the code."""
        return replace(
            cls.of(spec),
            variables=",".join(variables),
            dtype=dtype,
            block=block,
            replications=spec.replications,
            text=hashlib.sha256(spec.scenario.dump().encode()).hexdigest(),
        )

    @property
    def scenario_file(self) -> str:
        """Path of the scenario within the folder."""
        return _SCENARIO_FILE

    def differences(self, earlier: Self) -> list[str]:
        """Return the differences of this run from an earlier one, as sentences."""
        differs = super().differences(earlier)
        if earlier.scenario == self.scenario and earlier.text != self.text:
            named = (
                f" (title there '{earlier.title}', here '{self.title}')"
                if earlier.title != self.title
                else ""
            )
            differs.append(f"the texts or sources of the scenario{named} differ, which every file holds")
        if earlier.variables != self.variables:
            differs.append(f"the variables there are {earlier.variables}, here {self.variables}")
        if earlier.dtype != self.dtype:
            differs.append(f"the data type there is {earlier.dtype}, here {self.dtype}")
        if not differs and earlier.block != self.block:
            differs.append(f"a file there holds {earlier.block} replications, here {self.block}")
        return differs


class PathsFolder(RunFolder):
    """A folder for the paths of a run, locked while it is open.

    Parameters
    ----------
    folder : path
        Created, with its parents, if it does not exist. One with anything but paths is refused.
    scenario : Scenario
    variables : iterable of str
    seed : int
    dtype : str
    replications : int
        Number that will be written, which decides on the engine unless the folder keeps paths already.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled.
    ImportError
        If the compiled engine is asked for and numba cannot be used.
    ValueError
        If a variable is not known, `variables` is a single string, or `dtype` is not one of `DTYPES`.
    StoreError
        If the folder has other content, cannot be created or written to, or is used by another run.
    OSError
        If the machine fails, for example because the disk is full.

    Attributes
    ----------
    folder : pathlib.Path
    found : int
        Requested replications that were in the folder, undamaged.
    variables : tuple of str
        Names of the variables that are kept.
    """

    MANIFEST_FILE = PATHS_MANIFEST
    OWNS_FOLDERS = False

    def __init__(
        self,
        folder: str | os.PathLike[str],
        scenario: Scenario,
        *,
        variables: Iterable[str],
        seed: int,
        dtype: str = DTYPES[0],
        replications: int = 0,
    ) -> None:
        if dtype not in DTYPES:
            raise ValueError(f"dtype: expected one of {', '.join(DTYPES)}, found {dtype!r}")
        if isinstance(variables, str):
            raise ValueError(
                f"variables: expected a list of names, such as [{variables!r}], found {variables!r}"
            )
        (resolved,) = on_same_dimensions([scenario])
        plan = compile_plan(resolved)
        self.variables, self._file_size = file_layout(plan, tuple(variables))
        super().__init__(folder)
        self.found = 0
        self._scenario = resolved
        with contextlib.ExitStack() as undo:
            undo.callback(self._abandon)
            (run,) = with_engine([RunSpec(resolved, seed, replications)], self, is_elsewhere=False)
            self._manifest = PathsManifest.of_paths(run, self.variables, dtype, self._file_size)
            self._store = PathStore(self.folder, self._manifest.key)
            spec = PathSpec(run, self.variables, dtype, self._store)
            self._job = Job(spec, PathRunner(spec, plan, Workspace()))
            self.earlier(self._manifest)
            undo.pop_all()

    def owns(self, name: str) -> bool:
        """Return whether a name is that of a file of paths, or of the scenario."""
        return is_path_file_name(name) or name == _SCENARIO_FILE

    def write(
        self, replications: int, *, workers: int | None = None, progress: Progress | None = None
    ) -> None:
        """Write the paths that are missing.

        Parameters
        ----------
        replications : int
            Number of replications; further ones in the folder stay.
        workers : int, optional
            Maximum number of processes, by default the number of processors.
        progress : callable, optional

        Raises
        ------
        OSError
            If finished paths cannot be written.
        concurrent.futures.BrokenExecutor
            If a worker process ends. Finished paths stay.
        """
        self.claim(replace(self._manifest, replications=replications))
        file, text = self.folder / _SCENARIO_FILE, self._scenario.dump().encode()
        if not file.exists() or file.read_bytes() != text:
            atomic_write(file, text)
        reporter = ProgressReporter(progress)
        spans = self._store.spans()
        tasks = self._tasks(replications, dict(spans))
        reporter.total = sum(task.count for task in tasks)
        missing = [task for task in tasks if not self._is_written(task, set(spans), reporter)]
        self.found = reporter.total - sum(task.count for task in missing)
        with WorkerPool([self._job], reporter, workers=workers) as pool:
            for _ in pool.run(missing):
                pass
        self._store.remove_shorter({task.first: task.count for task in tasks}, spans)

    def finished(self) -> int:
        """Return the number of replications in the folder, damaged or not."""
        return sum(self._store.counts().values())

    @property
    def nbytes(self) -> int:
        """The size of the files, in bytes."""
        return sum(self._store.file(*span).path.stat().st_size for span in self._store.counts().items())

    def _tasks(self, replications: int, counts: Mapping[int, int]) -> list[Task]:
        """Return a task for each file; an existing file that is longer than required keeps its length."""
        firsts = range(0, replications, self._file_size)
        required = {first: min(self._file_size, replications - first) for first in firsts}
        return [
            Task(0, first, max(count, min(counts.get(first, 0), self._file_size)))
            for first, count in required.items()
        ]

    def _is_written(self, task: Task, spans: set[tuple[int, int]], reporter: ProgressReporter) -> bool:
        if (task.first, task.count) in spans and self._store.is_undamaged(task.first, task.count):
            reporter.add(task.count)
            return True
        return False
