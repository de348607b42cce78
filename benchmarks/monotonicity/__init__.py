"""Does more supply ever make a buyer worse off, and which assumption decides the answer?

Two declared tables, run with common random numbers: pairs of scenarios of which the second should not hurt
those whom it serves (pairs.yaml), and single changes to the main question (flips.yaml). `python3 dev.py
monotonicity --help` says how to run them; docs/monotonicity.md holds the last figures.
"""
