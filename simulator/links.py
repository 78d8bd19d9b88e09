"""What versions of declarations refer to: bills, containers, invoices."""

from __future__ import annotations

import numpy as np

from simulator.columns import Text, chosen, digits, joined, where
from simulator.contents import Contents
from simulator.declarations import Declarations
from simulator.draws import Ints
from simulator.identifiers import container_check_digits
from simulator.world import World

CONTAINERS_NAMED = 3
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
    }
    for place in range(CONTAINERS_NAMED):
        found[f"containers[{place + 1}].container_no"] = where(
            boxes > place, container_numbers(about.serial + place)
        )
    return found


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
