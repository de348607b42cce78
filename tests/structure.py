"""Read the structure of the package from its source: modules, their lengths, and the names that they define.

``python -m tests.structure`` prints the figures of a checkout, by default this one.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Module:
    """One module: its path below `src`, its source and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def n_lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def public_names(self) -> list[str]:
        """Classes, functions, constants and types that the module defines, without a leading underscore."""
        found = [name for node in self.tree.body for name in _defined(node)]
        return [name for name in found if not name.startswith("_")]


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a module defines; type variables do not count."""
    match node:
        case ast.ClassDef(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
            return [name]
        case ast.Assign(value=ast.Call(func=ast.Name("TypeVar"))):
            return []
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(name)):
            return [name]
    return []


def modules(root: Path = ROOT) -> list[Module]:
    """Return every module of the package of a checkout."""
    source = root / "src"
    return [
        Module(path.relative_to(source), text := path.read_text(encoding="utf-8"), ast.parse(text))
        for path in sorted((source / "diamondsim").rglob("*.py"))
    ]


def defined_in(found: list[Module]) -> dict[str, list[str]]:
    """Return the modules that define each public name, dotted, without the name of the package."""
    places: dict[str, list[str]] = {}
    for module in found:
        for name in module.public_names:
            places.setdefault(name, []).append(".".join(module.path.with_suffix("").parts[1:]))
    return places


def figures(root: Path) -> dict[str, float]:
    """Return the figures of a checkout, by what they count."""
    found = modules(root)
    lengths = [module.n_lines for module in found]
    stems = Counter(module.path.stem for module in found if not module.is_package)
    return {
        "modules": len(found),
        "lines": sum(lengths),
        "median module, lines": statistics.median(lengths),
        "longest module, lines": max(lengths),
        "modules under 50 lines, __init__ aside": sum(m.n_lines < 50 for m in found if not m.is_package),
        "file names used more than once": sum(count > 1 for count in stems.values()),
        "public names defined in more than one module": sum(len(p) > 1 for p in defined_in(found).values()),
    }


if __name__ == "__main__":
    for what, count in figures(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT).items():
        print(f"{count:8g}  {what}")
