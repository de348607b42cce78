"""Standard streams that are absent, closed or on a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the streams are redirected by a shell of POSIX")


def run(words: str, redirection: str, unbuffered: str = "") -> tuple[int, str, str]:
    """Run the command in a shell that redirects its streams: (exit code, stdout, stderr)."""
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m diamondsim {words} {redirection}', sys.executable],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["scenarios", "--help", "dump calm"])
def test_a_full_disk_under_the_output_is_told_in_one_line(words, unbuffered):
    code, _, err = run(words, f">{FULL}", unbuffered)
    assert (code, err) == (1, "diamondsim: cannot write the output: No space left on device\n")


def test_output_that_is_open_for_reading_only_is_told_in_one_line():
    code, _, err = run("scenarios", "1</dev/null")
    assert (code, err) == (1, "diamondsim: cannot write the output: Bad file descriptor\n")


@pytest.mark.parametrize("words", ["scenarios", "--help", "check calm"])
def test_a_command_without_standard_output_does_its_work(words):
    assert run(words, ">&-") == (0, "", "")


@pytest.mark.parametrize("words, code", [("scenarios", 0), ("check nosuch", 2), ("check calm --nosuch", 2)])
@pytest.mark.parametrize(
    "redirection",
    [
        "2>&-",
        pytest.param(f"2>{FULL}", marks=pytest.mark.skipif(not FULL.exists(), reason="no such device")),
    ],
)
def test_the_exit_code_does_not_depend_on_standard_error(words, code, redirection):
    assert run(words, redirection)[0] == code


def test_a_mistake_is_told_though_there_is_no_standard_output():
    code, _, err = run("check nosuch", ">&-")
    assert code == 2
    assert "there is no shipped scenario 'nosuch'" in err
