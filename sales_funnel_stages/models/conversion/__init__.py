from . import team_plan
from . import activity_plan
from . import foresight
