"""Many recordings: what is planned, what a failure does, what resuming trusts."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.batch.batch import run_batch
from psgscore.batch.collect import collect
from psgscore.batch.failure import failure_of, lost
from psgscore.batch.lock import only_run
from psgscore.batch.plan import shard_of, tasks_of_folder, tasks_of_manifest
from psgscore.batch.record import read_done
from psgscore.batch.run import Runner, run_tasks
from psgscore.batch.task import Outcome, Task
from psgscore.batch.work import score_task
from psgscore.cli import main
from psgscore.cli_scoring import AS_SHIPPED
from psgscore.errors import EmptyDatasetError, NotScorableError, OutputError, UsageError
from psgscore.io.edf_write import write_edf
from psgscore.io.manifest_csv import COLUMNS, joined, manifest_csv
from psgscore.io.store import label_of, store_at
from psgscore.options import Options
from psgscore.simulate import simulate_night

KINDS = ("events", "movements", "score", "summary", "hypnogram")
LAB = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Return a folder with two nights of one name and a file that is none."""
    root = tmp_path_factory.mktemp("nights")
    for number, name in enumerate(("a/night.edf", "b/night.edf")):
        (root / name).parent.mkdir()
        night = simulate_night(number + 1, hours=0.25)
        write_edf(
            root / name,
            night.signals,
            start=night.start,
            events=night.events.of_kind(*LAB),
            hypnogram=night.hypnogram,
        )
    (root / "b" / "broken.edf").write_bytes(b"0       not a recording")
    return root


def base(out, **changes):
    return replace(Task(recording="", out=str(out), key="", kinds=KINDS), **changes)


@contextmanager
def one_thread(_):
    with ThreadPoolExecutor(1) as pool:
        yield pool


def run(root, out, **changes):
    """Score a folder in this process; return the states by key."""
    found = {}
    tasks = tasks_of_folder(str(root), base(out, **changes))
    batch = run_batch(
        tasks,
        Runner(make_executor=one_thread, workers=1),
        on_outcome=lambda one: found.setdefault(one.key, one),
    )
    assert batch.outcomes == found
    return {key: one.state for key, one in sorted(found.items())}


def contents(out):
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".psgscore-batch" not in path.parts and path.name != "batch.json"
    }


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- what is planned ---------------------------------------------------------------------------


def test_a_folder_is_mirrored_so_that_names_may_repeat(nights, tmp_path):
    tasks = tasks_of_folder(str(nights), base(tmp_path))
    assert [task.key for task in tasks] == ["a/night", "b/broken", "b/night"]


