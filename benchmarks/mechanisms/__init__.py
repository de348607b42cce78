"""What each mechanism does to the results: tables of runs with and without it, declared in YAML.

`python3 dev.py mechanisms --help` says how to measure them; docs/mechanisms.md holds the last figures. What
the `each` of a table, a row and a column say together is a cell: a measure (measures.py), its parameters, and
the case or cases in which it is taken.
"""
