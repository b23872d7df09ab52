"""What is asked: frameworks, criteria, stage rules, and the rulebook that holds them in a cache.

Also the settings that decide which rules a lead is under, and the one environment in which
criteria are evaluated. Calls tools/ only.
"""

from . import append_only
from . import rulebook_version
from . import rulebook_mixin
from . import real_user
from . import canonical_env
from . import uncompiled
from . import described_field
from . import criterion
from . import criterion_paths
from . import criterion_trial
from . import criterion_check
from . import set_property
from . import criterion_records
from . import answered_criterion
from . import stage_rule
from . import framework
from . import shared_framework
from . import shipped
from . import rulebook
from . import shown_criterion
from . import template
from . import following
from . import framework_copy
from . import framework_matrix
from . import installation
from . import fields_to_fill
from . import fact_paths
from . import rulebook_change
from . import rules_of_lead
from . import stage
from . import team
from . import company
from . import fault
from . import ground
from . import settings
from . import groups
from . import calendar
from . import model_fields
