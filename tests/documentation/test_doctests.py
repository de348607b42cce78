"""The examples in the docstrings of the package give what they show, each in an empty folder."""

from __future__ import annotations

import doctest
import importlib
import io
import re
from pathlib import Path

import pytest

from tests.documentation.pages import ROOT

SRC = ROOT / "src"
PROMPT = re.compile(r"^\s*>>> ", re.MULTILINE)


def modules_with_examples() -> dict[str, Path]:
    """Return the files of the package that hold a prompt, by the name of their module."""
    found = {}
    for path in sorted((SRC / "diamondsim").rglob("*.py")):
        if PROMPT.search(path.read_text(encoding="utf-8")):
            name = ".".join(path.relative_to(SRC).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def docstrings_of(module: str) -> list[doctest.DocTest]:
    """Return the docstrings of a module that hold examples."""
    found = doctest.DocTestFinder().find(importlib.import_module(module), module)
    return [docstring for docstring in found if docstring.examples]


MODULES = modules_with_examples()
DOCSTRINGS = {module: docstrings_of(module) for module in MODULES}


@pytest.mark.parametrize(
    "docstring", [docstring for found in DOCSTRINGS.values() for docstring in found], ids=lambda d: d.name
)
def test_the_examples_of_a_docstring_give_what_they_show(docstring, tmp_path, monkeypatch, request):
    if docstring.name.startswith("diamondsim.plot"):
        plt = pytest.importorskip("matplotlib.pyplot")  # an extra
        request.addfinalizer(lambda: plt.close("all"))
        plt.switch_backend("agg")
    monkeypatch.chdir(tmp_path)
    report = io.StringIO()
    failed, _ = doctest.DocTestRunner(verbose=False).run(docstring, out=report.write)
    assert failed == 0, report.getvalue()


@pytest.mark.parametrize("module", MODULES)
def test_no_example_of_a_module_is_skipped_or_out_of_reach(module):
    written = PROMPT.findall(MODULES[module].read_text(encoding="utf-8"))
    examples = [example for docstring in DOCSTRINGS[module] for example in docstring.examples]
    assert len(examples) == len(written), "an example stands where doctest does not look"
    assert [example.source for example in examples if doctest.SKIP in example.options] == []
