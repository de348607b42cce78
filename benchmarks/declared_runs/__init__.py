"""Runs of shipped scenarios with changes, declared in YAML, whose tables stand between marks of a page.

What `python3 dev.py monotonicity` and `python3 dev.py mechanisms` share.
"""
