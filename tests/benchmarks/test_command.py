"""The command as a person calls it; no times are looked at, a trial shows that all cases run and hold."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pytest_benchmark")

from benchmarks.__main__ import main, parser
from benchmarks.figures import read
from benchmarks.tables import tables
from tests.benchmarks.made import case, document

ROOT = Path(__file__).resolve().parents[2]


def test_a_trial_runs_every_kind_of_case_and_names_no_place(tmp_path):
    target = tmp_path / "figures.json"
    # Not as part of the run of tests that this is: pytest-benchmark would find itself in one over processes.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(target)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = read(target)
    assert figures.quick
    memory = set() if sys.platform == "win32" else {"memory", "answers"}
    assert {found.group for found in figures.cases} == {"phases", "engines", "sizes", "workers"} | memory
    assert all(found.extra["lanes"] >= 1 and len(found.speed_of_machine) == 2 for found in figures.cases)
    assert all(table.text() in done.stdout for table in tables(figures))
    written = target.read_text()
    assert str(ROOT) not in written
    assert str(tmp_path) not in written
    assert set(figures.commit) == {"id", "time", "dirty"}
    assert set(figures.machine) == {
        *("cpu", "cores", "memory_bytes", "architecture", "system", "python", "packages")
    }


def test_two_files_are_compared(tmp_path, capsys):
    names = []
    for name, seconds in (("a", 1.0), ("b", 2.0)):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(document(case(seconds=(seconds,) * 5))))
        names.append(str(file))
    assert main(["--compare", *names]) == 0
    assert "step (calm: 3 x 5 x 7): SLOWER, 2.00 times" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_a_mistake_of_the_caller(tmp_path, capsys):
    missing = str(tmp_path / "none.json")
    assert main(["--compare", missing, missing]) == 2
    assert "bench: cannot read" in capsys.readouterr().err
    assert main(["--page", missing]) == 2


@pytest.mark.parametrize("word", ["--co", "--pa", "-k"])
def test_a_word_of_pytest_is_not_taken_for_one_of_ours(word):
    known, rest = parser().parse_known_args([word])
    assert rest == [word]
    assert (known.compare, known.page) == (None, None)
