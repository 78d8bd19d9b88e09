"""Messages of the single window become text rows; each bad one is kept apart."""

from pathlib import Path

import pytest

from ingestion.stage import load_reader
from lakehouse.batches import Parsed

_FIXTURE = Path(__file__).with_name("messages.xml")


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    (found,) = load_reader("nsw").read(_FIXTURE)
    return found


def test_a_permit_names_its_goods_as_they_were_written(parsed: Parsed) -> None:
    first, *_ = parsed.tables["nsw__permit"].to_pylist()
    assert first["permit_no"] == "00012/2026/GP"
    goods = [(line["goods_name"], line["quantity"]) for line in first["lines"]]
    assert goods == [
        ("Bánh quy bơ đóng hộp thiếc", "5000"),
        ("Kẹo dẻo hương trái cây", "800"),
    ]


def test_a_dossier_carries_its_documents_beside_its_goods(parsed: Parsed) -> None:
    first, *_ = parsed.tables["nsw__dossier"].to_pylist()
    assert len(first["lines"]) == 2
    forms = [one["document_form_code"] for one in first["documents"]]
    assert forms == ["scan", "paper"]


def test_an_item_that_nobody_mapped_is_a_warning(parsed: Parsed) -> None:
    warnings = parsed.tables["nsw__message"].column("warning_codes").to_pylist()
    assert [one for one in warnings if one] == ["unmapped:Dossier/Ghi_chu"]


def test_vessels_and_vehicles_are_evidence_alone(parsed: Parsed) -> None:
    kinds = parsed.tables["nsw__message"].column("message_type_code").to_pylist()
    assert kinds.count("TRANSPORT") == 1
    families = sum(rows.num_rows for rows in parsed.tables.values())
    assert families == 2 * len(kinds) - 1


def test_each_bad_message_is_rejected_alone(parsed: Parsed) -> None:
    found = [
        (row["code"], row["reason_en"].partition(": ")[2])
        for row in parsed.rejected.to_pylist()
    ]
    assert found == [
        ("wrong_namespace", "urn:sample:single-window:0"),
        ("unknown_message_type", "LICENCE"),
        ("missing_item", "Permit/PermitID"),
        ("repeated_item", "Step/StepNo"),
        ("wrong_type", "Permit/Line"),
        ("bad_xml", "4:35"),
        ("dtd_refused", ""),
        ("cut_message", ""),
    ]
    kept = parsed.tables["nsw__message"].num_rows
    assert parsed.messages == kept + parsed.rejected.num_rows
