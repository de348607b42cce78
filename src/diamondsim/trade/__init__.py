"""Trade statistics of the user: read, reconciled, and turned into the trade and demand of a scenario."""

from diamondsim.trade.csv_table import CsvRow, CsvTable, fold, read_csv
from diamondsim.trade.figures import carats_per, read_figure
from diamondsim.trade.reader import DEFAULT_BASE, read_trade

__all__ = [
    "DEFAULT_BASE",
    "CsvRow",
    "CsvTable",
    "carats_per",
    "fold",
    "read_csv",
    "read_figure",
    "read_trade",
]
