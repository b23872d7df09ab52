"""What Odoo tracked of leads before there was a ledger, as rows of the ledger: in SQL.

Tables are made one from another: ``tracked`` reads what was tracked; ``pipeline`` which stages
each team has; ``history`` says where each lead stood before and after each moment of it, and of
the past that it was created with (see ``tools.imported_past``); ``steps`` picks the moments in
which it moved, and says which way; ``rows`` freezes names and adds to the ledger. In the database
their names start with ``backfill_``, and they are temporary.
"""

from . import backfill
