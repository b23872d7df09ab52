"""How much there is in the databases."""

OPPORTUNITIES = 100_000
# Not converted yet.
LEADS = 100_000
# So many of the opportunities are made by Odoo itself; these are moved. All others are copies.
MOVED = 1_000
MOVED_IDS = range(1, MOVED + 1)
# Visitors of a trade show, each a lead: not assigned, and without a customer; of fifty, one has
# been there twice.
VISITORS = 10_000
TWICE = 50
# Those whom salespeople have met, each a lead; of so many, one is of a customer.
MET_COUNT = 1_000
CUSTOMER_OF = 5
