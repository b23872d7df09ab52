from . import crm_lead_lost
from . import crm_lead_return
from . import crm_lead_to_opportunity
from . import crm_lead_to_opportunity_mass
from . import crm_stage_move
from . import crm_stage_move_answers
from . import crm_stage_request_refuse
