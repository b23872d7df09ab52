"""Tests of Odoo's that count queries, and how many more each may count with the addon.

What a move costs for the ledger belongs here, each test with its number; nothing else does.
"""

_ASSIGNMENT = "crm/tests/test_performances.py::TestLeadAssignPerf::"
_CREATION = "test_crm_full/tests/test_performance.py::TestCrmPerformance::"

ALLOWED = {
    # one for each lead that is assigned and converted, one by one, and a few for merges
    f"{_ASSIGNMENT}test_assign_perf_duplicates": 150,
    f"{_ASSIGNMENT}test_assign_perf_no_duplicates": 115,
    f"{_ASSIGNMENT}test_assign_perf_populated": 700,
    f"{_CREATION}test_lead_create_single_partner": 1,
}
