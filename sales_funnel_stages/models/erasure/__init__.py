"""What is forgotten of a person: the texts that may be about them, found and blanked.

Who may have somebody forgotten is up to the caller. Calls nothing.
"""

from . import erasure_mixin
