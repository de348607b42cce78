"""Python of the documentation, made small enough for a test.

The rule: the blocks of a page run one after another in one namespace, as they are written but for

- the numbers given to `replications` and `seeds`, which are held to those of `LARGEST`;
- the address of a Dask scheduler, in place of which stands that of a cluster on this machine.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from types import CodeType

from tests.documentation.pages import ROOT, Block

LARGEST = {"replications": 64, "seeds": 2}
"""The largest number that a call is given by each of these keywords."""

WHOLE_BLOCKS = {"sampling_gain"}
"""Functions that take 1,024 replications or a multiple of them, and get 1,024."""

_SCHEDULER = re.compile(r"tcp://[\w.-]+:\d+")


def compiled(block: Block, scheduler: Callable[[], str]) -> CodeType:
    """Return the code of a block; a traceback shows the lines of the page.

    Parameters
    ----------
    block
    scheduler
        Returns the address that takes the place of a scheduler's; called only where the block has one.

    Returns
    -------
    code
        For `exec`.
    """
    file = str(ROOT / block.page)
    tree = ast.increment_lineno(smaller(block.text, scheduler), block.line - 1)
    return compile(tree, file, "exec")


def smaller(text: str, scheduler: Callable[[], str]) -> ast.Module:
    """Return the syntax tree of a block with the changes that the rule above allows."""
    tree = _Smaller(scheduler).visit(ast.parse(text))
    assert isinstance(tree, ast.Module)
    return tree


class _Smaller(ast.NodeTransformer):
    def __init__(self, scheduler: Callable[[], str]) -> None:
        self._scheduler = scheduler

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for keyword in node.keywords:
            value = keyword.value
            if keyword.arg in LARGEST and isinstance(value, ast.Constant) and isinstance(value.value, int):
                in_blocks = name in WHOLE_BLOCKS and keyword.arg == "replications"
                value.value = 1024 if in_blocks else min(value.value, LARGEST[keyword.arg])
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and _SCHEDULER.fullmatch(node.value):
            node.value = self._scheduler()
        return node
