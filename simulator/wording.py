"""The columns of the raw declaration family, as text, for some of a day's messages."""

from __future__ import annotations

import numpy as np

from simulator.columns import (
    Text,
    chosen,
    constant,
    decimals,
    digits,
    item_dates,
    item_times,
    joined,
    where,
    whole,
)
from simulator.contents import Contents
from simulator.declarations import Declarations
from simulator.draws import Ints, stable_pick
from simulator.links import box_counts, link_columns
from simulator.notices import (
    inspected_at,
    is_inspected,
    notice_columns,
    tax_totals,
)
from simulator.papers import has_invoice
from simulator.shapes import ANSWERED, NOTICES, Messages, Stage
from simulator.tables import rows_of, starts_of
from simulator.taxes import incoterm_texts
from simulator.world import World

PAYMENTS = ("TTR", "LC", "KC", "DP", "KHONGTT")
OFFICE_HEAD = "Chi cục trưởng Mẫu"


def declaration_columns(
    world: World,
    declarations: Declarations,
    contents: Contents,
    messages: Messages,
) -> dict[str, Text]:
    """Header columns of messages of one direction and stage.

    A column of an entry of a list is named as layout files name it,
    `bills[1].bill_no`. What a layout has no item for is not written.
    """
    rows = messages.content
    about = declarations.take(messages.subject)
    found = _identity(world, about, messages)
    found |= _parties(world, about, messages)
    found |= _cargo(world, about, contents, rows, messages)
    found |= link_columns(world, about, contents, rows)
    found |= _invoice(world, about, contents, rows)
    if int(messages.stage[0]) in ANSWERED:
        found |= _answer(world, about, contents, messages)
    if int(messages.stage[0]) in NOTICES:
        found |= notice_columns(found, about, contents, messages)
    return found


def _identity(world: World, about: Declarations, messages: Messages) -> dict[str, Text]:
    nation, count = world.nation, len(about)
    kinds = nation.export_kinds if messages.direction[0] else nation.import_kinds
    offices = [office.code for office in nation.offices]
    first_no = digits(about.first_key * 10, 12)
    return {
        "declaration_no": digits(about.key * 10 + messages.version, 12),
        "first_declaration_no": where(
            about.part > 1, first_no, where(about.part == 1, constant("F", count))
        ),
        "split_part_no": where(about.part > 0, whole(about.part)),
        "split_part_count": where(about.part > 0, whole(about.parts)),
        "kind_code": chosen([kind.code for kind in kinds], about.kind),
        "transport_mode_code": whole(about.mode),
        "trader_class_code": constant("4", count),
        "office_code": chosen(offices, about.office),
        "office_section_code": digits(about.section, 2),
        "internal_no": joined("REF", digits(about.key % 10**9, 9)),
    }


def _parties(world: World, about: Declarations, messages: Messages) -> dict[str, Text]:
    firms = world.firms
    abroad = world.buyers if messages.direction[0] else world.suppliers
    at_home, foreign = (
        ("exporter", "importer") if messages.direction[0] else ("importer", "exporter")
    )
    agent = firms.agents[about.firm]
    countries = [row.country for row in world.nation.partners]
    return {
        f"{at_home}_tax_code": chosen(firms.tax_codes, about.firm),
        f"{at_home}_name": chosen(firms.names, about.firm),
        f"{at_home}_address": chosen(firms.addresses, about.firm),
        f"{at_home}_phone_no": chosen(firms.phones, about.firm),
        f"{foreign}_name": chosen(abroad.names, about.partner),
        f"{foreign}_address": chosen(abroad.addresses, about.partner),
        "partner_country_code": chosen(countries, about.country),
        "agent_code": chosen(world.agents.codes, agent),
        "agent_name": chosen(world.agents.names, agent),
    }


def _cargo(
    world: World,
    about: Declarations,
    contents: Contents,
    rows: Ints,
    messages: Messages,
) -> dict[str, Text]:
    nation, headers, count = world.nation, contents.headers, len(about)
    by_sea = (about.mode == 2) | (about.mode == 3)
    boxes = box_counts(about, contents, rows)
    return _route(world, about, outward=bool(messages.direction[0])) | {
        "package_qty": whole(headers.packages[rows]),
        "package_type_code": chosen(
            nation.package_types, about.serial % len(nation.package_types)
        ),
        "gross_weight": decimals(headers.grams[rows], 3),
        "gross_weight_unit_code": constant("KGM", count),
        "warehouse_code": joined(
            chosen([office.code for office in nation.offices], about.office),
            "S",
            digits(about.section, 2),
        ),
        "vessel_code": where(by_sea, constant("9999", count)),
        "vessel_name": where(
            by_sea, joined("TAU MAU ", digits(about.serial % 90 + 1, 2))
        ),
        "container_qty": where(boxes > 0, whole(boxes)),
    }


