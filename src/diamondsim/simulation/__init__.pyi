from .admission import admitted_flow as admitted_flow
from .block_store import StoreWarning as StoreWarning
from .calls import (
    monte_carlo as monte_carlo,
    monte_carlo_each as monte_carlo_each,
)
from .engine_choice import (
    ENGINE_NAMES as ENGINE_NAMES,
    EngineWarning as EngineWarning,
    use_engine as use_engine,
)
from .failed_run import (
    KeptFailures as KeptFailures,
    RunFailedError as RunFailedError,
    failure_text as failure_text,
)
from .kept_workers import KeptWorkers as KeptWorkers
from .precision import (
    Precision as Precision,
    UnknownMetricError as UnknownMetricError,
)
from .progress import Progress as Progress
from .run_store import RunStore as RunStore
from .single import (
    Trace as Trace,
    simulate as simulate,
)
from .worker_processes import usable_processors as usable_processors
