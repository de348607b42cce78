"""`run --paths`: messages and exit codes."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from tests.cli.short_runs import RUN
from tests.simulation.path_files import files
from tests.simulation.small import flip


def test_paths_change_nothing_but_the_last_line(call, tmp_path):
    folder = tmp_path / "paths"
    _, plain, _ = call(*RUN, "-n", "1100")
    code, first, err = call(*RUN, "-n", "1100", "--paths", str(folder))
    assert (code, err) == (0, "")
    assert first.startswith(plain)
    said = first.removeprefix(plain)
    assert said.startswith(f"Paths: {folder}; demand, shortage, stock of 1,100 replications, ")
    assert said.endswith(" kB; 0 found on disk\n")
    paths = ds.open_paths(folder)
    assert paths.sizes["replication"] == 1100
    document = json.loads(call(*RUN, "-n", "1100", "--paths", str(folder), "--json")[1])
    assert document["paths"] == {
        "folder": str(folder),
        "replications": 1100,
        "variables": ["demand", "shortage", "stock"],
        "bytes": sum(file.stat().st_size for file in files(folder)),
        "found": 1100,
    }


def test_paths_are_those_of_the_run_beside_them(call, tmp_path):
    call(*RUN, "-n", "70", "--paths", str(tmp_path / "paths"), "-o", str(tmp_path / "run.nc"), "--seed", "3")
    run, paths = xr.load_dataset(tmp_path / "run.nc"), ds.open_paths(tmp_path / "paths")
    np.testing.assert_allclose(
        paths["shortage"].sum("time").isel(node=0), run["shortage"].sel(region="home", use="u"), rtol=1e-12
    )


def test_with_until_paths_are_of_as_many_replications_as_it_took(call, tmp_path):
    words = ("--until", "home.u 3%", "-n", "20000", "--paths", str(tmp_path / "paths"), "--json")
    document = json.loads(call(*RUN, *words)[1])
    assert document["until"]["reached"]
    assert document["paths"]["replications"] in (1024, 2048, 4096)


def test_what_is_wanted_of_every_tick_can_be_named(call, tmp_path):
    words = ("--paths", str(tmp_path / "paths"), "--path-variables", "order, queue,")
    assert call(*RUN, "-n", "5", *words)[0] == 0
    assert set(ds.open_paths(tmp_path / "paths").data_vars) == {"order", "queue"}


@pytest.mark.parametrize(
    "words, said",
    [
        (("--path-variables", "stock"), "--path-variables needs --paths FOLDER"),
        (("--paths", "FOLDER", "--path-variables", "stok"), "no paths of 'stok'; did you mean 'stock'?"),
        (
            ("--paths", "FOLDER", "--path-variables", "stock,belief"),
            "there are no paths of 'belief'; it is now 'expected_fill_rate'",
        ),
        (
            ("--paths", "FOLDER", "--path-variables", "order"),
            "the variables there are demand,shortage,stock, here order",
        ),
        (("--paths", "FOLDER", "--seed", "4"), "the seed there is 0, here 4"),
        (("--paths", "FOLDER", "--path-variables", ","), "--path-variables: expected at least one variable"),
        (("--paths", "FOLDER/diamondsim-paths.json/where"), "is a file"),
    ],
)
def test_a_mistake_is_said_before_any_work_is_done(call, tmp_path, words, said, monkeypatch):
    folder = str(tmp_path / "paths")
    call(*RUN, "-n", "5", "--paths", folder)
    monkeypatch.setattr("diamondsim.simulation.monte_carlo_each", None)
    there = [folder + word.removeprefix("FOLDER") if word.startswith("FOLDER") else word for word in words]
    code, out, err = call(*RUN, "-n", "5", *there)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_full_disk_is_code_1_and_says_how_to_go_on(call, tmp_path, monkeypatch):
    inner, synced = os.fsync, []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > 3:  # after the manifest, the scenario and a file
            raise OSError(28, "No space left on device")
        inner(descriptor)

    words = (*RUN, "-n", "2000", "--paths", str(tmp_path / "paths"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        code, out, err = call(*words)
    assert (code, out) == (1, "")
    first, second = err.splitlines()
    assert first.startswith("Paths of 1,024 replications are finished and kept in '")
    assert first.endswith("the same command resumes from there")
    assert "cannot keep finished paths" in second
    assert "No space left on device" in second
    assert "1,024 found on disk" in call(*words)[1]


def test_a_damaged_file_is_said_in_one_line_and_mended(call, tmp_path):
    words = (*RUN, "-n", "50", "--paths", str(tmp_path / "paths"))
    call(*words)
    flip(files(tmp_path / "paths")[0], 5000)
    code, out, err = call(*words)
    assert code == 0
    assert "; 0 found on disk" in out
    assert err.startswith("warning: '")
    assert err.count("\n") == 1


def test_one_folder_for_both_is_a_mistake_of_the_user(call, tmp_path):
    code, out, err = call(*RUN, "--paths", str(tmp_path / "a"), "--store", str(tmp_path / "b" / ".." / "a"))
    assert (code, out) == (2, "")
    assert "--store and --paths need different folders" in err
    assert not (tmp_path / "a").exists()
