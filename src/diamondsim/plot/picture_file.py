"""Pictures as files: PNG, SVG or PDF. The same picture gives the same bytes with the same matplotlib."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from diamondsim.plot.canvas import DPI, matplotlib_part

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg", ".pdf")


def require_suffix(path: Path) -> None:
    """Check that a file has the suffix of a kind of picture.

    Raises
    ------
    ValueError
        If it has another one.

    Examples
    --------
    >>> require_suffix(Path("shortages.jpg"))
    Traceback (most recent call last):
    ValueError: expected a name that ends in .png, .svg or .pdf, found 'shortages.jpg'
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"expected a name that ends in .png, .svg or .pdf, found '{path.name}'")


def picture_content(axes: Axes, suffix: str, *, size: str = "report", dpi: int = 0, about: str = "") -> bytes:
    """Return the content of a file with the figure of axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    suffix : str
        One of `SUFFIXES`.
    size : str
        Which sets how many dots an inch of a PNG has, unless `dpi` does.
    dpi : int
    about : str
        A text that the file holds: ``Description``, in a PDF ``Subject``.

    Returns
    -------
    bytes
    """
    kind = suffix.lower().removeprefix(".")
    # A date would make two files of the same picture differ, and so would the ids of an SVG, drawn at random.
    dates: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    metadata = {"Subject" if kind == "pdf" else "Description": about, **dates.get(kind, {})}
    content = io.BytesIO()
    with matplotlib_part().rc_context({"svg.hashsalt": "diamondsim"}):
        figure = axes.get_figure(root=True)
        assert figure is not None, "axes of a picture are in a figure"
        figure.savefig(content, format=kind, dpi=dpi or DPI[size], metadata=metadata)
    return content.getvalue()
