from . import test_tracked_changes
from . import test_mass_conversion
from . import test_mass_conversion_differential
from . import test_mass_conversion_hooks
from . import test_mass_conversion_queries
from . import test_conversion_batch
from . import test_conversion_undo
from . import test_conversion_batch_tour
