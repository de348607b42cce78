"""What the results of the public calls look like when they are shown."""

import diamondsim as ds


def test_scenario_trace_and_report_are_shown_in_one_short_line():
    scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "30 weeks"})
    for value in (scenario, ds.simulate(scenario), ds.check(scenario)):
        assert repr(value).startswith(f"{type(value).__name__}({scenario.title!r}, ")
        assert len(repr(value)) < len(scenario.title) + 80


def test_a_printed_trace_tells_its_events_with_dates():
    scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "30 weeks"})
    trace = ds.simulate(scenario)
    head, *lines = str(trace).splitlines()
    assert head == repr(trace)
    assert len(lines) == len(trace.events) > 0
    first = trace.events[0]
    begin = str(trace.dataset["time"].values[first.tick])[:10]
    assert lines[0] == f"{begin}  {first.entity}: {first.kind} ({first.why})"


def test_what_a_scenario_lists_of_itself_is_its_own():
    names = [name for name in dir(ds.load_scenario("calm")) if not name.startswith("_")]
    assert {"producers", "override", "title"} < set(names)
    assert not [name for name in names if name.startswith(("model_", "parse_")) or name in ("copy", "json")]
