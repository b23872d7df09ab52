"""Ways back: an opportunity returns to lead, what is lost is restored, or revisited on its day.

Calls gate/ and what is below.
"""

from . import return_to_lead
from . import revisit
from . import restore
