"""The public calls `simulate` and `monte_carlo`, and how their work is distributed over processes."""

from typing import TYPE_CHECKING

from diamondsim.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from diamondsim.simulation.admission import admitted_flow
    from diamondsim.simulation.block_store import StoreWarning
    from diamondsim.simulation.calls import monte_carlo, monte_carlo_each
    from diamondsim.simulation.engine_choice import ENGINE_NAMES, EngineWarning, use_engine
    from diamondsim.simulation.failed_run import KeptFailures, RunFailedError, failure_text
    from diamondsim.simulation.kept_workers import KeptWorkers
    from diamondsim.simulation.precision import Precision, UnknownMetricError
    from diamondsim.simulation.progress import Progress
    from diamondsim.simulation.run_store import RunStore
    from diamondsim.simulation.single import Trace, simulate
    from diamondsim.simulation.worker_processes import usable_processors

__all__ = [
    "ENGINE_NAMES",
    "EngineWarning",
    "KeptFailures",
    "KeptWorkers",
    "Precision",
    "Progress",
    "RunFailedError",
    "RunStore",
    "StoreWarning",
    "Trace",
    "UnknownMetricError",
    "admitted_flow",
    "failure_text",
    "monte_carlo",
    "monte_carlo_each",
    "simulate",
    "usable_processors",
    "use_engine",
]

_HOMES = {
    "admission": ("admitted_flow",),
    "block_store": ("StoreWarning",),
    "calls": ("monte_carlo", "monte_carlo_each"),
    "engine_choice": ("ENGINE_NAMES", "EngineWarning", "use_engine"),
    "failed_run": ("KeptFailures", "RunFailedError", "failure_text"),
    "kept_workers": ("KeptWorkers",),
    "precision": ("Precision", "UnknownMetricError"),
    "progress": ("Progress",),
    "run_store": ("RunStore",),
    "single": ("Trace", "simulate"),
    "worker_processes": ("usable_processors",),
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_attributes(__name__, _HOMES)
