from . import test_erasure
from . import test_texts_of_people
