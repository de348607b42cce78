"""Reports on a run or a check: tables and sentences for people, documents for JSON."""

from diamondsim.reporting.admitted_table import admitted_lines, json_admitted
from diamondsim.reporting.backtest_table import backtest_lines, json_backtest
from diamondsim.reporting.check_tables import check_renderable
from diamondsim.reporting.comparison_table import comparison_renderable, json_comparison
from diamondsim.reporting.design_table import design_renderable, json_design
from diamondsim.reporting.discover_table import discover_lines, json_discover
from diamondsim.reporting.document import json_report, json_value
from diamondsim.reporting.flip_pair_table import flip_pair_lines, json_flip_pairs
from diamondsim.reporting.flip_table import flip_lines, json_flip
from diamondsim.reporting.formatting import WIDTH, amount, page_of, percent, replications, short_name
from diamondsim.reporting.independence_table import independence_lines, json_independence
from diamondsim.reporting.information_table import information_renderable, json_information
from diamondsim.reporting.legal_state_rows import head_lines
from diamondsim.reporting.marginal_table import json_marginal, marginal_renderable
from diamondsim.reporting.mixture_table import json_mixture, mixture_lines
from diamondsim.reporting.report import BaselineChanges, Report
from diamondsim.reporting.report_builder import build_report
from diamondsim.reporting.report_table import plain_console, renderable, text_report
from diamondsim.reporting.reserve_size_table import json_reserve_size, reserve_size_lines
from diamondsim.reporting.selection_table import json_selection, selection_renderable
from diamondsim.reporting.sensitivity_table import json_sensitivity, sensitivity_renderable
from diamondsim.reporting.stock_size_table import json_stock_size, stock_size_lines
from diamondsim.reporting.stress_tables import (
    json_reverse_stress,
    json_worst_start,
    reverse_stress_lines,
    worst_start_lines,
)
from diamondsim.reporting.trace_report import in_words, json_trace, trace_lines
from diamondsim.reporting.trade_table import json_trade_figures, trade_renderable

__all__ = [
    "WIDTH",
    "BaselineChanges",
    "Report",
    "admitted_lines",
    "amount",
    "backtest_lines",
    "build_report",
    "check_renderable",
    "comparison_renderable",
    "design_renderable",
    "discover_lines",
    "flip_lines",
    "flip_pair_lines",
    "head_lines",
    "in_words",
    "independence_lines",
    "information_renderable",
    "json_admitted",
    "json_backtest",
    "json_comparison",
    "json_design",
    "json_discover",
    "json_flip",
    "json_flip_pairs",
    "json_independence",
    "json_information",
    "json_marginal",
    "json_mixture",
    "json_report",
    "json_reserve_size",
    "json_reverse_stress",
    "json_selection",
    "json_sensitivity",
    "json_stock_size",
    "json_trace",
    "json_trade_figures",
    "json_value",
    "json_worst_start",
    "marginal_renderable",
    "mixture_lines",
    "page_of",
    "percent",
    "plain_console",
    "renderable",
    "replications",
    "reserve_size_lines",
    "reverse_stress_lines",
    "selection_renderable",
    "sensitivity_renderable",
    "short_name",
    "stock_size_lines",
    "text_report",
    "trace_lines",
    "trade_renderable",
    "worst_start_lines",
]
