"""Reports on a run or a check: tables and sentences for people, documents for JSON."""

from diamondsim.reporting.admitted_table import admitted_lines, json_admitted
from diamondsim.reporting.backtest_table import (
    BACKTEST_RIVALS,
    BACKTEST_WEIGHTS,
    backtest_lines,
    json_backtest,
)
from diamondsim.reporting.baseline_differences import (
    chance_differences,
    require_same_measure,
    require_same_random_numbers,
)
from diamondsim.reporting.check_tables import check_renderable
from diamondsim.reporting.compared_needs import NEED, compared_need_rows
from diamondsim.reporting.compared_use_texts import compared_use_rows, compared_uses
from diamondsim.reporting.comparison_table import (
    comparison_renderable,
    comparison_sentences,
    json_comparison,
)
from diamondsim.reporting.design_table import design_renderable, json_design
from diamondsim.reporting.discover_table import discover_lines, json_discover
from diamondsim.reporting.document import json_report, json_value
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.reporting.few_replications import are_few, short_in, too_few
from diamondsim.reporting.flip_pair_table import flip_pair_lines, json_flip_pairs
from diamondsim.reporting.flip_table import flip_lines, json_flip
from diamondsim.reporting.formatting import (
    amount,
    chance,
    difference,
    month,
    multiple_for,
    percent,
    percent_range,
    place,
    region,
    replications,
    short_name,
    signed,
)
from diamondsim.reporting.independence_table import independence_lines, json_independence
from diamondsim.reporting.information_table import information_renderable, json_information
from diamondsim.reporting.legal_state_rows import (
    LegalStateRow,
    head_lines,
    legal_state_beside,
    legal_state_key,
    legal_state_shares,
)
from diamondsim.reporting.marginal_table import json_marginal, marginal_renderable
from diamondsim.reporting.mixture_table import json_mixture, mixture_lines
from diamondsim.reporting.money_rows import cost_rows, cost_unit
from diamondsim.reporting.observed_rows import observed_lines, observed_table
from diamondsim.reporting.page_layout import WIDTH, page_of, unwrapped, wrapped
from diamondsim.reporting.place_labels import (
    distinct_labels,
    joined_labels,
    labels_of_names,
    labels_of_pairs,
    labels_of_rows,
)
from diamondsim.reporting.rare_uses import is_rare, rare_sentences
from diamondsim.reporting.report import BaselineChanges, Report, RunHead
from diamondsim.reporting.report_builder import build_report
from diamondsim.reporting.report_sentences import sentences_by_topic
from diamondsim.reporting.report_table import (
    not_in_baseline,
    plain_console,
    price_block,
    renderable,
    text_report,
    use_cells,
)
from diamondsim.reporting.reserve_size_table import json_reserve_size, reserve_size_lines
from diamondsim.reporting.reserve_table import table_of_reserves
from diamondsim.reporting.selection_table import json_selection, selection_renderable
from diamondsim.reporting.sensitivity_table import json_sensitivity, sensitivity_renderable
from diamondsim.reporting.stock_size_table import json_stock_size, stock_size_lines
from diamondsim.reporting.stress_tables import (
    json_reverse_stress,
    json_worst_start,
    reverse_stress_lines,
    worst_start_lines,
)
from diamondsim.reporting.table_columns import with_table_columns
from diamondsim.reporting.tables_by_quarter import quarter_tables
from diamondsim.reporting.trace_report import in_words, json_trace, trace_lines
from diamondsim.reporting.trade_table import json_trade_figures, trade_renderable
from diamondsim.reporting.use_rows import UseRow, onset_of, rows_of_uses

__all__ = [
    "BACKTEST_RIVALS",
    "BACKTEST_WEIGHTS",
    "NEED",
    "WIDTH",
    "BaselineChanges",
    "LegalStateRow",
    "Report",
    "RunHead",
    "UseRow",
    "admitted_lines",
    "amount",
    "are_few",
    "backtest_lines",
    "build_report",
    "chance",
    "chance_differences",
    "check_renderable",
    "compared_need_rows",
    "compared_use_rows",
    "compared_uses",
    "comparison_renderable",
    "comparison_sentences",
    "cost_rows",
    "cost_unit",
    "design_renderable",
    "difference",
    "discover_lines",
    "distinct_labels",
    "flip_lines",
    "flip_pair_lines",
    "head_lines",
    "in_words",
    "independence_lines",
    "information_renderable",
    "is_rare",
    "joined_labels",
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
    "labels_of_names",
    "labels_of_pairs",
    "labels_of_rows",
    "legal_state_beside",
    "legal_state_key",
    "legal_state_shares",
    "marginal_renderable",
    "mixture_lines",
    "month",
    "multiple_for",
    "not_in_baseline",
    "observed_lines",
    "observed_table",
    "onset_of",
    "page_of",
    "percent",
    "percent_range",
    "place",
    "plain_console",
    "price_block",
    "quarter_tables",
    "rare_sentences",
    "readable_draw",
    "region",
    "renderable",
    "replications",
    "require_same_measure",
    "require_same_random_numbers",
    "reserve_size_lines",
    "reverse_stress_lines",
    "rows_of_uses",
    "selection_renderable",
    "sensitivity_renderable",
    "sentences_by_topic",
    "short_in",
    "short_name",
    "signed",
    "stock_size_lines",
    "table_of_reserves",
    "text_report",
    "too_few",
    "trace_lines",
    "trade_renderable",
    "unwrapped",
    "use_cells",
    "with_table_columns",
    "worst_start_lines",
    "wrapped",
]
