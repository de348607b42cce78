"""Old keys: each is refused, wherever it occurs, with a message that names the new key."""

from typing import Any

import pytest

from diamondsim.errors import Problem, ScenarioError
from diamondsim.scenario import load_scenario, read_scenario, shipped_scenarios
from diamondsim.scenario.branches import Branching
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.renamed import RENAMED, RENAMED_SCENARIOS, new_key, renamed_input
from diamondsim.scenario.schema import Content
from diamondsim.scenario.source import parse_tree
from diamondsim.scenario.tree import plain
from tests.scenario.small import changed

EVERY_KEY = changed(
    ("title: Small", "title: Small\ncomponent: false"),
    ("    class: civil\n", "    class: civil\n    value_added: 2 USD/ct\n"),
    ("  shells: {class: military,", "  shells: {class: military, value_added: 9 USD/ct,"),
    (
        "cover: 60 days, queue_weight: 50%",
        "cover: 60 days, queue_weight: 50%, fill_rate_memory: 8 weeks, max_order: 1.5, backorder_share: 10%",
    ),
    ("    lead: {US: tri", "    finished_stock_ceiling: 9 days\n    tracked_share: 100%\n    lead: {US: tri"),
    (
        "{grade: mesh, yield: 95%}",
        "{grade: mesh, queue_weight: 0%, fill_rate_memory: 5 days, max_order: 2, max_share_factor: 3}",
    ),
    (
        "    product_mix: {mesh: 100%}\n",
        "    product_mix: {mesh: 100%}\n    finished_stock_ceiling: 9 days\n"
        "    sourcing_limit: {US.any: 50%}\n    ownership_change: {probability: 5%, delay: 6 months}\n"
        "    feed: {mesh: {grade: mesh, queue_weight: 0%, fill_rate_memory: 5 days, max_order: 2, "
        "max_share_factor: 3}}\n",
    ),
    ("{share: 70%}}", "{share: 70%, sourcing_limit: 90%}}"),
    (
        "2028-03-03: {licensing: 75%, suspended: 25%}}",
        "2028-03-03: {shared_draw: truce, licensing: 75%, suspended: 25%}}\n"
        "    expiries: {first: 2028-11-10, then: {shared_draw: truce, unchanged: 75%, licensing: 25%}}",
    ),
    (
        "long_run_rate: 40%}",
        "long_run_rate: 40%, denied_parties: 5%, "
        "watch_list: {share: 8%, initial_rate: 1%, long_run_rate: 2%}}",
    ),
    (
        "    diversion: {",
        "    spillover: {covers: {from: CN, grades: mesh}, lost: 5%, time: 3 months}\n    diversion: {",
    ),
    (
        "reference_values:",
        """buyers:
  toolmaker:
    aggregate: US.grinding
    share: 10%
    suppliers: {cn: {share: 60%, sourcing_limit: 80%}}
    qualify: {mill: {from: 2027-06-01, share: 20%, sourcing_limit: 50%}}
    pre_buy: {date: 2027-01-15, until: 2027-03-01, extra: 60 days, max_order: 3}
    inventory_policy: {queue_weight: 0%, fill_rate_memory: 5 days, max_order: 2, max_share_factor: 3,
      backorder_share: 5%}
registry: {regions: US, queue_weight: 90%, fill_rate_memory: 3 weeks, max_order: 1.1}
prices:
  start: {mesh: {outside: 0.1 USD/ct}}
  adjustment_time: 26 weeks
  arbitrage_time: 4 weeks
  supplier_elasticity: 2
reference_values:""",
    ),
)
"""The small scenario with every key that was renamed."""

# What follows a sojourn may have no shared draw, so a scenario with this key is refused as a whole.
NEVER_VALID = ("controls.*.transitions.*", "draw")
TREE: Any = plain(parse_tree(EVERY_KEY.encode(), "every.yaml"))
KEYS = [(place, old, new) for place, keys in RENAMED.items() for old, new in keys.items()]
VALID = [key for key in KEYS if key[:2] != NEVER_VALID]


def problems(content: Any) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        content()
    return caught.value.problems


def steps_to(tree: Any, place: list[str], key: str) -> list[str] | None:
    """Return the path of a map at a place that has a key."""
    if not place:
        return [] if isinstance(tree, dict) and key in tree else None
    for step in tree if place[0] == "*" else [place[0]]:
        if isinstance(tree, dict) and isinstance(tree.get(step), dict):
            below = steps_to(tree[step], place[1:], key)
            if below is not None:
                return [step, *below]
    return None


def path_to(place: str, key: str) -> list[str]:
    path = steps_to(TREE, place.split(".") if place else [], key)
    assert path is not None, (place, key)
    return path


