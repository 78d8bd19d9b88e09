"""What messages about amendments after clearance, and attached files, say."""

from __future__ import annotations

import numpy as np

from simulator.cohort import Cohort
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
from simulator.draws import Ints
from simulator.line_wording import SPECIAL_CODE, goods_names, vat_codes
from simulator.links import attachment_classes, attachment_numbers
from simulator.notices import TAX_NAMES
from simulator.revisions import Revisions
from simulator.shapes import Messages, Stage
from simulator.taxes import Amounts
from simulator.world import World

QUANTITY_REASON = "5"
UP, DOWN = "T", "G"
CLASS_NAME = "Tệp đính kèm mẫu"


def amendment_numbers(keys: Ints) -> Text:
    """The number that an amendment of a declaration gets."""
    return joined("7", digits(keys, 11))


def revision_columns(
    said: dict[str, Text], cohort: Cohort, messages: Messages
) -> dict[str, Text]:
    """The items of a message about an amendment, besides those of its declaration."""
    about = cohort.declarations.take(messages.subject)
    found = cohort.revisions.of(messages.subject)
    before = cohort.contents.amounts.take(found.line)
    first = messages.stage == Stage.REVISING
    delta = _tax(found) - _tax(before)
    way, amount = _direction(delta), whole(np.abs(delta))
    count = len(messages)
    return {
        # The number is given by the answer to what is sent first.
        "amendment_no": where(~first, amendment_numbers(about.key)),
        "direction_code": chosen(("I", "E"), about.direction),
        "registered_date": item_dates(messages.registered_at // 86_400),
        "registered_time": item_times(messages.registered_at),
        "cleared_date": item_dates(found.cleared // 86_400),
        "amended_date": item_dates(messages.amended_at // 86_400),
        "amended_time": item_times(messages.amended_at),
        "importer_tax_code": _at_home(said, messages, "tax_code"),
        "importer_name": _at_home(said, messages, "name"),
        "amendment_reason_code": constant(QUANTITY_REASON, count),
        "tax_deferral_code": constant("D", count),
        "before_currency_code": constant("VND", count),
        "after_currency_code": constant("VND", count),
        "after_notes_text": constant("Khai bổ sung lượng hàng thực nhận", count),
        "change_direction_code": way,
        "tax_total_vnd": amount,
        "tax_total_currency_code": constant("VND", count),
        "line_count": constant("1", count),
        "page_count": constant("2", count),
    }


def revision_lines(world: World, cohort: Cohort, messages: Messages) -> dict[str, Text]:
    """The one line of each amendment, before and after."""
    found = cohort.revisions.of(messages.subject)
    lines = cohort.contents.lines.take(found.line)
    before = cohort.contents.amounts.take(found.line)
    countries = [row.country for row in world.nation.partners]
    same = {
        "goods_name": goods_names(world, lines),
        "origin_country_code": chosen(countries, lines.origin),
        "hs_code": chosen(world.catalogue.hs_codes, lines.good),
        "quantity_unit_code": chosen(world.catalogue.units, lines.good),
        "tax_rate_text": joined(decimals(before.duty_rate, 2), "%"),
    }
    columns = {"line_no": digits(lines.number, 2)}
    for side, amounts, quantity in (
        ("before", before, lines.quantity),
        ("after", found, found.quantity),
    ):
        columns |= {f"{side}_{name}": text for name, text in same.items()}
        columns[f"{side}_quantity"] = decimals(quantity, 2)
        columns[f"{side}_tax_base_vnd"] = whole(amounts.value)
        columns[f"{side}_tax_amount_vnd"] = whole(amounts.duty)
        columns |= _other_taxes(side, amounts, before)
    columns["change_direction_code"] = _direction(found.duty - before.duty)
    columns["tax_amount_vnd"] = whole(np.abs(found.duty - before.duty))
    return columns | _changes(before, found)


def _other_taxes(
    side: str, amounts: Amounts | Revisions, rates: Amounts
) -> dict[str, Text]:
    """Special consumption tax first where it is due, then VAT."""
    special, due = rates.special_rate > 0, rates.vat_rate > 0
    base = amounts.value + amounts.duty
    vat = {
        "tax_rate_code": vat_codes(rates.vat_rate),
        "tax_base_vnd": whole(base + amounts.special),
        "tax_rate_text": joined(decimals(rates.vat_rate, 2), "%"),
        "tax_amount_vnd": whole(amounts.vat),
    }
    consumption = {
        "tax_rate_code": constant(SPECIAL_CODE, len(rates)),
        "tax_base_vnd": whole(base),
        "tax_rate_text": joined(decimals(rates.special_rate, 2), "%"),
        "tax_amount_vnd": whole(amounts.special),
    }
    found = {}
    for name, text in vat.items():
        first = where(special, consumption[name], where(due, text))
        found[f"other_taxes[1].{side}_{name}"] = first
        found[f"other_taxes[2].{side}_{name}"] = where(special & due, text)
    return found


def _changes(before: Amounts, after: Revisions) -> dict[str, Text]:
    """Name and change of each other tax."""
    special, due = before.special_rate > 0, before.vat_rate > 0
    moved = {"T": after.special - before.special, "V": after.vat - before.vat}
    found: dict[str, Text] = {}
    for place, there in ((1, special | due), (2, special & due)):
        is_special = special if place == 1 else np.zeros(len(before), dtype=np.bool_)
        delta = np.where(is_special, moved["T"], moved["V"])
        kinds = chosen(("V", "T"), is_special.astype(np.int64))
        names = chosen((TAX_NAMES["V"], TAX_NAMES["T"]), is_special.astype(np.int64))
        entry = f"other_taxes[{place}]"
        found |= {
            f"{entry}.tax_kind_code": where(there, kinds),
            f"{entry}.tax_name": where(there, names),
            f"{entry}.change_direction_code": where(there, _direction(delta)),
            f"{entry}.tax_amount_vnd": where(there, whole(np.abs(delta))),
        }
    return found


def attachment_columns(
    world: World, said: dict[str, Text], cohort: Cohort, messages: Messages
) -> dict[str, Text]:
    """Files that are sent before the declaration that names their number."""
    about = cohort.declarations.take(messages.subject)
    count = len(messages)
    return {
        "document_no": attachment_numbers(about),
        "attachment_class_code": attachment_classes(world, about),
        "attachment_class_name": constant(CLASS_NAME, count),
        "document_date": item_dates(messages.business // 86_400),
        "trader_name": _at_home(said, messages, "name"),
        "trader_address": _at_home(said, messages, "address"),
        "trader_phone_no": _at_home(said, messages, "phone_no"),
    }


def _at_home(said: dict[str, Text], messages: Messages, name: str) -> Text:
    """Of the firm here; messages are of one direction."""
    side = "exporter" if messages.direction[0] else "importer"
    return said[f"{side}_{name}"]


def _tax(amounts: Amounts | Revisions) -> Ints:
    return np.asarray(amounts.duty + amounts.special + amounts.vat)


def _direction(delta: Ints) -> Text:
    return chosen((UP, DOWN), np.where(delta == 0, -1, (delta < 0).astype(np.int64)))
