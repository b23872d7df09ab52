from . import test_override_debt
from . import test_stage_request
from . import test_several_requests
