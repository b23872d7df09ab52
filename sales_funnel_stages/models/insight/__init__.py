from . import impact_of_leads
from . import impact
from . import first_steps
from . import session
from . import usual_stay
from . import stuck
from . import contact_status
from . import digest
