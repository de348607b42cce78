"""Output that a facility has promised to some buyers (model.md, eq. 92)."""

import numpy as np
import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.plan.check import check
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario


def plant(**offtake):
    changes = {"facilities.georgia.offtake": {key.replace("_", "."): value for key, value in offtake.items()}}
    return load_scenario("baseline-2026").override(changes)


def test_the_parts_of_the_output_add_up_to_the_nameplate_in_each_replication():
    plain, parted = (compile_plan(s) for s in (plant(), plant(JP_machining="10%", US_any="25%")))
    names = [source.name for source in parted.sources if source.facility]
    assert names[:3] == ["georgia.mesh", "georgia.mesh for JP.machining", "georgia.mesh for US.any"]
    one, two = draw(plain, seed=0, count=5), draw(parted, seed=0, count=5)
    whole = [s for s, source in enumerate(plain.sources) if source.name == "georgia.mesh"]
    parts = [s for s, source in enumerate(parted.sources) if source.name.startswith("georgia.mesh")]
    shares = two.capacity[parts] / one.capacity[whole]
    assert shares == pytest.approx(np.array([[0.65], [0.10], [0.25]]) * np.ones(5), rel=1e-12)
    assert {int(parted.source_index[s]) for s in parts} == {int(parted.source_index[parts[0]])}


def test_each_buyer_has_one_lane_to_the_part_that_is_meant_for_it():
    plan = compile_plan(plant(JP_machining="10%", US_any="25%"))
    buyers: dict[str, set[str]] = {}
    for lane in range(plan.n_lanes):
        source, node = plan.sources[plan.lane_source[lane]], plan.nodes[plan.lane_node[lane]]
        if source.facility and source.grade == "mesh":
            buyers.setdefault(source.name, set()).add(f"{node.region}.{node.use}")
    assert buyers["georgia.mesh for JP.machining"] == {"JP.machining"}
    assert {name.split(".")[0] for name in buyers["georgia.mesh for US.any"]} == {"US"}
    assert buyers["georgia.mesh"] == {"JP.construction", "JP.thermal_powder", "JP.munitions"}


def test_what_is_promised_whole_leaves_no_part_for_others():
    plan = compile_plan(plant(any_any="100%"))
    assert {s.name for s in plan.sources if s.facility} == {
        f"georgia.{grade} for any.any" for grade in ("mesh", "micron", "coarse")
    }


def test_a_promise_to_somebody_to_whom_nothing_is_sold_is_worth_a_warning():
    assert check(plant(RW_any="10%")).warnings == (
        "georgia sells nothing to RW.any, to whom a part of its output is promised",
    )


def test_more_than_all_cannot_be_promised():
    with pytest.raises(
        ScenarioError, match="the offtake contracts promise 110% of the output, more than all of it"
    ):
        plant(JP_machining="60%", US_any="50%")
