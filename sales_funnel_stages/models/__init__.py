"""The addon's models, in packages by concept.

Calls run upward in this list: a package calls those above it, and is called by those below.
"""

from . import rules
from . import qualification
from . import ledger
from . import gate
from . import approval
from . import way_back
from . import conversion
from . import insight
from . import mass_conversion
