"""What asks somebody before it is done: conversions, moves, returns, undoing.

May call models and tools; neither calls it.
"""

from . import crm_lead_lost
from . import crm_lead_return
from . import crm_lead_to_opportunity
from . import crm_lead_to_opportunity_mass
from . import crm_lead_to_opportunity_outcome
from . import crm_lead_to_opportunity_mass_batch
from . import crm_lead_to_opportunity_mass_outcome
from . import crm_lead_to_opportunity_mass_hands
from . import crm_lead_to_opportunity_mass_convert
from . import crm_lead_conversion_undo
from . import crm_ledger_verification
from . import crm_merge_opportunity
from . import crm_stage_delete
from . import crm_stage_move
from . import crm_stage_request_decision
from . import crm_stage_request_approve
from . import crm_stage_request_decline
