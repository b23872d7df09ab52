"""Odoo's own tests, with the addon and without: what fails only with it.

``command`` makes two databases that differ only in the addon and runs pytest in both;
``recorder`` is a plugin of pytest that writes down how each test ended and the queries that it
counted, ``verdict`` compares, and ``allowed_queries`` lists the tests that may count more.
"""
