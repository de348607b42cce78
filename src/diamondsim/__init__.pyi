from . import plot as plot
from ._version import __version__ as __version__
from .analysis import (
    DecidingInput as DecidingInput,
    compare as compare,
    deciding_inputs as deciding_inputs,
    discover as discover,
    flip as flip,
    flip_pairs as flip_pairs,
    independence as independence,
    marginal_value as marginal_value,
    mixture as mixture,
    reverse_stress as reverse_stress,
    sampling_gain as sampling_gain,
    select_best as select_best,
    sensitivity as sensitivity,
    size_reserve as size_reserve,
    size_stock as size_stock,
    sobol_indices as sobol_indices,
    value_of_information as value_of_information,
    worst_start as worst_start,
)
from .backtesting import backtest as backtest
from .conditioning import (
    ConditioningWarning as ConditioningWarning,
    Observation as Observation,
    condition as condition,
    read_observations as read_observations,
)
from .control_episodes import (
    episode_shares as episode_shares,
    episodes as episodes,
)
from .errors import (
    ScenarioError as ScenarioError,
    StoreError as StoreError,
)
from .files import (
    save as save,
    tables as tables,
)
from .html_report import write_report as write_report
from .plan.check import check as check
from .reporting import with_table_columns as with_table_columns
from .results import dates as dates
from .scenario import (
    Scenario as Scenario,
    load_scenario as load_scenario,
)
from .simulation import (
    EngineWarning as EngineWarning,
    Precision as Precision,
    StoreWarning as StoreWarning,
    admitted_flow as admitted_flow,
    monte_carlo as monte_carlo,
    simulate as simulate,
    use_engine as use_engine,
)
from .simulation.paths import (
    open_paths as open_paths,
    paths_to_zarr as paths_to_zarr,
    write_paths as write_paths,
)
from .trade import read_trade as read_trade

__all__: list[str]
