"""Ways back: an opportunity returns to lead; what is lost is restored, or revisited on a set date.

Calls gate/ and what is imported before it.
"""

from . import return_to_lead
from . import revisit
from . import restore