def test_what_psgscore_wrote_is_no_recording(nights, tmp_path):
    for name in ("x.edf", "x.annotations.edf", "x.hypnogram.edf", "out/y.edf", ".hidden.edf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    tasks = tasks_of_folder(str(tmp_path), base(tmp_path / "out"))
    assert [task.key for task in tasks] == ["x"]


def test_a_folder_without_recordings(tmp_path):
    with pytest.raises(EmptyDatasetError, match="no recording"):
        tasks_of_folder(str(tmp_path), base(tmp_path / "out"))


@pytest.mark.parametrize("names", [("n.edf", "n.bdf"), ("n.edf", "N.edf")])
def test_two_recordings_never_write_the_same_files(names, tmp_path):
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(UsageError, match="would both write"):
        tasks_of_folder(str(tmp_path), base(tmp_path / "out"))


def write_manifest(path, *told):
    table = [[row.get(name, "") for name in COLUMNS] for row in told]
    path.write_text(manifest_csv(table), "utf-8")
    return path


def test_a_manifest_row_becomes_a_task(tmp_path):
    path = write_manifest(
        tmp_path / "m.csv",
        {
            "recording": "p1/n.edf",
            "scoring": joined(["p1/a;b.txt", "/abs/c.xml"]),
            "channels": "cap.channels.toml",
            "stage_codes": "rk",
            "subject": "p1",
            "scorer": "2",
        },
    )
    (task,) = tasks_of_manifest(path, base(tmp_path / "out"), root="/data")
    assert task.recording == "/data/p1/n.edf"
    assert task.options.scoring == ("/data/p1/a;b.txt", "/abs/c.xml")
    assert task.options.channels == f"{tmp_path}/cap.channels.toml"
    assert (task.options.stage_codes, task.options.labels) == ("rk", None)
    assert (task.subject, task.scorer, task.key) == ("p1", "2", "p1/n_2")


def test_columns_of_the_person_win_over_the_options(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(
        "recording,age,sex,lights_off\na.edf,61.5,F,22:10\nb.edf,,,\n", encoding="utf-8"
    )
    first, second = tasks_of_manifest(path, base(tmp_path, lights=("23:00", None)))
    assert (first.options.age, first.options.sex, first.lights) == (61.5, "F", ("22:10", None))
    assert (second.options.age, second.options.sex, second.lights) == (None, None, ("23:00", None))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("file\na.edf\n", "no column 'recording'", id="no manifest"),
        pytest.param("recording,ages\na.edf,3\n", "did you mean 'age'", id="unknown column"),
        pytest.param("recording,age\na.edf\n", "row 2 has 1 cells", id="short row"),
        pytest.param("recording,age\na.edf,old\n", "age 'old' is no number", id="age"),
        pytest.param("recording,sex\na.edf,female\n", "write M, F or nothing", id="sex"),
        pytest.param("recording,age\n,3\n", "names no recording", id="no recording"),
        pytest.param('recording\n"a.edf\n', "is no CSV", id="quote"),
        pytest.param("recording\na.edf\na.edf\n", "would both write", id="twice"),
    ],
)
def test_a_wrong_manifest_is_refused(text, message, tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        tasks_of_manifest(path, base(tmp_path))


def test_an_empty_manifest(tmp_path):
    (tmp_path / "m.csv").write_text("recording\n", encoding="utf-8")
    with pytest.raises(EmptyDatasetError, match="no rows"):
        tasks_of_manifest(tmp_path / "m.csv", base(tmp_path))


@given(
    keys=st.lists(st.text(min_size=1), unique=True, max_size=50),
    more=st.lists(st.text(min_size=1), unique=True, max_size=20),
    n_shards=st.integers(1, 12),
)
def test_shards_are_disjoint_complete_and_do_not_move_when_recordings_come(keys, more, n_shards):
    def parts(names):
        tasks = [Task(recording=name, out="out", key=name) for name in names]
        return [
            [task.key for task in shard_of(tasks, number, n_shards)]
            for number in range(1, n_shards + 1)
        ]

    found = parts(keys)
    assert sorted(key for part in found for key in part) == sorted(keys)
    later = parts(dict.fromkeys([*keys, *more]))
    assert all(set(part) <= set(grown) for part, grown in zip(found, later, strict=True))


# -- what a failure does -----------------------------------------------------------------------


def test_one_that_fails_is_a_record_and_the_rest_is_scored(nights, tmp_path):
    states = run(nights, tmp_path)
    assert states == {"a/night": "done", "b/broken": "failed", "b/night": "done"}
    told = json.loads((tmp_path / "b/broken.failed.json").read_text("utf-8"))
    assert told["kind"] == "RecordingError"
    assert told["where"] == "opening the recording"
    assert "header" in told["what"]
    assert "psgscore check" in told["remedy"]
    (row,) = rows(tmp_path / "errors.csv")
    assert (row["key"], row["what"]) == ("b/broken", told["what"])
    assert (tmp_path / "a/night.summary.csv").exists()
    assert not list((tmp_path / ".psgscore-batch").glob("*-*[!k]/"))


def test_a_fault_of_the_program_is_told_as_one(monkeypatch, nights, tmp_path):
    def fail(*_, **__):
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr("psgscore.batch.work.score_recording", fail)
    (task,) = [one for one in tasks_of_folder(str(nights), base(tmp_path)) if one.key == "a/night"]
    found = score_task(task)
    assert found.state == "failed"
    assert (found.failure.kind, found.failure.what) == ("ZeroDivisionError", "by accident")
    assert "a fault of psgscore" in found.failure.remedy
    assert "in fail" in found.failure.trace


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OutputError("disk"), "make room"),
        (NotScorableError("leg", ("flat",)), "channel map"),
        (MemoryError(), "more memory"),
        (PermissionError(13, "denied"), "disk and the network"),
    ],
)
def test_every_failure_says_what_to_do(error, remedy):
    found = failure_of(error, "somewhere")
    assert remedy in found.remedy
    assert found.what
    assert found.trace == ""


