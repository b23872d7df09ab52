from . import test_french
from . import test_funnel_status
from . import test_quotations
