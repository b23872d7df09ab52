"""The addon's models, in packages by concept.

A package may call those that are imported before it, and no other.
"""

from . import erasure
from . import rules
from . import qualification
from . import ledger
from . import gate
from . import approval
from . import way_back
from . import conversion
from . import insight
from . import mass_conversion
from . import leaving
