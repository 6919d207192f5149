"""Dependencies point downwards only, and the core touches nothing outside."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "psgscore"
LAYERS = {
    "errors": 0,
    "_version": 0,
    "model": 1,
    "progress": 1,
    "intervals": 2,
    "dsp": 2,
    "detect": 3,
    "staging": 3,
    "agree": 4,
    "score": 4,
    "simulate": 4,
    "io": 5,
    "report": 5,
    "review": 5,
    "configs": 5,
    "leg_channels": 6,
    "arousal_source": 6,
    "explaining_source": 6,
    "in_child": 6,
    "findings_source": 6,
    "movement_channels": 6,
    "burst_source": 6,
    "movement_source": 6,
    "onset_source": 6,
    "snapshot_source": 6,
    "opening": 6,
    "options": 6,
    "stages_used": 6,
    "sit": 6,
    "given_scoring": 6,
    "sensitivity_source": 6,
    "stager": 6,
    "subject_source": 6,
    "pipeline": 6,
    "batch": 6,
    "check": 6,
    "compare": 6,
    "convert": 6,
    "deidentify": 6,
    "demo": 6,
    "dataset_pairs": 6,
    "dataset_findings": 6,
    "datasets": 6,
    "rescore": 6,
    "review_source": 6,
    "review_others": 6,
    "review_plan": 6,
    "adjudication_source": 6,
    "review_work": 6,
    "reviewed": 6,
    "texts": 6,
    "trend": 6,
    "tune": 6,
    "validate": 6,
    "cli_options": 7,
    "cli_compare": 7,
    "cli_config": 7,
    "cli_convert": 7,
    "cli_dataset": 7,
    "cli_deidentify": 7,
    "cli_progress": 7,
    "cli_review": 7,
    "cli_report": 7,
    "cli_score": 7,
    "cli_scoring": 7,
    "cli_batch": 7,
    "cli_sit": 7,
    "cli_trend": 7,
    "cli_tune": 7,
    "cli_validate": 7,
    "cli": 7,
    "__main__": 8,
}
CORE = 4
OUTSIDE = {"mne", "pyedflib", "edfio", "matplotlib", "jinja2", "rich", "cyclopts", "logging"}
OUTSIDE |= {"pathlib", "os", "time", "socket", "subprocess", "random"}
MODULES = [
    path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE or path.stem in LAYERS
]


def layer(path):
    return LAYERS[path.relative_to(PACKAGE).parts[0].removesuffix(".py")]


def imports(path):
    """Return the modules imported when the module is, type-checking blocks left out."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, node))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path):
    for name, _ in imports(path):
        if name.startswith("psgscore."):
            assert LAYERS[name.split(".")[1]] <= layer(path), name


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if layer(path) <= CORE],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_the_core_touches_nothing_outside(path):
    assert not {name.split(".")[0] for name, _ in imports(path)} & OUTSIDE


def test_help_loads_no_heavy_library():
    code = (
        "import sys\nfrom psgscore.cli import main\nmain(['--help'])\n"
        "heavy = [m for m in ('scipy.signal', 'scipy', 'mne', 'matplotlib', 'numpy') "
        "if m in sys.modules]\nsys.exit(' '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_every_module_is_small():
    sizes = {path.name: len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > 300} == {}
