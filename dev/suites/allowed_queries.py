"""Tests of Odoo's that count queries, and how many more each may count with the addon.

What a move costs for the ledger belongs here, each test with its number; nothing else does.
"""

ALLOWED = {}
