"""Ids that are old keys: their inputs keep their names, and a resolved scenario is the same scenario."""

from __future__ import annotations

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.cli import main
from diamondsim.plan import compile_plan
from diamondsim.plan.correlated_groups import inputs_by_name
from diamondsim.scenario import read_scenario
from diamondsim.scenario.renamed import renamed_input
from tests.simulation.old_words import KINDS, WORDS, turned, with_ids

TURNS = range(len(WORDS))


@pytest.mark.parametrize("turn", TURNS)
def test_inputs_of_ids_that_are_old_words_keep_their_names(turn):
    plan = compile_plan(read_scenario(with_ids(turned(turn))))
    names = {*inputs_by_name(plan), *plan.sampling.dimensions}
    assert {name: renamed_input(name) for name in names if renamed_input(name) != name} == {}


def test_the_old_name_of_every_input_has_the_new_one():
    plan = compile_plan(read_scenario(with_ids({kind: f"an_{kind.lower()}" for kind in KINDS})))
    names = {*inputs_by_name(plan), *plan.sampling.dimensions}
    # Streams are seeded by the old names.
    old = {name: plan.stream_names.seeded(name) for name in names}
    assert len([name for name in names if old[name] != name]) > 30
    assert {name: renamed_input(old[name]) for name in names} == {name: name for name in names}


@pytest.mark.parametrize("turn", [0, 11, 22])
def test_a_dump_with_ids_that_are_old_words_runs_to_the_same_numbers(turn, tmp_path, capsys):
    file = tmp_path / "old.yaml"
    file.write_text(with_ids(turned(turn)), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["dump", str(file)])
    out, err = capsys.readouterr()
    assert (left.value.code, err) == (0, "")
    dumped = read_scenario(out)
    assert len(dumped.sampling.dimensions) > 40
    runs = [ds.monte_carlo(s, replications=32, workers=1) for s in (ds.load_scenario(file), dumped)]
    xr.testing.assert_identical(*(run.drop_attrs() for run in runs))


def test_a_dimension_given_by_hand_to_an_id_that_is_an_old_word_is_kept():
    ids = turned(0)
    name = f"controls.{ids['CONTROL']}.licensing.{ids['REGION']}.{ids['USE']}.watch_list.share"
    scenario = read_scenario(with_ids(ids)).override({f'sampling.dimensions."{name}"': 77})
    assert compile_plan(scenario).sampling.dimensions[name] == 77
