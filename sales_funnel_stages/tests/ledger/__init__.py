from . import test_backfill
from . import test_backfill_gaps
from . import test_backfill_names
from . import test_backfill_old_series
from . import test_backfill_random
from . import test_ledger
from . import test_transition_summary
from . import test_facts
