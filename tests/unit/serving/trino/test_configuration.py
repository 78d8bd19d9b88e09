"""Trino of a lake is local, writes nothing, and shows what is granted."""

import json
import re
from pathlib import Path

import pytest

from lakehouse.derive.to_trino import CATALOG, REGISTRAR_CATALOG, SHOWN_SCHEMAS
from serving.trino.access import REGISTRAR, access_rules
from serving.trino.configuration import Place, configuration

LAKE = Path("/srv/lake")
PLACE = Place(LAKE, LAKE / "ops" / "_trino", 18080, 2 * 1024**3)


@pytest.fixture
def files() -> dict[str, str]:
    return configuration(PLACE)


def settings_of(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_it_listens_on_the_loopback_address_alone(files):
    node = settings_of(files["node.properties"])
    assert node["node.bind-ip"] == node["node.internal-address"] == "127.0.0.1"
    assert settings_of(files["config.properties"])["http-server.http.port"] == "18080"


def test_it_asks_nobody_for_a_password_over_plain_http(files):
    """A password over HTTP would be no password: it comes with HTTPS or not at all."""
    assert "insecure" not in "".join(files.values())
    assert "authentication" not in files["config.properties"]


def test_people_read_through_a_catalog_that_cannot_write(files):
    shown = settings_of(files[f"catalog/{CATALOG}.properties"])
    assert shown["delta.security"] == "READ_ONLY"
    assert "delta.register-table-procedure.enabled" not in shown


def test_both_catalogs_share_one_metastore_below_the_lake(files):
    names = ("local.location", "hive.metastore.catalog.dir")
    one, other = (
        settings_of(files[f"catalog/{name}.properties"])
        for name in (CATALOG, REGISTRAR_CATALOG)
    )
    assert [one[n] for n in names] == [other[n] for n in names]
    assert one["local.location"] == "/srv/lake"


def granted(kind: str, user: str, **asked: str) -> object:
    """What the first rule that fits says, as Trino takes it."""
    for rule in json.loads(access_rules())[kind]:
        if not re.fullmatch(rule.get("user", ".*"), user):
            continue
        if all(re.fullmatch(rule.get(k, ".*"), v) for k, v in asked.items()):
            return rule.get("allow", rule.get("privileges", rule.get("owner")))
    return None


@pytest.mark.parametrize("schema", SHOWN_SCHEMAS)
def test_an_analyst_reads_shown_schemas(schema):
    assert granted("catalogs", "an", catalog=CATALOG) == "read-only"
    assert granted("tables", "an", catalog=CATALOG, schema=schema) == ["SELECT"]


@pytest.mark.parametrize("schema", ["private_gold", "core", "raw", "ops"])
def test_an_analyst_reads_nothing_else(schema):
    assert granted("tables", "an", catalog=CATALOG, schema=schema) is None
    assert granted("catalogs", "an", catalog=REGISTRAR_CATALOG) is None


def test_not_even_the_registrar_may_change_rows():
    for rule in json.loads(access_rules())["tables"]:
        assert not {"INSERT", "UPDATE", "DELETE"} & set(rule["privileges"])
    held = granted("tables", REGISTRAR, catalog=REGISTRAR_CATALOG, schema="gold")
    assert held == ["SELECT", "OWNERSHIP"]


def test_nobody_lifts_the_limits_of_a_query():
    name = "query_max_run_time"
    assert granted("system_session_properties", "an", property=name) is False
    assert granted("system_session_properties", "an", property="spill_enabled") is True
