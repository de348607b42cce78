"""Checks the layers of the package by its import statements."""

import ast
import graphlib
import importlib
import importlib.metadata
import itertools
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"

# From the bottom layer up. A part imports from itself and from lines above it, never from its own line.
LAYERS = (
    ("_version", "addition", "arguments", "arrays", "constants", "errors", "extras", "notebook"),
    ("control_episodes",),
    ("units",),
    ("distributions",),
    ("scenario",),
    ("plan",),
    ("draws", "trade"),
    ("ledger",),
    ("sampling", "engines"),
    ("results",),
    ("simulation",),
    ("analysis", "backtesting", "conditioning", "files"),
    ("reporting",),
    ("plot",),
    ("html_report",),
    ("cli",),
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}

# The parts that may use a library or a submodule of one.
USERS = {
    "simpy": ("engines.event",),
    "numba": ("engines.compiled",),
    "llvmlite": ("engines.compiled",),
    "matplotlib": ("plot",),
    "altair": ("html_report",),
    "jinja2": ("html_report",),
    "vl_convert": ("html_report",),
    "dask": (),  # the caller passes the client; only its own methods are called
    "distributed": (),
    "h5py": ("simulation.paths",),
    "zarr": ("simulation.paths", "files.zarr_folder"),
    "pyarrow": ("files.table_files",),
    "xlsxwriter": ("files.workbook",),
    "xarray": (
        *(
            "backtesting",
            "files",
            "conditioning",
            "control_episodes",
            "results",
            "simulation",
            "analysis",
            "reporting",
            "plot",
            "html_report",
        ),
        "trade.reader",
        "trade.dataset",
    ),
    "numpy.random": ("sampling",),
    "random": ("sampling",),
    "secrets": (),
    "scipy.stats": ("analysis", "backtesting", "sampling.quasi_random"),
    "scipy.sparse": ("engines.batch.segments",),
    "scipy.special": ("sampling", "results", "analysis", "backtesting", "conditioning"),
}

# Functions whose last bits depend on the processor or on the order in which a library adds.
INEXACT = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "pow", "cbrt"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot", "erf", "gamma", "lgamma"),
    *("einsum", "dot", "vdot", "inner", "outer", "matmul", "tensordot", "fsum"),
}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted((SRC / "diamondsim").rglob("*.py")):
        name = ".".join(path.relative_to(SRC).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()
# Packages that import the names which they gather when these are first used: a stub says from where.
STUBS = {
    name: path.with_suffix(".pyi") for name, path in MODULES.items() if path.with_suffix(".pyi").exists()
}


def tree_of(*paths: Path) -> ast.Module:
    return ast.parse("\n".join(path.read_text(encoding="utf-8") for path in paths))


TREES = {name: tree_of(path, *([STUBS[name]] if name in STUBS else [])) for name, path in MODULES.items()}


def used_names(name: str, tree: ast.Module, *, is_package: bool) -> set[str]:
    """Return the dotted names that a module imports, or reaches through an imported name."""
    names, aliases = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names.add(alias.name)
                first = alias.name.partition(".")[0]
                aliases[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".") if is_package else name.split(".")[:-1]
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                dotted = f"{base}.{alias.name}"
                names |= {dotted} if dotted in MODULES else {base, dotted}
                aliases[alias.asname or alias.name] = dotted
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (dotted := dotted_name(node, aliases)):
            names.add(dotted)
    return names


def dotted_name(node: ast.expr, aliases: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute) and (before := dotted_name(node.value, aliases)):
        return f"{before}.{node.attr}"
    return ""


USED = {
    name: used_names(name, tree, is_package=MODULES[name].name == "__init__.py")
    for name, tree in TREES.items()
}


def own_imports(name: str) -> set[str]:
    """Return the package modules that a module imports: the longest module prefix of each dotted name."""
    found = set()
    for used in USED[name]:
        module = used
        while module and module not in MODULES:
            module = module.rpartition(".")[0]
        found.add(module)
    return found - {"", name}


def inside(name: str, parts: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"diamondsim.{part}.") for part in parts)


def part_of(name: str) -> str:
    return name.split(".")[1]


LAYERED = [name for name in MODULES if name not in ("diamondsim", "diamondsim.__main__")]
ENGINES = [name for name in MODULES if name.startswith("diamondsim.engines.")]


