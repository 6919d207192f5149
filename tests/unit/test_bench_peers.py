"""The benchmark beside other programs, with programs made up for it: none is needed here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram

SCRIPTS = Path(__file__).parents[2] / "scripts"
FAKES = """
from bench_peers.tools import AASM, LEG_TASK, WASM, Tool

LEFT = [[100.1, 102.0], [200.0, 202.0], [700.0, 702.0], [1500.0, 1502.0]]

class Steady(Tool):
    title, task, packages, rules, settings = "Steady", LEG_TASK, ("numpy",), WASM, "none"
    calls = 0

    def score(self, path):
        self.calls += 1
        print("a program that talks", path)
        return LEFT

    def found(self, path, result):
        return {"legs": {"left": result, "right": []}, "plms_per_h": 7.5, "calls": self.calls}

class Broken(Steady):
    title = "Broken"

    def score(self, path):
        raise ValueError("no such | channel")

class Absent(Steady):
    title, packages = "Absent", ("surely_not_installed",)

    def score(self, path):
        import surely_not_installed

class Needy(Absent):
    title, packages = "Needy", ("numpy",)

class Mute(Steady):
    title = "Mute"

    def found(self, path, result):
        return super().found(path, result) | {"plms_per_h": None}
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fakes")
    (folder / "fake_peers.py").write_text(FAKES, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        patch.syspath_prepend(str(folder))
        import fake_peers  # noqa: PLC0415
        from bench_peers import nights, results, runs, table, tools  # noqa: PLC0415

        yield SimpleNamespace(
            fakes=fake_peers,
            folder=folder,
            nights=nights,
            results=results,
            runs=runs,
            table=table,
            tools=tools,
        )


def hypnogram():
    """Return 30 min of sleep and 10 min of wake."""
    return Hypnogram(np.array([2] * 60 + [0] * 20, np.int8))


@pytest.fixture(scope="module")
def truth(bench):
    """Return four movements of the left leg in sleep, one of them long, and one in wake."""
    start = np.array([100.0, 200.0, 300.0, 700.0, 1900.0])
    stop = start + np.array([2.0, 2.0, 2.0, 12.0, 2.0])
    return bench.nights.truth_of(Events.of("LM:left", start, stop), hypnogram())


def run(bench, tool, calls=1):
    return bench.runs.run_tool(tool, Path("night.edf"), calls=calls, folder=bench.folder)


@pytest.fixture(scope="module")
def steady(bench):
    return run(bench, bench.fakes.Steady, calls=3)


def test_a_tool_runs_in_a_process_of_its_own(steady):
    assert steady.error == ""
    assert steady.found["calls"] == 3
    assert steady.found["legs"]["left"][0] == [100.1, 102.0]
    assert steady.versions == {"numpy": np.__version__}
    assert steady.cold_s > 0
    assert steady.cpu_s > 0
    assert steady.warm_s >= 0
    assert steady.warm_cpu_s >= 0


def test_memory_is_that_of_the_child_alone(bench):
    held = np.ones(60_000_000, np.float32)
    assert run(bench, bench.fakes.Steady).peak_mib < held.nbytes / 2**20


@pytest.mark.parametrize(
    ("name", "error"),
    [
        pytest.param("Broken", "failed: ValueError: no such | channel", id="fails"),
        pytest.param("Absent", "not installed", id="is not installed"),
        pytest.param(
            "Needy",
            "failed: ModuleNotFoundError: No module named 'surely_not_installed'",
            id="lacks something else",
        ),
    ],
)
def test_a_tool_that_does_not_run_says_why(bench, name, error):
    assert run(bench, getattr(bench.fakes, name)).error == error


def test_movements_in_sleep_are_judged_and_long_ones_are_not(bench, truth, steady):
    found = bench.results.judge(steady.found, truth, bench.tools.WASM)
    # 100 and 200 s are hits, 300 s is missed, what lies within the long one overlaps too little.
    assert (found.hits.n_hits, found.hits.n_reference, found.n_false) == (2, 3, 2)


@pytest.mark.parametrize(
    ("spans", "n_false"),
    [
        pytest.param([[700.0, 712.0]], 0, id="the long one, as it is"),
        pytest.param([[1600.0, 1602.0]], 1, id="nothing, in sleep"),
        pytest.param([[1810.0, 1812.0]], 0, id="nothing, in wake"),
        pytest.param([], 0, id="nothing at all"),
    ],
)
def test_what_counts_as_false(bench, truth, spans, n_false):
    found = {"legs": {"left": spans, "right": []}, "plms_per_h": None}
    judged = bench.results.judge(found, truth, bench.tools.WASM)
    assert judged.n_false == n_false
    assert judged.index_error_per_h is None


def test_a_movement_of_the_other_leg_is_no_hit(bench, truth):
    found = {"legs": {"left": [], "right": [[100.0, 102.0]]}, "plms_per_h": 0.0}
    judged = bench.results.judge(found, truth, bench.tools.WASM)
    assert (judged.hits.n_hits, judged.n_false) == (0, 1)


def test_the_index_is_held_against_the_same_standard(bench):
    """Of movements 8 s apart, a series by AASM and none by WASM."""
    start = 100.0 + 8.0 * np.arange(10)
    truth = bench.nights.truth_of(Events.of("LM:left", start, start + 2), hypnogram())
    found = {"legs": {"left": [], "right": []}, "plms_per_h": 20.0}
    errors = {
        rules: bench.results.judge(found, truth, rules).index_error_per_h
        for rules in (bench.tools.WASM, bench.tools.AASM)
    }
    assert errors == {"wasm-2016": 20.0, "aasm-v3": 0.0}


def test_without_sleep_there_is_no_index_to_hold_it_against(bench):
    awake = Hypnogram(np.zeros(80, np.int8))
    truth = bench.nights.truth_of(Events.of("LM:left", [100.0], [102.0]), awake)
    found = {"legs": {"left": [], "right": []}, "plms_per_h": 0.0}
    judged = bench.results.judge(found, truth, bench.tools.WASM)
    assert judged.index_error_per_h is None
    assert judged.hits == bench.results.Hits()


@pytest.mark.parametrize(
    ("stages", "share"),
    [([0, 1, 2, 2], 0.75), ([0, 1, 2, 3], 1.0), ([0, 1, 2], None), ([], None)],
)
def test_stages_are_compared_epoch_by_epoch(bench, stages, share):
    assert bench.results.same_stages(stages, [0, 1, 2, 3]) == share


def made(bench, tool, **values):
    found = {"legs": {"left": bench.fakes.LEFT, "right": []}, "plms_per_h": 7.5}
    return bench.runs.Run(tool=tool, found=found, versions={"numpy": "9"}, **values)


@pytest.fixture(scope="module")
def text(bench, truth):
    fakes = bench.fakes
    ours = made(
        bench, fakes.Steady, cold_s=2.0, cpu_s=3.0, warm_s=0.5, warm_cpu_s=0.4, peak_mib=100.4
    )
    slow = made(bench, fakes.Mute, cold_s=5.0, cpu_s=4.0, warm_s=None, peak_mib=200.0)
    slow.found["plms_per_h"] = None
    broken = bench.runs.Run(tool=fakes.Broken, error="failed: no such | channel")
    staged = bench.runs.Run(tool=fakes.Steady, found={"stages": [2] * 80}, peak_mib=1.0)
    measured = bench.table.Measured(
        truths={"1 uV": truth, "2 uV": truth},
        legs={"1 uV": [ours, slow, broken], "2 uV": [ours, slow, broken]},
        staging=[staged, broken],
        staging_truth=truth,
        conditions="The conditions.",
    )
    return bench.table.tables(measured)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("| Steady | 1.0 | 3.0 | 2.0 | 1.0 | 0.40 | 0.50 | 100 |", id="ours"),
        pytest.param("| Mute | 1.3 | 4.0 | 5.0 | - | - | - | 200 |", id="not called again"),
        pytest.param("| Broken | failed: no such / channel | - | - | - | - | - | - |", id="failed"),
        pytest.param("| resting EMG | 1 uV | 2 uV |", id="levels"),
        pytest.param("| Steady | 2 of 3 | 2 of 3 |", id="hits"),
        pytest.param("| Mute | 2 | 2 |", id="false"),
        pytest.param("| Steady | +7.5 | +7.5 |", id="index"),
        pytest.param("| Mute | - | - |", id="no index"),
        pytest.param("| Steady | 100.0 % | 75.0 % |", id="stages"),
        pytest.param("- Steady (numpy 9): none.", id="settings"),
        pytest.param("- Broken (version not known): none.", id="settings of what failed"),
    ],
)
def test_the_tables_hold(text, row):
    assert row in text.splitlines()


