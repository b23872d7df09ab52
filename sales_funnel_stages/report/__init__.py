"""Reports on the ledger: the funnel and its dashboard, the gate, what criteria are worth.

Rows are found by SQL of their own. May call models and tools; neither calls it.
"""

from . import undone
from . import crm_median_mixin
from . import crm_funnel_stage
from . import crm_funnel_report
from . import crm_funnel_report_order
from . import crm_funnel_report_search
from . import crm_funnel_report_own_fields
from . import crm_stage_transition
from . import crm_gate_report
from . import crm_criterion_worth
from . import crm_criterion_worth_lead
from . import crm_funnel_dashboard
from . import crm_funnel_dashboard_contacts
from . import crm_funnel_dashboard_sheet
