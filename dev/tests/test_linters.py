"""What `make lint` refuses that no linter of others does."""

import os
import subprocess
import sys

import pytest

from dev.checkout import DEV, ROOT

BEFORE, BASE, MIDDLE, AFTER = (sign * 7 for sign in "<|=>")


def lint(folder, hook, text):
    """Run a hook on a file → the finished process."""
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    (folder / "module.py").write_text(text)
    subprocess.run(["git", "add", "module.py"], cwd=folder, check=True)
    config = ROOT / ".pre-commit-config.yaml"
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", hook, "--all-files", "--config", config],
        cwd=folder,
        env={**os.environ, "PRE_COMMIT_HOME": str(DEV / "pre-commit")},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "line",
    [f"{BEFORE} HEAD", f"{BASE} 01cceac", MIDDLE, f"{AFTER} worlds"],
    ids=lambda line: line[0],
)
def test_a_conflict_marker(tmp_path, line):
    done = lint(tmp_path, "conflict-markers", f"x = 1\n{line}\ny = 2\n")
    assert done.returncode == 1, done.stdout
    assert f"module.py:2:{line}" in done.stdout


def test_what_only_looks_like_one(tmp_path):
    text = f'x = "{BEFORE} HEAD"\n# {MIDDLE}\n{"=" * 12}\nx >> 7\n'
    done = lint(tmp_path, "conflict-markers", text)
    assert done.returncode == 0, done.stdout
