"""What is known of a lead, and what of it is met: fields, answers, stakeholders, score, checklist.

Evaluates criteria on records and in searches, live. Calls rules/.
"""

from . import stakeholder
from . import fields
from . import tracking
from . import past_answer
from . import answer
from . import drafts
from . import evaluation
from . import score
from . import answers
from . import last_message
from . import missing
from . import checklist
from . import merge
from . import page
from . import contact_merge
from . import plausible
