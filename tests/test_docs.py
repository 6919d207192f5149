"""What the documentation says is true of the code."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import psgscore
from psgscore.cli import app
from psgscore.io.channel_user import read_channel_map
from psgscore.io.config import criteria_to_toml
from psgscore.io.edf_write import write_edf
from psgscore.io.formats.generic import read_table_description
from psgscore.io.formats.vocabulary import read_vocabulary
from psgscore.io.report_settings import load_report_settings
from psgscore.io.rules import load_criteria, load_rules
from psgscore.model.criteria import DETECTION, RULE_SETS, Criteria
from psgscore.model.score import SCOPES
from psgscore.score.architecture import DEFINITIONS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES += sorted(DOCS.rglob("*.md"))
PAGES = [page for page in PAGES if not {"_build", "_generated"} & set(page.parts)]
SOURCES = sorted((ROOT / "psgscore").rglob("*.py"))
SHIPPED = [*PAGES, ROOT / "CITATION.cff", *sorted((ROOT / "examples").glob("*.py")), *SOURCES]
SHIPPED += sorted((ROOT / "psgscore" / "configs").rglob("*.toml"))
COMMANDS = (
    "check", "score", "report", "stage", "sit", "rescore", "review", "trend", "convert", "dataset",
    "deidentify", "demo",
)  # fmt: skip
# Paths of one machine, and words that say nothing to a reader.
OUT_OF_PLACE = (r"/(?:work|home|root|tmp)\b", r"shared/", r"\bagents?\b", r"\bsessions?\b", "TODO")


def page_id(path):
    return str(path.relative_to(ROOT))


def blocks(language):
    """Return every code block of a language, with a name for the test."""
    return [
        pytest.param(text, id=f"{page_id(page)}-{number}")
        for page in PAGES
        for number, text in enumerate(
            re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        )
    ]


def options_of(command):
    """Return the names of each option of a command, one tuple per option."""
    arguments = app[command].assemble_argument_collection()
    names = [tuple(n for n in a.names if not n.startswith("--empty-")) for a in arguments]
    return [found for found in names if found[0].startswith("-")]


def section(page, title):
    text = (DOCS / page).read_text("utf-8")
    return re.split(r"\n#+ ", text.split(f"# {title}\n", 1)[1])[0]


@pytest.fixture(scope="module")
def night_folder(tmp_path_factory):
    """Return a folder with the night.edf that the pages speak of."""
    folder = tmp_path_factory.mktemp("docs")
    night = psgscore.simulate_night(1, hours=0.5)
    write_edf(folder / "night.edf", night.signals, start=night.start, hypnogram=night.hypnogram)
    return folder


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block, night_folder, monkeypatch, capsys):
    if "mne" in block:
        pytest.importorskip("mne")
    monkeypatch.chdir(night_folder)
    exec(compile(block, "block", "exec"), {})
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("block", blocks("console"))
def test_console_blocks_are_understood(block):
    for command in re.split(r"\n|&&", block):
        words = shlex.split(command)
        if words[:1] == ["psgscore"]:
            app.parse_args(words[1:], exit_on_error=False, print_error=False)
        elif words[:1] == ["python"] and words[1].endswith(".py"):
            assert (ROOT / words[1]).exists(), words[1]


@pytest.mark.parametrize("block", blocks("toml"))
def test_toml_blocks_are_accepted(block, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(block, "utf-8")
    tables = set(tomllib.loads(block))
    read = load_rules
    if tables <= {"rk", "stages", "kinds"} or "columns" in tables:
        path, read = Path(path), read_table_description if "columns" in tables else read_vocabulary
        assert read(path)
        return
    if tables <= {"optional", "roles", "units", "derivations", "montage"}:
        read = read_channel_map
    elif "detection" in tables:
        read = load_criteria
    elif "institution" in tables:
        (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
        read = load_report_settings
    assert read(str(path))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_and_options_exist(page):
    known = {name for command in COMMANDS for names in options_of(command) for name in names}
    text = page.read_text("utf-8")
    for command, rest in re.findall(r"`psgscore ([a-z]+)([^`\n]*)", text):
        assert command in (*COMMANDS, "config"), command
        if command in COMMANDS:
            own = {name for names in options_of(command) for name in names}
            assert set(re.findall(r"--[a-z-]+", rest)) <= own, rest
    assert set(re.findall(r"`(--[a-z-]+)", text)) <= known | {"--help", "--json", "--version"}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_public_names_exist(page):
    for name in re.findall(r"\bpsgscore\.([A-Za-z_]\w*)\b(?!\.py)", page.read_text("utf-8")):
        module = ROOT / "psgscore" / name
        assert name in psgscore.__all__ or module.exists() or module.with_suffix(".py").exists()


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("check", "psgscore check REC"),
        ("score", "psgscore score REC"),
        ("report", "psgscore report SCORE"),
        ("stage", "psgscore stage REC"),
        ("sit", "psgscore sit REC"),
        ("rescore", "psgscore rescore EVENTS"),
        ("review", "psgscore review REC"),
        ("trend", "psgscore trend DIR"),
        ("convert", "psgscore convert SRC DST"),
        ("dataset", "psgscore dataset NAME ROOT"),
        ("deidentify", "psgscore deidentify REC"),
        ("demo", "psgscore demo"),
    ],
)
def test_exactly_the_options_of_a_command_are_documented(command, title):
    rows = re.findall(r"^\| (`-.*?) \|", section("commands.md", title), re.MULTILINE)
    documented = [tuple(re.findall(r"--?[a-z][a-z-]*", row)) for row in rows]
    assert sorted(documented) == sorted(options_of(command))


def test_the_app_has_the_documented_commands():
    names = {name for name in app if not name.startswith("-")}
    assert names == {*COMMANDS, "config"}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("path", SHIPPED, ids=page_id)
def test_nothing_out_of_place(path):
    text = path.read_text("utf-8")
    found = [word for word in OUT_OF_PLACE if re.search(word, text)]
    assert not found


def finding_codes():
    """Return every code the source can give a finding, from its syntax tree."""
    codes = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name == "Finding":
                codes |= code_of(node.args[0])
            elif (owner, name) == ("notes", "add"):
                codes |= {f"edf.{code}" for code in code_of(node.args[0])}
    return codes


def code_of(node):
    if isinstance(node, ast.Constant):
        return {node.value}
    # An f-string: its fixed beginning, and the two ends of the night for lights.
    beginning = node.values[0].value
    if beginning == "edf.":  # completed from the calls of notes.add
        return set()
    return {f"{beginning}{end}" for end in ("off", "on")}


def test_exactly_the_finding_codes_are_documented():
    text = (DOCS / "findings.md").read_text("utf-8")
    codes = finding_codes()
    assert {"edf.truncated", "lights.no-off", "channels.ambiguous"} <= codes
    assert set(re.findall(r"^\| `([a-z.-]+)`", text, re.MULTILINE)) == codes


@pytest.fixture(scope="module")
def full_score():
    """Return a score in which every number is known."""
    night = psgscore.simulate_night(1, hours=0.5)
    covers = frozenset({"LM", "arousal", "automatic_arousal", "respiratory"})
    context = psgscore.Context(duration_s=night.duration_s, covers=covers)
    return psgscore.score_events(night.events, night.hypnogram, context=context)


def names_under(title):
    rows = re.findall(r"^\| (`.*?) \|", section("rules/measures.md", title), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_exactly_the_measures_are_documented(full_score):
    rates = {rate.name for rate in full_score.rates}
    assert rates | set(SCOPES) <= names_under("Rates")
    assert {name for name in names_under("Rates") if "lm" in name} == rates
    assert names_under("Statistics") == {one.name for one in full_score.statistics}
    assert names_under("Histograms") == {one.name for one in full_score.histograms}
    assert set(DEFINITIONS) == {field.name for field in fields(full_score.sleep)}


def test_exactly_the_sleep_measures_are_compared_with_yasa(full_score):
    rows = re.findall(
        r"^\| (`.*?) \|", (DOCS / "sleep-measures.md").read_text("utf-8"), re.MULTILINE
    )
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(DEFINITIONS)


def test_generated_tables_hold_every_value():
    spec = importlib.util.spec_from_file_location("tables", DOCS / "_ext" / "criteria_tables.py")
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    shown = [name for names in tables.GROUPS.values() for name in names]
    assert sorted([*shown, "name", "title"]) == sorted(one.name for one in fields(Criteria))
    written = tables.all_tables()
    assert "| `min_interval_s` | 10.0 | 5.0 | 5.0 | 4.0 |" in written["rules_series"]
    included = {
        name
        for page in PAGES
        for name in re.findall(r"_generated/(\w+)\.md", page.read_text("utf-8"))
    }
    assert included == set(written)


@pytest.mark.parametrize("name", [*RULE_SETS, "detection"])
def test_shipped_rule_files_equal_the_code(name):
    path = ROOT / "psgscore" / "configs" / "rules" / f"{name}.toml"
    shown = criteria_to_toml(DETECTION, table=name) if name == "detection" else None
    assert path.read_text("utf-8") == (shown or criteria_to_toml(RULE_SETS[name]))


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {psgscore.__version__}\n" in citation
    assert f"\n## [{psgscore.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
