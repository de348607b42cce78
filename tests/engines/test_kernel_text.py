"""What numba computes otherwise than numpy is not used in the compiled kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diamondsim import engines

KERNEL = Path(engines.__file__).parent / "compiled"
ELSEWHERE = re.compile(r"\b(random|poisson|negative_binomial|median)\b")
"""Poisson numbers have too many zeros; a median of data with NaN depends on their order."""


@pytest.mark.parametrize("path", sorted(KERNEL.glob("*.py")), ids=lambda path: path.stem)
def test_the_kernel_draws_no_number_and_takes_no_median(path):
    assert ELSEWHERE.findall(path.read_text(encoding="utf-8")) == []
