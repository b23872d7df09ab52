from . import test_conversion_batch
from . import test_conversion_undo
from . import test_job_queue
from . import test_languages
