"""The columns of the raw parcel family, as text, for some of a day's messages."""

from __future__ import annotations

import numpy as np

from simulator.columns import (
    Text,
    chosen,
    constant,
    decimals,
    digits,
    item_dates,
    joined,
    where,
    whole,
)
from simulator.goods import VARIANTS
from simulator.parcels import Parcels
from simulator.shapes import Messages, Stage
from simulator.wording import answer_times
from simulator.world import World


def parcel_columns(
    world: World, parcels: Parcels, messages: Messages
) -> dict[str, Text]:
    """Columns of messages of one direction and stage."""
    about = parcels.take(messages.subject)
    outward = bool(messages.direction[0])
    found = _identity(world, about, messages)
    found |= _people(world, about, outward=outward)
    found |= _cargo(world, about, outward=outward)
    found |= _value(world, about)
    if int(messages.stage[0]) != Stage.DECLARED:
        found |= _answer(world, about, messages)
    return found


def _identity(world: World, about: Parcels, messages: Messages) -> dict[str, Text]:
    offices = [office.code for office in world.nation.offices]
    return {
        "declaration_no": digits(about.key * 10 + messages.version, 12),
        "trader_class_code": where(about.is_firm == 1, constant("4", len(about)), "2"),
        "office_code": chosen(offices, about.office),
        "office_section_code": digits(about.section, 2),
        "internal_no": joined("BK", digits(about.key % 10**9, 9)),
    }


def _people(world: World, about: Parcels, *, outward: bool) -> dict[str, Text]:
    firms, count = world.firms, len(about)
    is_firm = about.is_firm == 1
    firm = np.where(is_firm, about.buyer, -1)
    serial = whole(about.buyer)
    person = joined("NGƯỜI NHẬN MẪU ", serial)
    street = joined("Số ", whole(about.buyer % 300 + 1), " phố Ví Dụ, phường Giả Định")
    at_home, foreign = ("exporter", "importer") if outward else ("importer", "exporter")
    return {
        f"{at_home}_tax_code": chosen(firms.tax_codes, firm),
        f"{at_home}_name": where(is_firm, chosen(firms.names, firm), person),
        f"{at_home}_address": where(is_firm, chosen(firms.addresses, firm), street),
        f"{at_home}_phone_no": joined("09", digits(about.buyer % 10**8, 8)),
        f"{foreign}_name": joined("SAMPLE SHOP ", whole(about.shop)),
        f"{foreign}_address": constant("1 EXAMPLE ROAD", count),
        "partner_country_code": chosen(
            [row.country for row in world.nation.partners], about.country
        ),
    }


def _cargo(world: World, about: Parcels, *, outward: bool) -> dict[str, Text]:
    nation, count = world.nation, len(about)
    offices = nation.offices
    airports = chosen([row.airport for row in nation.partners], about.country)
    cities = chosen([row.places[0] for row in nation.partners], about.country)
    home = [office.place for office in offices]
    here = chosen(home, about.office)
    here_short = chosen([place[2:] for place in home], about.office)
    days = about.registered // 86_400
    found = {
        "house_bill_no": joined("MAUH", digits(about.serial, 9)),
        "master_bill_no": joined("999", digits(days * 10_000 + about.flight, 9)),
        "package_qty": constant("1", count),
        "gross_weight": decimals(about.grams, 3),
        "warehouse_code": joined(
            chosen([office.code for office in offices], about.office),
            "S",
            digits(about.section, 2),
        ),
        "warehouse_name": constant("KHO MAU", count),
        "flight_no": joined("ZZ", digits(about.flight % 10_000, 4)),
        "arrival_date": item_dates(days),
    }
    if outward:
        return found | {
            "destination_place_code": cities,
            "destination_place_name": airports,
            "loading_place_code": here_short,
            "loading_place_name": here,
        }
    return found | {"unloading_place_code": here_short, "loading_place_code": cities}


def _value(world: World, about: Parcels) -> dict[str, Text]:
    place = about.good * VARIANTS + about.variant
    count = len(about)
    return {
        "price_kind_code": constant("A", count),
        "incoterm_code": constant("CIF", count),
        "invoice_currency_code": constant("USD", count),
        "invoice_total_amount": decimals(about.cents, 2),
        "declared_value_currency_code": constant("USD", count),
        "declared_value_amount": decimals(about.cents, 2),
        "goods_name": chosen(world.catalogue.named_variants, place),
        "origin_country_code": chosen(
            [row.country for row in world.nation.partners], about.country
        ),
        "customs_value_vnd": whole(about.value),
    }


def _answer(world: World, about: Parcels, messages: Messages) -> dict[str, Text]:
    offices = [office.code for office in world.nation.offices]
    rate = round(world.nation.currencies[0].rate * 100)
    count = len(about)
    return answer_times(messages) | {
        "inspection_class_code": whole(messages.channel),
        "office_name": chosen([f"HQ{code}" for code in offices], about.office),
        "exchange_rates[1].currency_code": constant("USD", count),
        "exchange_rates[1].exchange_rate": decimals(
            np.full(count, rate, dtype=np.int64), 2
        ),
    }
