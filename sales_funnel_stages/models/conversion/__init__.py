"""A preview of what a conversion makes of a lead, and the activities that it starts.

Calls gate/ and what is imported before it.
"""

from . import team_plan
from . import activity_plan
from . import replaced_details
from . import foresight
