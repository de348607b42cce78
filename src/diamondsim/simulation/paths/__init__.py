"""Paths on disk: what happened in every tick of every replication, written block by block, read as needed."""

from diamondsim.simulation.paths.calls import VARIABLES, write_paths
from diamondsim.simulation.paths.folder import PathsFolder
from diamondsim.simulation.paths.opening import open_paths
from diamondsim.simulation.paths.zarr_store import paths_to_zarr

__all__ = ["VARIABLES", "PathsFolder", "open_paths", "paths_to_zarr", "write_paths"]
