"""How likely each named legal state is, counted by hand."""

from __future__ import annotations

import pickle

import pytest

from diamondsim.results import Settings, Summary, summary_dataset
from diamondsim.results.estimates import probability
from diamondsim.results.inflow import LegalStates
from diamondsim.results.over_time import legal_state_variables
from diamondsim.results.settings import settings_of
from tests.engines.small_case import ANNOUNCED, BANNED, LICENSING, NONE, SUSPENDED, control
from tests.results.hand_made import PROVENANCE, USES, ledger_of, plan_of
from tests.scenario.small import small

SETTINGS = Settings(
    legal_states={
        "A": {"list": False, "ban": False},
        "B": {"list": True, "ban": False},
        "C": {"list": False, "ban": True},
    }
)


def two_controls():
    """In two ticks and four replications; the ban requires the list."""
    listed = [[NONE, ANNOUNCED, LICENSING, BANNED], [SUSPENDED, NONE, LICENSING, LICENSING]]
    ban = [[SUSPENDED, SUSPENDED, NONE, BANNED], [BANNED, BANNED, ANNOUNCED, NONE]]
    controls = [control("ban", states=ban, requires="list"), control("list", states=listed)]
    return plan_of(USES[:1], n_ticks=2, replications=4, controls=controls)


def summarised(settings, plan, draws):
    summary = Summary(plan, settings)
    summary.add(draws, ledger_of(plan, draws.n_replications, demand=1.0))
    return summary


def test_a_legal_state_looks_at_the_own_states_of_its_controls():
    dataset = summary_dataset(summarised(SETTINGS, *two_controls()), PROVENANCE)
    found = dataset["legal_state_probability"]
    assert found.dims == ("time", "legal_state", "bound")
    assert found["legal_state"].values.tolist() == ["A", "B", "C"]
    assert found.sel(bound="estimate").values.tolist() == [[0.5, 0.25, 0.0], [0.0, 0.5, 0.5]]
    assert dataset["control_in_force"].sel(control="ban").values.tolist() == [0.25, 0.0]


def test_its_interval_is_that_of_a_probability():
    found = summary_dataset(summarised(SETTINGS, *two_controls()), PROVENANCE)["legal_state_probability"]
    for hits, state in ((2, "A"), (1, "B"), (0, "C")):
        wilson = probability(hits, 4)
        limits = found.isel(time=0).sel(legal_state=state, bound=["low", "high"]).values
        assert limits.tolist() == [wilson.low, wilson.high]


def test_a_state_that_is_silent_of_a_control_holds_whatever_that_one_does():
    dataset = summary_dataset(
        summarised(Settings(legal_states={"listed": {"list": True}}), *two_controls()), PROVENANCE
    )
    assert dataset["legal_state_probability"].sel(bound="estimate").values.tolist() == [[0.5], [0.5]]


def test_blocks_add_up_also_those_of_other_processes():
    plan, draws = two_controls()
    whole, first, second = (LegalStates(plan, SETTINGS) for _ in range(3))
    whole.add(draws)
    first.add(draws.select(slice(0, 1)))
    second.add(draws.select(slice(1, 4)))
    first.merge(pickle.loads(pickle.dumps(second)))
    found, expected = (
        legal_state_variables(first)["legal_state_probability"],
        legal_state_variables(whole)["legal_state_probability"],
    )
    assert found.identical(expected)


def test_where_no_state_is_named_there_is_no_such_variable():
    assert "legal_state_probability" not in summary_dataset(
        summarised(Settings(), *two_controls()), PROVENANCE
    )


def test_settings_take_the_legal_states_of_a_scenario():
    states = "legal_states: {A: {licence: not in effect}, B: {licence: in effect, ban: not in effect}}"
    found = settings_of(small(("reference_values:", f"{states}\nreference_values:"))).legal_states
    assert found == {"A": {"licence": False}, "B": {"licence": True, "ban": False}}


@pytest.mark.parametrize("size", [1, 3])
def test_a_summary_merges_its_legal_states(size):
    plan, draws = two_controls()
    parts = Summary(plan, SETTINGS)
    for begin in range(0, 4, size):
        columns = range(4)[begin : begin + size]
        parts.merge(summarised(SETTINGS, plan, draws.select(slice(columns.start, columns.stop))))
    whole = summary_dataset(summarised(SETTINGS, plan, draws), PROVENANCE)
    assert summary_dataset(parts, PROVENANCE)["legal_state_probability"].identical(
        whole["legal_state_probability"]
    )
