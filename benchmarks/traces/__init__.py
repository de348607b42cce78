"""Two replications told month by month: which ones, by a stated rule, and the tables of docs/traces.md.

Start with `choosing`, then `month_table` and `story`; `__main__` is the command.
"""
