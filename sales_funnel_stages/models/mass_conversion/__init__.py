"""The conversion of many leads at once, or by scheduled jobs; and its undo. A leaf.

May call all other packages; only the wizards, reports and other addons call it. First what is
done with leads, then the batches: each file calls those before it.
"""

from . import extended
from . import wizard_extended
from . import through_wizard
from . import skipped
from . import customers
from . import assignment
from . import duplicates
from . import run
from . import failing
from . import chunks
from . import hands
from . import dry_run
from . import line
from . import batch
from . import account
from . import batch_merge
from . import jobs
from . import steering
from . import as_before
from . import moment
from . import convert
from . import recorded
from . import touched
from . import unused_customers
from . import undo
from . import work
from . import settings
from . import contact_merge
