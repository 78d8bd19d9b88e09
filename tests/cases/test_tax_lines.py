"""The acceptance cases of taxes pass through the assessment of the product."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
import yaml

from lakehouse.law import tax
from lakehouse.law.tax import Assessment, LineAssessment, Reference, TaxEntry
from lakehouse.settings import PROJECT_ROOT

TOPIC = "tax_lines"
_TABLES = PROJECT_ROOT / "ingestion/ref/sample/tariff_table.yml"
_ALWAYS = {"valid_from": date.min, "valid_to": None}
_RATE = {
    "tariff_table_scope_code": "*",
    "origin_scope_code": "*",
    "is_not_subject": False,
}


@pytest.fixture(scope="module")
def table_rows() -> list[dict[str, Any]]:
    """What kind of table a code names: the list shipped as reference rows."""
    listed = yaml.safe_load(_TABLES.read_text(encoding="utf-8"))
    return [listed["defaults"] | row for row in listed["rows"]]


def test_a_declaration_gets_its_taxes_or_the_reason_why_not(
    case: dict[str, Any], table_rows: list[dict[str, Any]]
) -> None:
    given = case["input"]
    lists = _lists(given["reference"]) | {"tariff_table": table_rows}
    assessment = tax.assess(_declaration(given), Reference.from_rows(lists))
    assert _record(assessment) == case["expected"]


def _declaration(given: dict[str, Any]) -> tax.Declaration:
    header = given["header"]
    return tax.Declaration(
        registered_date=date.fromisoformat(given["registered_on"]),
        currency_code=header["currency"],
        lines=tuple(map(_line, given["lines"])),
        charges=tuple(_charges(header)),
        is_low_value=given["kind"] == "parcel",
    )


def _charges(header: dict[str, Any]) -> Iterator[tax.Charge]:
    for part in ("freight", "insurance"):
        if header.get(part):
            yield _charge(part, header[part])
    for given in header.get("adjustments") or ():
        yield _charge({"AD": "addition", "SB": "deduction"}[given["kind"]], given)


def _charge(part: Any, given: dict[str, Any]) -> tax.Charge:
    named = given.get("lines")
    line_nos = None if named is None else tuple(named)
    return tax.Charge(part, given["currency"], Decimal(given["amount"]), line_nos)


def _line(given: dict[str, Any]) -> tax.Line:
    return tax.Line(
        line_no=given["line"],
        hs_code=given["hs"],
        origin_country_code=given["origin"],
        tariff_table_code=given["table"],
        invoice_amount=Decimal(given["invoice_value"]),
        first_quantity=Decimal(given["quantity"]),
        first_quantity_unit_code=given["unit"],
        is_over_quota=bool(given.get("over_quota")),
        certificate=_certificate(given.get("certificate")),
        reliefs=tuple(map(_relief, given.get("relief") or ())),
    )


def _certificate(given: dict[str, Any] | None) -> tax.Certificate | None:
    if given is None:
        return None
    return tax.Certificate(
        form_code=given["form"],
        origin_country_code=given["origin"],
        hs6=given["hs6"],
        issued_date=date.fromisoformat(given["issued_on"]),
        valid_to=date.fromisoformat(given["valid_to"]),
        status_code=given["status"],
    )


def _relief(given: dict[str, Any]) -> tax.Relief:
    percent = {"exempt": "100", "reduce": given.get("percent")}[given["kind"]]
    return tax.Relief(given["tax"], Decimal(percent))


def _lists(given: dict[str, Any]) -> dict[str, Iterable[dict[str, Any]]]:
    """The rows of a case as rows of the tables of `ref`."""
    return {
        "tax_rate": _rates(given),
        "exchange_rate": map(_exchange_rate, given.get("exchange_rates", ())),
        "vat_reduction": _reductions(given),
        "tariff_preference": _preferences(given),
        "mfn_origin": [
            _ALWAYS | {"origin_country_code": code}
            for code in given.get("mfn_origins", ())
        ],
        "tariff_quota": map(_quota, given.get("quotas", ())),
        "low_value_rule": map(_low_value_rule, given.get("parcel_rules", ())),
    }


def _reductions(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in given.get("vat_reductions", ()):
        reduction = row | {
            "tax_percent": row["percent"],
            "is_without_special_consumption": row.get("not_if_sct", False),
        }
        yield from (reduction | {"hs_code": code} for code in row["eligible_hs"])


def _preferences(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in given.get("fta", ()):
        table = _ALWAYS | row | {"tariff_table_code": row["table"]}
        for form, origin in product(row["forms"], row["origins"]):
            pair = {"certificate_form_code": form, "origin_country_code": origin}
            yield table | pair


def _quota(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "hs_code": row["hs"],
        "quota_quantity": row["balance"],
        "quantity_unit_code": row["unit"],
        "tariff_table_code": row["out_table"],
    }


def _low_value_rule(row: dict[str, Any]) -> dict[str, Any]:
    limit = row["duty_payable_exempt_under_vnd"]
    return row | {"stream_code": "parcel", "duty_exempt_under_vnd": limit}


def _rates(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in given.get("duty", ()):
        yield _rate("import_duty", row) | {"tariff_table_scope_code": row["table"]}
    for row in given.get("additional", ()):
        yield _rate(row["tax"], row) | {"origin_scope_code": row["origin"]}
    for tax_type in ("sct", "ept", "vat"):
        for row in given.get(tax_type, ()):
            yield _rate(tax_type, row)


def _rate(tax_type: str, row: dict[str, Any]) -> dict[str, Any]:
    in_dong = row.get("amount_vnd")
    return _RATE | {
        "tax_type_code": tax_type,
        "hs_code": row["hs"],
        "tax_percent": row.get("percent"),
        "unit_tax_amount": in_dong or row.get("amount"),
        "unit_tax_currency_code": "VND" if in_dong else row.get("amount_currency"),
        "quantity_unit_code": row.get("per"),
        "is_not_subject": row.get("not_subject", False),
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
    }


def _exchange_rate(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "rate_type_code": "customs",
        "base_currency_code": row["currency"],
        "quote_currency_code": "VND",
        "exchange_rate": row["vnd"],
        "is_sample": True,
    }


def _record(found: Assessment) -> dict[str, Any]:
    """The assessment in the words of the cases."""
    if not found.evaluated:
        currencies = sorted({gap.currency_code for gap in found.gaps} - {None})
        refused = {"evaluated": False, "reason": found.gaps[0].code}
        return refused | ({"currencies": currencies} if currencies else {})
    record = {
        "evaluated": True,
        "lines": [*map(_line_record, found.lines)],
        "totals_vnd": found.totals_vnd,
        "total_payable_vnd": found.total_payable_vnd,
        "findings": [
            {"line": one.line_no, "code": one.code, **one.details}
            for one in found.findings
        ],
    }
    if found.parcel is not None:
        parcel = found.parcel
        record["parcel"] = {
            "customs_value_vnd": parcel.customs_value_vnd,
            "duty_before_exemption_vnd": parcel.duty_before_exemption_vnd,
            "duty": parcel.duty,
            "vat": parcel.vat,
        }
    return record


def _line_record(line: LineAssessment) -> dict[str, Any]:
    return {
        "line": line.line_no,
        "invoice_value_vnd": line.value.invoice_vnd,
        "freight_vnd": line.value.freight_vnd,
        "insurance_vnd": line.value.insurance_vnd,
        "adjustment_vnd": line.value.adjustment_vnd,
        "customs_value_vnd": line.value.customs_value_vnd,
        "table_applied": line.table_applied,
        "taxes": [*map(_tax_record, line.taxes)],
        "payable_vnd": line.payable_vnd,
    }


def _tax_record(entry: TaxEntry) -> dict[str, Any]:
    record = {
        "tax": entry.tax_type,
        "base_vnd": entry.base_vnd,
        "rate": entry.rate.text,
        "amount_vnd": entry.amount_vnd,
        "relief_vnd": entry.relief_vnd,
        "payable_vnd": entry.payable_vnd,
    }
    return record | (
        {"quantity": str(entry.quantity)} if entry.quantity is not None else {}
    )
