from . import hooks
from . import message_alike
from . import followers
from . import tracking_value
from . import phone_numbers_once
from . import tracking
from . import partner_unused
from . import partner_together
