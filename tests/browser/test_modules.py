"""The modules of the page: their own tests, their types, and what the page may hold."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import psgscore.review

STATIC = Path(psgscore.review.__file__).parent / "static"
HERE = Path(__file__).parent
MODULES = sorted(path.name for path in STATIC.glob("*.js"))


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_their_own_tests_pass():
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    run(node, "--test", *map(str, sorted((HERE / "js").glob("*.test.js"))))


def test_types_hold():
    """``PSGSCORE_TSC`` is the path of TypeScript's tsc, which is no part of the project."""
    tsc = os.environ.get("PSGSCORE_TSC") or shutil.which("tsc")
    if tsc is None:
        pytest.skip("needs tsc")
    run(tsc, "-p", str(HERE / "tsconfig.json"))


@pytest.mark.parametrize("name", MODULES)
def test_texts_never_become_html(name):
    text = (STATIC / name).read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in text
    for address in re.findall(r"https?://[^\s\"']+", text):
        pytest.fail(f"{name} names {address}")
    imported = re.findall(r"from \"(.+)\"", text)
    assert all(re.fullmatch(r"\./[a-z]+\.js", one) for one in imported)


def test_the_page_holds_no_script_or_style_of_its_own():
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|https?://", text)


def test_the_page_asks_for_every_module_at_once():
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    asked = re.findall(r"/static/([a-z]+\.js)", text)
    assert sorted([*asked, "types.js"]) == MODULES


def test_every_id_that_is_looked_up_is_on_the_page():
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    ids = set(re.findall(r'id="([a-z-]+)"', text))
    wanted = set()
    for name in MODULES:
        wanted |= set(re.findall(r'byId\("([a-z-]+)"\)', (STATIC / name).read_text()))
    assert wanted <= ids