def test_a_store_that_cannot_be_written_is_told_in_the_outcome(nights, tmp_path):
    (tmp_path / "out").write_text("a file is in the way")
    task = tasks_of_folder(str(nights), base(tmp_path / "out"))[0]
    found = score_task(task)
    assert (found.state, found.failure.kind) == ("failed", "OutputError")


# -- what resuming trusts ----------------------------------------------------------------------


@pytest.fixture
def scored(nights, tmp_path):
    out = tmp_path / "out"
    run(nights, out)
    return out


def test_resuming_skips_what_is_complete_and_tries_the_rest_again(nights, scored):
    before = contents(scored)
    states = run(nights, scored)
    assert states == {"a/night": "skipped", "b/broken": "failed", "b/night": "skipped"}
    assert contents(scored) == before


def cut(out):
    path = out / "a/night.events.tsv"
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(cut, id="an output is cut short"),
        pytest.param(lambda out: (out / "a/night.score.json").unlink(), id="an output is gone"),
        pytest.param(lambda out: (out / "a/night.done.json").unlink(), id="no record"),
        pytest.param(lambda out: (out / "a/night.done.json").write_bytes(b"{"), id="half a record"),
        pytest.param(lambda out: (out / "a/night.done.json").write_bytes(b"[]"), id="no object"),
    ],
)
def test_what_is_not_whole_is_scored_again_to_the_same_bytes(harm, nights, scored):
    before = contents(scored)
    harm(scored)
    assert run(nights, scored)["a/night"] == "done"
    assert contents(scored) == before


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"options": Options(respiratory_window="narrow")}, id="an option"),
        pytest.param({"options": Options(rules=Options().rules[:1])}, id="the rules"),
        pytest.param({"lights": ("60", None)}, id="lights"),
        pytest.param({"kinds": (*KINDS, "annotations")}, id="the files asked for"),
    ],
)
def test_another_question_is_another_run(changes, nights, scored):
    assert run(nights, scored, **changes)["a/night"] == "done"
    assert run(nights, scored, **changes)["a/night"] == "skipped"


def test_another_version_is_another_run(monkeypatch, nights, scored):
    monkeypatch.setattr("psgscore.batch.record.__version__", "99")
    assert run(nights, scored)["a/night"] == "done"


def test_a_changed_recording_is_scored_again(nights, tmp_path):
    root = tmp_path / "in"
    root.mkdir()
    (root / "n.edf").write_bytes((nights / "a/night.edf").read_bytes())
    run(root, tmp_path / "out")
    (root / "n.edf").write_bytes((nights / "b/night.edf").read_bytes())
    assert run(root, tmp_path / "out") == {"n": "done"}
    done = read_done(store_at(str(tmp_path / "out")), "n")
    assert run(root, tmp_path / "out") == {"n": "skipped"}
    # Mended and broken again: the record of the failure comes and goes.
    (root / "n.edf").write_bytes(b"broken")
    assert run(root, tmp_path / "out") == {"n": "failed"}
    assert read_done(store_at(str(tmp_path / "out")), "n") is None
    (root / "n.edf").write_bytes((nights / "b/night.edf").read_bytes())
    assert run(root, tmp_path / "out") == {"n": "done"}
    assert not (tmp_path / "out/n.failed.json").exists()
    assert read_done(store_at(str(tmp_path / "out")), "n") == done


def test_a_recording_out_of_reach_keeps_its_results(nights, tmp_path):
    root = tmp_path / "in"
    root.mkdir()
    (root / "n.edf").write_bytes((nights / "a/night.edf").read_bytes())
    (task,) = tasks_of_folder(str(root), base(tmp_path / "out"))
    assert score_task(task).state == "done"
    (root / "n.edf").rename(root / "away")
    assert score_task(task).state == "failed"
    assert collect(str(tmp_path / "out")).n_rows == 0
    (root / "away").rename(root / "n.edf")
    assert score_task(task).state == "skipped"
    assert collect(str(tmp_path / "out")).n_rows == 1


