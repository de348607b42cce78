"""`report --show-python`: the script writes the page of the command."""

from pathlib import Path

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

import diamondsim as ds
from tests.cli.short_runs import BAN
from tests.html_report.small_pages import textbook_comparison, textbook_run

SHORT = ("--set", "horizon.length=60 days", "-n", "24", "--seed", "3", "--workers", "1")
STOCK = ("--variant", "stock: inventory_policy.u.opening=50 days")
BESIDE = ("baseline", "without_facilities", "without_diversion", "without_reserve")
EVERYTHING = ("us-reserve", "--set", "horizon.length=20 weeks", "-n", "8")
"""A scenario with a plant, diversion, a reserve and a baseline."""


def read(name):
    """Return a page without the command that made it and those that make it again, which no script has."""
    before, made, after = Path(name).read_text(encoding="utf-8").partition('<section id="made"')
    facts, scenario, rest = after.partition('aria-label="The scenario in full"')
    return before + made + facts.partition("</dl>")[0] + scenario + rest


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder with results that were kept."""
    folder = tmp_path_factory.mktemp("kept")
    ds.save(textbook_run(), folder / "run.nc")
    ds.save(textbook_comparison(), folder / "both.nc")
    return folder


@pytest.fixture(autouse=True)
def folder(kept, tmp_path, monkeypatch):
    """A folder with links to them, in which everything happens."""
    for file in kept.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    # Pictures take most of the time.
    monkeypatch.setattr("diamondsim.html_report.vega_charts.static_svg", lambda _spec, key: key)
    monkeypatch.setattr("diamondsim.html_report.page_writer.browser_libraries", str)


def script_of(call, words):
    before = sorted(Path().iterdir())
    code, out, err = call("report", *words, "-o", "script.html", "--show-python")
    assert code == 0, err
    assert sorted(Path().iterdir()) == before, "it left a file"
    return out


@pytest.mark.parametrize(
    "words, arguments",
    [
        (EVERYTHING, BESIDE),
        ((str(BAN), *SHORT, *STOCK), ()),
        (("--backtest", "-n", "16"), ()),
        (("both.nc",), ()),
    ],
    ids=["everything", "comparison", "backtest", "kept comparison"],
)
def test_the_script_writes_the_page_of_the_command(call, words, arguments):
    script = script_of(call, words)
    assert [name for name in BESIDE if f"{name}=" in script] == [*arguments]
    exec(compile(script, "script", "exec"), {})
    code, _, err = call("report", *words, "-o", "command.html", "-q")
    assert code == 0, err
    assert read("script.html") == read("command.html")


def test_the_script_keeps_the_result_and_reads_results(call):
    pytest.importorskip("zarr", reason="an extra")
    exec(compile(script_of(call, (str(BAN), *SHORT, "--dataset", "kept.zarr")), "script", "exec"), {})
    words = ("kept.zarr", "--since", "run.nc")
    exec(compile(script_of(call, words), "script", "exec"), {})
    assert call("report", *words, "-o", "command.html")[0] == 0
    assert read("script.html") == read("command.html")


def test_what_cannot_be_reported_on_is_refused_as_ever(call):
    code, out, err = call("report", "both.nc", "--since", "both.nc", "-o", "r.html", "--show-python")
    assert (code, out) == (2, "")
    assert "--since: both.nc: expected the Dataset of diamondsim.monte_carlo" in " ".join(err.split())
