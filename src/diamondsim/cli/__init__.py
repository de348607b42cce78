"""The command line. Commands import numpy and xarray when they run, so that ``--help`` is quick."""

from diamondsim.cli.app import main

__all__ = ["main"]
