"""What a conversion is going to make of a lead, and the activities that start with it.

Calls gate/ and what is below.
"""

from . import team_plan
from . import activity_plan
from . import foresight
