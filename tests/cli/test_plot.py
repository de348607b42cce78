"""The command that draws pictures: files of three kinds, and one clear message for what it cannot draw."""

import json
from pathlib import Path

import pytest

from diamondsim.cli.plot import KINDS
from diamondsim.results import write_netcdf

pytest.importorskip("matplotlib.pyplot", reason="an extra")

import diamondsim as ds

SHORT = ("--set", "horizon.length=1yr", "-n", "4", "--workers", "1", "-q")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_picture_of_the_library_is_a_kind():
    assert {kind.replace("-", "_") for kind in KINDS} == set(ds.plot.__all__)


def test_a_scenario_is_run_and_drawn(call, folder):
    code, out, err = call("plot", "shortage-heat-map", "lapse-2027", "-o", "a.svg", "--region", "US", *SHORT)
    assert (code, out) == (0, "Picture: a.svg\n"), err
    assert "4 replications, seed 0" in (folder / "a.svg").read_text(encoding="utf-8")


def test_a_document_names_the_picture_and_its_kind(call, folder):
    words = ("plot", "control-timeline", "calm", "-o", "a.svg", *SHORT, "--json")
    code, out, err = call(*words)
    assert code == 0, err
    assert json.loads(out) == {"written": "a.svg", "kind": "control-timeline"}
    assert (folder / "a.svg").is_file()


def test_a_file_is_drawn_in_three_formats_and_alike_each_time(call, folder):
    run = ds.monte_carlo(ds.load_scenario("lapse-2027").override({"horizon.length": "1yr"}), replications=4)
    write_netcdf(run, "run.nc")
    begins = {"a.png": b"\x89PNG", "a.pdf": b"%PDF", "a.svg": b"<?xml"}
    for name, magic in begins.items():
        contents = []
        for _ in range(2 if name == "a.svg" else 1):
            assert call("plot", "control-timeline", "run.nc", "-o", name, "--size", "slide")[0] == 0
            contents.append((folder / name).read_bytes())
        assert contents[0] == contents[-1]
        assert contents[0].startswith(magic)
    width, height = (int.from_bytes((folder / "a.png").read_bytes()[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1920, 1080)
    code, _, err = call("plot", "tornado", "run.nc", "-o", "b.png")
    assert code == 2
    assert "expected the Dataset of diamondsim.sensitivity, found that of diamondsim.monte_carlo" in err
    code, _, err = call("plot", "cover-fan", "run.nc", "-o", "b.png", "--use", "US.polish")
    assert "did you mean 'polishing'" in err
    code, _, err = call("plot", "cover-fan", "run.nc", "-o", "b.png", "-n", "5")
    assert "-n: only for a SCENARIO; run.nc holds a run already" in err
    assert not (folder / "b.png").exists()


def test_one_replication_is_drawn(call, folder):
    words = ("lapse-2027", "-o", "a.png", "--replication", "3", "--set", "horizon.length=1yr")
    assert call("plot", "replication-timeline", *words)[0] == 0
    assert (folder / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    "words,message",
    [
        (
            ("cover-fan", "calm", "-o", "a.jpg"),
            "expected a name that ends in .png, .svg or .pdf, found 'a.jpg'",
        ),
        (("cover-fan", "calm", "-o", "none/a.png"), "the folder 'none' does not exist"),
        (
            ("tornado", "calm", "-o", "a.png"),
            "expected a file that 'diamondsim sensitivity ... -o FILE.nc' wrote",
        ),
        (("supply-origin", "calm", "-o", "a.png"), "supply-origin: expected --region"),
        (
            ("control-timeline", "calm", "-o", "a.png", "--use", "US.polishing"),
            "--use: not for control-timeline",
        ),
        (("tornado", "a.nc", "-o", "a.png", "--region", "US"), "--region: not for tornado"),
        (("cover-fan", "calm", "-o", "a.png", "--replication", "1"), "only for replication-timeline"),
        (("replication-timeline", "a.nc", "-o", "a.png"), "expected a SCENARIO, as no file holds the events"),
        (("cover-fan", "missing.nc", "-o", "a.png"), "cannot read missing.nc"),
        (("cover-fan", "MISSING.NC", "-o", "a.png"), "cannot read MISSING.NC"),
        (("cover-fan", "missing.zarr", "-o", "a.png"), "cannot read missing.zarr: no such folder"),
        (("cover-fan", "a.csv", "-o", "a.png"), "that ends in .nc or .zarr, found 'a.csv'"),
        (("replication-timeline", "A.NC", "-o", "a.png"), "as no file holds the events, found 'A.NC'"),
        (("cover", "calm", "-o", "a.png"), "'cover' is not one of 'shortfall-fan'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_drawn_is_refused(call, folder, words, message):
    code, _, err = call("plot", *words)
    assert code == 2
    assert message in " ".join(err.split())


def test_without_matplotlib_the_message_names_the_extra(call, folder, monkeypatch):
    def absent(name, *_):
        raise ModuleNotFoundError(f"No module named {name!r}", name="matplotlib")

    monkeypatch.setattr("diamondsim.extras.import_module", absent)
    code, _, err = call("plot", "cover-fan", "calm", "-o", "a.png")
    assert code == 2
    assert "the extra 'plot' of diamondsim" in " ".join(err.split())
