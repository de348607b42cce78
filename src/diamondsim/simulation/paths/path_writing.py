"""The public call `write_paths`."""

from __future__ import annotations

import os
from collections.abc import Iterable

import xarray as xr

from diamondsim.arguments import require_integer
from diamondsim.constants import MAX_REPLICATIONS
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation.paths.path_folder import DTYPES, PathsFolder
from diamondsim.simulation.paths.path_reading import open_paths
from diamondsim.simulation.progress import Progress

VARIABLES = ("demand", "shortage", "stock")
"""Default variables."""


def write_paths(
    scenario: Scenario,
    folder: str | os.PathLike[str],
    *,
    replications: int = BLOCK,
    seed: int = 0,
    variables: Iterable[str] = VARIABLES,
    dtype: str = DTYPES[0],
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Write what happens in every tick of many replications to disk.

    These are the paths of `monte_carlo` with the same seed and engine (`use_engine`). Each file is on disk as
    soon as it is done: an interrupted call can be repeated to resume and ends with the same bytes, and a call
    with more replications continues. A damaged file causes a `StoreWarning` and is computed again.

    Parameters
    ----------
    scenario : Scenario
    folder : path
        Created if it does not exist.
    replications : int
        Number of replications, by default 1,024.
    seed : int
        Root of all random numbers.
    variables : iterable of str
        Variables to keep: fields of the Ledger, `control_state`, `approval_rate`, `start_price`, see
        docs/results.md.
    dtype : str
        "float64" keeps every bit of the run, "float32" takes half the space.
    workers : int, optional
        Maximum number of processes, by default the number of processors. Each has one file in memory, twice.
    progress : callable, optional
        Called with the number of replications done and the number requested.

    Returns
    -------
    xarray.Dataset
        The result of `open_paths`.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled.
    StoreError
        If the folder has other content, is used by another run, or keeps paths of another scenario (texts and
        sources included), seed, engine, version, code or `dtype`, or of other variables; or if
        none asks for an engine and that of the folder cannot be used.
    ValueError
        If a number is out of range or not an integer, or a name is not known.
    TypeError
        If `scenario` is not a Scenario.
    ImportError
        If the compiled engine is asked for and numba cannot be used.
    OSError
        If the folder cannot be written to, for example because the disk is full. Finished files stay in it.
    concurrent.futures.BrokenExecutor
        If a worker process ends, for example because memory ran out. Finished files stay in the folder.

    Examples
    --------
    >>> import tempfile
    >>> import diamondsim as ds
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = ds.write_paths(ds.load_scenario("calm"), folder, replications=4, variables=["stock"])
    ...     str(paths["stock"].dims), float(paths["stock"].isel(time=0).min()) > 0
    ("('time', 'node', 'replication')", True)
    """
    require_scenario(scenario)
    seed = require_integer("seed", seed, least=0)
    replications = require_integer("replications", replications, least=1, most=MAX_REPLICATIONS)
    workers = None if workers is None else require_integer("workers", workers, least=1)
    with PathsFolder(
        folder, scenario, variables=variables, seed=seed, dtype=dtype, replications=replications
    ) as paths:
        paths.write(replications, workers=workers, progress=progress)
    return open_paths(folder)
