"""The example says which file it lacks before it sets anything up."""

import pytest

from dev.import_example import FILES, import_example
from dev.progress import Missing


def test_folder_without_the_files(tmp_path):
    for name in FILES[:-1]:
        (tmp_path / name).touch()
    with pytest.raises(Missing, match="There is no sales_teams.csv in .*: set DATA to the folder"):
        import_example(str(tmp_path))
