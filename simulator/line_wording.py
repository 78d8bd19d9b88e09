"""The columns of goods lines of the raw declaration family, as text."""

from __future__ import annotations

import numpy as np

from simulator.columns import (
    Text,
    chosen,
    constant,
    decimals,
    digits,
    joined,
    where,
    whole,
)
from simulator.contents import Contents
from simulator.draws import Ints
from simulator.goods import VARIANTS
from simulator.lines import Lines
from simulator.notices import TAX_NAMES
from simulator.world import World

VAT_CODES = {1000: "VB901", 800: "VB205", 500: "VB101", 0: "VB000"}
SPECIAL_CODE = "TB001"


def line_columns(
    world: World, contents: Contents, rows: Ints, currency: Ints, *, answered: bool
) -> dict[str, Text]:
    """Columns of the lines in `rows`.

    Args:
        currency: the invoice currency of each line.
        answered: with what customs adds, in answers.
    """
    found = _declared(world, contents, rows, currency)
    if answered:
        found |= _assessed(contents, rows, outward=False)
        found |= _taxed(contents, rows)
    return found


def _declared(
    world: World, contents: Contents, rows: Ints, currency: Ints
) -> dict[str, Text]:
    lines = contents.lines.take(rows)
    catalogue, nation, count = world.catalogue, world.nation, len(rows)
    unit = chosen(catalogue.units, lines.good)
    countries = [row.country for row in nation.partners]
    table = chosen([row.table for row in nation.partners], lines.origin)
    vat_code = vat_codes(contents.amounts.vat_rate[rows])
    due = contents.amounts.vat[rows] > 0
    coded = lines.material >= 0
    return {
        "line_no": digits(lines.number, 2),
        "hs_code": chosen(catalogue.hs_codes, lines.good),
        "material_code": where(coded, constant("1", count)),
        "goods_name": joined(
            _material_codes(lines.material), goods_names(world, lines)
        ),
        "origin_country_code": chosen(countries, lines.origin),
        "tariff_table_code": where(lines.preferential == 1, table, "B01"),
        "first_quantity": decimals(lines.quantity, 2),
        "first_quantity_unit_code": unit,
        "second_quantity": decimals(lines.quantity, 2),
        "second_quantity_unit_code": unit,
        "invoice_amount": decimals(contents.amounts.invoice[rows], 4),
        "unit_price_amount": decimals(lines.price, 4),
        "unit_price_currency_code": chosen(
            [row.code for row in nation.currencies], currency
        ),
        "unit_price_unit_code": unit,
        "other_taxes[1].tax_rate_code": where(due, vat_code),
    }


def goods_names(world: World, lines: Lines) -> Text:
    """The names: a wrong code keeps the name of the true goods."""
    place = lines.true_good * VARIANTS + lines.variant
    return chosen(world.catalogue.named_variants, place)


def _material_codes(material: Ints) -> Text:
    return where(material >= 0, joined("NL", digits(np.maximum(material, 0), 4), "#&"))


def vat_codes(rates: Ints) -> Text:
    """The code under which each rate of VAT is applied."""
    known = list(VAT_CODES)
    places = np.zeros(len(rates), dtype=np.int64)
    for place, rate in enumerate(known):
        places[rates == rate] = place
    return chosen(list(VAT_CODES.values()), places)


def _assessed(contents: Contents, rows: Ints, *, outward: bool) -> dict[str, Text]:
    amounts, lines, count = contents.amounts, contents.lines, len(rows)
    value, quantity = amounts.value[rows], lines.quantity[rows]
    duty = whole(amounts.duty[rows])
    due = amounts.duty_rate[rows] > 0
    return {
        "customs_value_vnd": whole(value),
        "customs_value_currency_code": constant("VND", count),
        "standard_quantity": decimals(quantity, 2),
        "unit_value_amount": decimals(value * 10_000 // quantity, 2),
        "duty_rate_class_code": constant("A", count),
        "duty_rate_text": joined(decimals(amounts.duty_rate[rows], 2), "%"),
        "import_duty_vnd": duty,
        "export_duty_vnd": where(due, duty),
        "export_duty_currency_code": where(due, constant("VND", count)),
    }


def _taxed(contents: Contents, rows: Ints) -> dict[str, Text]:
    """Special consumption tax first where it is due, then VAT."""
    amounts = contents.amounts.take(rows)
    special = amounts.special > 0
    base = amounts.value + amounts.duty
    vat = {
        "tax_name": constant(TAX_NAMES["V"], len(rows)),
        "tax_rate_code": vat_codes(amounts.vat_rate),
        "tax_base_vnd": whole(base + amounts.special),
        "tax_rate_text": joined(decimals(amounts.vat_rate, 2), "%"),
        "tax_amount_vnd": whole(amounts.vat),
    }
    consumption = {
        "tax_name": constant(TAX_NAMES["T"], len(rows)),
        "tax_rate_code": constant(SPECIAL_CODE, len(rows)),
        "tax_base_vnd": whole(base),
        "tax_rate_text": joined(decimals(amounts.special_rate, 2), "%"),
        "tax_amount_vnd": whole(amounts.special),
    }
    due, found = amounts.vat_rate > 0, {}
    for name, text in vat.items():
        first = where(special, consumption[name], where(due, text))
        found[f"other_taxes[1].{name}"] = first
        found[f"other_taxes[2].{name}"] = where(special & due, text)
    return found
