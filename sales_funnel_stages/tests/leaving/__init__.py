from . import test_going
from . import test_python
from . import test_domains
from . import test_arch
from . import test_views
from . import test_uses
