from . import test_return_to_lead
from . import test_revisit
from . import test_way_back_fields
