import pytest

from tests.unit.review.servers import client_of, opened, scored, write_night


@pytest.fixture(scope="package")
def night(tmp_path_factory):
    """Give a small recording and its score."""
    path = write_night(tmp_path_factory.mktemp("night") / "night.edf")
    return path, scored(path, path.parent)


@pytest.fixture
def folder(night, tmp_path):
    """Give a folder that holds the score of the small recording."""
    path, _ = night
    name = f"{path.stem}.score.json"
    (tmp_path / name).write_bytes((path.parent / name).read_bytes())
    return tmp_path


@pytest.fixture
def browser(night, folder):
    """Give a browser that was let in, the address of the open recording, and its journal."""
    client, hub = client_of(night[0], folder=folder)
    yield client, opened(client), folder / "night.review.jsonl"
    hub.close()
