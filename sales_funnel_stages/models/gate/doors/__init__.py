"""Ways in which leads move that need more than the gate in ``create`` and ``write``."""

from . import mail
from . import intake
from . import import_rows
from . import assignment
from . import convert
from . import merge
from . import won_and_lost
from . import stage
from . import team
