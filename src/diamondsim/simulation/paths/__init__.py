"""Paths on disk: every tick of every replication, written file by file and read when needed."""

from diamondsim.simulation.paths.path_folder import PathsFolder
from diamondsim.simulation.paths.path_reading import open_paths
from diamondsim.simulation.paths.path_writing import VARIABLES, write_paths
from diamondsim.simulation.paths.zarr_store import paths_to_zarr

__all__ = ["VARIABLES", "PathsFolder", "open_paths", "paths_to_zarr", "write_paths"]
