"""Who may read what through Trino: shown schemas, and nothing that is not granted."""

from __future__ import annotations

import json

from lakehouse.derive.to_trino import (
    CATALOG,
    REGISTRAR_CATALOG,
    SHOWN_SCHEMAS,
    private_schema,
)

REGISTRAR = "registrar"
"""The name under which we register tables; nobody else may see them."""


def access_rules() -> str:
    """Rules of Trino's file access control, as JSON.

    Rules do not tell people apart yet. Without sign-in a name is what its bearer
    says: then the rules guard against mistakes and the loopback address against others.
    """
    registrar = {"user": REGISTRAR}
    rules = {
        "catalogs": [
            registrar | {"catalog": f"{REGISTRAR_CATALOG}|{CATALOG}", "allow": "all"},
            {"catalog": f"{CATALOG}|system", "allow": "read-only"},
        ],
        "schemas": [registrar | {"catalog": REGISTRAR_CATALOG, "owner": True}],
        "tables": _tables(),
        "procedures": [
            registrar
            | {
                "catalog": REGISTRAR_CATALOG,
                "schema": "system",
                "procedure": "register_table",
                "privileges": ["EXECUTE"],
            }
        ],
        # Or people would lift the limits that guard the others.
        "system_session_properties": [
            {"property": "query_max_.*", "allow": False},
            {"allow": True},
        ],
    }
    return json.dumps(rules, indent=2) + "\n"


def _tables() -> list[dict[str, object]]:
    """Rules of tables; the first that fits counts."""
    shown = "|".join(SHOWN_SCHEMAS)
    private = "|".join(private_schema(name) for name in SHOWN_SCHEMAS)
    registrar = {"user": REGISTRAR}
    return [
        # It owns the views but may not insert, update or delete a row.
        registrar
        | {
            "catalog": REGISTRAR_CATALOG,
            "privileges": ["SELECT", "OWNERSHIP"],
        },
        registrar
        | {
            "catalog": CATALOG,
            "schema": private,
            "privileges": ["SELECT", "GRANT_SELECT"],
        },
        {"catalog": CATALOG, "schema": shown, "privileges": ["SELECT"]},
        {"schema": "information_schema", "privileges": ["SELECT"]},
    ]
