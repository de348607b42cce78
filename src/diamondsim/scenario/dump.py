"""Write a tree as YAML that parses to the same tree."""

import json
import re

from diamondsim.scenario.tree import Leaf, Row, Table, TreeNode

_PLAIN = re.compile(r"[A-Za-z0-9+][A-Za-z0-9_.+%/*()|@>-]*(?: [A-Za-z0-9_.+%/*()|@>-]+)*")
_CONSTANTS = {"true", "false", "null"}
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_INDENT = "  "


def dump_tree(tree: Table) -> str:
    """Return a tree as text: block style, keys in order, one line per value.

    Examples
    --------
    >>> from diamondsim.scenario.source import parse_tree
    >>> print(dump_tree(parse_tree(b"{a: {b: 5 ct}, c: [x, y]}", "f.yaml")), end="")
    a:
      b: 5 ct
    c: [x, y]
    """
    return "".join(f"{line}\n" for line in _lines(tree, ""))


def _lines(tree: Table, indent: str) -> list[str]:
    lines = []
    for key, entry in tree.entries.items():
        head = f"{indent}{_scalar(key)}:"
        if isinstance(entry.node, Table) and entry.node.entries:
            lines += [head, *_lines(entry.node, indent + _INDENT)]
        else:
            lines.append(f"{head} {_inline(entry.node)}")
    return lines


def _inline(node: TreeNode) -> str:
    match node:
        case Leaf(None):
            return "null"
        case Leaf(bool(value)):
            return "true" if value else "false"
        case Leaf(value):
            return _scalar(str(value))
        case Row(items):
            return f"[{', '.join(_inline(item) for item in items)}]"
        case Table(entries):
            return (
                "{"
                + ", ".join(f"{_scalar(key)}: {_inline(entry.node)}" for key, entry in entries.items())
                + "}"
            )


def _scalar(text: str) -> str:
    balanced = text.count("(") == text.count(")")
    if balanced and _PLAIN.fullmatch(text) and text.casefold() not in _CONSTANTS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
