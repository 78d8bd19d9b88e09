"""What the simulated nation declares is what the product assesses, dong by dong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lakehouse.law.tax import (
    Assessment,
    Certificate,
    Charge,
    Declaration,
    Line,
    Reference,
    assess,
)
from simulator.contents import Contents, draw_contents
from simulator.declarations import Declarations, draw_declarations
from simulator.tariff import load_tariff
from simulator.world import World, build_world

DAY = date(2026, 11, 3)
# Freight and insurance of the nation and amounts of a line count ten-thousandths.
PLACES = -4
Nation = tuple[World, Declarations, Contents]


@pytest.fixture(scope="module")
def nation() -> Nation:
    """A day of the nation at a two-hundredth of its size."""
    world = build_world(1, 0.005)
    declarations = draw_declarations(world, DAY)
    return world, declarations, draw_contents(world, DAY, declarations)


def test_every_tax_of_every_line_is_the_one_declared(nation: Nation) -> None:
    seen: Counter[str] = Counter()
    for row, declaration in imports(nation):
        amounts = nation[2].amounts
        for place, line in enumerate(assessed(declaration).lines):
            at = row + place
            payable = {entry.tax_type: entry.payable_vnd for entry in line.taxes}
            declared = {
                "import_duty": int(amounts.duty[at]),
                "sct": int(amounts.special[at]),
                "vat": int(amounts.vat[at]),
            }
            assert line.value.customs_value_vnd == amounts.value[at]
            assert {tax: payable.get(tax, 0) for tax in declared} == declared
            seen.update(payable)
            seen[f"table {line.table_applied}"] += 1
    assert seen["import_duty"] > 1_000
    assert seen["sct"] > 5
    assert seen["table B05"] > 50


def test_the_totals_are_those_of_the_header(nation: Nation) -> None:
    headers, totals = nation[2].headers, nation[2].totals
    by_start = {
        int(start): int(total)
        for start, total in zip(headers.start, totals.tax, strict=True)
    }
    for row, declaration in imports(nation):
        assert assessed(declaration).total_payable_vnd == by_start[row]


def test_a_preference_without_its_certificate_costs_the_rate_of_mfn(
    nation: Nation,
) -> None:
    refused = Counter()
    for _, declaration in imports(nation):
        bare = tuple(replace(line, certificate=None) for line in declaration.lines)
        found = assess(replace(declaration, lines=bare), load_tariff())
        for finding in found.findings:
            refused[finding.details["reason"]] += 1
            (line,) = (one for one in found.lines if one.line_no == finding.line_no)
            assert line.table_applied == "B01"
    assert set(refused) == {"certificate_missing"}


def test_exports_pay_the_export_duty_that_they_declare(nation: Nation) -> None:
    amounts, paying = nation[2].amounts, 0
    for row, declaration in imports(nation, direction=1):
        export = replace(declaration, direction_code="export", kind_code=None)
        for place, line in enumerate(assessed(export).lines):
            assert line.payable_vnd == amounts.duty[row + place]
            paying += bool(line.payable_vnd)
    assert paying > 5


def assessed(declaration: Declaration) -> Assessment:
    found = assess(declaration, load_tariff())
    assert found.evaluated, found.gaps
    assert found.findings == ()
    return found


def imports(nation: Nation, direction: int = 0) -> list[tuple[int, Declaration]]:
    """First line and declaration of each version of each import (or export)."""
    world, declarations, contents = nation
    found = []
    headers, totals = contents.headers, contents.totals
    for place, row in enumerate(headers.declaration):
        if declarations.direction[row] == direction:
            start, count = int(headers.start[place]), int(headers.count[place])
            currency = world.nation.currencies[declarations.currency[row]].code
            charges = tuple(
                Charge(part, currency, Decimal(int(amount)).scaleb(PLACES))
                for part, amount in (
                    ("freight", totals.freight[place]),
                    ("insurance", totals.insurance[place]),
                )
                if amount > 0
            )
            declaration = Declaration(
                registered_date=DAY,
                currency_code=currency,
                lines=tuple(declared_lines(nation, start, count)),
                charges=charges,
                kind_code=world.nation.import_kinds[declarations.kind[row]].code,
            )
            found.append((start, declaration))
    return found


def declared_lines(nation: Nation, start: int, count: int) -> list[Line]:
    world, _, contents = nation
    lines, amounts = contents.lines, contents.amounts
    found = []
    for at in range(start, start + count):
        partner = world.nation.partners[lines.origin[at]]
        code = world.catalogue.hs_codes[lines.good[at]].as_py()
        table = partner.table if lines.preferential[at] == 1 else "B01"
        found.append(
            Line(
                line_no=at - start + 1,
                hs_code=code,
                origin_country_code=partner.country,
                tariff_table_code=table,
                invoice_amount=Decimal(int(amounts.invoice[at])).scaleb(PLACES),
                first_quantity=Decimal(int(lines.quantity[at])).scaleb(-2),
                first_quantity_unit_code=world.catalogue.units[lines.good[at]].as_py(),
                certificate=certificate(load_tariff(), table, partner.country, code),
            )
        )
    return found


def certificate(
    tariff: Reference, table: str, origin: str, code: str
) -> Certificate | None:
    """The certificate that the nation's firms hold for what they declare."""
    forms = [form for form, at in tariff.preferences(table, DAY) if at == origin]
    if not forms:
        return None
    return Certificate(forms[0], origin, code[:6], DAY, DAY, "valid")