def test_every_table_has_rows_of_one_width(text):
    for block in text.split("\n\n"):
        widths = {line.count("|") for line in block.splitlines() if line.startswith("|")}
        assert len(widths) <= 1, block


def test_an_index_that_is_right_has_no_minus_sign(bench):
    hits = bench.results.Hits()
    judged = bench.results.Judged(hits=hits, index_error_per_h=-0.04)
    assert bench.table._index_error(judged) == "+0.0"


def test_writing_twice_is_writing_once(bench, tmp_path):
    page = tmp_path / "page.md"
    begin, end = bench.table.BEGIN, bench.table.END
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n", "utf-8")
    bench.table.write_between(page, "new")
    once = page.read_text("utf-8")
    assert once == f"before\n{begin}\n\nnew\n\n{end}\nafter\n"
    bench.table.write_between(page, "new")
    assert page.read_text("utf-8") == once


@pytest.mark.parametrize("marks", ["", "{0}", "{1}\n{0}", "{0}{0}{1}", "{0}{1}{1}"])
def test_a_page_without_its_marks_is_left_alone(bench, tmp_path, marks):
    page = tmp_path / "page.md"
    before = marks.format(bench.table.BEGIN, bench.table.END)
    page.write_text(before, "utf-8")
    with pytest.raises(ValueError, match="each once"):
        bench.table.write_between(page, "new")
    assert page.read_text("utf-8") == before


def test_the_page_has_its_marks(bench, tmp_path):
    page = tmp_path / "page.md"
    page.write_text((SCRIPTS.parent / "docs" / "benchmarks.md").read_text("utf-8"), "utf-8")
    bench.table.write_between(page, "new")


def test_the_page_is_not_written_without_the_peers():
    command = [sys.executable, str(SCRIPTS / "benchmark.py"), "--only-nights", "--write-docs"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--write-docs needs --peers" in done.stderr
