from . import request
from . import decision
from . import override_debt
from . import asking
from . import team
