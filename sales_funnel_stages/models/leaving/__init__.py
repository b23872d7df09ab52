"""What becomes of that which uses the addon, when it is uninstalled. A leaf.

Calls no other package, and is called by none: Odoo calls it. What goes is known to ``Going``;
what uses it is decided in ``find_uses``, which the uninstall screen, the log, the clean-up and the
note to administrators consume.
"""

from . import going
from . import use
from . import python
from . import domains
from . import acting
from . import arch
from . import views
from . import showing
from . import granting
from . import found
from . import ir_module_module
from . import base_module_uninstall
