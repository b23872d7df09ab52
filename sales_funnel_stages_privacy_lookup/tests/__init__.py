from . import test_languages
from . import test_privacy_lookup
