"""The examples in the docstrings of the package give what they show, each in an empty folder.

Those of public names run as a user types them: nothing is known but `ds` and what the example imports.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import io
import re
from operator import attrgetter
from pathlib import Path

import pytest

import diamondsim
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


def public_objects() -> dict[str, object]:
    """Return the public functions and classes, by the full name of what they are."""
    names = [*diamondsim.__all__, *(f"plot.{name}" for name in diamondsim.plot.__all__)]
    found = [attrgetter(name)(diamondsim) for name in names]
    return {f"{each.__module__}.{each.__qualname__}": each for each in found if hasattr(each, "__qualname__")}


def docstrings_of(module: str) -> list[doctest.DocTest]:
    """Return the docstrings of a module that hold examples; those of public names know no name but `ds`."""
    found = doctest.DocTestFinder().find(importlib.import_module(module), module)
    for docstring in found:
        if docstring.name in PUBLIC or docstring.name.rpartition(".")[0] in PUBLIC:
            docstring.globs = {"ds": diamondsim}
    return [docstring for docstring in found if docstring.examples]


PUBLIC = public_objects()
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
    assert list(tmp_path.iterdir()) == [], "an example leaves a file in the folder of the reader"


def test_every_public_function_has_an_example():
    shown = {docstring.name for found in DOCSTRINGS.values() for docstring in found}
    functions = {name for name, public in PUBLIC.items() if inspect.isfunction(public)}
    assert functions - shown == set()
    assert len(functions) > 30  # the names are those that doctest gives


@pytest.mark.parametrize("module", MODULES)
def test_no_example_of_a_module_is_skipped_or_out_of_reach(module):
    written = PROMPT.findall(MODULES[module].read_text(encoding="utf-8"))
    examples = [example for docstring in DOCSTRINGS[module] for example in docstring.examples]
    assert len(examples) == len(written), "an example stands where doctest does not look"
    assert [example.source for example in examples if doctest.SKIP in example.options] == []
