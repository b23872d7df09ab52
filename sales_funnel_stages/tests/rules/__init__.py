from . import test_criterion_domain
from . import test_framework
from . import test_default_framework
from . import test_shipped_frameworks
from . import test_answered_criteria
from . import test_rule_dates
