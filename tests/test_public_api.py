"""The public names and how they are called: a change here is a change for every user."""

import inspect
import pkgutil

import pytest

import diamondsim

CALLED_WITH = {
    "check": ["scenario"],
    "load_scenario": ["name_or_path"],
    "monte_carlo": ["scenario", "replications", "seed", "workers", "progress", "store", "until"],
    "sampling_gain": ["scenario", "replications", "seeds", "seed", "method"],
    "simulate": ["scenario", "seed", "replication"],
}


def test_the_public_names_are_these():
    assert diamondsim.__all__ == [
        "Precision",
        "Scenario",
        "ScenarioError",
        "StoreError",
        "StoreWarning",
        "__version__",
        "check",
        "load_scenario",
        "monte_carlo",
        "sampling_gain",
        "simulate",
    ]
    assert dir(diamondsim) == sorted(diamondsim.__all__)


@pytest.mark.parametrize("name", CALLED_WITH)
def test_a_public_function_takes_these_arguments_and_all_but_the_first_by_keyword(name):
    parameters = inspect.signature(getattr(diamondsim, name)).parameters
    assert list(parameters)[: len(CALLED_WITH[name])] == CALLED_WITH[name]
    assert all(
        parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in list(parameters.values())[1:]
    )


def test_the_scenario_and_its_error_are_classes():
    assert inspect.isclass(diamondsim.Scenario)
    assert issubclass(diamondsim.ScenarioError, Exception)


def test_no_module_bears_a_public_name():
    """Importing it would put the module in the place of the public thing."""
    found = {module.name for module in pkgutil.iter_modules(diamondsim.__path__)}
    assert found & set(diamondsim.__all__) == set()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = diamondsim.simulat
