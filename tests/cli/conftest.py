"""The command as the tests of this folder call it."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from diamondsim.cli import main


@pytest.fixture
def call(capsys, monkeypatch):
    """Return a function that calls the command in this process: (exit code, stdout, stderr)."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def called(*words: str) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as left:
            main(words)
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return called