def with_old_key(tree: Any, path: list[str], old: str, new: str) -> Any:
    if path:
        return {**tree, path[0]: with_old_key(tree[path[0]], path[1:], old, new)}
    return {old if key == new else key: value for key, value in tree.items()}


def at(tree: Any, path: list[str]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def test_every_renamed_key_is_used_by_the_scenario_of_these_tests():
    assert read_scenario(EVERY_KEY).title == "Small"
    for place, _, new in VALID:
        assert path_to(place, new) is not None


@pytest.mark.parametrize("place, old, new", KEYS)
def test_only_the_new_key_is_a_key_of_the_format(place, old, new):
    path = tuple("x" if step == "*" else step for step in place.split(".")) if place else ()
    known = keys_at(Content, path) or list(Branching.model_fields)
    assert new in known
    assert old not in known


@pytest.mark.parametrize("place, old, new", VALID)
def test_an_old_key_in_a_file_gives_one_problem_that_names_the_new_key(place, old, new):
    path = path_to(place, new)
    (problem,) = problems(lambda: read_scenario(with_old_key(TREE, path, old, new)))
    assert (problem.found, problem.suggestion, problem.renamed) == (old, new, True)
    assert problem.path == ".".join([*path, old])
    assert str(problem) == f"text: {problem.path}: unknown key '{old}'; it is now '{new}'"


@pytest.mark.parametrize("place, old, new", VALID)
def test_an_old_key_in_a_change_gives_one_problem_that_names_the_new_key(place, old, new):
    path = path_to(place, new)
    dotted = ".".join([*(f'"{step}"' if "->" in step else step for step in path), old])
    value = at(TREE, [*path, new])
    scenario = read_scenario(EVERY_KEY)
    (problem,) = problems(lambda: scenario.override({dotted: value}, name="--set"))
    assert (problem.found, problem.suggestion, problem.renamed) == (old, new, True)
    assert str(problem).startswith(f"--set {dotted}: ")
    assert str(problem).endswith(f"unknown key '{old}'; it is now '{new}'")


@pytest.mark.parametrize("place, old, new", VALID)
def test_an_old_key_in_the_value_of_a_change_gives_one_problem_that_names_the_new_key(place, old, new):
    path = path_to(place, new)
    if not path:
        return
    value = with_old_key(TREE[path[0]], path[1:], old, new)
    scenario = read_scenario(EVERY_KEY)
    (problem,) = problems(lambda: scenario.override({path[0]: value}))
    assert (problem.path, problem.suggestion) == (".".join([*path, old]), new)


def test_an_old_draw_after_a_sojourn_is_reported_and_refused():
    text = EVERY_KEY.replace("transitions: {banned: none}", "transitions: {banned: {draw: x, none: 100%}}")
    renamed, refused = problems(lambda: read_scenario(text, name="s.yaml"))
    assert str(renamed).endswith("transitions.banned.draw: unknown key 'draw'; it is now 'shared_draw'")
    assert refused.why.startswith("each sojourn has a draw of its own")


def test_all_old_keys_and_all_other_problems_are_reported_at_once_and_in_order():
    found = problems(
        lambda: read_scenario(
            "extends: calm\ntitle: Old\nhabits:\n  any: {trust: 150%, coverr: 3 days}\n"
            "producers:\n  us_makers: {makes: {grit: 3}}\nmetrics: {windw: 3 days}\n",
            name="old.yaml",
        )
    )
    assert [str(problem) for problem in found] == [
        "old.yaml:3:1: habits: unknown key 'habits'; it is now 'inventory_policy'",
        "old.yaml:4:9: habits.any.trust: unknown key 'trust'; it is now 'queue_weight'",
        "old.yaml:4:16: inventory_policy.any.queue_weight: '150%' is above 100%",
        "old.yaml:4:22: inventory_policy.any.coverr: unknown key 'coverr'; did you mean 'cover'?",
        "old.yaml:6:15: producers.us_makers.makes: unknown key 'makes'; it is now 'capacity'",
        "old.yaml:6:29: producers.us_makers.capacity.grit: expected a flow, found '3' without a unit; "
        "allowed: a value such as '120 kct/yr'",
        "old.yaml:7:11: metrics.windw: unknown key 'windw'; did you mean 'window'?",
    ]


def test_the_same_word_has_the_new_name_of_its_place():
    assert new_key(("producers", "cn"), "makes") == "capacity"
    assert new_key(("facilities", "plant"), "makes") == "product_mix"
    assert new_key(("reserves", "us"), "stock") == "stock"
    assert new_key(("producers",), "makes") == "makes"


def test_an_id_may_be_called_like_an_old_key():
    scenario = read_scenario(EVERY_KEY.replace("  mill: {", "  origin: {").replace("mill:", "origin:"))
    assert "origin" in scenario.producers


def test_where_both_keys_are_written_the_message_says_that_only_the_new_one_is_checked():
    text = EVERY_KEY.replace("queue_weight: 90%", "trust: 300%, queue_weight: 90%")
    (problem,) = problems(lambda: read_scenario(text))
    assert problem.path == "registry.trust"
    assert problem.why == (
        "unknown key 'trust' beside the new one, and its value is not checked: keep one of the two"
    )
    (problem,) = problems(
        lambda: read_scenario(
            "extends: calm\ntitle: Old\nsampling:\n  dimensions:\n"
            "    habits.any.cover: x\n    inventory_policy.any.cover: 3\n"
        )
    )
    assert problem.path == "sampling.dimensions.habits.any.cover"
    assert problem.why.startswith("unknown input 'habits.any.cover' beside the new one, ")


@pytest.mark.parametrize("notes", ["source", "assumed"])
def test_an_old_key_in_notes_is_reported_with_the_new_one(notes):
    text = EVERY_KEY.replace("region: US, capacity", f"region: US, {notes}: {{makes: a census}}, capacity")
    (problem,) = problems(lambda: read_scenario(text))
    assert problem.path == f"producers.mill.{notes}.makes"
    assert problem.suggestion == "capacity"
    change = {f"producers.mill.{notes}.makes": "a census"}
    (problem,) = problems(lambda: read_scenario(EVERY_KEY).override(change))
    assert problem.suggestion == "capacity"


def test_deleting_an_old_key_is_reported_with_the_new_one():
    (problem,) = problems(lambda: read_scenario("extends: calm\ntitle: Old\nprices: null\nexpect: null"))
    assert str(problem) == "text:4:1: expect: unknown key 'expect'; it is now 'reference_values'"
    (problem,) = problems(lambda: read_scenario(EVERY_KEY).override({"controls.licence.leakage": None}))
    assert problem.suggestion == "diversion"


@pytest.mark.parametrize(
    "old, new",
    [
        ("habits.any.trust", "inventory_policy.any.queue_weight"),
        ("habits.US.any.cover/factor1", "inventory_policy.US.any.cover/factor1"),
        ("controls.cn_55.desks.JP.any.barred", "controls.cn_55.licensing.JP.any.denied_parties"),
        ("controls.c.desks.JP.any.watched.trough", "controls.c.licensing.JP.any.watch_list.initial_rate"),
        ("controls.c.desks.JP.watched.dead_time", "controls.c.licensing.JP.watch_list.dead_time"),
        ("controls.c.licensing.JP.watched.share", "controls.c.licensing.JP.watch_list.share"),
        ("controls.cn_55.leakage.share/spell0", "controls.cn_55.diversion.share/spell0"),
        ("cn_55/spell0/long_run/factor1", "cn_55/spell0/long_run_rate/factor1"),
        ("facilities.georgia.sells.US.any", "facilities.georgia.contract_shares.US.any"),
        ("facilities.georgia.sale_of_owner.delay", "facilities.georgia.ownership_change.delay"),
        ("lanes.cn -> US.any.qualified", "lanes.cn -> US.any.sourcing_limit"),
        ("prices.response", "prices.adjustment_time"),
    ],
)
def test_old_names_of_inputs_are_reported_with_the_new_ones(old, new):
    assert renamed_input(old) == new
    assert renamed_input(new) == new
    tail = f"unknown input '{old}'; it is now '{new}'"
    for section in ("sampling: {dimensions: {OLD: 3}}", "correlation: {x ~ OLD: 0.5}"):
        entry = section.replace("OLD", f'"{old}"' if "~" not in section else old)
        entry = entry.replace(f"x ~ {old}", f'"x ~ {old}"')
        (problem,) = problems(lambda: read_scenario(f"extends: calm\ntitle: Old\n{entry}"))  # noqa: B023
        assert str(problem).endswith(tail)
        assert (problem.found, problem.suggestion) == (old, new)


def test_an_old_name_of_an_input_in_a_change_needs_no_quotes():
    change = {"sampling.dimensions.habits.any.trust": "3"}
    (problem,) = problems(lambda: read_scenario(EVERY_KEY).override(change, name="--set"))
    assert str(problem) == (
        "--set sampling.dimensions.habits.any.trust: unknown input 'habits.any.trust'; it is now "
        "'inventory_policy.any.queue_weight'"
    )


@pytest.mark.parametrize("quote", ["", '"'])
def test_both_old_names_of_a_pair_are_reported(quote):
    pair = f"{quote}habits.any.trust ~ habits.any.cover{quote}"
    found = problems(lambda: read_scenario(EVERY_KEY).override({f"correlation.{pair}": 0.3}))
    assert [problem.suggestion for problem in found] == [
        "inventory_policy.any.queue_weight",
        "inventory_policy.any.cover",
    ]


@pytest.mark.parametrize(
    "change, path, why, new",
    [
        (
            {"demand.habits.any.cover": "30 days"},
            "demand.habits",
            "'habits' is a top-level key, but here it is indented too far",
            "inventory_policy",
        ),
        (
            {"horizon.expect": "1"},
            "horizon.expect",
            "unknown key 'expect'; this key belongs at the top level, without indentation",
            "reference_values",
        ),
        (
            {"controls.leakage": {"share": "50%"}},
            "controls.leakage",
            "'leakage' must be indented one step further, below an id of 'controls'",
            "diversion",
        ),
    ],
)
def test_an_old_key_at_a_wrong_level_is_reported_as_both(change, path, why, new):
    (problem,) = problems(lambda: read_scenario(EVERY_KEY).override(change))
    assert (problem.path, problem.why) == (path, why)
    assert str(problem).endswith(f"{why}; it is now '{new}'")


NOTE = "correlation:\n  source: {habits.any.trust ~ habits.any.cover: a survey}\n"
NEW_PAIR = "inventory_policy.any.queue_weight ~ inventory_policy.any.cover"


@pytest.mark.parametrize("pair", ["habits.any.trust ~ habits.any.cover", NEW_PAIR])
def test_a_note_on_a_pair_with_old_names_is_reported_with_the_new_ones(pair):
    found = problems(lambda: read_scenario(f"extends: calm\ntitle: Old\n{NOTE}  {pair}: 0.5\n"))
    of_note = [problem for problem in found if problem.path.startswith("correlation.source.")]
    assert [(problem.found, problem.suggestion, problem.renamed) for problem in of_note] == [
        ("habits.any.trust", "inventory_policy.any.queue_weight", True),
        ("habits.any.cover", "inventory_policy.any.cover", True),
    ]
    assert len(found) == (2 if pair == NEW_PAIR else 4)


def test_a_note_on_a_pair_with_old_names_that_is_not_correlated_is_reported_as_that_too():
    *renamed, unknown = problems(lambda: read_scenario(f"extends: calm\ntitle: Old\n{NOTE}  x ~ y: 0.5\n"))
    assert [problem.renamed for problem in renamed] == [True, True]
    assert unknown.path == f"correlation.source.{NEW_PAIR}"
    assert (unknown.found, unknown.renamed) == (NEW_PAIR, False)


@pytest.mark.parametrize("typo, new", [("trsut", "queue_weight"), ("belief-time", "fill_rate_memory")])
def test_a_misspelt_old_key_suggests_the_new_one(typo, new):
    text = f"extends: calm\ntitle: Old\ninventory_policy: {{any: {{{typo}: 1}}}}"
    (problem,) = problems(lambda: read_scenario(text))
    assert str(problem).endswith(f"unknown key '{typo}'; did you mean '{new}'?")


def test_an_old_key_in_a_file_that_is_extended_names_that_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text("extends: calm\ntitle: Base\nhabits: {any: {cover: 30 days}}\n")
    (tmp_path / "top.yaml").write_text("extends: base.yaml\ntitle: Top\nregistry: {regions: US, trust: 5%}\n")
    assert [str(problem) for problem in problems(lambda: load_scenario("top.yaml"))] == [
        "top.yaml:3:25: registry.trust: unknown key 'trust'; it is now 'queue_weight'",
        "base.yaml:3:1: habits: unknown key 'habits'; it is now 'inventory_policy'",
    ]


def test_old_keys_of_a_building_block_are_reported_too():
    found = problems(lambda: read_scenario("extends: calm\npart: true\nhabits: {any: {trust: 5%}}"))
    assert [problem.suggestion for problem in found] == [
        "component",
        None,
        "inventory_policy",
        "queue_weight",
    ]


@pytest.mark.parametrize("old, new", RENAMED_SCENARIOS.items())
def test_the_old_name_of_a_scenario_is_reported_with_the_new_one(old, new):
    names = [listing.name for listing in shipped_scenarios()]
    assert new in names
    assert old not in names
    message = f"there is no shipped scenario '{old}'; it is now '{new}'"
    assert [str(problem) for problem in problems(lambda: load_scenario(old))] == [message]
    (problem,) = problems(lambda: read_scenario(f"extends: [calm, {old}]\ntitle: Old", name="mine.yaml"))
    assert str(problem) == f"mine.yaml:1:17: extends: {message}"


@pytest.mark.parametrize(
    "name",
    [
        "inventory_policy.US.trust.cover",
        "controls.c.licensing.US.trough.dead_time",
        "controls.c.licensing.US.watched.dead_time",
        "controls.c.licensing.US.watched.watch_list.share",
        "part/spell0/dead_time",
        "habits/spell0/relapse",
    ],
)
def test_an_id_may_bear_an_old_word_in_the_name_of_an_input(name):
    assert renamed_input(name) == name
