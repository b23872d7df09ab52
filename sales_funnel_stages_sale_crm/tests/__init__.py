from . import test_french
from . import test_quotations
