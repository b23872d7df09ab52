"""What is too much to be read in one go, and what is just not."""

import pytest

from dev.complexity import complaints

BRANCHES = "    if x:\n        pass\n" * 11
LINES = "    pass\n" * 59


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (BRANCHES, None),
        (BRANCHES + "    [y for y in x]\n", "complexity 13, at most 12"),
        (LINES, None),
        (LINES + "    pass\n", "lines 61, at most 60"),
    ],
)
def test_a_function(tmp_path, body, found):
    file = tmp_path / "module.py"
    file.write_text(f"\ndef f(x):\n{body}")
    assert complaints(file) == ([f"{file}:2: f: {found}"] if found else [])
