"""Which sources a night takes in."""

import shutil

import pytest

from ingestion.stage import due_sources, source_codes
from lakehouse.derive.to_rows import to_rows
from lakehouse.errors import DataRefused


@pytest.mark.parametrize("source", source_codes())
def test_every_source_of_the_product_is_taken_once_it_has_a_landing_folder(
    lake, source
):
    (lake.root / "landing" / source).mkdir(parents=True)
    assert due_sources(lake) == [source]


def test_a_source_that_has_delivered_is_due_though_its_folder_is_gone(lake):
    (lake.root / "landing" / "ref").mkdir(parents=True)
    batch = {"source_code": "vnaccs", "batch_seq": 1}
    lake.append("ops.batch", to_rows(lake.contracts.table("ops.batch"), [batch]))
    assert due_sources(lake) == ["ref", "vnaccs"]
    shutil.rmtree(lake.root / "landing")
    assert due_sources(lake) == ["vnaccs"]


def test_a_lake_without_any_landing_folder_is_a_mount_that_failed(lake):
    with pytest.raises(DataRefused) as refused:
        due_sources(lake)
    assert refused.value.code == "landing_missing"
