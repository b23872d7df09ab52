from . import test_conversion_wizard
from . import test_conversion_plan
from . import test_conversion_outcome
from . import test_answering_in_conversion
from . import test_merge_with_lost
from . import test_replaced_details
