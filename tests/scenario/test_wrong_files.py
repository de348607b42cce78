"""Wrong values in scenarios: each is reported with its place, what was found and what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario, read_scenario
from diamondsim.scenario.source import parse_tree
from diamondsim.scenario.tree import leaves, plain
from tests.scenario.small import TEXT, changed

MISTAKES = [
    # keys
    (
        "reserves: {us: {",
        "reserves: {us: {opnening: 1 ct, ",
        "reserves.us.opnening: unknown key 'opnening'; did you mean 'opening'?",
    ),
    ("title: Small", "titel: Small", "titel: unknown key 'titel'; did you mean 'title'?"),
    ("title: Small\n", "", "small.yaml:1:1: the key 'title' is missing"),
    ("release: 5 Mct/month, ", "", "reserves.us: the key 'release' is missing"),
    (", delay: 60 days", "", "controls.licence.diversion: the key 'delay' is missing"),
    (
        "US: {}}",
        "U S: {}}",
        "regions.U S: expected an id (letters, digits, _ and -), found 'U S'; did you mean 'U_S'?",
    ),
    # kinds of values
    ("title: Small", "title: {a: b}", "title: expected text, found a map"),
    ("title: Small", "title: true", "title: expected text, found true"),
    ("title: Small", "title: Small\ncomponent: maybe", "component: expected true or false, found 'maybe'"),
    (
        "class: civil\n",
        "priority: first\n",
        "uses.grinding.priority: expected a whole number, found 'first'",
    ),
    ("{CN: {name: China}, US: {}}", "[CN, US]", "regions: expected a map, found a list"),
    ("{name: China}", "China", "regions.CN: expected a map, found 'China'"),
    ("[shells, grinding]", "{shells: 1}", "reserves.us.serves: expected a list, found a map"),
    (
        "cover: 60 days",
        "cover: [60 days]",
        "inventory_policy.any.cover: expected a duration, found a list",
    ),
    (
        "start: 2026-11-23",
        "start: 2026-13-01",
        "horizon.start: '2026-13-01' is not a date: month must be in 1..12",
    ),
    (
        "decision: 2026-02-17",
        "decision: soon",
        "facilities.plant.decision: 'soon' is not a date; allowed: a date like 2027-03-03",
    ),
    ("unit: cm2", "unit: cm3", "grades.plate.unit: unknown word 'cm3'; allowed: ct, cm2"),
    ("opens: 2027-01-01", "opens: later", "uses.grinding.substitution.opens: 'later' is not a date"),
    (
        "timeline: {2027-03-03: licensing",
        "timeline: {2027-03-03: licencing",
        "unknown word 'licencing'; did you mean 'licensing'?",
    ),
    (
        "timeline: {2027-03-03",
        "timeline: {2027-3-3",
        "controls.licence.timeline.2027-3-3: '2027-3-3' is not a date",
    ),
    ("0.6065", "often", "reference_values.P_short: expected a plain number"),
    ("0.6065", "uniform(0 1)", "reference_values.P_short: expected a plain number"),
    ("end: 92%", "end: 0%", "facilities.plant.yield.end: a yield must be above 0"),
    (
        "serves: [shells, grinding]",
        "serves: [{shells: 1}]",
        "reserves.us.serves[0]: expected text, found a map",
    ),
    # units and limits
    ("length: 2 yr", "length: 2 yrs", "horizon.length: unknown unit 'yrs'; did you mean 'yr'?"),
    (
        "length: 2 yr",
        "length: 730",
        "horizon.length: expected a duration, found '730' without a unit; allowed: a value such as '45 days'",
    ),
    (
        "length: 2 yr",
        "length: 2 days",
        "horizon: one tick is longer than the whole horizon",
    ),
    ("length: 2 yr", "tick: 1 day", "horizon: expected 'length' or 'end'"),
    (
        "horizon: {start: 2026-11-23, ",
        "horizon: {start: 9997-06-01, ",
        "horizon: expected a horizon that ends before 9999-01-01, found a later end",
    ),
    (
        "length: 2 yr",
        "length: 2 yr, tick: 1e-6 days",
        "horizon: expected a tick of at least 0.01 days, found '1e-06 days'",
    ),
    (
        "length: 2 yr",
        "length: 101 yr, tick: 1 day",
        "horizon: expected at most 36,525 ticks, found 36,890; give a shorter horizon or a longer 'tick'",
    ),
    (
        "length: 2 yr",
        "length: tri(1 2 3) yr",
        "horizon.length: expected a fixed number, found the distribution 'tri(1 2 3) yr'",
    ),
    ("cover: 60 days", "cover: -60 days", "inventory_policy.any.cover: '-60 days' is below 0"),
    (
        "cover: 60 days",
        "cover: normal(60 10) days",
        "inventory_policy.any.cover: 'normal(60 10) days' can fall below 0; allowed: a bound",
    ),
    (
        "queue_weight: 50%",
        "queue_weight: 50",
        "inventory_policy.any.queue_weight: '50' is above 100%; did you mean '50%'?",
    ),
    (
        "max_share_factor: none",
        "max_share_factor: nune",
        "expected a plain number, found 'nune'; allowed: a value such as '1.5', or",
    ),
    (
        "growth: tri(1 3 5) %/yr",
        "growth: 3%",
        "uses.grinding.growth: expected a yearly rate, found '3%' (a fraction)",
    ),
    ("growth: tri(1 3 5) %/yr", "growth: tri(1, 3, 5) %/yr", "has a comma; use spaces"),
    (
        "capacity: {mesh: 100 Mct/yr",
        "capacity: {mesh: 100 kcm2/yr",
        "producers.cn.capacity.mesh: '100 kcm2/yr' counts cm2, but this grade is counted in ct",
    ),
    (
        "nameplate: tri(300 450 900) Mct/yr",
        "nameplate: 9 kcm2/yr",
        "facilities.plant.nameplate: '9 kcm2/yr' counts cm2, but",
    ),
    (
        "spreaders: 100 kcm2/yr",
        "spreaders: 100 Mct/yr",
        "demand.US.spreaders: '100 Mct/yr' counts ct, but this grade is counted in cm2",
    ),
    ("{flow: 1 Mct/yr", "{flow: 1 cm2/yr", "demand.US.shells.flow: '1 cm2/yr' counts cm2, but"),
    (
        "value: 50 USD/cm2",
        "value: 50 USD/ct",
        "uses.spreaders.value: '50 USD/ct' counts ct, but this grade is counted in cm2",
    ),
    (
        "opening: 40 Mct",
        "opening: 40 cm2",
        "reserves.us.opening: '40 cm2' counts cm2, but this grade is counted in ct",
    ),
    (
        "cn: {US: 30 Mct/yr",
        "cn: {US: 30 cm2/yr",
        "trade.cn.US: '30 cm2/yr' counts cm2, but this grade is counted in ct",
    ),
    (
        "cn@cm2: {US: 100 kcm2/yr",
        "cn@cm2: {US: 100 Mct/yr",
        "trade.cn@cm2.US: '100 Mct/yr' counts ct, but this grade is counted in cm2",
    ),
    (
        "mill: {US: 4 Mct/yr}",
        "mill@cm2: {US: 4 cm2/yr}",
        "trade.mill@cm2: 'mill' makes nothing counted in cm2",
    ),
    ("yield: 95%", "yield: 0%", "producers.mill.feed.mesh.yield: a yield must be above 0"),
    (
        "    lead: {US: tri(5 7 10) days, any: 3 days}",
        "    conversion: {crush: {from: mesh, to: plate, limit: 1%, yield: 0%, time: 1 day}}",
        "producers.cn.conversion.crush.yield: '0%' is below 0.1%",
    ),
    # names
    ("tracked_origin: CN", "tracked_origin: CHN", "tracked_origin: unknown region 'CHN'; did you mean 'CN'?"),
    ("US: {grinding: 36", "UK: {grinding: 36", "demand.UK: unknown region 'UK'; allowed: CN, US"),
    (
        "CN: {grinding: 10",
        "CN: {grindign: 10",
        "demand.CN.grindign: unknown use 'grindign'; did you mean 'grinding'?",
    ),
    (
        "{class: military, grades: {mesh: 100%}}",
        "{grades: {msh: 100%}}",
        "uses.shells.grades.msh: unknown grade 'msh'; did you mean 'mesh'?",
    ),
    (
        "uses: US.grinding",
        "uses: US.grindin",
        "drivers.boom.uses[0]: unknown use or class 'grindin'; did you mean 'grinding'?",
    ),
    (
        "US.civil: {cover",
        "USA.civil: {cover",
        "inventory_policy.USA.civil: unknown region 'USA'; did you mean 'US'?",
    ),
    (
        "US.civil: {cover",
        "civl: {cover",
        "inventory_policy.civl: unknown selector 'civl'; did you mean 'civil'?",
    ),
    (
        "  any: {cover: 60 days",
        "  any.any: {cover: 5 days}\n  any: {cover: 60 days",
        "inventory_policy.any: 'any' names the same buyers as 'any.any'",
    ),
    (
        "{region: US, capacity: {mesh: 5",
        "{region: UZ, capacity: {mesh: 5",
        "producers.mill.region: unknown region 'UZ'; allowed: CN, US",
    ),
    ("lead: {US: tri", "lead: {UZ: tri", "producers.cn.lead.UZ: unknown region 'UZ'; allowed: CN, US, any"),
    (
        "sourcing_limit: {US.shells",
        "sourcing_limit: {US.shell",
        "producers.cn.sourcing_limit.US.shell: unknown use or class 'shell'; did you mean 'shells'?",
    ),
    (
        "feed: {mesh: {grade: mesh",
        "feed: {plate: {grade: mesh",
        "producers.mill.feed.plate: unknown output 'plate'; allowed: mesh",
    ),
    (
        "feed: {mesh: {grade: mesh",
        "feed: {mesh: {grade: plate",
        "producers.mill.feed.mesh: these grades are counted in different units, ct and cm2",
    ),
    (
        "{civil: 3 months",
        "{civic: 3 months",
        "facilities.plant.qualification.civic: unknown use or class 'civic'; did you mean 'civil'?",
    ),
    (
        "contract_shares: {US.any",
        "contract_shares: {US.none",
        "facilities.plant.contract_shares.US.none: unknown use or class 'none'",
    ),
    ("  mill: {US: 4", "  mil: {US: 4", "trade.mil: unknown producer 'mil'; did you mean 'mill'?"),
    ("mill: {US: 4", "mill: {UA: 4", "trade.mill.UA: unknown region 'UA'; allowed: CN, US"),
    (
        "cn -> US.shells",
        "nc -> US.shells",
        "lanes.nc -> US.shells: unknown seller 'nc'; allowed: cn, mill, plant",
    ),
    (
        "cn -> US.shells",
        "cn to US.shells",
        "lanes.cn to US.shells: expected a lane, found 'cn to US.shells'; allowed: 'SELLER -> REGION.USE'",
    ),
    (
        "{from: [CN], to: any, grades: [mesh]}",
        "{from: [C], grades: [mesh]}",
        "controls.licence.covers.from[0]: unknown region 'C'; allowed: CN, US",
    ),
    (
        "to: any, grades: [mesh]",
        "to: [any, navy], grades: [mesh]",
        "controls.licence.covers.to[1]: unknown selector 'navy'",
    ),
    (
        "to: any, grades: [mesh]",
        "to: any, grades: [mush]",
        "controls.licence.covers.grades[0]: unknown grade 'mush'; did you mean 'mesh'?",
    ),
    (
        "requires: licence",
        "requires: license",
        "controls.ban.requires: unknown control 'license'; did you mean 'licence'?",
    ),
    (
        "serves: [shells",
        "serves: [shell",
        "reserves.us.serves[0]: unknown use 'shell'; did you mean 'shells'?",
    ),
    (
        "us: {region: US",
        "us: {region: CN",
        "serves[0]: CN has no demand for shells; allowed: grinding",
    ),
    ("    class: civil\n", "    class: CN\n", "regions.CN: 'CN' means a region and a class of use; ids of"),
    ("  plant:\n", "  mill:\n", "facilities.mill: a producer has the id 'mill' too"),
    # consistency
    (
        "product_mix: {mesh: 100%}",
        "product_mix: {mesh: 60%}",
        "facilities.plant.product_mix: these must add up to 100%, found 60%",
    ),
    (
        "stages: {financing: 8 months, construction: 24 months}",
        "stages: {}",
        "facilities.plant.stages: expected at least one stage",
    ),
    (
        "{licensing: 75%, suspended: 25%}",
        "{licensing: 75%, suspended: 20%}",
        "controls.licence.timeline.2028-03-03: these must add up to 100%, found 95%",
    ),
    (
        "transitions: {banned: none}",
        "transitions: {banned: {none: 90%}}",
        "controls.licence.transitions.banned: these must add up to 100%, found 90%",
    ),
    (
        "transitions: {banned: none}",
        "transitions: {banned: unchanged}",
        "must lead to a state other than 'unchanged'",
    ),
    (
        "    transitions: {banned: none}\n",
        "",
        "controls.licence.sojourn.banned: 'transitions' does not define what follows 'banned'",
    ),
    (
        "    sojourn: {banned: exponential(360 days)}\n",
        "",
        "controls.licence.transitions.banned: 'sojourn' does not define how long 'banned' lasts",
    ),
    (
        "requires: licence}",
        "requires: ban}",
        "controls.ban.requires: circular requirement: ban -> ban",
    ),
    (
        "end: 2027-04-01",
        "end: 2027-02-01",
        "producers.cn.scheduled_outages.strike: the outage ends before it begins",
    ),
    (
        "  any: {cover: 60 days, ",
        "  any: {",
        "inventory_policy: no inventory policy gives the cover of US.shells, CN.grinding; "
        "'any: {cover: 60 days}' sets it for all",
    ),
    (
        "points: {2027-06-01: 1, 2028-06-01: tri(1 1.1 1.3)}",
        "points: {}",
        "drivers.boom.points: expected at least one date",
    ),
    # notes
    (
        'assumed: "a guess"',
        "assumed: [a, guess]",
        "demand.CN.assumed: expected text, or a map from keys to text, found a list",
    ),
    (
        'assumed: "a guess"',
        "assumed: {grindin: guess}",
        "demand.CN.assumed.grindin: unknown key 'grindin'; did you mean 'grinding'?",
    ),
    ('assumed: "a guess"', "note: {a: b}", "demand.CN.note: expected text, found a map"),
    (
        "title: Small",
        "title: Small\ncomponent: true",
        "component: this is a building block (component: true); run a scenario that extends it",
    ),
]

LANE = "cn -> US.shells: {share: 70%}"


def problems(text):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, name="small.yaml")
    return caught.value.problems


@pytest.mark.parametrize("old, new, said", MISTAKES, ids=[said[:50] for _, _, said in MISTAKES])
def test_a_wrong_value_is_reported_at_its_place(old, new, said):
    text = changed((old, new))
    found = problems(text)
    matching = [problem for problem in found if said in str(problem)]
    assert matching, "\n".join(map(str, found))
    assert all(problem.file == "small.yaml" for problem in found)
    first_changed = TEXT[: TEXT.index(old)].count("\n") + 1
    assert matching[0].line is None or matching[0].line <= first_changed + new.count("\n") + 1


@pytest.mark.parametrize("above, below", [("first", "second"), ("second", "first")])
def test_of_two_contradicting_entries_the_last_written_is_reported(above, below, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(TEXT)
    for file, base, one, other in [("low", "base", below, above), ("top", "low", above, below)]:
        control = f"{one}: {{covers: {{from: CN, grades: mesh}}, requires: {other}}}"
        (tmp_path / f"{file}.yaml").write_text(f"extends: {base}.yaml\ncontrols:\n  {control}\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario("top.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.path) == ("top.yaml", f"controls.{above}.requires")
    assert problem.why.startswith("circular requirement: ")


def test_an_id_may_be_called_like_a_key_of_the_format():
    scenario = read_scenario(
        changed(
            ("drivers: {boom:", "drivers: {demand:"),
            ("  ban: {covers", "  diversion: {covers"),
            ("outages: {power:", "outages: {region:"),
        )
    )
    assert ([*scenario.drivers], [*scenario.controls]) == (["demand"], ["licence", "diversion"])


@pytest.mark.parametrize(
    "old, new, path",
    [
        (
            "lanes: {cn -> US.shells: {share: 70%}}",
            "lanes:\n  reference_values: {P_short: 0.5}",
            "lanes.reference_values",
        ),
        ("regions: {CN: {name: China}", "regions: {name: China, CN: {}", "regions.name"),
        ("demand:\n", "demand:\n  metrics: {window: 3 days}\n", "demand.metrics"),
    ],
)
def test_a_wrong_indentation_is_one_problem(old, new, path):
    (problem,) = problems(changed((old, new)))
    assert problem.path == path
    assert "indented too far" in problem.why or "one step further" in problem.why


@pytest.mark.parametrize("name", ["trade", "habits"])
def test_a_legal_state_may_have_the_name_of_a_key(name):
    text = changed(
        ("reference_values:", f"legal_states: {{{name}: {{licence: in effect}}}}\nreference_values:")
    )
    assert [*read_scenario(text).legal_states] == [name]


def test_a_comma_that_cuts_a_number_is_distinguished_from_one_that_ends_it():
    (cut,) = problems(changed(("CN: {grinding: 10 Mct/yr,", "CN: {grinding: 1,010 Mct/yr,")))
    assert cut.why.startswith("'1,010 Mct/yr' was cut at the comma, because YAML splits values inside {...}")
    empty = problems(changed(("{2027-06-01: 1, 2028-06-01: tri(1 1.1 1.3)}", "{2027-06-01: 1, 2028-06-01}")))
    assert [problem.path for problem in empty] == ["drivers.boom.points.2028-06-01"]


def test_a_name_that_is_unknown_in_many_places_is_reported_once():
    (problem,) = problems(changed(("{mesh: {unit: ct}, plate", "{grit: {unit: ct}, plate")))
    assert problem.why.startswith("unknown grade 'mesh', here and in ")
    assert (problem.line, problem.path) == (11, "uses.grinding.grades.mesh")


@pytest.mark.parametrize(
    "again", ["cn ->  US.shells", "cn->US.shells", '" cn -> US.shells "', "cn  ->US.shells"]
)
def test_a_lane_that_is_spelt_in_two_ways_is_refused_with_both_lines(again):
    text = changed(
        ("lanes: {cn -> US.shells: {share: 70%}}", f"lanes:\n  {LANE}\n  {again}: {{lead: 4 days}}")
    )
    (problem,) = problems(text)
    assert (problem.line, problem.why.partition(" names ")[2]) == (
        50,
        "the same lanes as 'cn -> US.shells' in line 49",
    )


@pytest.mark.parametrize(
    "one, other",
    [("US", "US.any"), ("shells", "any.shells"), ("military", "any.military"), ("any", "any.any")],
)
def test_selectors_of_lanes_that_mean_the_same_are_refused(one, other):
    lanes = f"lanes: {{cn -> {one}: {{lead: 3 days}}, cn -> {other}: {{lead: 4 days}}}}"
    (problem,) = problems(changed(("lanes: {cn -> US.shells: {share: 70%}}", lanes)))
    assert problem.why == f"'cn -> {other}' names the same lanes as 'cn -> {one}' in line 48"


def test_lanes_that_overlap_but_differ_are_accepted():
    lanes = "lanes: {cn -> US: {lead: 3 days}, cn -> US.shells: {lead: 4 days}, mill -> US: {lead: 2 days}}"
    assert len(read_scenario(changed(("lanes: {cn -> US.shells: {share: 70%}}", lanes))).lanes) == 3


def test_a_lane_that_two_files_name_is_refused_with_both_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(TEXT)
    (tmp_path / "top.yaml").write_text("extends: base.yaml\nlanes: {cn->US.shells: {lead: 4 days}}")
    with pytest.raises(ScenarioError) as caught:
        load_scenario("top.yaml")
    assert str(caught.value.problems[0]) == (
        "top.yaml:2:9: lanes.cn->US.shells: 'cn->US.shells' names the same lanes as 'cn -> US.shells' "
        "in line 48 of base.yaml"
    )


def test_the_example_without_errors_is_accepted():
    assert read_scenario(TEXT).title == "Small"


def test_all_problems_of_a_file_are_reported_at_once_and_in_order():
    text = changed(
        ("title: Small", "title: [Small]"),
        ("{name: China}", "{nam: China}"),
        ("value: 50 USD/cm2", "value: 50 USD/ct"),
        ("queue_weight: 50%", "queue_weight: 150%"),
        ("release: 5 Mct/month, serves: [shells", "relase: 5 Mct/month, serves: [shels"),
        ("requires: licence", "requires: licens"),
    )
    assert [str(problem) for problem in problems(text)] == [
        "small.yaml:1:8: title: expected text, found a list",
        "small.yaml:6:16: regions.CN.nam: unknown key 'nam'; did you mean 'name'?",
        "small.yaml:16:45: uses.spreaders.value: '50 USD/ct' counts ct, but this grade is counted in cm2; "
        "allowed: a value such as '0.17 USD/cm2'",
        "small.yaml:22:39: inventory_policy.any.queue_weight: '150%' is above 100%",
        "small.yaml:60:61: controls.ban.requires: unknown control 'licens'; did you mean 'licence'?",
        "small.yaml:61:59: reserves.us.relase: unknown key 'relase'; did you mean 'release'?",
        "small.yaml:61:89: reserves.us.serves[0]: unknown use 'shels'; did you mean 'shells'?",
    ]


def test_what_could_not_be_read_is_not_held_against_the_rest():
    found = problems(changed(("product_mix: {mesh: 100%}", "product_mix: {mesh: 60%, plate: forty}")))
    assert [problem.path for problem in found] == [
        "facilities.plant.product_mix",
        "facilities.plant.product_mix.plate",
    ]
    assert "different units" in str(found[0])


@pytest.mark.parametrize(
    "old, new, key",
    [
        ("    region: CN\n", "", "region"),
        ("region: US, grade: mesh", "region: US", "grade"),
        ("from: [CN], ", "", "from"),
        ("military, grades: {mesh: 100%}", "military", "grades"),
        ("grade: mesh, yield", "yield", "grade"),
        ("    nameplate: tri(300 450 900) Mct/yr\n", "", "nameplate"),
        ("    decision: 2026-02-17\n", "", "decision"),
        ("    stages: {financing: 8 months, construction: 24 months}\n", "", "stages"),
        ("{begin: 2027-03-01, ", "{", "begin"),
        ("{cv: 10%, ", "{", "cv"),
        ("unit: cm2", "name: Plate", "unit"),
        ("horizon: {start: 2026-11-23, ", "horizon: {", "start"),
    ],
)
def test_a_missing_key_gives_one_problem(old, new, key):
    assert [problem.why for problem in problems(changed((old, new)))] == [f"the key '{key}' is missing"]


def test_a_problem_in_an_extended_file_names_that_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(changed(("queue_weight: 50%", "queue_weight: 150%")))
    (tmp_path / "top.yaml").write_text(
        "extends: base.yaml\ntitle: Top" + "\n" * 40 + "inventory_policy: {any: {max_share_factor: many}}"
    )
    with pytest.raises(ScenarioError) as caught:
        load_scenario("top.yaml")
    assert [str(problem).split(": ")[:2] for problem in caught.value.problems] == [
        ["top.yaml:42:44", "inventory_policy.any.max_share_factor"],
        ["base.yaml:22:39", "inventory_policy.any.queue_weight"],
    ]


CONTENT = plain(parse_tree(TEXT.encode(), "small.yaml"))
PATHS = [path for path, _ in leaves(parse_tree(TEXT.encode(), "small.yaml"))]
WRONG = (
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "50%",
            "5 days",
            "5 ct",
            "tri(1 2 3)",
            "any",
            "US",
            "mesh",
            "2027-01-01",
            "none",
            "banned",
        ]
    )
    | st.text(max_size=8)
    | st.booleans()
    | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)
    | st.lists(st.text(max_size=3), max_size=2)
)


def put(content, path, value):
    """Return a copy with another value at a path, or without the path if the value is None."""
    key, *below = path
    copy = list(content) if isinstance(content, list) else dict(content)
    if not below and value is None:
        del copy[key]
    else:
        copy[key] = put(copy[key], below, value) if below else value
    return copy


@given(path=st.sampled_from(PATHS), cut=st.integers(0, 5), value=WRONG | st.none())
def test_any_value_anywhere_gives_a_scenario_or_problems(path, cut, value):
    path = path[: max(1, len(path) - cut)]
    try:
        scenario = read_scenario(put(CONTENT, path, value))
    except ScenarioError:
        return
    assert read_scenario(scenario.dump()) == scenario
