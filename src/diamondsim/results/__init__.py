"""Ledger -> Dataset: metrics, bands, estimates and how they are kept (docs/results.md)."""

from diamondsim.results.dataset import interval_dataset, summary_dataset
from diamondsim.results.paths import known_names, path_names, paths_dataset
from diamondsim.results.provenance import Provenance, provenance_of
from diamondsim.results.settings import SHORT_TICK, Settings, UseSettings, settings_of
from diamondsim.results.storage import check_target, netcdf_content, write_netcdf
from diamondsim.results.summary import RECORDED, Summary, read_of, recorded, summed
from diamondsim.results.trace import trace_dataset

__all__ = [
    "RECORDED",
    "SHORT_TICK",
    "Provenance",
    "Settings",
    "Summary",
    "UseSettings",
    "check_target",
    "interval_dataset",
    "known_names",
    "netcdf_content",
    "path_names",
    "paths_dataset",
    "provenance_of",
    "read_of",
    "recorded",
    "settings_of",
    "summary_dataset",
    "summed",
    "trace_dataset",
    "write_netcdf",
]
