"""The command that writes reports: what it takes, and one clear message for what it does not."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

import diamondsim as ds
from tests.html_report.small_pages import textbook_comparison, textbook_run

BAN = Path(__file__).resolve().parents[1] / "theory" / "exponential-ban.yaml"
SHORT = ("--set", "horizon.length=60 days", "-n", "24", "--workers", "1", "-q")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page(folder: Path, name: str = "r.html") -> str:
    return (folder / name).read_text(encoding="utf-8")


def test_a_scenario_is_run_kept_and_compared_with_the_former_report(call, folder):
    code, out, err = call("report", str(BAN), "-o", "r.html", "--dataset", "r.nc", *SHORT)
    assert (code, out) == (0, "Report: r.html\nDataset: r.nc\n"), err
    assert "Exponential ban, one plant, one use" in page(folder)
    changed = ("--set", "inventory_policy.u.opening=1 day")
    assert call("report", str(BAN), "-o", "s.html", "--since", "r.nc", *SHORT, *changed)[0] == 0
    assert "inventory_policy.u.opening" in page(folder, "s.html").partition('id="since"')[2]
    assert "diamondsim report" in page(folder, "s.html").partition('id="made"')[2]


def test_a_document_names_the_files_and_what_the_report_is_of(call, folder):
    code, out, err = call("report", str(BAN), "-o", "r.html", "--dataset", "r.nc", *SHORT, "--json")
    assert code == 0, err
    assert json.loads(out) == {"written": "r.html", "kind": "run", "dataset": "r.nc", "failures": {}}
    assert (folder / "r.html").is_file()


def test_the_baseline_stands_beside_the_run_with_the_same_random_numbers(call, folder):
    words = ("--baseline", str(BAN), "--set", "inventory_policy.u.opening=1 day")
    assert call("report", str(BAN), "-o", "r.html", *SHORT, *words)[0] == 0
    assert re.search(r"<small>baseline (&lt;|\d)", page(folder))


def test_several_scenarios_or_a_variant_are_compared(call, folder):
    variant = ("--variant", "more: inventory_policy.u.opening=50 days")
    code, out, err = call("report", str(BAN), "-o", "r.html", *variant, *SHORT)
    assert (code, out) == (0, "Report: r.html\n"), err
    assert "Comparison of 2 scenarios" in page(folder)


def test_a_backtest_is_made(call, folder):
    assert call("report", "--backtest", "-o", "r.html", "-n", "64")[:2] == (0, "Report: r.html\n")
    assert "months after earlier controls" in page(folder)


def test_results_that_were_kept_are_reported_on_and_not_run_again(call, folder):
    ds.save(textbook_comparison(), "c.nc")
    ds.save(textbook_run(), "r.nc")
    assert call("report", "c.nc", "-o", "c.html")[0] == 0
    assert "Comparison of 2 scenarios" in page(folder, "c.html")
    assert call("report", "r.nc", "-o", "r.htm", "--since", "r.nc")[0] == 0
    assert "All numbers of the scenario are the same." in page(folder, "r.htm")


@pytest.mark.parametrize(
    "words, message",
    [
        (("calm", "-o", "r.pdf"), "expected a name that ends in .html or .htm, found 'r.pdf'"),
        (("calm", "-o", "none/r.html"), "none"),
        (("calm",), "Missing option '-o'"),
        (("-o", "r.html"), "expected a SCENARIO, a FILE or --backtest"),
        (("a.nc", "calm", "-o", "r.html"), "expected one FILE, or scenarios only, found a.nc calm"),
        (("a.nc", "-n", "5", "--baseline", "calm", "-o", "r.html"), "-n, --baseline: not for a FILE"),
        (("--backtest", "calm", "-o", "r.html"), "--backtest: expected no SCENARIO or FILE, found calm"),
        (("--backtest", "--set", "a=1", "-o", "r.html"), "--set: not for --backtest"),
        (("calm", "rollover", "--since", "a.nc", "-o", "r.html"), "--since: not for several scenarios"),
        (("a.nc", "-o", "r.html"), "cannot read a.nc"),
        (("calm", "--since", "a.csv", "-o", "r.html"), "expected a name that ends in .nc or .zarr"),
        (("calm", "--dataset", "a.doc", "-o", "r.html"), "expected .nc, .zarr, .csv"),
        (("clam", "-o", "r.html"), "did you mean 'calm'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_reported_on_is_refused(call, folder, words, message):
    code, _, err = call("report", *words)
    assert code == 2
    assert message in " ".join(re.sub(r"[│╭╰─]", " ", err).split())
    assert [*folder.iterdir()] == []


def test_a_result_of_another_command_is_refused_by_name(call, folder):
    ds.save(ds.sensitivity(textbook_run(), region="home", use="u"), "s.nc")
    code, _, err = call("report", "s.nc", "-o", "r.html")
    assert code == 2
    assert "monte_carlo, compare or backtest, found that of sensitivity" in " ".join(err.split())
    ds.save(ds.backtest(replications=16), "b.nc")
    code, _, err = call("report", str(BAN), "--since", "b.nc", "-o", "r.html", *SHORT)
    assert code == 2
    assert "--since" in err


def test_a_missing_library_is_named_before_any_work(call, folder, monkeypatch):
    def absent(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name="altair")

    monkeypatch.setattr("diamondsim.extras.import_module", absent)
    code, _, err = call("report", "calm", "-o", "r.html")
    assert code == 2
    line = err.strip().splitlines()[-1]
    assert line.startswith("Error: reports need altair, which is not installed")
    assert line.endswith("(the extra 'report' of diamondsim)")


def test_a_file_is_known_by_the_end_of_its_name_in_any_spelling(call, folder):
    ds.save(textbook_run(), "R.NC")
    assert call("report", "R.NC", "-o", "r.html")[:2] == (0, "Report: r.html\n")


def test_a_store_is_known_with_the_slash_of_a_folder(call, folder):
    pytest.importorskip("zarr", reason="an extra")
    ds.save(textbook_run(), "z.zarr")
    code, out, err = call("report", "z.zarr/", "-o", "r.html", "--since", "z.zarr/")
    assert (code, out) == (0, "Report: r.html\n"), err


def test_a_result_with_a_lost_part_is_refused_and_not_taken_for_one_without_shortages(call, folder):
    pytest.importorskip("zarr", reason="an extra")
    ds.save(textbook_run(), "lost.zarr")
    chunks = [path for path in Path("lost.zarr/peak_shortfall/c").rglob("*") if path.is_file()]
    assert chunks
    for path in chunks:
        path.unlink()
    code, out, err = call("report", "lost.zarr", "-o", "r.html")
    assert (code, out) == (2, "")
    assert "'probability_of_shortage' is not that of 'peak_shortfall'" in " ".join(err.split())
    assert not Path("r.html").exists()


def test_a_result_without_an_attribute_is_refused_by_its_file(call, folder):
    kept = textbook_run().copy()
    for name in ("scenario", "seed"):
        del kept.attrs[name]
    ds.save(kept, "k.nc")
    for words, head in ((("k.nc",), "k.nc: "), ((str(BAN), *SHORT, "--since", "k.nc"), "--since: k.nc: ")):
        code, out, err = call("report", *words, "-o", "r.html")
        assert (code, out) == (2, "")
        line = err.strip().splitlines()[-1]
        assert line.startswith(f"Error: {head}expected the result of monte_carlo with the attributes")
        assert "'scenario', 'seed'" in line
    ds.save(textbook_run().assign_attrs(scenario="habits: {}"), "old.nc")
    code, _, err = call("report", "old.nc", "-o", "r.html")
    assert code == 2
    assert "scenario in old.nc:1:1: habits" in err
    assert not (folder / "r.html").exists()
