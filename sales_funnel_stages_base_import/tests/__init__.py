from . import test_execute_import
from . import test_french
from . import test_import_screen
