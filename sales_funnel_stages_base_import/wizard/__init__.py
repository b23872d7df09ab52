from . import past_dates
from . import row_numbers
from . import base_import_import
