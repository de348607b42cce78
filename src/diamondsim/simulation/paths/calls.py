"""The public call `write_paths`."""

from __future__ import annotations

import os
from collections.abc import Iterable

import xarray as xr

from diamondsim.scenario import Scenario
from diamondsim.simulation.paths.folder import DTYPES, PathsFolder
from diamondsim.simulation.paths.opening import open_paths
from diamondsim.simulation.progress import Progress
from diamondsim.simulation.whole import whole_number

VARIABLES = ("demand", "shortage", "stock")
"""What is kept unless something else is asked for."""
REPLICATIONS = 1_024
MOST_REPLICATIONS = 10_000_000


def write_paths(
    scenario: Scenario,
    folder: str | os.PathLike[str],
    *,
    replications: int = REPLICATIONS,
    seed: int = 0,
    variables: Iterable[str] = VARIABLES,
    dtype: str = DTYPES[0],
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Write what happens in every tick of many replications to disk.

    They are the paths of `monte_carlo` with the same seed. Each file is on the disk as soon as it is done: a
    call that was stopped, however that happened, goes on where it was, and ends with the same bytes; one with
    more replications goes on from there. A damaged file is told of by a `StoreWarning` and computed anew.

    Parameters
    ----------
    scenario : Scenario
    folder : path
        Made where it does not exist.
    replications : int
        How many.
    seed : int
        Root of all random numbers.
    variables : iterable of str
        What is kept: names of the Ledger, `control_state`, `level`, `start_price`, see docs/results.md.
    dtype : str
        "float64" keeps every bit of the run, "float32" takes half the room.
    workers : int, optional
        Processes; as many as there are processors by default. Each holds one file in memory, twice.
    progress : callable, optional
        Called with the number of replications done and the number wanted.

    Returns
    -------
    xarray.Dataset
        What `open_paths` returns.

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    StoreError
        Where the folder holds something else, or paths of another scenario, words and sources included, of
        another seed, version, code or `dtype`, or of other variables, or another run is at work in it.
    ValueError
        Where a number is out of range or not whole, or a name is not known.
    OSError
        Where the folder cannot be written to, such as on a full disk. What is finished stays in it.
    concurrent.futures.BrokenExecutor
        Where a process that computes ends unasked, such as for want of memory. What is finished stays.

    Examples
    --------
    >>> import tempfile
    >>> import diamondsim as ds
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = ds.write_paths(ds.load_scenario("calm"), folder, replications=4, variables=["stock"])
    ...     str(paths["stock"].dims), float(paths["stock"].isel(time=0).min()) > 0
    ("('time', 'node', 'replication')", True)
    """
    seed = whole_number("seed", seed, least=0)
    replications = whole_number("replications", replications, least=1, most=MOST_REPLICATIONS)
    workers = None if workers is None else whole_number("workers", workers, least=1)
    with PathsFolder(folder, scenario, variables=variables, seed=seed, dtype=dtype) as kept:
        kept.write(replications, workers=workers, progress=progress)
    return open_paths(folder)
