"""What is said about a run: a table and sentences for people, a document for machines."""

from diamondsim.report.admitted import admitted_lines, json_admitted
from diamondsim.report.checking import check_renderable
from diamondsim.report.content import Report
from diamondsim.report.document import json_report, plain
from diamondsim.report.gather import make_report
from diamondsim.report.story import json_story, story_lines
from diamondsim.report.table import WIDTH, renderable, text_report

__all__ = [
    "WIDTH",
    "Report",
    "admitted_lines",
    "check_renderable",
    "json_admitted",
    "json_report",
    "json_story",
    "make_report",
    "plain",
    "renderable",
    "story_lines",
    "text_report",
]
