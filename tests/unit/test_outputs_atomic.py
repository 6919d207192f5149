from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from psgscore.errors import OutputError
from psgscore.io.atomic import OutputFolder, atomic_outputs


class UnexpectedError(Exception):
    """Stands for anything that can go wrong in a writer."""


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return everything under a folder: files with their bytes, folders with None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Return a folder with two former outputs and a file of the user's."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("a.tsv", "c.json", "notes.txt"):
        (folder / name).write_text(f"former {name}", encoding="utf-8")
    return folder


def write_three(folder: Path) -> tuple[Path, ...]:
    with atomic_outputs(folder) as out:
        out.write_text("a.tsv", "new a \u00b5\n")
        out.write_bytes("b.edf", b"\x00new")
        out.path("c.json").write_text("new c", encoding="utf-8")
    return out.written


def within(folder: Path, body: Callable[[OutputFolder], object]) -> None:
    with atomic_outputs(folder) as out:
        body(out)


def failing_replace(
    monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException, *, after: bool = False
) -> None:
    """Let the `at`-th renaming raise, before or just after it is done."""
    real, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == at and not after:
            raise error
        result = real(self, target)
        if len(calls) == at:
            raise error
        return result

    monkeypatch.setattr(Path, "replace", replace)


# it works -------------------------------------------------------------------------------


def test_all_files_appear_under_their_names(filled: Path):
    written = write_three(filled)
    assert written == tuple(filled / name for name in ("a.tsv", "b.edf", "c.json"))
    assert contents(filled) == {
        "a.tsv": "new a \u00b5\n".encode(),
        "b.edf": b"\x00new",
        "c.json": b"new c",
        "notes.txt": b"former notes.txt",
    }


def test_missing_folder_is_made(tmp_path: Path):
    write_three(tmp_path / "one" / "two")
    assert len(contents(tmp_path / "one" / "two")) == 3


def test_nothing_is_visible_until_the_end(filled: Path):
    with atomic_outputs(filled) as out:
        out.write_text("a.tsv", "new")
        assert (filled / "a.tsv").read_text(encoding="utf-8") == "former a.tsv"
    assert (filled / "a.tsv").read_text(encoding="utf-8") == "new"


def test_temporary_path_keeps_the_name_and_the_disk(filled: Path):
    with atomic_outputs(filled) as out:
        path = out.path("night.edf")
        path.write_bytes(b"")
        assert path.name == "night.edf"
        assert filled in path.parents


def test_files_get_the_usual_permissions(tmp_path: Path):
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    (written, *_) = write_three(tmp_path / "out")
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_text_in_no_encoding_is_written_with_escapes(tmp_path: Path):
    with atomic_outputs(tmp_path) as out:
        out.write_text("a.txt", "M\udcfcller\n")
    assert (tmp_path / "a.txt").read_bytes() == b"M\\udcfcller\n"


def test_link_is_replaced_and_not_followed(filled: Path):
    (filled / "a.tsv").unlink()
    (filled / "a.tsv").symlink_to(filled / "notes.txt")
    write_three(filled)
    assert not (filled / "a.tsv").is_symlink()
    assert (filled / "notes.txt").read_text(encoding="utf-8") == "former notes.txt"


def test_current_folder_can_be_written(filled: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(filled)
    assert write_three(Path()) == (Path("a.tsv"), Path("b.edf"), Path("c.json"))
    assert len(contents(filled)) == 4


# it fails: nothing stays ----------------------------------------------------------------


@pytest.mark.parametrize("error", [UnexpectedError, KeyboardInterrupt, SystemExit, MemoryError])
def test_interrupted_writing_leaves_the_folder_as_it_was(filled: Path, error):
    before = contents(filled)

    def body(out: OutputFolder) -> None:
        out.write_text("a.tsv", "new")
        out.write_text("b.edf", "new")
        out.path("c.json").write_text("half of", encoding="utf-8")
        raise error

    with pytest.raises(error):
        within(filled, body)
    assert contents(filled) == before


def test_interrupted_writing_removes_the_folders_it_made(tmp_path: Path):
    def body(out: OutputFolder) -> None:
        out.write_text("a.tsv", "new")
        raise UnexpectedError

    with pytest.raises(UnexpectedError):
        within(tmp_path / "one" / "two", body)
    assert contents(tmp_path) == {}


def test_folder_somebody_else_wrote_into_meanwhile_stays(tmp_path: Path):
    def body(out: OutputFolder) -> None:
        out.write_text("a.tsv", "new")
        (tmp_path / "one" / "other").write_bytes(b"theirs")
        raise UnexpectedError

    with pytest.raises(UnexpectedError):
        within(tmp_path / "one" / "two", body)
    assert contents(tmp_path) == {"one": None, "one/other": b"theirs"}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 6))
