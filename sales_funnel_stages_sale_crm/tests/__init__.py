from . import test_languages
from . import test_funnel_status
from . import test_quotations