def test_a_file_that_says_how_to_score_counts_by_its_content(nights, tmp_path):
    (tmp_path / "map.toml").write_text("optional = true\n")
    options = Options(channels=str(tmp_path / "map.toml"))
    assert run(nights, tmp_path / "out", options=options)["a/night"] == "done"
    (tmp_path / "map.toml").rename(tmp_path / "moved.toml")
    options = Options(channels=str(tmp_path / "moved.toml"))
    assert run(nights, tmp_path / "out", options=options)["a/night"] == "skipped"
    (tmp_path / "moved.toml").write_text('optional = true\n[units]\nChin = "uV"\n')
    assert run(nights, tmp_path / "out", options=options)["a/night"] == "done"


def test_scratch_of_killed_workers_is_swept(nights, scored):
    left = scored / ".psgscore-batch"
    (task,) = [one for one in tasks_of_folder(str(nights), base(scored)) if one.key == "a/night"]
    with store_at(task.out).scratch("0" * 16) as other:
        mine = left / f"{label_of(task.key)}-killed"
        mine.mkdir()
        (mine / "half").write_text("half")
        run(nights, scored)
        assert not mine.exists()
        assert other.exists()  # of another part of the run


# -- the executor ------------------------------------------------------------------------------


class Deadly:
    """An executor that loses its workers with some tasks; takes tasks one by one, as asked."""

    def __init__(self, deadly, log):
        self._deadly, self._log = deadly, log
        self._broken = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def submit(self, work, task):
        if self._broken:
            raise BrokenProcessPool("a worker died")
        self._log.append(task.key)
        future = Future()
        if self._deadly(task.key):
            self._broken = True
            future.set_exception(BrokenProcessPool("a worker died"))
        else:
            future.set_result(work(task))
        return future


@given(
    n_tasks=st.integers(0, 25),
    killers=st.sets(st.integers(0, 24), max_size=5),
    workers=st.integers(1, 4),
)
def test_every_task_has_one_outcome_whatever_dies(n_tasks, killers, workers):
    names = [str(number) for number in range(n_tasks)]
    always = {str(number) for number in killers}
    log, outcomes, told = [], [], []
    runner = Runner(
        make_executor=lambda _: Deadly(lambda key: key in always, log),
        workers=workers,
        work=lambda task: Outcome(key=task.key, state="done"),
        tell=lambda task, failure: told.append((task.key, failure.kind)),
    )
    tasks = [Task(recording=name, out="out", key=name) for name in names]
    run_tasks(tasks, runner, outcomes.append)
    assert Counter(one.key for one in outcomes) == Counter(names)
    failed = {one.key for one in outcomes if one.state == "failed"}
    assert failed == always & set(names)
    assert {key for key, _ in told} == failed
    assert {kind for _, kind in told} <= {"WorkerKilled"}
    # Once alone, and before among others unless the pool was broken by then.
    assert all(log.count(key) in (1, 2) for key in failed)
    assert all(log.count(name) <= 2 for name in names)


def test_one_that_dies_once_is_scored_alone():
    deaths = ["1"]
    runner = Runner(
        make_executor=lambda _: Deadly(lambda key: key in deaths and not deaths.remove(key), []),
        workers=2,
        work=lambda task: Outcome(key=task.key, state="done"),
    )
    outcomes = []
    tasks = [Task(recording=name, out="out", key=name) for name in "0123"]
    run_tasks(tasks, runner, outcomes.append)
    assert {one.key: one.state for one in outcomes} == dict.fromkeys("0123", "done")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (None, "WorkerKilled", "want of memory"),
        (BrokenProcessPool("x"), "WorkerKilled", "want of memory"),
        (type("KilledWorker", (Exception,), {})("x"), "WorkerKilled", "want of memory"),
        (RuntimeError("cannot read the task"), "RuntimeError", "cannot read the task"),
    ],
)
def test_a_lost_worker_is_told_for_what_it_is(error, kind, words):
    found = lost(error)
    assert (found.kind, words in found.what) == (kind, True)
    assert found.remedy


def test_no_more_is_under_way_than_the_executor_can_hold():
    most = 0
    waiting = []

    class Slow(Deadly):
        def submit(self, work, task):
            nonlocal most
            future = Future()
            waiting.append((future, task))
            most = max(most, len(waiting))
            if len(waiting) == 6:
                done, one = waiting.pop(0)
                done.set_result(work(one))
            return future

    runner = Runner(
        make_executor=lambda _: Slow(None, []),
        workers=3,
        work=lambda task: Outcome(key=task.key, state="done"),
    )
    with pytest.raises(KeyboardInterrupt):
        run_tasks(endless(40), runner, lambda _: None)
    assert most == 6
    assert all(future.cancelled() for future, _ in waiting)


