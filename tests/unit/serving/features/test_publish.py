from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.derive.to_rows import to_rows
from lakehouse.tables import Lake, rows_of
from realtime_core.errors import SnapshotRefused
from realtime_core.features import Snapshot, current_snapshot
from serving.features.errors import NothingToPublish
from serving.features.publish import publish

DAY = date(2026, 11, 3)
ACTIVITY = "feat.enterprise__activity"
PRICE = "feat.commodity_origin__price"


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path / "lake", load_contracts())
    activity = [
        {"tax_code": "9900000017", "as_of_date": DAY, "declaration_count_365d": 12,
         "first_declaration_date": date(2024, 2, 1), "customs_value_vnd_365d": 10**15},
        {"tax_code": "9900000009", "as_of_date": DAY, "declaration_count_365d": 3},
        {"tax_code": "9900000009", "as_of_date": date(2026, 11, 2)},
    ]  # fmt: skip
    price = [
        {"hs_code": "87032300", "origin_country_code": origin,
         "quantity_unit_code": "PCE", "as_of_date": DAY, "median_unit_price_vnd": 5.5}
        for origin in ("JP", "DE")
    ]  # fmt: skip
    contracts = lake.contracts
    lake.append(ACTIVITY, to_rows(contracts.table(ACTIVITY), activity))
    lake.append(PRICE, to_rows(contracts.table(PRICE), price))
    write_manifest(lake, 4)
    return lake


def write_manifest(lake: Lake, run_seq: int) -> None:
    rows = [
        {"run_seq": run_seq, "table_name": name, "delta_version": lake.version(name),
         "ended_at": datetime(2026, 11, 3, tzinfo=UTC)}
        for name in (ACTIVITY, PRICE)
    ]  # fmt: skip
    lake.append("ops.manifest", rows_of("ops.manifest", rows, lake))


def opened(lake: Lake) -> Snapshot:
    folder = current_snapshot(lake.root / "published" / "snapshots")
    return Snapshot(folder, lake.contracts)


def test_a_published_subject_is_found_with_its_values(lake):
    publish(lake, DAY)
    found = opened(lake).find("enterprise", ("9900000017",))
    assert found.key == "enterprise/9900000017"
    assert found.values["declaration_count_365d"] == 12
    assert found.values["first_declaration_date"] == date(2024, 2, 1)
    assert found.values["customs_value_vnd_365d"] == 10**15
    assert (
        opened(lake).find("price", ("87032300", "DE", "PCE")).values["as_of_date"]
        == DAY
    )


def test_an_unknown_or_incomplete_subject_has_no_record(lake):
    publish(lake, DAY)
    snapshot = opened(lake)
    assert snapshot.find("enterprise", ("0999999999",)).values is None
    assert snapshot.find("price", ("87032300", None, "PCE")).values is None
    assert snapshot.find("price", ("8" * 600, "JP", "PCE")).values is None


def test_features_keep_the_order_of_the_lines(lake):
    publish(lake, DAY)
    goods = [("87032300", "JP", "PCE"), ("1", "2", "3"), ("87032300", "JP", "PCE")]
    features = opened(lake).read("9900000009", goods)
    there = [price.values is not None for price in features.prices]
    assert there == [True, False, True]
    assert features.run_seq == 4
    assert features.as_of_date == DAY


def test_two_readers_of_one_process_share_a_snapshot(lake):
    publish(lake, DAY)
    first, second = opened(lake), opened(lake)
    first.close()
    assert second.find("enterprise", ("9900000017",)).values is not None


def test_the_same_content_gives_the_same_folder(lake):
    assert publish(lake, DAY) == publish(lake, DAY)


def test_only_versions_of_the_manifest_are_published(lake):
    late = {"tax_code": "9900000025", "as_of_date": DAY}
    lake.append(ACTIVITY, to_rows(lake.contracts.table(ACTIVITY), [late]))
    publish(lake, DAY)
    assert opened(lake).find("enterprise", ("9900000025",)).values is None
    write_manifest(lake, 5)
    publish(lake, DAY)
    assert opened(lake).find("enterprise", ("9900000025",)).values is not None


def test_a_date_without_features_is_refused_and_leaves_nothing_behind(lake):
    with pytest.raises(NothingToPublish, match="no_features"):
        publish(lake, date(2020, 1, 1))
    assert list((lake.root / "published" / "snapshots").iterdir()) == []


def test_a_lake_without_a_finished_run_is_refused(tmp_path):
    with pytest.raises(NothingToPublish, match="no_manifest"):
        publish(Lake(tmp_path, load_contracts()), DAY)


def test_changed_bytes_are_refused(lake):
    folder = publish(lake, DAY)
    data = bytearray((folder / "data.mdb").read_bytes())
    data[5000] ^= 1
    (folder / "data.mdb").write_bytes(data)
    with pytest.raises(SnapshotRefused, match="snapshot_damaged"):
        opened(lake)


def test_a_changed_manifest_is_refused(lake):
    manifest = publish(lake, DAY) / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"run_seq":4', b'"run_seq":5'))
    with pytest.raises(SnapshotRefused, match="snapshot_damaged"):
        opened(lake)


def test_a_snapshot_of_other_contracts_is_refused(lake, monkeypatch):
    monkeypatch.setattr("serving.features.publish.to_fingerprint", lambda tables: "x")
    publish(lake, DAY)
    with pytest.raises(SnapshotRefused, match="snapshot_schema"):
        opened(lake)


def test_no_pointer_is_one_clear_error(tmp_path: Path):
    with pytest.raises(SnapshotRefused, match="no_snapshot"):
        current_snapshot(tmp_path)
