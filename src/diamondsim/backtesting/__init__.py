"""Forecasts of earlier controls from the others, and how good they are (docs/backtest.md)."""

from diamondsim.backtesting.leave_one_out import MOST_DRAWS, backtest

__all__ = ["MOST_DRAWS", "backtest"]