def test_the_reader_sees_every_way_to_import():
    source = """
import numpy as np, scipy.stats
from diamondsim.plan import Plan
from ..batch import core
def late():
    from .stock import Stock
    return np.random.default_rng(), scipy.special.ndtri
"""
    seen = used_names("diamondsim.engines.event.run", ast.parse(source), is_package=False)
    assert {
        "diamondsim.plan",
        "diamondsim.engines.batch.core",
        "diamondsim.engines.event.stock",
        "numpy.random.default_rng",
        "scipy.special.ndtri",
        "scipy.stats",
    } <= seen


@pytest.mark.parametrize("name", LAYERED)
def test_a_module_imports_only_from_the_layers_below_it(name):
    assert part_of(name) in LEVEL, f"give {part_of(name)} a place in LAYERS"
    level = LEVEL[part_of(name)]
    broken = {
        other
        for other in own_imports(name)
        if other == "diamondsim" or (part_of(other) != part_of(name) and LEVEL[part_of(other)] >= level)
    }
    assert broken == set()


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_knows_only_the_plan_the_draws_the_ledger_and_itself(name):
    itself = ".".join(name.split(".")[1:3])
    shared = ("addition", "arrays", "constants", "plan", "draws", "ledger")
    broken = {other for other in own_imports(name) if not inside(other, (*shared, itself))}
    assert broken == set()


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_computes_only_what_every_processor_rounds_alike(name):
    operators = {type(node) for node in ast.walk(TREES[name]) if isinstance(node, ast.operator)}
    functions = {
        used
        for used in USED[name]
        if used.split(".")[0] in ("numpy", "math") and used.rpartition(".")[2] in INEXACT
    }
    # Only sparse matrices of ones, which add row by row, may be multiplied with `@`.
    products = set() if name == "diamondsim.engines.batch.segments" else {ast.MatMult}
    assert operators & ({ast.Pow} | products) == set()
    assert functions == set()


@pytest.mark.parametrize("part", ["plan", "sampling", "draws", "engines", "ledger", "results"])
def test_numbers_are_not_added_by_the_built_in_sum(part):
    """Its last digits depend on the Python: from 3.12 on it compensates for the rounding of floats."""
    calls = {
        (name, node.lineno)
        for name in MODULES
        if inside(name, (part,))
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Name) and node.id == "sum"
    }
    assert calls == set()


@pytest.mark.parametrize("library", USERS)
def test_a_library_is_used_only_where_it_belongs(library):
    broken = {
        name
        for name, used in USED.items()
        if any(f"{other}.".startswith(f"{library}.") for other in used) and not inside(name, USERS[library])
    }
    assert broken == set()


@pytest.mark.parametrize(
    "face", ["scenario", "results", "reporting", "analysis", "control_episodes", "conditioning", "trade"]
)
def test_other_packages_import_only_from_the_face_of_a_package(face):
    broken = {
        (name, other)
        for name in MODULES
        if not inside(name, (face,))
        for other in own_imports(name)
        if other.startswith(f"diamondsim.{face}.")
    }
    assert broken == set()


def test_no_modules_import_each_other_in_a_circle():
    order = graphlib.TopologicalSorter({name: own_imports(name) for name in MODULES}).static_order()
    assert set(order) == set(MODULES)


@pytest.mark.parametrize("package", STUBS)
def test_a_package_has_the_names_of_its_stub(package):
    found = importlib.import_module(package)
    imports = [node for node in tree_of(STUBS[package]).body if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: node.module for node in imports for alias in node.names}
    assert {*found.__all__} == {*homes}
    for name in homes:
        getattr(found, name)
    # Importing a module binds it in its package, where it would take the place of another object.
    below = {name.rpartition(".")[2] for name in MODULES if name.rpartition(".")[0] == package}
    assert below & {name for name, home in homes.items() if home} == set()


def test_each_library_that_is_imported_is_declared():
    """The floor of another is not tested.

    The release of pydantic-core is chosen by that of pydantic, that of llvmlite by that of numba.
    """
    project = tomllib.loads((SRC.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entries = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    declared = {entry.partition(">=")[0] for entry in entries}
    imported = {name.partition(".")[0] for names in USED.values() for name in names}
    providers = importlib.metadata.packages_distributions()
    others = imported - sys.stdlib_module_names - {"diamondsim"}
    # Without an extra, what it would install is known by its own name alone.
    missing = {name for name in others if not declared & {name, *providers.get(name, ())}}
    assert missing == {"pydantic_core", "llvmlite"}


@pytest.mark.parametrize("words", [["-c", "import diamondsim"], ["-m", "diamondsim", "--help"]], ids=" ".join)
def test_starting_loads_neither_numpy_nor_xarray(words):
    command = [sys.executable, "-X", "importtime", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "diamondsim" in loaded
    assert loaded & {"numpy", "pandas", "scipy", "simpy", "xarray"} == set()
