"""Events of the payment cases as messages of the gateway and of tax accounting."""

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

Message = tuple[str, str]
"""The day on which it comes, and its text."""

_KINDS = {"payment": "301", "cancel": "501", "reconcile": "801", "guarantee": "401"}


def accounting(case: dict[str, Any]) -> Iterator[Message]:
    """Statements of what is owed, and refunds."""
    for number, one in enumerate(case["input"]["statements"]):
        rule = one["due_rule"]
        message = {
            "kind": "obligation",
            "id": f"{case['id']}-S{number}",
            "sent_at": f"{one['known_on']}T08:00:{number:02d}",
            "declaration_no": one["declaration"],
            "registered_date": rule.get("registered_on"),
            "items": [
                {
                    "budget_item_code": one["sub_item"],
                    "obligation_vnd": one["amount"],
                    "due_rule_code": rule["kind"],
                    "due_date": rule.get("due_on"),
                    "cleared_date": rule.get("cleared_on"),
                    "guaranteed_to_date": rule.get("guarantee_to"),
                }
            ],
        }
        yield one["known_on"], json.dumps(message)
    for number, one in enumerate(case["input"]["events"]):
        if one["type"] == "refund":
            message = {
                "kind": "refund",
                "id": f"{case['id']}-R{number}",
                "sent_at": f"{one['known_on']}T08:00:00",
                "declaration_no": one["declaration"],
                "budget_item_code": one["sub_item"],
                "refund_vnd": one["amount"],
                "paid_out_date": one["paid_out_on"],
            }
            yield one["known_on"], json.dumps(message)


def gateway(case: dict[str, Any]) -> Iterator[Message]:
    """Payments, cancellations, lists of the bank of the case, guarantees."""
    for number, one in enumerate(case["input"]["events"]):
        if one["type"] in _KINDS:
            transaction = one.get("transaction", f"{case['id']}-{number}")
            header = {
                "Message_Type": _KINDS[one["type"]],
                "Transaction_Date": f"{one['known_on']}T09:00:{number:02d}",
                "Transaction_ID": transaction,
                "Request_ID": f"{case['id']}-{number}",
            }
            data = _data(case["id"], one)
            message = {"Header": header, "Data": data}
            yield one["known_on"], _element("Customs", message)


def _data(bank: str, event: dict[str, Any]) -> dict[str, Any]:
    if event["type"] == "payment":
        return {
            "So_CT": event["document"],
            "Ngay_BC": event["credited_on"],
            "Ma_NH": bank,
            "GNT_CT": [
                {
                    "So_TK": part["declaration"],
                    "ToKhai_CT": {
                        "NDKT": part["sub_item"],
                        "SoTien_VND": part["amount"],
                    },
                }
                for part in event["items"]
            ],
        }
    if event["type"] == "reconcile":
        rows = [
            {"So_CT": row["document"], "SoTien_TO": row["amount"]}
            for row in event["rows"]
        ]
        return {"Ngay_DC": event["for_day"], "Ma_NH": bank, "ChungTu": rows}
    if event["type"] == "guarantee":
        return {
            "So_CT": event["document"],
            "So_TK": event["declaration"],
            "Ngay_HL": event["valid_from"],
            "Ngay_HHL": event["valid_to"],
            "SoTien": event["amount"],
        }
    return {"So_CT": event["document"]}


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        inner = "".join(_element(tag, one) for tag, one in value.items())
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"
