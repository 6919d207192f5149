"""What the documentation says is true of the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import psgscore
from psgscore.cli import app
from psgscore.io.config import criteria_to_toml
from psgscore.model.criteria import DETECTION, RULE_SETS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
PAGES = [page for page in PAGES if "_build" not in page.parts and "_generated" not in page.parts]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SOURCES = sorted((ROOT / "psgscore").rglob("*.py"))


def page_id(path):
    return str(path.relative_to(ROOT))


def help_of(command):
    code = f"from psgscore.cli import main; main([{command!r}, '--help'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_and_options_exist(page):
    for command, rest in re.findall(r"psgscore ([a-z]+)([^`\n]*)", page.read_text("utf-8")):
        if command in ("check", "score", "rescore", "demo", "config"):
            text = help_of(command)
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in text, (command, option)


def test_every_option_is_documented():
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for command in ("check", "score", "rescore", "demo"):
        row = next(
            line
            for line in text.splitlines()
            if line.startswith(f"| `psgscore {command} ")
            or line.startswith(f"| `psgscore {command}`")
        )
        options = set(re.findall(r"--[a-z-]+", help_of(command))) - {"--help", "--version"}
        shown = {o for o in options if not o.startswith(("--no-", "--empty-"))} | (
            {"--none-found"} & options
        )
        assert shown <= set(re.findall(r"--[a-z-]+", row)), command


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_python_blocks_parse_and_name_what_exists(page):
    for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        compile(block, str(page), "exec")
        for name in re.findall(r"psgscore\.([A-Za-z_]\w*)\b(?!\.)", block):
            assert name in psgscore.__all__ or (ROOT / "psgscore" / name).exists(), name


def test_every_finding_code_is_documented():
    text = (ROOT / "docs" / "findings.md").read_text("utf-8")
    for source in SOURCES:
        code = source.read_text("utf-8")
        found = re.findall(r'Finding\(\s*f?"([a-z]+\.[a-z{}-]+)"', code)
        found += [f"edf.{name}" for name in re.findall(r'notes\.add\(\s*"([a-z-]+)"', code)]
        for name in found:
            stem = name.split("{")[0]
            assert stem == "edf." or f"`{stem}" in text, name


@pytest.mark.parametrize("name", [*RULE_SETS, "detection"])
def test_shipped_rule_files_equal_the_code(name):
    value = DETECTION if name == "detection" else RULE_SETS[name]
    path = ROOT / "psgscore" / "configs" / "rules" / f"{name}.toml"
    assert path.read_text("utf-8") == criteria_to_toml(value)


@pytest.mark.parametrize("example", EXAMPLES, ids=page_id)
def test_example_runs(example):
    done = subprocess.run(
        [sys.executable, str(example)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_app_has_the_documented_commands():
    names = {name for name in app if not name.startswith("-")}
    assert names == {"check", "score", "rescore", "demo", "config"}
