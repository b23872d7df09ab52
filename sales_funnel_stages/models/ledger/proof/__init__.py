"""How it shows that somebody has changed the ledger past this addon.

``content`` says what of a row is frozen, and how it is hashed; ``triggers`` chain what is added and
refuse what changes it; ``seal`` hashes what has been added, to be kept outside; ``checks`` and
``verification`` hold all of that against what there is.
"""

from . import chain
from . import seal
from . import seal_mail
from . import verification