@pytest.mark.parametrize("error", [KeyboardInterrupt, UnexpectedError])
def test_interrupted_renaming_is_undone(filled: Path, monkeypatch, at, after, error):
    # a.tsv and c.json exist (two renamings each), b.edf is new (one): five in all.
    before = contents(filled)
    with monkeypatch.context() as patch:
        failing_replace(patch, at, error(), after=after)
        with pytest.raises(error):
            write_three(filled)
    assert contents(filled) == before


def test_refused_renaming_is_undone_and_explained(filled: Path, monkeypatch):
    before = contents(filled)
    with monkeypatch.context() as patch:
        failing_replace(patch, 5, PermissionError(errno.EACCES, "Permission denied"))
        with pytest.raises(OutputError, match=r"c\.json: cannot be replaced .*close it") as caught:
            write_three(filled)
    assert "\n" not in str(caught.value)
    assert contents(filled) == before


def test_former_files_are_kept_where_they_cannot_be_put_back(filled: Path, monkeypatch):
    real, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) > 1:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(OutputError, match=r"take them from .*old$") as caught:
            write_three(filled)
    kept = Path(str(caught.value).split("take them from ")[1])
    assert (kept / "a.tsv").read_text(encoding="utf-8") == "former a.tsv"
    shutil.rmtree(kept.parent)


def test_file_that_was_announced_but_not_written_fails_all(filled: Path):
    before = contents(filled)

    def body(out: OutputFolder) -> None:
        out.write_text("a.tsv", "new")
        out.path("b.edf")

    with pytest.raises(OutputError, match=r"b\.edf: was announced"):
        within(filled, body)
    assert contents(filled) == before


# it cannot be written: one line that says what to do --------------------------------------


def test_path_of_a_file_is_not_a_folder(filled: Path):
    with pytest.raises(OutputError, match=r"notes\.txt: a file is in the way: give the path"):
        write_three(filled / "notes.txt")
    with pytest.raises(OutputError, match="a file is in the way"):
        write_three(filled / "notes.txt" / "deeper")
    assert len(contents(filled)) == 3


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_folder_in_the_way_of_a_file_is_never_replaced(filled: Path, when: str):
    precious = filled / "b.edf" / "precious"
    if when == "before":
        precious.mkdir(parents=True)

    def body(out: OutputFolder) -> None:
        out.write_text("a.tsv", "new")
        out.write_text("b.edf", "new")
        precious.mkdir(parents=True)

    with pytest.raises(OutputError, match=r"b\.edf: a folder is in the way"):
        within(filled, body)
    assert precious.is_dir()
    assert (filled / "a.tsv").read_text(encoding="utf-8") == "former a.tsv"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(errno.EACCES, "no permission to write there", id="permission"),
        pytest.param(errno.EROFS, "no permission to write there", id="read-only disk"),
        pytest.param(errno.ENOSPC, "no space left", id="full"),
        pytest.param(errno.EIO, "cannot be written (broken)", id="anything else"),
    ],
)
def test_folder_that_cannot_be_written(tmp_path: Path, monkeypatch, code, words):
    def refuse(*_: object, **__: object) -> str:
        raise OSError(code, "broken")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(OutputError) as caught:
        write_three(tmp_path / "new")
    assert words in str(caught.value)
    assert str(tmp_path / "new") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert contents(tmp_path) == {}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_read_only_folder(filled: Path):
    filled.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="no permission"):
            write_three(filled)
    finally:
        filled.chmod(0o700)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, the full disk")
@pytest.mark.parametrize("by", ["the folder", "a writer"])
def test_full_disk(filled: Path, by: str):
    before = contents(filled)

    def body(out: OutputFolder) -> None:
        out.write_text("a.tsv", "new")
        full = out.path("b.edf")
        full.symlink_to("/dev/full")
        if by == "the folder":
            out.write_bytes("b.edf", b"x" * 100)
        else:
            full.write_bytes(b"x" * 100)

    with pytest.raises(OutputError, match="no space left"):
        within(filled, body)
    assert contents(filled) == before


def test_name_that_is_too_long(filled: Path):
    with pytest.raises(OutputError, match="too long"), atomic_outputs(filled) as out:
        out.path("x" * 300 + ".tsv").write_bytes(b"")
    assert len(contents(filled)) == 3


def test_error_in_reading_is_not_blamed_on_the_folder(filled: Path):
    before = contents(filled)
    with pytest.raises(FileNotFoundError), atomic_outputs(filled) as out:
        out.write_bytes("a.tsv", (filled / "missing.edf").read_bytes())
    assert contents(filled) == before


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/x", "a\0b", "../x"])
def test_name_must_be_a_plain_file_name(filled: Path, name: str):
    with pytest.raises(OutputError, match="plain file name"), atomic_outputs(filled) as out:
        out.write_text(name, "new")
    assert len(contents(filled)) == 3
