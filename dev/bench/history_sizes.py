"""How much there is in the database with a history."""

LEADS = 1_000_000
