"""What the loader says of a wrong contract: the place, the fault, what is known."""

import shutil
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.errors import UsageError

FIXTURE = Path(__file__).parent / "fixture"
TABLE = Path("tables/core/vnaccs__sample.yml")
ELEMENTS = Path("elements/sample.yml")


@pytest.fixture
def contracts(tmp_path):
    """A copy of the fixture contracts that a test may spoil."""
    root = tmp_path / "contracts"
    shutil.copytree(FIXTURE, root)
    return root


def spoil(root: Path, file: Path, old: str, new: str) -> str:
    """Change one place of a file; returns what the loader says of it."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_contracts(root)
    # The folder of the test is not part of the message's promise.
    said = raised.value.message.replace(f"{root}/", "")
    return f"{raised.value.code}: {said}"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "owner:",
            "ownr:",
            "bad_key: tables/core/vnaccs__sample.yml: unknown key `ownr`; "
            "did you mean `owner`?",
        ),
        (
            "owner: Đơn vị mẫu\n",
            "",
            "bad_key: tables/core/vnaccs__sample.yml: Object missing required field "
            "`owner`",
        ),
        (
            "{required: true}\n  registered_date",
            "{requird: true}\n  registered_date",
            "bad_key: tables/core/vnaccs__sample.yml: unknown key `requird` - at "
            "`columns[...]`; did you mean `required`?",
        ),
        (
            "owner: Đơn vị mẫu\n",
            "owner: Đơn vị mẫu\nowner: Khác\n",
            "bad_yaml: tables/core/vnaccs__sample.yml, line 9: key `owner` is written "
            "twice",
        ),
        (
            "  value_vnd: {}\n",
            "  valu_vnd: {}\n",
            "unknown_element: tables/core/vnaccs__sample.yml, column `valu_vnd`: "
            "no data element `valu_vnd`",
        ),
        (
            "importer_tax_code: {role: importer,",
            "buyer_tax_code: {role: importer,",
            "bad_role: tables/core/vnaccs__sample.yml, column `buyer_tax_code`: "
            "it must be named `importer_buyer_tax_code`",
        ),
        (
            "One row per declaration.",
            "Declarations.",
            "no_grain: tables/core/vnaccs__sample.yml: description must start with "
            "`One row per`",
        ),
        (
            'version: "2.1"',
            'version: "2"',
            "bad_version: tables/core/vnaccs__sample.yml: version must be written "
            "major.minor",
        ),
        (
            "name: core.vnaccs__sample",
            "name: core.vnaccs__other",
            "bad_name: tables/core/vnaccs__sample.yml: name and layer must say "
            "core.vnaccs__sample",
        ),
        (
            "key: [declaration_no, registered_date]",
            "key: [declaration_no, registered_day]",
            "unknown_column: tables/core/vnaccs__sample.yml: key names "
            "`registered_day`",
        ),
        (
            "key: [declaration_no, registered_date]",
            "key: []",
            "no_key: tables/core/vnaccs__sample.yml: a table needs a key",
        ),
        (
            "references: {}",
            "references: {declaration_no: core.vnaccs__other.declaration_no}",
            "unknown_reference: core.vnaccs__sample: no column "
            "core.vnaccs__other.declaration_no",
        ),
        (
            "_run_seq: {type: bigint,",
            "_run_seq: {",
            "no_type: tables/core/vnaccs__sample.yml, column `_run_seq`: a technical "
            "column needs `type`",
        ),
        (
            "_run_seq: {type: bigint,",
            "_run_seq: {type: int8,",
            "bad_type: tables/core/vnaccs__sample.yml, column `_run_seq`: `int8` is no "
            "contract type",
        ),
        (
            "value_vnd: {}\n  received",
            "value_vnd: {required: true, expected: 'true'}\n  received",
            "needless_expected: tables/core/vnaccs__sample.yml, column `value_vnd`: a "
            "required column is never empty",
        ),
        (
            "value_vnd: {}\n  received",
            "value_vnd: {type: double}\n  received",
            "own_type: tables/core/vnaccs__sample.yml, column `value_vnd`: only "
            "technical columns may write `type`",
        ),
        (
            "severity: warn",
            "severity: maybe",
            "bad_key: tables/core/vnaccs__sample.yml: Invalid enum value 'maybe' - at "
            "`checks[1].severity`",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_place_and_fault(contracts, old, new, says):
    assert spoil(contracts, TABLE, old, new) == says


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "label_vi: Mã số thuế",
            "labl_vi: Mã số thuế",
            "bad_key: elements/sample.yml, element `tax_code`: unknown key `labl_vi`; "
            "did you mean `label_vi`?",
        ),
        (
            "type: decimal(20,0)",
            "type: money",
            "bad_type: elements/sample.yml, element `value_vnd`: `money` is no "
            "contract type",
        ),
        (
            "tax_code:",
            "TaxCode:",
            "bad_name: elements/sample.yml, element `TaxCode`: names are lower case "
            "ASCII with underscores",
        ),
    ],
)
def test_a_wrong_element_is_refused_with_place_and_fault(contracts, old, new, says):
    assert spoil(contracts, ELEMENTS, old, new) == says


def test_an_element_defined_in_two_files_is_refused_with_both(contracts):
    twice = contracts / "elements" / "zz_twice.yml"
    shutil.copy(contracts / ELEMENTS, twice)
    with pytest.raises(UsageError, match=r"declaration_no.* it is also in .*sample"):
        load_contracts(contracts)


def test_a_file_that_is_not_utf8_is_refused_with_the_byte(contracts):
    (contracts / ELEMENTS).write_bytes("nhãn: Tờ khai".encode("utf-16"))
    with pytest.raises(UsageError, match=r"bad_encoding: .*byte 0 is not UTF-8"):
        load_contracts(contracts)


def test_an_error_of_a_contract_is_a_usage_error_with_a_remedy(contracts):
    with pytest.raises(UsageError) as raised:
        load_contracts(contracts).table("core.nothing")
    assert (raised.value.exit_code, raised.value.code) == (2, "unknown_table")
    assert "customs status" in raised.value.remedy
