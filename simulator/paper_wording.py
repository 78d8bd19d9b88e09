"""What messages about papers around declarations say."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

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
from simulator.line_wording import goods_names
from simulator.links import (
    box_counts,
    container_numbers,
    invoice_receipts,
    list_numbers,
)
from simulator.shapes import (
    INVOICES,
    LISTS,
    LOANS,
    Messages,
    Stage,
)
from simulator.world import World

UNNUMBERED = (Stage.INVOICING, Stage.LISTING, Stage.CARRYING)
"""What is sent first: the answer gives the number."""

OWN_AGENT = "MAUX0"
"""Of a firm that declares for itself."""

LOAN_DAYS, LIST_DAYS, JOURNEY_DAYS = 365, 730, 2


def journey_numbers(keys: Ints) -> Text:
    """The number that a journey of the goods of a declaration gets."""
    return joined("9", digits(keys, 11))


def paper_columns(
    world: World, said: dict[str, Text], cohort: Cohort, messages: Messages
) -> dict[str, Text]:
    """The items of messages about a paper of one kind, besides its goods."""
    about = cohort.declarations.take(messages.subject)
    stage, count = Stage(int(messages.stage[0])), len(messages)
    side = "exporter" if messages.direction[0] else "importer"
    today = messages.business // 86_400
    found = {
        "direction_code": chosen(("I", "E"), about.direction),
        "trader_tax_code": said[f"{side}_tax_code"],
        "trader_name": said[f"{side}_name"],
        "trader_address": said[f"{side}_address"],
        "document_date": item_dates(today),
    }
    if stage in INVOICES:
        number = invoice_receipts(about)
        found |= _invoice(said, count, outward=bool(messages.direction[0]))
    elif stage in LISTS:
        number = list_numbers(about)
        found |= _list(count) | {
            "licence_date": item_dates(today - 30),
            "expiry_date": item_dates(today + LIST_DAYS),
        }
    elif stage in LOANS:
        agent = said["agent_code"]
        return found | {
            "expiry_date": item_dates(today + LOAN_DAYS),
            "agent_code": where(pc.equal(agent, ""), OWN_AGENT, agent),
        }
    else:
        number = journey_numbers(about.key)
        found |= _journey(said, messages)
    sent = stage in UNNUMBERED
    return found | {"document_no": constant("", count) if sent else number}


def paper_lines(world: World, cohort: Cohort, messages: Messages) -> dict[str, Text]:
    """The first goods of the declaration, and of a journey its first container."""
    about = cohort.declarations.take(messages.subject)
    start = cohort.contents.headers.start[messages.content]
    lines = cohort.contents.lines.take(start)
    units = chosen(world.catalogue.units, lines.good)
    codes = chosen(world.catalogue.hs_codes, lines.good)
    quantity = decimals(lines.quantity, 2)
    found = {
        "line_no": constant("1", len(messages)),
        "hs_code": codes,
        "goods_name": goods_names(world, lines),
        "first_quantity": quantity,
        "first_quantity_unit_code": units,
        "used_quantity": constant("0", len(messages)),
        "used_quantity_unit_code": units,
        "quantities[1].quantity": quantity,
        "quantities[1].quantity_unit_code": units,
    }
    if int(messages.stage[0]) in INVOICES:
        # Invoice lists name goods in letters of one byte.
        return found | {"goods_name": joined("Hang mau ", codes)}
    boxed = box_counts(about, cohort.contents, messages.content) > 0
    seal = joined("CHI", digits(about.key % 10**7, 7))
    if int(messages.stage[0]) in (*LISTS, *LOANS):
        return found
    return found | {
        "hs_code": pc.utf8_slice_codeunits(codes, 0, 4),
        "container_no": where(boxed, container_numbers(about.serial)),
        "seals[1].seal_no": where(boxed, seal),
    }


def _invoice(said: dict[str, Text], count: int, *, outward: bool) -> dict[str, Text]:
    partner = "importer" if outward else "exporter"
    place = "destination_place_code" if outward else "unloading_place_code"
    return {
        "invoice_place_text": constant("VIET NAM", count),
        "partner_name": said[f"{partner}_name"],
        "loading_place_name": said["loading_place_code"],
        "unloading_place_name": said[place],
        "incoterm_text": said["incoterm_code"],
        "payment_text": said["payment_method_code"],
        "payment_method_code": constant("TTR", count),
    }


def _list(count: int) -> dict[str, Text]:
    return {
        "project_name": constant("Dự án mẫu", count),
        "project_place_text": constant("Khu công nghiệp mẫu", count),
        "object_text": constant("Hàng hóa tạo tài sản cố định", count),
        "relief_code": constant("XNK30", count),
        "basis_text": constant("Luật thuế xuất khẩu, thuế nhập khẩu (mẫu)", count),
        "licence_no": constant("GCN-MAU-01", count),
        "licence_issuer_text": constant("Ban quản lý mẫu", count),
        "commitment_text": constant("Cam kết sử dụng đúng mục đích", count),
    }


def _journey(said: dict[str, Text], messages: Messages) -> dict[str, Text]:
    count = len(messages)
    begin = messages.registered_at // 86_400
    departed, arrived = (
        np.asarray(messages.stage == stage)
        for stage in (Stage.CARRIAGE_DEPARTED, Stage.CARRIAGE_ARRIVED)
    )
    day = item_dates(messages.business // 86_400)
    short = pc.utf8_slice_codeunits(item_times(messages.business), 0, 4)
    return {
        "function_code": constant("9", count),
        "means_class_code": constant("31", count),
        "purpose_code": constant("SHI", count),
        "type_code": constant("NR", count),
        "security_class_code": constant("A", count),
        "security_amount_vnd": whole(np.full(count, 10_000_000)),
        "planned_start_date": item_dates(begin),
        "planned_start_time": constant("08", count),
        "planned_end_date": item_dates(begin + JOURNEY_DAYS),
        "planned_end_time": constant("20", count),
        "departure_place_code": said["warehouse_code"],
        "arrival_place_code": said["warehouse_code"],
        "lines[1].bill_no": said["bills[1].bill_no"],
        "lines[1].goods_name": constant("Hàng nhập khẩu chuyển tiếp", count),
        "declarations[1].declaration_no": said["declaration_no"],
        "departed_date": where(departed, day),
        "departed_time": where(departed, short),
        "arrived_date": where(arrived, day),
        "arrived_time": where(arrived, short),
    }
