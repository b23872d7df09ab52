"""The hook that holds functions to a size at which they can be read in one go."""

import ast
import sys
from pathlib import Path

from radon.complexity import cc_visit_ast

MOST_COMPLEX = 12
MOST_LINES = 60


def complaints(path):
    """Return what is too much in a Python file, one line of text for each function.

    Cyclomatic complexity as radon counts it, with comprehensions and closures; lines from
    ``def`` to the end, with the docstring.
    """
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    figures = [
        (block.lineno, block.name, "complexity", block.complexity, MOST_COMPLEX)
        for block in cc_visit_ast(tree)
        if block.letter != "C"
    ]
    figures += [
        (node.lineno, node.name, "lines", node.end_lineno - node.lineno + 1, MOST_LINES)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [
        f"{path}:{line}: {name}: {what} {figure}, at most {limit}"
        for line, name, what, figure, limit in sorted(figures)
        if figure > limit
    ]


if __name__ == "__main__":
    found = [complaint for path in sys.argv[1:] for complaint in complaints(path)]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
