from . import mail
from . import intake
from . import import_rows
from . import assignment
