from . import test_return_to_lead
from . import test_revisit
