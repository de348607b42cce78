"""Results as HTML pages that open without a network (docs/report.md).

Altair, jinja2 and vl-convert are loaded when a page is made. They come with the extra ``report``.
"""

from diamondsim.html_report.beside_runs import Beside
from diamondsim.html_report.made_again import BaselineWords
from diamondsim.html_report.page_writer import (
    report_page,
    require_former,
    require_html,
    require_reportable,
    write_report,
)
from diamondsim.html_report.vega_charts import require_libraries

__all__ = [
    "BaselineWords",
    "Beside",
    "report_page",
    "require_former",
    "require_html",
    "require_libraries",
    "require_reportable",
    "write_report",
]
