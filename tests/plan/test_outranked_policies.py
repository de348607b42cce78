"""A change of an inventory policy that a more specific line of a lower file outranks is told."""

import pytest

from diamondsim.plan.check import check
from diamondsim.scenario import load_scenario
from tests.plan.small_scenarios import small_scenario

BELOW = {"inventory_policy": {"polishing": {"cover": "30 days"}, "arms": {"noise": {"cv": "5%"}}}}
COVER = "where inventory_policy.polishing.cover takes precedence"


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"home.any": {"cover": "9 days"}}, [f"home.any.cover has no effect on home.polishing, {COVER}"]),
        ({"any": {"cover": "9 days"}}, [f"any.cover has no effect on home.polishing, {COVER}"]),
        ({"chip": {"cover": "9 days"}}, [f"chip.cover has no effect on home.polishing, {COVER}"]),
        (
            {"home": {"noise": {"cv": "9%"}}},
            ["home.noise has no effect on home.arms, where inventory_policy.arms.noise takes precedence"],
        ),
        # What is not given below, more specific, or changed together with the line below it takes effect.
        ({"home.any": {"max_order": "2"}}, []),
        ({"home.polishing": {"cover": "9 days"}}, []),
        ({"home.any": {"cover": "9 days"}, "polishing": {"cover": "8 days"}}, []),
        ({"home.any": {"cover": "9 days"}, "polishing": None}, []),
    ],
)
def test_a_change_that_a_line_below_outranks_is_told(changes, said):
    changed = small_scenario(BELOW).override({"inventory_policy": changes})
    assert list(check(changed).warnings) == [f"inventory_policy.{line}" for line in said]


def test_a_file_over_a_shipped_one_is_told_which_uses_it_does_not_reach(tmp_path):
    file = tmp_path / "mine.yaml"
    text = "extends: reinstated-2027\ntitle: Mine\ninventory_policy: {US.any: {cover: 5 days, assumed: x}}\n"
    file.write_text(text, encoding="utf-8")
    said = [line for line in check(load_scenario(file)).warnings if "no effect" in line]
    assert len(said) == 1
    assert said[0].startswith("inventory_policy.US.any.cover has no effect on US.polishing, ")


def test_exceptions_within_one_file_are_not_told():
    both = {"inventory_policy": {"home.any": {"cover": "9 days"}, "polishing": {"cover": "30 days"}}}
    assert list(check(small_scenario(both)).warnings) == []
