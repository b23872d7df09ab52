from . import test_execute_import
from . import test_past_dates
from . import test_row_numbers
from . import test_languages
from . import test_import_screen
