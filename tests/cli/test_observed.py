"""`diamondsim run --observed`: the table, the document, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHORT = ("--set", "horizon.length=40 weeks")
RUN = ("run", "reinstated-2027", *SHORT, "-n", "200", "--seed", "3", "--workers", "1", "-q")
ROWS = """month,control,destination,quantity,unit,error,source
2027-04,cn_55,US,0.10,share,0.10,invented
2027-05,cn_55,JP,8,Mct,50 %,invented
"""


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    file = tmp_path / "figures.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_the_table_says_what_the_run_is_conditioned_on(call, figures):
    code, out, err = call(*RUN, "--observed", str(figures))
    assert code == 0, err
    assert "conditioned on 2 observations: 200 replications with an effective sample size of" in " ".join(
        out.split()
    )
    assert "2027-05 cn_55 JP exports      8, 4  Mct" in out
    assert "sampling of 200 replications with an effective sample size of" in " ".join(out.split())


def test_the_document_has_the_figures_and_the_effective_sample_size(call, figures):
    code, out, _ = call(*RUN, "--json", "--observed", str(figures), "--baseline", "none")
    assert code == 0
    observed = json.loads(out)["observed"]
    assert observed["replications"] == 200
    assert 1 < observed["effective_size"] < 200
    first = observed["rows"][0]
    assert (first["figure"], first["observed"], first["source"]) == (
        "2027-04 cn_55 US exports",
        0.1,
        "invented",
    )
    before, after = (first[when]["high"] - first[when]["low"] for when in ("before", "after"))
    assert after < before


def test_a_run_without_figures_has_none(call, figures):
    code, out, _ = call(*RUN, "--json", "--baseline", "none")
    assert code == 0
    assert "observed" not in json.loads(out)


def test_a_small_effective_sample_size_is_warned_of(call, tmp_path):
    file = tmp_path / "figures.csv"
    file.write_text(ROWS.replace("0.10,share,0.10", "0.10,share,0.002"), encoding="utf-8")
    code, out, err = call(*RUN, "--observed", str(file), "--baseline", "none")
    assert code == 0
    assert "! the observations leave an effective sample size of" in out
    assert "warning: the effects of facilities and of diversion are left out" in err
    assert "Without diversion" not in out


@pytest.mark.parametrize(
    "more, message",
    [
        (("--store", "kept"), "--observed does not go with --store"),
        (("--until", "US.polishing 1%"), "--observed does not go with --until"),
    ],
)
def test_options_that_count_replications_alike_are_refused(call, figures, more, message):
    code, _, err = call("run", "reinstated-2027", "--observed", str(figures), *more)
    assert code == 2
    assert message in " ".join(err.split())


def test_problems_of_the_file_come_with_row_and_column(call, tmp_path):
    file = tmp_path / "figures.csv"
    file.write_text(ROWS.replace("cn_55,US", "cn_55,USA").replace("2027-05", "2037-05"), encoding="utf-8")
    code, _, err = call(*RUN, "--observed", str(file))
    assert code == 2
    assert f"{file}:2: cn_55 covers no lane to 'USA'; did you mean 'US'?" in err
    assert f"{file}:3: the whole of 2037-05 must lie in the horizon, 2026-11-23 to" in err
    code, _, err = call(*RUN, "--observed", str(tmp_path / "figure.csv"))
    assert code == 2
    assert "there is no such file" in err
