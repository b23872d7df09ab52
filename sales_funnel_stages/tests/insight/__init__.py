from . import test_alarm
from . import test_stuck
from . import test_digest_kpis
from . import test_funnel_status
from . import test_impact
from . import test_onboarding
