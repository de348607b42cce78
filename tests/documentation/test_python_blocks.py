"""The Python of every page runs, from its first block to its last, in an empty folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

import diamondsim
from tests.documentation.exceptions import is_run
from tests.documentation.pages import RUN_PAGES, Block, blocks, inline_code
from tests.documentation.python_blocks import compiled, smaller
from tests.documentation.scenario_blocks import write_named_files


def python_blocks(page: str) -> list[Block]:
    return [block for block in blocks(page) if block.language == "python" and is_run(block)]


@pytest.fixture
def cluster(tmp_path) -> Iterator[LocalCluster]:
    """A scheduler and a worker as threads of this process, which nobody else can reach."""
    with LocalCluster(
        host="127.0.0.1",
        protocol="tcp://",
        dashboard_address="127.0.0.1:0",
        processes=False,
        n_workers=1,
        threads_per_worker=1,
        local_directory=tmp_path / "dask",
    ) as started:
        yield started


@pytest.mark.parametrize("page", [page for page in RUN_PAGES if python_blocks(page)])
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch, request):
    def scheduler() -> str:
        return str(request.getfixturevalue("cluster").scheduler_address)

    folder = tmp_path / "reader"
    folder.mkdir()
    write_named_files(page, folder)
    monkeypatch.chdir(folder)
    if any("ds.plot." in block.text for block in python_blocks(page)):
        plt = pytest.importorskip("matplotlib.pyplot", reason="an extra")
        plt.switch_backend("agg")
        request.addfinalizer(lambda: plt.close("all"))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in python_blocks(page):
        exec(compiled(block, scheduler), namespace)


def test_only_numbers_of_replications_and_a_scheduler_are_changed():
    written = "f(replications=1_000_000, seed=70)\nds.sampling_gain(s, replications=4096, seeds=4)\nC('tcp://head:8786')"
    made = "f(replications=64, seed=70)\nds.sampling_gain(s, replications=1024, seeds=2)\nC('tcp://here:1')"
    assert ast.unparse(smaller(written, lambda: "tcp://here:1")) == made
    few = "monte_carlo(scenario, replications=3)"
    assert ast.unparse(smaller(few, lambda: "")) == few


def test_a_traceback_shows_the_line_of_the_page():
    code = compiled(Block("README.md", 10, "python", "a = 1\nb = 1 / 0"), lambda: "")
    with pytest.raises(ZeroDivisionError) as raised:
        exec(code, {})
    last = raised.traceback[-1]
    assert (Path(last.path).name, last.lineno + 1) == ("README.md", 11)


@pytest.mark.parametrize("page", RUN_PAGES)
def test_the_names_of_the_package_in_a_sentence_are_public(page):
    used = [(line, name) for line, text in inline_code(page) for name in re.findall(r"\bds\.(\w+)", text)]
    assert [f"{page}:{line}: {name}" for line, name in used if name not in dir(diamondsim)] == []
