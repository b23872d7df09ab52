from . import crm_median_mixin
from . import crm_funnel_report
from . import crm_funnel_report_order
from . import crm_funnel_report_search
from . import crm_stage_transition
from . import crm_gate_report
from . import crm_criterion_worth
