"""Ledger -> Dataset: metrics, bands, estimates and their storage (docs/results.md).

Other packages import from here, not from the modules of this package.
"""

from typing import TYPE_CHECKING

from diamondsim.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from diamondsim.results.admitted_flow import MONTHS, RECORDED_FOR_ADMITTED, admitted_by_month
    from diamondsim.results.atomic_files import PART_SUFFIX, atomic_file, atomic_write
    from diamondsim.results.by_quarter import quarter_coordinates
    from diamondsim.results.dataset import interval_dataset, sample_size, summary_dataset, weights_of
    from diamondsim.results.estimates import (
        conditional_value_at_risk,
        mean,
        probability,
        proportion,
        sample_quantile,
    )
    from diamondsim.results.estimators import RISK_LEVEL, bounds
    from diamondsim.results.event_dates import dates
    from diamondsim.results.frame import (
        MIXED_UNITS,
        Frame,
        label_coordinate,
        unit_symbol,
        with_attrs,
    )
    from diamondsim.results.grid_layout import REGION_USE
    from diamondsim.results.inflow import in_force
    from diamondsim.results.input_values import INPUT_UNITS, kept_inputs
    from diamondsim.results.metric import UNIT_OF_USE
    from diamondsim.results.metrics import RECORDED, read_of, recorded, summed, undeclared_of
    from diamondsim.results.over_replications import chance_of_shortage, shortage_duration, time_to_survive
    from diamondsim.results.paired import paired_difference, ratio
    from diamondsim.results.path_dataset import (
        RENAMED_VARIABLES,
        known_names,
        path_names,
        paths_dataset,
        trace_dataset,
    )
    from diamondsim.results.precedent_exports import Precedent, months_outside, precedents
    from diamondsim.results.quarter_grid import QuarterGrid
    from diamondsim.results.replication_weights import ReplicationWeights
    from diamondsim.results.run_provenance import Provenance, identity_in, identity_of, provenance_of
    from diamondsim.results.sampling_error import CONFIDENCE, Estimate, effective_size
    from diamondsim.results.settings import Settings, UseSettings, settings_of
    from diamondsim.results.storage import (
        check_place,
        check_target,
        netcdf_content,
        read_netcdf,
        write_netcdf,
    )
    from diamondsim.results.summary import Summary
    from diamondsim.results.tidy_tables import DataFrame, TidyTables
    from diamondsim.results.use_metrics import USE_METRICS
    from diamondsim.results.waiting_times import RECORDED_FOR_WAITS, LicenceWaits, licence_waits

__all__ = [
    "CONFIDENCE",
    "INPUT_UNITS",
    "MIXED_UNITS",
    "MONTHS",
    "PART_SUFFIX",
    "RECORDED",
    "RECORDED_FOR_ADMITTED",
    "RECORDED_FOR_WAITS",
    "REGION_USE",
    "RENAMED_VARIABLES",
    "RISK_LEVEL",
    "UNIT_OF_USE",
    "USE_METRICS",
    "DataFrame",
    "Estimate",
    "Frame",
    "LicenceWaits",
    "Precedent",
    "Provenance",
    "QuarterGrid",
    "ReplicationWeights",
    "Settings",
    "Summary",
    "TidyTables",
    "UseSettings",
    "admitted_by_month",
    "atomic_file",
    "atomic_write",
    "bounds",
    "chance_of_shortage",
    "check_place",
    "check_target",
    "conditional_value_at_risk",
    "dates",
    "effective_size",
    "identity_in",
    "identity_of",
    "in_force",
    "interval_dataset",
    "kept_inputs",
    "known_names",
    "label_coordinate",
    "licence_waits",
    "mean",
    "months_outside",
    "netcdf_content",
    "paired_difference",
    "path_names",
    "paths_dataset",
    "precedents",
    "probability",
    "proportion",
    "provenance_of",
    "quarter_coordinates",
    "ratio",
    "read_netcdf",
    "read_of",
    "recorded",
    "sample_quantile",
    "sample_size",
    "settings_of",
    "shortage_duration",
    "summary_dataset",
    "summed",
    "time_to_survive",
    "trace_dataset",
    "undeclared_of",
    "unit_symbol",
    "weights_of",
    "with_attrs",
    "write_netcdf",
]

_HOMES = {
    "admitted_flow": ("MONTHS", "RECORDED_FOR_ADMITTED", "admitted_by_month"),
    "atomic_files": ("PART_SUFFIX", "atomic_file", "atomic_write"),
    "by_quarter": ("quarter_coordinates",),
    "dataset": ("interval_dataset", "sample_size", "summary_dataset", "weights_of"),
    "estimates": (
        "conditional_value_at_risk",
        "mean",
        "probability",
        "proportion",
        "sample_quantile",
    ),
    "estimators": ("RISK_LEVEL", "bounds"),
    "event_dates": ("dates",),
    "frame": ("MIXED_UNITS", "Frame", "label_coordinate", "unit_symbol", "with_attrs"),
    "grid_layout": ("REGION_USE",),
    "inflow": ("in_force",),
    "input_values": ("INPUT_UNITS", "kept_inputs"),
    "metric": ("UNIT_OF_USE",),
    "metrics": ("RECORDED", "read_of", "recorded", "summed", "undeclared_of"),
    "over_replications": ("chance_of_shortage", "shortage_duration", "time_to_survive"),
    "paired": ("paired_difference", "ratio"),
    "path_dataset": (
        "RENAMED_VARIABLES",
        "known_names",
        "path_names",
        "paths_dataset",
        "trace_dataset",
    ),
    "precedent_exports": ("Precedent", "months_outside", "precedents"),
    "quarter_grid": ("QuarterGrid",),
    "replication_weights": ("ReplicationWeights",),
    "run_provenance": ("Provenance", "identity_in", "identity_of", "provenance_of"),
    "sampling_error": ("CONFIDENCE", "Estimate", "effective_size"),
    "settings": ("Settings", "UseSettings", "settings_of"),
    "storage": (
        "check_place",
        "check_target",
        "netcdf_content",
        "read_netcdf",
        "write_netcdf",
    ),
    "summary": ("Summary",),
    "tidy_tables": ("DataFrame", "TidyTables"),
    "use_metrics": ("USE_METRICS",),
    "waiting_times": ("RECORDED_FOR_WAITS", "LicenceWaits", "licence_waits"),
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_attributes(__name__, _HOMES)
