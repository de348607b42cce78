"""The pictures of docs/plots.md, made by the code that stands above each: `python3 dev.py gallery`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from diamondsim.plot.picture_file import picture_content

PAGE = Path(__file__).resolve().parents[1] / "docs" / "plots.md"
_PARTS = re.compile(r"```python\n(?P<code>.*?)```|!\[[^]]+\]\((?P<picture>figures/[^)]+)\)", re.DOTALL)
_DPI = 110


def parts(page: Path = PAGE) -> list[tuple[str, str]]:
    """Return the code of a page and the picture below it, by block; without a picture an empty text."""
    found: list[tuple[str, str]] = []
    for match in _PARTS.finditer(page.read_text(encoding="utf-8")):
        if match["code"] is not None:
            found.append((match["code"], ""))
        else:
            assert found, f"no code stands above {match['picture']}"
            assert not found[-1][1], f"no code stands above {match['picture']}"
            found[-1] = (found[-1][0], match["picture"])
    return found


def about(code: str, axes: Any) -> str:
    """Return what a file says of its picture: the code, and the lines under the title."""
    head = axes.get_figure(root=True).texts
    return json.dumps({"code": code, "head": [text.get_text() for text in head]})


def draw(names: list[str]) -> None:
    """Run the code of the page and write its pictures, or those whose names are given."""
    from matplotlib import pyplot as plt

    plt.switch_backend("agg")
    values: dict[str, Any] = {}
    for code, picture in parts():
        exec(compile(code, str(PAGE), "exec"), values)
        if picture and (not names or Path(picture).stem in names):
            axes = values["ax"]
            content = picture_content(axes, Path(picture).suffix, dpi=_DPI, about=about(code, axes))
            (PAGE.parent / picture).write_bytes(content)
        plt.close("all")


if __name__ == "__main__":
    draw(sys.argv[1:])
