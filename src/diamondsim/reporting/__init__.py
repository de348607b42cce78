"""What is said about a run: a table and sentences for people, a document for machines."""

from diamondsim.reporting.admitted import admitted_lines, json_admitted
from diamondsim.reporting.checking import check_renderable
from diamondsim.reporting.content import BaselineChanges, Report
from diamondsim.reporting.document import json_report, plain
from diamondsim.reporting.gather import make_report
from diamondsim.reporting.law import outdated_lines
from diamondsim.reporting.story import json_story, story_lines
from diamondsim.reporting.table import WIDTH, renderable, text_report

__all__ = [
    "WIDTH",
    "BaselineChanges",
    "Report",
    "admitted_lines",
    "check_renderable",
    "json_admitted",
    "json_report",
    "json_story",
    "make_report",
    "outdated_lines",
    "plain",
    "renderable",
    "story_lines",
    "text_report",
]
