"""Files that are not as they were left are found, said, and made anew."""

from __future__ import annotations

import pytest

from diamondsim.simulation import StoreWarning, monte_carlo
from diamondsim.simulation.run_store import RUN_MANIFEST
from tests.simulation.keeping import N, computed, run
from tests.simulation.small import blocks, flip


@pytest.mark.parametrize("where", ["begin", "middle", "digest"])
@pytest.mark.parametrize("number", [0, 2])
def test_a_flipped_byte_of_a_block_is_found_said_and_mended(scenario, reference, folder, number, where):
    file = blocks(folder)[number]
    whole = file.read_bytes()
    flip(file, {"begin": 3, "middle": len(whole) // 2, "digest": -1}[where])
    with pytest.warns(StoreWarning, match=f"{file.name}.* is damaged") as told:
        assert run(scenario, folder).identical(reference)
    assert len(told) == 1
    assert file.read_bytes() == whole


def test_no_byte_of_a_block_can_be_flipped_unseen(scenario, reference, folder):
    file = blocks(folder)[2]
    whole = file.read_bytes()
    for place in range(0, len(whole), len(whole) // 25):
        flip(file, place)
        with pytest.warns(StoreWarning, match="checksum"):
            run(scenario, folder, replications=N)
        assert file.read_bytes() == whole


@pytest.mark.parametrize("kept", [0, 1, 63, 64, 1000, -1])
def test_a_block_that_was_cut_is_not_read_as_whole(scenario, reference, folder, kept):
    file = blocks(folder)[1]
    whole = file.read_bytes()
    file.write_bytes(whole[:kept])
    with pytest.warns(StoreWarning, match="is damaged"):
        assert run(scenario, folder).identical(reference)
    assert file.read_bytes() == whole


def test_a_block_in_the_place_of_another_is_not_used(scenario, reference, folder, tmp_path):
    first, second, _ = blocks(folder)
    second.write_bytes(first.read_bytes())
    with pytest.warns(StoreWarning, match="other replications"):
        assert run(scenario, folder).identical(reference)
    run(scenario, tmp_path / "other", seed=4)
    first.write_bytes(blocks(tmp_path / "other")[0].read_bytes())
    with pytest.warns(StoreWarning, match="another run"):
        assert run(scenario, folder).identical(reference)


@pytest.mark.parametrize("place", [0, 30, 120, -5])
def test_a_flipped_byte_of_the_manifest_is_found_said_and_mended(
    scenario, reference, folder, place, monkeypatch
):
    file = folder / RUN_MANIFEST
    whole = file.read_bytes()
    flip(file, place)
    ran = computed(monkeypatch)
    with pytest.warns(StoreWarning, match="is damaged"):
        assert run(scenario, folder).identical(reference)
    assert ran == []
    assert file.read_bytes() == whole


@pytest.mark.parametrize("kept", [0, 100])
def test_a_manifest_that_was_cut_is_made_anew(scenario, reference, folder, kept):
    file = folder / RUN_MANIFEST
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.warns(StoreWarning, match="is damaged"):
        assert run(scenario, folder).identical(reference)


def test_after_a_damaged_manifest_the_blocks_of_another_seed_are_not_used(scenario, folder):
    flip(folder / RUN_MANIFEST, 30)
    with pytest.warns(StoreWarning, match="is damaged"):
        found = run(scenario, folder, seed=4)
    assert found.identical(monte_carlo(scenario, replications=N, seed=4, workers=1))


def test_flipped_bytes_of_the_lock_and_of_the_scenario_for_people_harm_nothing(scenario, reference, folder):
    for file in (folder / ".lock", *folder.glob("*/scenario.yaml")):
        flip(file, 2)
    assert run(scenario, folder).identical(reference)


def test_what_was_half_written_is_swept_away(scenario, reference, folder):
    half = folder / blocks(folder)[0].parent.name / ".00002048-00002500.npz.123.part"
    half.write_bytes(b"PK")
    assert run(scenario, folder).identical(reference)
    assert not half.exists()
