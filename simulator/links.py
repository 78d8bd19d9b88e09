"""What versions refer to: bills, containers, invoices, permits, attached files."""

from __future__ import annotations

import numpy as np

from simulator.columns import Text, chosen, digits, joined, where
from simulator.contents import Contents
from simulator.declarations import Declarations
from simulator.draws import Bools, Ints, stable_pick
from simulator.identifiers import container_check_digits
from simulator.papers import has_invoice, has_list
from simulator.world import World

CONTAINERS_NAMED, PERMITS_NAMED = 3, 2
PER_MILLE = 1_000
GRAMS_A_BOX = 25_000_000


def link_columns(
    world: World, about: Declarations, contents: Contents, rows: Ints
) -> dict[str, Text]:
    """Numbers by item, such as `bills[1].bill_no`; empty where there is none.

    Args:
        about: the declaration of each version.
        rows: rows of the versions.
    """
    nation = world.nation
    carrier = chosen(nation.carriers, about.serial % len(nation.carriers))
    boxes = box_counts(about, contents, rows)
    found = {
        "bills[1].bill_no": bill_numbers(about, carrier),
        "invoice_no": joined("INV-", digits(contents.headers.invoice_serial[rows], 4)),
        "invoice_receipt_no": where(has_invoice(world, about), invoice_receipts(about)),
    }
    for place in range(CONTAINERS_NAMED):
        found[f"containers[{place + 1}].container_no"] = where(
            boxes > place, container_numbers(about.serial + place)
        )
    return found | _permits(world, about) | _attachments(world, about)


def _permits(world: World, about: Declarations) -> dict[str, Text]:
    """One permit, and of some a second one."""
    named, found = world.nation.permits, {}
    for place in range(PERMITS_NAMED):
        share = named.share / 4**place
        there = stable_pick(about.serial * 7 + 3, PER_MILLE) < share * PER_MILLE
        kind = stable_pick(about.serial + place, len(named.kinds))
        entry = f"permits[{place + 1}]"
        number = joined("GP", digits(about.key % 10**8, 8), str(place + 1))
        found[f"{entry}.permit_no"] = where(there, number)
        found[f"{entry}.permit_type_code"] = where(there, chosen(named.kinds, kind))
    return found


def _attachments(world: World, about: Declarations) -> dict[str, Text]:
    there = has_attachment(world, about)
    classes, numbers = attachment_classes(world, about), attachment_numbers(about)
    return {
        "attachments[1].attachment_class_code": where(there, classes),
        "attachments[1].attachment_no": where(there, numbers),
    }


def has_attachment(world: World, about: Declarations) -> Bools:
    """Whether files were sent before the declaration."""
    share = world.nation.attachments.share
    drawn = stable_pick(about.serial * 11 + 5, PER_MILLE)
    return np.asarray(drawn < share * PER_MILLE)


def attachment_classes(world: World, about: Declarations) -> Text:
    """The kind of the files."""
    kinds = world.nation.attachments.kinds
    return chosen(kinds, stable_pick(about.serial, len(kinds)))


def attachment_numbers(about: Declarations) -> Text:
    """The number that the system gives to attached files."""
    return joined("8", digits(about.key, 11))


def invoice_receipts(about: Declarations) -> Text:
    """The number that the system gives to an invoice list."""
    return joined("4", digits(about.key, 11))


def list_numbers(about: Declarations) -> Text:
    """The number that the system gives to an exemption list."""
    return joined("2", digits(about.key, 11))


def exemption_columns(
    world: World, about: Declarations, numbers: Ints
) -> dict[str, Text]:
    """By which list, and which line of it, the first line of a declaration is exempt.

    Args:
        about: the declaration of each line.
        numbers: the number of each line in its declaration.
    """
    there = has_list(world, about) & (numbers == 1)
    return {
        "exemption_list_no": where(there, list_numbers(about)),
        "exemption_line_no": where(there, "1"),
    }


def box_counts(about: Declarations, contents: Contents, rows: Ints) -> Ints:
    """How many containers a version fills; none where it does not travel in any."""
    filled = 1 + contents.headers.grams[rows] // GRAMS_A_BOX
    return np.where(about.mode == 2, filled, 0)


def bill_numbers(about: Declarations, carrier: Text) -> Text:
    """Bills of lading with the carrier's prefix, air waybills of eleven digits."""
    by_air = about.mode == 1
    air = joined("999", digits(about.serial % 10**8, 8))
    return where(by_air, air, joined(carrier, digits(about.serial, 9)))


def container_numbers(serial: Ints) -> Text:
    """Numbers of an owner that does not exist, with a right check digit."""
    owners = np.tile(
        np.frombuffer(b"MAUU", np.uint8).astype(np.int64), (len(serial), 1)
    )
    body = serial % 10**6
    return joined(
        "MAUU", digits(body, 6), digits(container_check_digits(owners, body), 1)
    )
