from . import return_to_lead
from . import revisit
from . import restore
