"""Targets: how they are read, what is refused, and how many replications they need."""

from __future__ import annotations

import re

import pytest

import diamondsim as ds
from diamondsim.analysis.sizing_target import read_target, require_replications
from diamondsim.plan import compile_plan


@pytest.fixture(scope="module")
def plan():
    return compile_plan(ds.load_scenario("tests/theory/exponential-ban.yaml"))


def read(plan, **asked):
    return read_target(plan, "home", "u", asked)


@pytest.mark.parametrize(
    "asked, limit, unit",
    [
        ({"chance": 0.1}, 0.1, "1"),
        ({"chance": "10%"}, 0.1, "1"),
        ({"cvar": 2000}, 2000.0, "ct"),
        ({"cvar": "2 kct"}, 2000.0, "ct"),
        ({"cvar": "5%"}, 0.05, "1"),
        ({"survive": 90}, 90.0, "days"),
        ({"survive": "3 months"}, 3 * 365.25 / 12, "days"),
    ],
)
def test_a_target_is_a_number_in_its_unit_or_a_text_as_in_a_scenario(plan, asked, limit, unit):
    target = read(plan, **{"chance": None, **asked})
    assert (target.limit, target.unit) == (pytest.approx(limit), unit)


@pytest.mark.parametrize(
    "asked, text",
    [
        ({}, "expected one target (`chance`, `cvar` or `survive`), found none"),
        ({"chance": 0.1, "cvar": 3}, "found `chance` and `cvar`"),
        ({"chance": 10}, "chance: expected a share above 0% and below 100%, found 10; did you mean '10%'?"),
        ({"chance": "0%"}, "found '0%'"),
        ({"chance": "10 days"}, "chance: expected a fraction, found '10 days'"),
        ({"chance": True}, "chance: expected a number or a text, found True"),
        ({"cvar": "120%"}, "cvar: expected a share"),
        ({"cvar": -1}, "cvar: expected a finite number above 0, found -1"),
        ({"survive": "3 Mct"}, "survive: expected a duration"),
        ({"survive": float("nan")}, "survive: expected a finite number above 0"),
    ],
)
def test_a_target_that_cannot_be_is_refused(plan, asked, text):
    with pytest.raises(ds.ScenarioError, match=re.escape(text)):
        read(plan, **asked)


@pytest.mark.parametrize(
    "asked, least", [({"chance": 0.5}, 4), ({"chance": 0.01}, 381), ({"cvar": 1}, 200), ({"survive": 1}, 6)]
)
def test_too_few_replications_are_refused_with_the_number_that_would_do(plan, asked, least):
    target = read(plan, **asked)
    require_replications(target, least)
    with pytest.raises(
        ds.ScenarioError, match=f"expected {least} or more for this target, found {least - 1}"
    ):
        require_replications(target, least - 1)


def test_with_that_number_an_interval_without_a_shortage_excludes_a_higher_chance():
    from diamondsim.results import probability

    for limit, least in ((0.5, 4), (0.01, 381)):
        assert probability(0, least).high <= limit < probability(0, least - 1).high