def endless(until):
    """Yield tasks, and be interrupted after some."""
    for number in range(until):
        yield Task(recording="", out="out", key=str(number))
    raise KeyboardInterrupt


# -- two at once -------------------------------------------------------------------------------


def test_one_run_at_a_time_but_parts_beside_each_other(tmp_path):
    out = str(tmp_path)
    with only_run(out, (1, 1)):
        with pytest.raises(UsageError, match="another run"), only_run(out, (1, 1)):
            pass
        with pytest.raises(UsageError, match="another run"), only_run(out, (1, 2)):
            pass
    with only_run(out, (1, 3)), only_run(out, (3, 3)):
        with pytest.raises(UsageError, match="another run"), only_run(out, (1, 3)):
            pass
        with pytest.raises(UsageError, match="another run"), only_run(out, (1, 1)):
            pass
    with only_run(out, (1, 1)):
        pass


# -- one table ---------------------------------------------------------------------------------


def test_collect_has_a_row_per_complete_recording(nights, scored):
    found = collect(str(scored))
    assert (found.n_rows, found.n_errors, found.n_settings) == (2, 1, 1)
    table = rows(scored / "collected.csv")
    assert [row["key"] for row in table] == ["a/night", "b/night"]
    (alone,) = rows(scored / "a/night.summary.csv")
    assert {name: table[0][name] for name in alone} == alone
    (error,) = rows(scored / "errors.csv")
    assert error["key"] == "b/broken"


def test_collect_tells_what_never_ran_and_what_was_damaged(scored):
    (scored / "a/night.done.json").unlink()
    path = scored / "b/night.summary.csv"
    path.write_bytes(path.read_bytes().replace(b"0", b"1"))
    assert collect(str(scored)).n_rows == 0
    kinds = {row["key"]: row["kind"] for row in rows(scored / "errors.csv")}
    assert kinds == {"a/night": "NotRun", "b/broken": "RecordingError", "b/night": "Damaged"}


def test_collect_tells_recordings_that_were_scored_differently(nights, scored):
    tasks = tasks_of_folder(str(nights), base(scored))
    narrow = Options(respiratory_window="narrow", age=50.0)
    assert score_task(replace(tasks[0], options=replace(Options(), age=50.0))).state == "done"
    assert collect(str(scored)).n_settings == 1  # the age is the person's
    assert score_task(replace(tasks[0], options=narrow)).state == "done"
    assert collect(str(scored)).n_settings == 2


def test_collect_where_nothing_is(tmp_path):
    with pytest.raises(EmptyDatasetError, match="no recording was scored there"):
        collect(str(tmp_path))


def test_parquet_holds_the_same_numbers(scored):
    parquet = pytest.importorskip("pyarrow.parquet")
    collect(str(scored), parquet=True)
    table = parquet.read_table(scored / "collected.parquet")
    for name in table.column_names:
        told = [row[name] for row in rows(scored / "collected.csv")]
        for text, value in zip(told, table[name].to_pylist(), strict=True):
            assert (value is None) == (text == ""), name
            if value is not None:
                assert value == (text if isinstance(value, str) else float(text)), name
    assert str(table.schema.field("duration_s").type) == "double"
    assert str(table.schema.field("key").type) == "string"


# -- a cluster ---------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_gives_the_same_bytes(capsys, nights, tmp_path):
    distributed = pytest.importorskip("distributed")
    run(nights, tmp_path / "here", options=AS_SHIPPED.options())
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        dashboard_address=None,
        protocol="tcp://",
        host="127.0.0.1",
    ) as cluster:
        words = ["batch", str(nights), "-o", str(tmp_path / "there")]
        assert main([*words, "--scheduler", cluster.scheduler_address]) == 1
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert "2 scored, 0 complete before, 1 failed" in capsys.readouterr().out


def test_a_scheduler_that_is_not_there(capsys, nights, tmp_path):
    pytest.importorskip("distributed")
    words = ["batch", str(nights), "-o", str(tmp_path / "out"), "--scheduler", "nonsense://x"]
    assert main(words) == 2
    assert "nonsense://x: no dask scheduler answers" in capsys.readouterr().err


