"""The message layouts: what the files say, and how a message finds its own."""

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.errors import UsageError
from lakehouse.messages import Layouts, load_layouts
from lakehouse.messages.files import read_answers
from lakehouse.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "contracts" / "messages" / "vnaccs"
LAYOUTS = load_layouts()


def test_every_layout_is_the_one_of_the_dictionary(shared_dir: Path) -> None:
    published = defaultdict(list)
    path = shared_dir / "data" / "vnaccs_message_dictionary" / "vnaccs_layout.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            item = (row["item_id"], row["attribute"], int(row["length"]))
            mandatory, repeat = row["required"] == "M", int(row["repeat_max"])
            published[row["template"]].append((*item, mandatory, repeat))
    ours = {
        template: [
            (item.id, item.kind, item.length, item.mandatory, block.repeat)
            for block in LAYOUTS[template].blocks
            for item in block.items
        ]
        for template in LAYOUTS
    }
    assert ours == {template: published[template] for template in ours}
    # `_1`, `_2` … are the pages of a terminal; `_all` is the message.
    missing = {name for name in set(published) - set(ours) if name[-2] != "_"}
    assert missing == set()


@pytest.mark.parametrize(
    ("procedure", "output", "template"),
    [
        ("IDA", "", "IDA00000D0"),
        ("IDA01", "", "IDA01000D0"),
        ("MIC  ", "       ", "MIC00000D0"),
        ("IDC", "VAD1AC0", "VAD1AC0P"),
        ("IDC", "VAD2AC0", "VAD1AC0P"),
        ("EDC", "VAE3LD0", "VAE1LD0P"),
        ("any", "VAD0AA0", "VAD0AA0D"),
        ("VIT", "", "VIT_all"),
        ("OLC", "VAS5010", "VAS5010_all"),
    ],
)
def test_a_message_finds_its_layout(procedure: str, output: str, template: str) -> None:
    layout = LAYOUTS.find(procedure, output)
    assert layout is not None
    assert layout.template == template


@pytest.mark.parametrize(
    ("output", "template", "event", "rank", "actor"),
    [
        ("VAD2AC0", "VAD1AC0P", "channel", 3, None),
        ("VAD2AE0", "VAD1AC0P", "amended", 3, "declarant"),
        ("VAD3AY0", "VAD1AC0P", "amended", 3, "customs"),
        ("VAD2BJ0", "VAD1AG0P", "released", 2, None),
        ("VAE2LE0", "VAE1LD0P", "amended", 3, "declarant"),
        ("VRE1LF0", "VAE1LF0P", "cleared", 2, None),
        ("VRD2AY0", "VAD1AC0P", "amended", 3, "customs"),
        ("VAD4910", "VAD4870P", "inspection_cancelled", 0, None),
        ("VAL8060", "VAL8000P", "post_clearance_refused", 0, None),
        ("VAD8050", "VAD8010P", "exemption_list_stated", 0, None),
        ("VAL8130", "VAL8110P", "temporary_stated", 0, None),
    ],
)
def test_an_answer_without_a_form_of_its_own_has_that_of_its_family(
    output: str, template: str, event: str, rank: int, actor: str | None
) -> None:
    layout = LAYOUTS.find("any", output)
    assert layout is not None
    assert [block.items for block in layout.blocks] == [
        block.items for block in LAYOUTS[template].blocks
    ]
    said = (layout.event_code, layout.content_rank, layout.actor_code)
    assert said == (event, rank, actor)


def test_answers_of_one_rule_share_a_layout_so_that_they_are_read_together() -> None:
    assert LAYOUTS.find("IDE", "VAD2AE0") is LAYOUTS.find("IDE", "VAD3AM0")


def test_every_rule_of_answers_names_a_layout() -> None:
    rules = read_answers(FOLDER / "answers.yml").answers
    assert [rule.layout for rule in rules if rule.layout not in LAYOUTS] == []


@pytest.mark.parametrize(("procedure", "output"), [("ZZQ01", ""), ("IDC", "VAD9ZZ0")])
def test_an_unknown_code_finds_none(procedure: str, output: str) -> None:
    assert LAYOUTS.find(procedure, output) is None


def test_every_mapped_item_has_a_column_of_its_own_in_the_raw_table() -> None:
    for layout in LAYOUTS.mapped():
        schema = to_arrow(load_contracts().table(f"raw.vnaccs__{layout.family}"))
        places = []
        for block in layout.blocks:
            fields = schema
            if block.list_name:
                fields = schema.field(block.list_name).type.value_type
            for item in block.items:
                if not item.column:
                    continue
                inner = fields
                if item.list_name:
                    inner = fields.field(item.list_name).type.value_type
                names = [field.name for field in inner]
                assert item.column in names, (layout.template, item)
                places.append((block.list_name, *item[4:]))
        assert len(places) == len(set(places)), layout.template


def test_items_of_a_split_declaration_and_a_result_mean_the_same() -> None:
    def columns(template: str) -> dict[str, str | None]:
        blocks = LAYOUTS[template].blocks
        return {item.id: item.column for block in blocks for item in block.items}

    assert columns("IDA00000D0")["CMD"] == columns("VAD1AC0P")["B27"] == "hs_code"
    assert columns("EDA00000D0")["ECN"] == columns("VAE1LD0P")["ECN"]


def test_dates_are_the_eight_byte_items_of_date_columns() -> None:
    (flat, _) = LAYOUTS["IDA00000D0"].blocks
    dates = {item.id for item in flat.items if item.is_date}
    assert {"ARR", "IVD", "ICD", "RED"} <= dates
    assert not {"IMN", "ST", "ICN"} & dates


def test_the_header_is_398_bytes_and_its_password_has_no_column() -> None:
    header = LAYOUTS.header
    last = max(header.fields.values(), key=lambda field: field.offset)
    assert last.offset + last.length == header.length == 398
    assert [name for name, f in header.fields.items() if not f.column] == ["password"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("items: {ICN X12: declaration_no}", "`ICN X12` is not of the form"),
        ("items: {bills 1to5: {BL# A35: bill_no}}", "`bills 1to5` is not of the form"),
        ("items_of: IDA00000D0\nitems: {}", "one of them"),
        ("itms: {}", "did you mean `items`"),
    ],
)
def test_a_wrong_layout_file_is_named_with_what_is_wrong(
    tmp_path: Path, text: str, message: str
) -> None:
    head = "title_vi: Thử\nprocedure: ZZZ\nvalid_from: 2014-04-01\n"
    (tmp_path / "ZZZ00000D0.yml").write_text(head + text, encoding="utf-8")
    (tmp_path / "header.yml").write_text((FOLDER / "header.yml").read_text())
    with pytest.raises(UsageError, match="ZZZ00000D0"):
        Layouts(tmp_path)["ZZZ00000D0"]
    with pytest.raises(UsageError, match=message):
        Layouts(tmp_path)["ZZZ00000D0"]