def _route(world: World, about: Declarations, *, outward: bool) -> dict[str, Text]:
    nation = world.nation
    abroad = chosen([row.places[0] for row in nation.partners], about.country)
    here = chosen([office.place for office in nation.offices], about.office)
    day = item_dates(about.transport_day)
    if outward:
        return {
            "loading_place_code": here,
            "destination_place_code": abroad,
            "departure_date": day,
        }
    return {
        "loading_place_code": abroad,
        "unloading_place_code": here,
        "arrival_date": day,
    }


def _invoice(
    world: World, about: Declarations, contents: Contents, rows: Ints
) -> dict[str, Text]:
    totals, count = contents.totals, len(about)
    terms = incoterm_texts()
    codes = [row.code for row in world.nation.currencies]
    currency = chosen(codes, about.currency)
    outward = about.direction == 1
    freight, insurance = totals.freight[rows], totals.insurance[rows]
    return {
        "invoice_class_code": where(has_invoice(world, about), "D", "A"),
        "invoice_date": item_dates(about.invoice_day),
        "payment_method_code": chosen(PAYMENTS, stable_pick(about.firm, len(PAYMENTS))),
        "price_kind_code": constant("A", count),
        "incoterm_code": where(
            outward,
            chosen(terms[1], about.incoterm),
            chosen(terms[0], about.incoterm),
        ),
        "invoice_currency_code": currency,
        "invoice_total_amount": decimals(totals.invoice[rows], 4),
        "allocation_total_amount": decimals(totals.invoice[rows], 4),
        "valuation_class_code": constant("6", count),
        "freight_class_code": where(freight > 0, constant("A", count)),
        "freight_currency_code": where(freight > 0, currency),
        "freight_amount": where(freight > 0, decimals(freight, 4)),
        "insurance_class_code": where(insurance > 0, constant("A", count)),
        "insurance_currency_code": where(insurance > 0, currency),
        "insurance_amount": where(insurance > 0, decimals(insurance, 4)),
        "declared_value_currency_code": constant("VND", count),
        "declared_value_amount": whole(totals.value[rows]),
        "tax_payer_code": constant("1", count),
        "tax_deferral_code": constant("D", count),
    }


def _answer(
    world: World, about: Declarations, contents: Contents, messages: Messages
) -> dict[str, Text]:
    """What customs adds: channel, times, values and taxes."""
    rows, totals, headers = messages.content, contents.totals, contents.headers
    codes = [row.code for row in world.nation.currencies]
    rates = np.array([round(row.rate * 100) for row in world.nation.currencies])
    offices = [office.code for office in world.nation.offices]
    first_line = contents.lines.good[headers.start[rows]]
    found = answer_times(messages) | {
        "inspection_class_code": whole(messages.channel),
        "representative_hs_heading": chosen(
            [code.as_py()[:4] for code in world.catalogue.hs_codes], first_line
        ),
        "office_name": chosen([f"HQ{code}" for code in offices], about.office),
        "customs_value_vnd": whole(totals.value[rows]),
        "tax_total_vnd": whole(totals.tax[rows]),
        "tax_total_currency_code": constant("VND", len(about)),
        "exchange_rates[1].currency_code": chosen(codes, about.currency),
        "exchange_rates[1].exchange_rate": decimals(rates[about.currency], 2),
        "line_count": whole(headers.count[rows]),
        "page_count": whole(headers.count[rows] + 2),
    }
    return found | tax_totals(contents, rows)


def answer_times(messages: Messages) -> dict[str, Text]:
    """Registration, amendment and clearance as the answers of both streams say them."""
    cleared = messages.stage == Stage.CLEARED
    amended = messages.amended_at > 0
    released = messages.stage == Stage.RELEASED
    today = messages.business // 86_400
    return {
        "registered_date": item_dates(messages.registered_at // 86_400),
        "registered_time": item_times(messages.registered_at),
        "amended_date": where(amended, item_dates(messages.amended_at // 86_400)),
        "amended_time": where(amended, item_times(messages.amended_at)),
        "cleared_date": where(cleared, item_dates(today)),
        "cleared_time": where(cleared, item_times(messages.business)),
        "office_head_name": where(cleared, OFFICE_HEAD),
        "release_approved_date": where(released, item_dates(today)),
        "release_approved_time": where(released, item_times(messages.business)),
        "inspected_date": where(
            is_inspected(messages), item_dates(inspected_at(messages) // 86_400)
        ),
        "inspected_time": where(
            is_inspected(messages), item_times(inspected_at(messages))
        ),
    }


def line_rows(contents: Contents, messages: Messages) -> tuple[Ints, Ints]:
    """The rows of the lines of messages, and where each message's lines begin."""
    headers, rows = contents.headers, messages.content
    counts = headers.count[rows]
    starts = np.append(starts_of(counts), counts.sum())
    return rows_of(headers.start[rows], counts), starts
