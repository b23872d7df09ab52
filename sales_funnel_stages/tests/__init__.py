from . import test_stage_gate
from . import test_import
