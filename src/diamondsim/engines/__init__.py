"""Two engines for one model (`docs/model.md`): `event` to be read, `batch` to be fast.

They share the Plan, the Draws and the Ledger, and nothing else.
"""
