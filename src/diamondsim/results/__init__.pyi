from .admitted_flow import (
    MONTHS as MONTHS,
    RECORDED_FOR_ADMITTED as RECORDED_FOR_ADMITTED,
    admitted_by_month as admitted_by_month,
)
from .atomic_files import (
    PART_SUFFIX as PART_SUFFIX,
    atomic_file as atomic_file,
    atomic_write as atomic_write,
)
from .by_quarter import quarter_coordinates as quarter_coordinates
from .dataset import (
    interval_dataset as interval_dataset,
    of_node as of_node,
    sample_size as sample_size,
    summary_dataset as summary_dataset,
    weights_of as weights_of,
)
from .estimates import (
    conditional_value_at_risk as conditional_value_at_risk,
    mean as mean,
    probability as probability,
    proportion as proportion,
    sample_quantile as sample_quantile,
)
from .estimators import (
    RISK_LEVEL as RISK_LEVEL,
    bounds as bounds,
)
from .event_dates import dates as dates
from .frame import (
    MIXED_UNITS as MIXED_UNITS,
    Frame as Frame,
    label_coordinate as label_coordinate,
    unit_symbol as unit_symbol,
    with_attrs as with_attrs,
)
from .grid_layout import REGION_USE as REGION_USE
from .inflow import in_force as in_force
from .input_values import (
    INPUT_UNITS as INPUT_UNITS,
    kept_inputs as kept_inputs,
)
from .metric import UNIT_OF_USE as UNIT_OF_USE
from .metrics import (
    RECORDED as RECORDED,
    read_of as read_of,
    recorded as recorded,
    summed as summed,
    undeclared_of as undeclared_of,
)
from .over_replications import (
    chance_of_shortage as chance_of_shortage,
    shortage_depth as shortage_depth,
    shortage_duration as shortage_duration,
    time_to_survive as time_to_survive,
)
from .paired import (
    paired_difference as paired_difference,
    ratio as ratio,
)
from .path_dataset import (
    RENAMED_VARIABLES as RENAMED_VARIABLES,
    known_names as known_names,
    path_names as path_names,
    paths_dataset as paths_dataset,
    trace_dataset as trace_dataset,
)
from .precedent_exports import (
    Precedent as Precedent,
    months_outside as months_outside,
    precedents as precedents,
)
from .quarter_grid import QuarterGrid as QuarterGrid
from .replication_weights import ReplicationWeights as ReplicationWeights
from .run_provenance import (
    Provenance as Provenance,
    identity_in as identity_in,
    identity_of as identity_of,
    provenance_of as provenance_of,
)
from .sampling_error import (
    CONFIDENCE as CONFIDENCE,
    Estimate as Estimate,
    effective_size as effective_size,
)
from .settings import (
    Settings as Settings,
    UseSettings as UseSettings,
    settings_of as settings_of,
)
from .storage import (
    check_place as check_place,
    check_target as check_target,
    netcdf_content as netcdf_content,
    read_netcdf as read_netcdf,
    write_netcdf as write_netcdf,
)
from .summary import Summary as Summary
from .tidy_tables import (
    DataFrame as DataFrame,
    TidyTables as TidyTables,
)
from .use_metrics import USE_METRICS as USE_METRICS
from .waiting_times import (
    RECORDED_FOR_WAITS as RECORDED_FOR_WAITS,
    LicenceWaits as LicenceWaits,
    licence_waits as licence_waits,
)
from .whole_result import require_whole as require_whole
