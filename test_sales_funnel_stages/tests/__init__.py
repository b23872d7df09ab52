from . import test_doors_of_others
from . import test_automation
from . import test_texts_of_people
from . import test_nested_steps
