"""The keys of facilities and producers for money, owner, presses, equipment and swing capacity."""

import datetime as dt

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan
from tests.scenario.small import small

STAGES = "    stages: {financing: 8 months, construction: 24 months}\n"
MONEY = (
    "    financing: {tranches: {loan: {amount: 400 MUSD, closes: 8 months}, equity: {closes: 9 weeks}}"
    ", funding_clock: 45 days, window_closes: 2029-03-31, if_missed: waits, wait: 9 months}\n"
    "    ownership_change: {probability: 30%, delay: 6 months, before: construction}\n"
    "    presses: {from: CN, probability: 50%, stage: construction, delay: 9 months}\n"
)
BAN = "  ban: {covers: {from: CN, to: US, grades: mesh}, requires: licence}\n"
KIT = (
    "  kit: {start: licensing, equipment: {from: CN, presses: {granted: 30%},"
    " expansion: {grades: plate, kept: 40%}}}\n"
)
STRIKE = "    scheduled_outages: {strike: {begin: 2027-03-01, end: 2027-04-01, loss: 40%}}\n"
SWING = (
    "    swing: {shifts: {share: 15%, time: 6 months, opens: licence}, hall: {share: 1, opens: 2027-05-03}}\n"
)


# Keys that the small scenario needs to be compiled.
WHOLE = [
    ("any: {cover: 60 days, ", "any: {lead: 14 days, cover: 60 days, "),
    (
        "mill: {region: US, capacity: {mesh: 5 Mct/yr}, ",
        "mill: {region: US, capacity: {mesh: 9 Mct/yr}, growth: 5%/yr, ",
    ),
]


def world(*changes):
    built = [(STAGES, MONEY + STAGES), (BAN, BAN + KIT), (STRIKE, STRIKE + SWING), *WHOLE]
    for old, new in changes:
        place = next(k for k, (_, text) in enumerate(built) if text.count(old) == 1)
        built[place] = (built[place][0], built[place][1].replace(old, new))
    return small(*built)


def test_the_plan_holds_what_a_facility_waits_for():
    plan = compile_plan(world())
    plant = plan.facilities[0]
    assert plant.financing is not None
    assert [(t.name, t.usd, t.days.name) for t in plant.financing.tranches] == [
        ("loan", 4e8, "facilities.plant.financing.tranches.loan.closes"),
        ("equity", None, "facilities.plant.financing.tranches.equity.closes"),
    ]
    assert plant.financing.window_day == (dt.date(2029, 3, 31) - plan.start).days
    assert plant.financing.wait_days is not None
    assert plant.ownership_change is not None
    assert plant.ownership_change.stage == 1
    assert plant.presses is not None
    assert (plant.presses.region, plant.presses.stage) == ("CN", 1)
    assert [(i, n.name) for i, n in plant.presses.licences] == [(2, "controls.kit.equipment.presses.granted")]


def test_an_equipment_control_covers_no_lane_and_reaches_producers_of_its_grades_abroad():
    plan = compile_plan(world(("expansion: {grades: plate", "expansion: {grades: mesh")))
    assert (plan.rule_of[2] == -1).all()
    rows = {row.producer: row for row in plan.capacity_rows}
    assert rows["cn"].slowings == ()
    assert [s.opened_by for s in rows["cn"].swings] == [0, -1]
    assert [s.opens_tick for s in rows["cn"].swings] == [None, 23]


def test_a_producer_abroad_is_slowed_where_its_region_is_reached():
    def slowed(*changes):
        plan = compile_plan(world(("expansion: {grades: plate", "expansion: {grades: mesh"), *changes))
        rows = {row.producer: row for row in plan.capacity_rows}
        return [(s.control, s.kept.name) for s in rows["mill"].slowings]

    assert slowed() == [(2, "controls.kit.equipment.expansion.kept")]
    assert slowed(("equipment: {from: CN", "equipment: {to: US, from: CN")) == slowed()
    assert slowed(("equipment: {from: CN", "equipment: {to: CN, from: CN")) == []


MISTAKES = [
    (
        "opens: licence",
        "opens: licens",
        "swing.shifts.opens: unknown control 'licens'; did you mean 'licence'?",
    ),
    ("opens: 2027-05-03", "opens: 2027-15-03", "swing.hall.opens: '2027-15-03' is not a date"),
    ("share: 15%, ", "", "producers.cn.swing.shifts: the key 'share' is missing"),
    (
        "window_closes: 2029-03-31",
        "window_closes: 2026-01-31",
        "financing.window_closes: the window closes before",
    ),
    (
        "window_closes: 2029-03-31, ",
        "",
        "financing.if_missed: without 'window_closes' there is nothing to miss",
    ),
    (
        ", wait: 9 months",
        "",
        "financing.if_missed: 'if_missed: waits' requires 'wait', the time that it waits after the window",
    ),
    ("if_missed: waits, ", "", "financing.wait: a cancelled facility does not wait"),
    ("if_missed: waits", "if_missed: wait", "unknown word 'wait'; did you mean 'waits'?"),
    (
        "amount: 400 MUSD",
        "amount: 400 Mct",
        "financing.tranches.loan.amount: expected an amount of money, found '400 Mct' (a quantity)",
    ),
    (
        "before: construction",
        "before: constructoin",
        "unknown stage 'constructoin'; did you mean 'construction'?",
    ),
    ("stage: construction", "stage: presses", "facilities.plant.presses.stage: unknown stage 'presses'"),
    (
        "presses: {from: CN, prob",
        "presses: {from: US, prob",
        "presses from the facility's own region need no licence",
    ),
    ("presses: {from: CN, prob", "presses: {from: C, prob", "plant.presses.from: unknown region 'C'"),
    ("probability: 30%", "probability: 130%", "facilities.plant.ownership_change.probability: '130%'"),
    ("equipment: {from: CN", "equipment: {from: C", "controls.kit.equipment.from[0]: unknown region 'C'"),
    ("grades: plate", "grades: plates", "controls.kit.equipment.expansion.grades[0]: unknown grade 'plates'"),
    (
        ", equipment: {from: CN, presses: {granted: 30%}, expansion: {grades: plate, kept: 40%}}",
        "",
        "controls.kit: a control needs 'covers', 'equipment' or both",
    ),
    (
        "kit: {start: licensing",
        "kit: {front_loading: 2, start: licensing",
        "controls.kit.front_loading: this applies to goods, but kit has no 'covers'",
    ),
    (
        ", presses: {granted: 30%}, expansion: {grades: plate, kept: 40%}",
        "",
        "controls.kit.equipment: expected 'presses', 'expansion' or both",
    ),
]


@pytest.mark.parametrize("old, new, message", MISTAKES, ids=[message for _, _, message in MISTAKES])
def test_a_wrong_value_is_reported_at_its_place(old, new, message):
    with pytest.raises(ScenarioError) as caught:
        world((old, new))
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 1, told
    assert message in told[0]


def test_the_dump_of_these_keys_reads_back_as_the_same():
    from diamondsim.scenario import read_scenario

    scenario = world()
    assert read_scenario(scenario.dump()) == scenario
