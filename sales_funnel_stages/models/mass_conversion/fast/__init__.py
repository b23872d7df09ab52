"""What goes round the ORM to convert many leads fast, where no other addon has its say in it.

Only mass conversion may call it; it calls ``choices.py``, ``tools/`` and Odoo.
"""

from . import hooks
from . import message_alike
from . import followers
from . import tracking_value
from . import phone_numbers_once
from . import tracking
from . import partner_together
