"""What managers look at: impact, first steps, usual stays and who is stuck, contacts,
alarms, digest.

May call all packages before it, and none of them calls it.
"""

from . import impact_of_leads
from . import impact
from . import first_steps
from . import session
from . import usual_stay
from . import stuck
from . import contact_status
from . import contact_leads
from . import alarm
from . import alarm_occasions
from . import digest
