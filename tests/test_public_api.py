"""Public names and signatures: a change here affects every user."""

import inspect
import pkgutil

import pytest

import diamondsim

CALLED_WITH = {
    "admitted_flow": ["scenario", "control", "replications", "seed"],
    "backtest": ["replications", "seed", "progress"],
    "check": ["scenario"],
    "compare": ["scenarios", "replications", "seed", "workers", "progress", "store", "executor"],
    "condition": ["dataset", "observations", "workers", "progress"],
    "discover": ["dataset", "region", "use", "metric", "above", "below", "boxes", "density"],
    "episode_shares": ["destinations"],
    "load_scenario": ["name_or_path"],
    "marginal_value": [
        *("scenario", "steps", "replications", "seed", "workers", "progress", "store", "executor"),
    ],
    "monte_carlo": [
        *("scenario", "replications", "seed", "workers", "progress", "store", "until", "executor", "engine")
    ],
    "open_paths": ["folder", "unfinished", "verify"],
    "dates": ["dataset"],
    "deciding_inputs": ["scenario", "dataset", "region", "use", "most"],
    "read_observations": ["path"],
    "read_trade": [
        *("files", "base", "years", "regions", "grades"),
        *("mirror", "hong_kong", "imputed", "unallocated", "re_exports"),
    ],
    "save": ["result", "path", "tables"],
    "sampling_gain": ["scenario", "replications", "seeds", "seed", "method"],
    "select_best": [
        *("scenarios", "region", "use", "indifference", "metric", "best", "confidence", "most"),
        *("seed", "workers", "progress", "store", "executor"),
    ],
    "sensitivity": ["dataset", "region", "use", "metric"],
    "simulate": ["scenario", "seed", "replication"],
    "sobol_indices": [
        *("scenario", "region", "use", "metric", "groups", "replications", "seed", "workers", "progress")
    ],
    "tables": ["result"],
    "paths_to_zarr": ["folder", "store", "progress"],
    "use_engine": ["name", "on_compile"],
    "value_of_information": ["comparison", "region", "use", "metric", "costs"],
    "with_table_columns": ["run", "baseline"],
    "write_paths": [
        *("scenario", "folder", "replications", "seed", "variables", "dtype"),
        *("workers", "progress"),
    ],
    "write_report": ["result", "path", "since", "baseline"],
}
FROM_AND_TO = ("condition", "marginal_value", "paths_to_zarr", "save", "write_paths", "write_report")


def test_the_public_names_are_these():
    assert diamondsim.__all__ == [
        "ConditioningWarning",
        "DecidingInput",
        "EngineWarning",
        "Observation",
        "Precision",
        "Scenario",
        "ScenarioError",
        "StoreError",
        "StoreWarning",
        "__version__",
        "admitted_flow",
        "backtest",
        "check",
        "compare",
        "condition",
        "dates",
        "deciding_inputs",
        "discover",
        "episode_shares",
        "episodes",
        "flip",
        "flip_pairs",
        "independence",
        "load_scenario",
        "marginal_value",
        "mixture",
        "monte_carlo",
        "open_paths",
        "paths_to_zarr",
        "plot",
        "read_observations",
        "read_trade",
        "reverse_stress",
        "sampling_gain",
        "save",
        "select_best",
        "sensitivity",
        "simulate",
        "size_reserve",
        "size_stock",
        "sobol_indices",
        "tables",
        "use_engine",
        "value_of_information",
        "with_table_columns",
        "worst_start",
        "write_paths",
        "write_report",
    ]
    assert dir(diamondsim) == sorted(diamondsim.__all__)


@pytest.mark.parametrize("name", CALLED_WITH)
def test_a_public_function_takes_these_arguments_and_all_but_what_from_and_where_to_by_keyword(name):
    parameters = inspect.signature(getattr(diamondsim, name)).parameters
    assert list(parameters)[: len(CALLED_WITH[name])] == CALLED_WITH[name]
    assert all(
        parameter.kind is inspect.Parameter.KEYWORD_ONLY
        for parameter in list(parameters.values())[2 if name in FROM_AND_TO else 1 :]
    )


def test_the_scenario_and_its_error_are_classes():
    assert inspect.isclass(diamondsim.Scenario)
    assert issubclass(diamondsim.ScenarioError, Exception)


def test_no_module_bears_a_public_name():
    """Importing such a module would overwrite the public name. `plot` is public as the package that it is."""
    found = {module.name for module in pkgutil.iter_modules(diamondsim.__path__)}
    assert found & set(diamondsim.__all__) == {"plot"}
    assert inspect.ismodule(diamondsim.plot)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="attribute simulat"):
        _ = diamondsim.simulat  # type: ignore[attr-defined]