# -- object stores -----------------------------------------------------------------------------


@pytest.fixture
def memory():
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield files
    files.store.clear()


def test_an_object_store_gives_the_same_bytes(nights, memory, tmp_path):
    local = tmp_path / "out"
    run(nights, local)
    for path in nights.rglob("*.edf"):
        memory.pipe_file(f"/in/{path.relative_to(nights).as_posix()}", path.read_bytes())
    states = run("memory://in", "memory://out")
    assert states == {"a/night": "done", "b/broken": "failed", "b/night": "done"}
    assert run("memory://in", "memory://out")["a/night"] == "skipped"
    assert collect("memory://out").n_rows == collect(str(local)).n_rows == 2
    stored = {path.removeprefix("/out/"): memory.cat_file(path) for path in memory.find("/out")}
    for name, data in contents(local).items():
        if not name.endswith((".failed.json", "errors.csv", "batch.plan.csv")):  # addresses
            assert stored[name] == data, name


def test_the_record_of_an_object_store_comes_last(nights, memory, monkeypatch):
    memory.pipe_file("/in/n.edf", (nights / "a/night.edf").read_bytes())
    written = []
    real = type(memory).pipe_file

    def noted(self, path, data, **kwargs):
        written.append(path)
        return real(self, path, data, **kwargs)

    monkeypatch.setattr(type(memory), "pipe_file", noted)
    (task,) = tasks_of_folder("memory://in", base("memory://out"))
    assert score_task(task).state == "done"
    assert written[-1] == "/out/n.done.json"
    assert len(written) == 7


def test_an_address_nothing_is_at(memory):
    task = base("memory://out", recording="memory://in/gone.edf", key="gone")
    found = score_task(task)
    assert (found.failure.kind, found.failure.where) == ("InputPathError", "fetching the recording")


# -- the command -------------------------------------------------------------------------------


def test_the_command_scores_resumes_and_collects(capsys, nights, tmp_path):
    out = tmp_path / "out"
    assert main(["batch", str(nights), "-o", str(out), "--workers", "1"]) == 1
    first = capsys.readouterr()
    assert "3 recordings: 2 scored, 0 complete before, 1 failed" in first.out
    assert first.err.startswith("psgscore: b/broken: opening the recording: ")
    assert main(["batch", str(nights), "-o", str(out), "--workers", "1", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["skipped"], report["failed"], report["not_run"]) == (2, 1, 0)
    assert os.environ.get("NUMEXPR_NUM_THREADS") is None
    assert main(["collect", str(out)]) == 1
    assert "2 recordings, 1 error\n" in capsys.readouterr().out


def test_parts_make_up_the_whole(capsys, nights, tmp_path):
    out = tmp_path / "out"
    run(nights, tmp_path / "whole", options=AS_SHIPPED.options())
    for part in ("1/2", "2/2"):
        assert main(["batch", str(nights), "-o", str(out), "--shard", part]) in (0, 1)
    capsys.readouterr()
    collect(str(out))
    collect(str(tmp_path / "whole"))
    for name in ("collected.csv", "errors.csv"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert {p.name for p in out.glob("batch.*.json")} == {"batch.1-of-2.json", "batch.2-of-2.json"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--shard", "3/2"), "give i/n"),
        (("--shard", "0/2"), "give i/n"),
        (("--workers", "0"), "give 1 or more"),
        (("--format", "docx"), "known are"),
        (("--root", "x"), "--root is for manifests"),
        (("--rules", "wasm"), "no rule set"),
    ],
)
def test_wrong_options(options, message, capsys, nights, tmp_path):
    assert main(["batch", str(nights), "-o", str(tmp_path / "out"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_formats_add_reports(capsys, nights, tmp_path):
    root = tmp_path / "in"
    root.mkdir()
    (root / "n.edf").write_bytes((nights / "a/night.edf").read_bytes())
    out = tmp_path / "out"
    assert main(["batch", str(root), "-o", str(out), "--format", "html,edf", "--workers", "1"]) == 0
    names = {path.name for path in Path(out).iterdir()}
    assert {"n.report.html", "n.annotations.edf", "n.summary.csv", "n.done.json"} <= names
    assert "n.report.pdf" not in names
