"""Numbers with a sign: one that rounds to zero has none."""

import re
from pathlib import Path

import pytest

import diamondsim
from diamondsim.reporting.document import json_value
from diamondsim.reporting.formatting import difference, figures, percent, points

PACKAGE = Path(diamondsim.__file__).parent
WITH_SIGN = re.compile(r"\{[^{}]*:\+[^{}]*[fgeE%]\}|\{\w+:\{sign\}")
"""A format that writes a sign of its own, instead of `signed`."""


@pytest.mark.parametrize(
    "text",
    [
        difference(-0.0001, -0.0002, -0.00001, digits=1),
        points(-0.0001, -0.0),
        figures(-0.0, "+"),
        percent(-0.0),
        str(json_value({"value": -0.0})),
    ],
)
def test_what_rounds_to_zero_has_no_sign(text: str) -> None:
    assert not re.search(r"[-+]0(?!\.0*[1-9])", text)


def test_no_format_writes_a_sign_of_its_own() -> None:
    pages = [file for part in ("reporting", "html_report", "plot") for file in (PACKAGE / part).glob("*.py")]
    lines = [
        f"{file.name}: {line.strip()}" for file in pages for line in file.read_text("utf-8").splitlines()
    ]
    assert [line for line in lines if WITH_SIGN.search(line)] == []
