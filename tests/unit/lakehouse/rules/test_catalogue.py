import pytest

from lakehouse.contracts import load_contracts
from lakehouse.rules.catalogue import Catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.from_contracts(load_contracts())


def test_every_group_can_be_read(catalogue):
    groups = {entry.group for entry in catalogue.entries.values()}
    assert groups == {"declaration", "line", "enterprise", "price"}


def test_a_value_has_the_type_of_its_column(catalogue):
    assert catalogue.entries["line.customs_value_vnd"].type_text == "decimal(20,0)"
    assert catalogue.entries["declaration.registered_date"].type_text == "date"


def test_features_are_marked_and_name_their_table(catalogue):
    entry = catalogue.entries["enterprise.declaration_count_365d"]
    assert entry.is_feature
    assert entry.source == "feat.enterprise__activity"
    assert not catalogue.entries["line.hs_code"].is_feature


@pytest.mark.parametrize(
    "name",
    [
        "declaration.known_from",
        "declaration._run_seq",
        "line.declaration_key",
        "price.hs_code",
        "enterprise.as_of_date",
    ],
)
def test_what_the_lake_adds_and_what_only_joins_cannot_be_read(catalogue, name):
    assert name not in catalogue.entries


def test_every_value_has_a_vietnamese_label(catalogue):
    assert all(entry.label_vi.strip() for entry in catalogue.entries.values())
    assert catalogue.entries["line.origin_country_code"].label_vi == "Mã nước xuất xứ"
