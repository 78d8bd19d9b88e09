"""A scaffolded source reads messages at once, without a line of Python."""

import shutil
from pathlib import Path

import pytest

from ingestion.new_source import OPEN, write_source
from lakehouse.documents.form import load_form
from lakehouse.documents.reader import read_documents
from lakehouse.entities.model import load_entities
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT

MESSAGES = {
    "json_lines": '{"id": "A1", "sent_at": "2026-11-02T08:00:00", "notes": "Ghi chú"}',
    "json": '{"id": "A1",\n "sent_at": "2026-11-02T08:00:00", "notes": "Ghi chú"}',
    "xml": "<Message><id>A1</id><sent_at>2026-11-02T08:00:00</sent_at>"
    "<notes>Ghi chú</notes></Message>",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The elements of the project alone."""
    elements = PROJECT_ROOT / "contracts" / "elements"
    shutil.copytree(elements, tmp_path / "contracts" / "elements")
    return tmp_path


@pytest.mark.parametrize("written", sorted(MESSAGES))
def test_a_new_source_reads_its_messages(project: Path, written: str) -> None:
    write_source(project, "lab", "analysis", written)
    message = project / "message"
    message.write_text(MESSAGES[written], encoding="utf-8")
    form = load_form("lab", project / "contracts")
    (parsed,) = read_documents(form, message)
    assert parsed.rejected.to_pylist() == []
    (row,) = parsed.tables["lab__analysis"].to_pylist()
    assert (row["transaction_id"], row["notes_text"]) == ("A1", "Ghi chú")
    family = load_entities("lab", project / "transforms").families["lab__analysis"]
    assert family.main == "core.lab__analysis"


def test_it_is_three_files_beside_the_contracts(project: Path) -> None:
    paths = write_source(project, "lab", "analysis", "xml")
    beside = [one for one in paths if "contracts" not in one.parts]
    assert len(beside) == 3
    assert [one for one in paths if one.suffix == ".py"] == []


def test_what_is_open_must_be_filled(project: Path) -> None:
    paths = write_source(project, "lab", "analysis", "xml")
    assert sum(OPEN in one.read_text(encoding="utf-8") for one in paths) >= 4


def test_a_source_is_not_written_over(project: Path) -> None:
    write_source(project, "lab", "analysis", "xml")
    with pytest.raises(UsageError, match="known_source"):
        write_source(project, "lab", "analysis", "xml")
