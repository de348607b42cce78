"""A folder is for one run at a time, and for no other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

import diamondsim as ds
from diamondsim.simulation import RunStore, run_manifest
from diamondsim.simulation.paths import PathsFolder
from diamondsim.simulation.run_store import RUN_MANIFEST
from tests.simulation.keeping import computed, run
from tests.simulation.small import short_ban


def test_another_scenario_seed_or_version_is_refused_and_all_are_named(scenario, folder, monkeypatch):
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    changes = {"inventory_policy.u.cover": "11 days", "horizon.tick": "2 days"}
    other = short_ban(title="Another ban", **changes)
    with pytest.raises(
        ds.StoreError,
        match=r"the scenario differs in 'horizon' and 'inventory_policy' "
        r"\(title there 'Exponential ban.*', here 'Another ban'.*Name another folder",
    ):
        run(other, folder)
    with pytest.raises(ds.StoreError, match=r"the seed there is 3, here 4\. Name another folder"):
        run(scenario, folder, seed=4)
    monkeypatch.setattr(run_manifest, "__version__", "9.9")
    with pytest.raises(ds.StoreError, match=r"diamondsim there is .*, here 9\.9") as refused:
        run(other, folder, seed=4)
    assert "the scenario differs" in str(refused.value)
    assert "the seed there is 3, here 4" in str(refused.value)
    after = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert {f: c for f, c in after.items() if f.name != ".lock"} == {
        f: c for f, c in before.items() if f.name != ".lock"
    }


def test_a_later_format_is_refused_and_not_taken_for_damage(scenario, folder):
    said = json.loads((folder / RUN_MANIFEST).read_text())
    del said["sha256"]
    said |= {"format": 4, "more": "words", "diamondsim": "9.9"}
    said["sha256"] = run_manifest._digest(said)
    (folder / RUN_MANIFEST).write_text(json.dumps(said))
    with pytest.raises(ds.StoreError, match=r"written by diamondsim 9\.9 in format 4"):
        run(scenario, folder)


def test_an_earlier_format_is_refused_and_not_taken_for_damage(scenario, folder):
    """The first said one hash of the whole scenario and nothing of the code."""
    said = {"format": 1, "diamondsim": "0.1.0", "scenario": "0" * 64, "seed": 3, "title": "A ban"}
    old = json.dumps({**said, "sha256": run_manifest._digest(said)}).encode()
    (folder / RUN_MANIFEST).write_bytes(old)
    with pytest.raises(
        ds.StoreError, match=r"written by diamondsim 0\.1\.0 in format 1, this is .* format 3"
    ):
        run(scenario, folder)
    assert (folder / RUN_MANIFEST).read_bytes() == old


def test_changed_code_under_the_same_version_is_refused(scenario, folder, monkeypatch):
    monkeypatch.setattr(run_manifest, "code_hash", lambda: "0123456789abcdef")
    with pytest.raises(
        ds.StoreError, match=r"keeps another run: the code has changed since, although both are"
    ):
        run(scenario, folder)


def test_a_scenario_that_only_reads_differently_is_the_same(folder, reference):
    """Notes and notation do not matter; what they are is in the attributes."""
    again = short_ban(**{"inventory_policy.u.cover": "10.0 days"})
    found = run(again, folder)
    assert found.drop_attrs().identical(reference.drop_attrs())


def test_other_words_are_no_other_run_and_the_folder_takes_them_over(scenario, folder, tmp_path, monkeypatch):
    words = {"title": "Renamed", "description": "New", "legal_state": "B", "regions.home.name": "Here"}
    renamed = short_ban(**words, **{"inventory_policy.u.assumed": "a better guess"})
    ran = computed(monkeypatch)
    found = run(renamed, folder)
    assert ran == []
    assert found.identical(run(renamed, tmp_path / "anew"))
    assert (found.attrs["title"], found.attrs["scenario_hash"]) == ("Renamed", renamed.hash)
    assert found.attrs["scenario_hash"] != scenario.hash
    assert str(found["region_name"].sel(region="home").item()) == "Here"
    assert json.loads((folder / RUN_MANIFEST).read_text())["title"] == "Renamed"
    (written,) = folder.glob("*/scenario.yaml")
    assert written.read_text() == renamed.dump()


@pytest.mark.parametrize("name", ["thesis.txt", "run.npz", "0123"])
def test_a_folder_that_is_something_else_is_refused_and_left_alone(scenario, tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(ds.StoreError, match=f"something else.*{name}.*name a new or an empty folder"):
        run(scenario, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", [RUN_MANIFEST, ".lock", "KEY/scenario.yaml", "KEY/00000000-00001024.npz"])
def test_a_folder_in_the_place_of_a_file_is_refused_by_its_name(scenario, folder, name):
    (key,) = (entry.name for entry in folder.iterdir() if entry.is_dir())
    file = folder / name.replace("KEY", key)
    file.unlink()
    file.mkdir()
    with pytest.raises(ds.StoreError, match=rf"{file.name}' is a folder, expected a file: remove"):
        run(scenario, folder)


def test_a_file_in_the_place_of_a_folder_and_all_else_that_is_misplaced_is_named(scenario, folder):
    (key,) = (entry for entry in folder.iterdir() if entry.is_dir())
    shutil.rmtree(key)
    key.touch()
    (folder / RUN_MANIFEST).unlink()
    (folder / RUN_MANIFEST).mkdir()
    with pytest.raises(ds.StoreError) as refused:
        run(scenario, folder)
    # Which of the two comes first follows from the name of the folder, a hash.
    assert f"{key.name}' is a file, expected a folder" in str(refused.value)
    assert f"{RUN_MANIFEST}' is a folder, expected a file" in str(refused.value)


def test_a_file_and_a_place_that_is_nowhere_are_refused(scenario, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ds.StoreError, match="is a file"):
        run(scenario, tmp_path / "file")
    with pytest.raises(ds.StoreError, match=r"cannot keep a run: '.*file' is a file, expected a folder"):
        run(scenario, tmp_path / "file" / "inner" / "run")


def test_a_folder_is_made_with_those_above_it(scenario, reference, tmp_path):
    assert run(scenario, tmp_path / "runs" / "of" / "mine").identical(reference)
    with PathsFolder(tmp_path / "paths" / "mine", scenario, variables=["stock"], seed=0) as paths:
        assert paths.folder.is_dir()


def test_folders_made_for_a_run_that_keeps_nothing_are_removed_again(scenario, tmp_path):
    (tmp_path / "runs").mkdir()
    with pytest.raises(KeyboardInterrupt), RunStore(tmp_path / "runs" / "of" / "mine"):
        raise KeyboardInterrupt
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_folder_above_that_cannot_be_made_is_named(scenario, tmp_path):
    long = "a" * 400
    with pytest.raises(ds.StoreError, match=f"cannot keep a run: '.*/{long}' cannot be made: file name too"):
        run(scenario, tmp_path / "made" / long / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_name_too_long_for_a_folder_is_refused(scenario, tmp_path):
    with pytest.raises(ds.StoreError, match="cannot keep a run: file name too long"):
        run(scenario, tmp_path / ("a" * 400))
    with pytest.raises(ds.StoreError, match="cannot keep a run: file name too long"):
        PathsFolder(tmp_path / ("a" * 400), scenario, variables=["stock"], seed=0)


def test_a_folder_that_has_no_more_than_a_lock_is_a_new_one(scenario, reference, tmp_path):
    """So it is left by a run that is killed in its first moment."""
    (tmp_path / ".lock").write_text("process 1\n")
    (tmp_path / f".{RUN_MANIFEST}.1.part").write_text("{")
    assert run(scenario, tmp_path).identical(reference)


def test_two_runs_at_once_in_one_folder_are_kept_apart(scenario, reference, folder):
    with (
        RunStore(folder),
        pytest.raises(ds.StoreError, match=rf"another run \(process {os.getpid()}\) is using"),
    ):
        run(scenario, folder)
    assert run(scenario, folder).identical(reference)


def test_the_lock_of_a_process_that_was_killed_is_gone(scenario, folder):
    hold = f"held = RunStore({str(folder)!r}); print('held', flush=True); input()"
    code = f"from diamondsim.simulation import RunStore; {hold}"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ds.StoreError, match=f"process {holder.pid}"):
            RunStore(folder)
        holder.kill()
    with RunStore(folder) as store:
        assert store.folder == folder
