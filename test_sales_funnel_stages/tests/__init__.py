from . import test_doors_of_others
from . import test_automation
