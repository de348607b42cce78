"""The event log as text and as a document."""

import re

import pytest

from diamondsim.engines.event import QUANTITIES
from diamondsim.reporting import json_trace, trace_lines
from diamondsim.scenario import load_scenario
from diamondsim.simulation import simulate

UNITS = {"1 day": "day", "7 days": "week", "3.5 days": "day"}


@pytest.fixture(scope="module", params=UNITS)
def trace(request):
    changes = {"horizon.length": "140 weeks", "horizon.tick": request.param}
    return request.param, simulate(load_scenario("in-force-2026").override(changes), seed=1)


def test_a_reason_reads_alike_in_python_in_json_and_in_print(trace):
    _, made = trace
    lines = [*trace_lines(made.dataset, made.events)]
    printed = " ".join(" ".join(lines).split())
    document = json_trace(made.dataset, made.events)["events"]
    assert [event.why for event in made.events] == [event["why"] for event in document]
    assert all(f"{event.why} [" in printed for event in made.events)


def test_durations_in_reasons_have_a_unit_of_the_calendar(trace):
    tick, made = trace
    reasons = [event.why for event in made.events]
    assert not [why for why in reasons if re.search(r"\btick", why)]
    spans = [match for why in reasons for match in re.findall(r"([0-9.]+) (day|week)s?\b", why)]
    assert {unit for _, unit in spans} == {UNITS[tick]}
    length = float(tick.split()[0]) if UNITS[tick] == "day" else 1.0
    lasted = [event for event in made.events if QUANTITIES[event.kind].startswith("ticks it")]
    told = [(event, re.match(r"after ([0-9.]+) ", event.why)) for event in lasted]
    assert [float(match[1]) for _, match in told if match] == [
        pytest.approx(event.quantity * length) for event, match in told if match
    ]
    assert any(match for _, match in told)
