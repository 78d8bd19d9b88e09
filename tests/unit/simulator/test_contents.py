"""What declarations say adds up."""

import numpy as np
import pytest

from simulator.declarations import LINES_A_DECLARATION
from simulator.tables import starts_of


def test_line_values_and_taxes_add_up_to_the_header(cohort):
    contents = cohort.contents
    starts = contents.headers.start
    for name in ("value", "duty", "special", "vat", "invoice"):
        summed = np.add.reduceat(getattr(contents.amounts, name), starts)
        assert (summed == getattr(contents.totals, name)).all(), name
    totals = contents.totals
    assert (totals.tax == totals.duty + totals.special + totals.vat).all()


def test_each_tax_is_its_base_times_its_rate_rounded_half_up(cohort):
    amounts = cohort.contents.amounts
    duty = (amounts.value * amounts.duty_rate * 2 + 10_000) // 20_000
    assert (amounts.duty == duty).all()
    base = amounts.value + amounts.duty + amounts.special
    assert (amounts.vat == (base * amounts.vat_rate * 2 + 10_000) // 20_000).all()


def test_the_mean_declaration_has_25_lines(cohort):
    counts = cohort.declarations.line_count
    assert counts.min() >= 1
    assert counts.max() == LINES_A_DECLARATION
    assert counts.mean() == pytest.approx(25, abs=5)


def test_price_times_quantity_is_the_invoice_value_to_one_unit(world, cohort):
    lines, amounts = cohort.contents.lines, cohort.contents.amounts
    exact = lines.price / 10_000 * (lines.quantity / 100)
    assert np.abs(exact - amounts.invoice / 10_000).max() <= 0.5 + 1e-6


def test_all_parts_of_a_split_consignment_but_the_last_are_full(cohort):
    about = cohort.declarations
    early = (about.parts > 0) & (about.part < about.parts)
    assert early.any()
    assert (about.line_count[early] == LINES_A_DECLARATION).all()
    assert (about.first_key[about.part == 1] == about.key[about.part == 1]).all()


def test_versions_follow_one_another_without_a_gap(cohort):
    headers = cohort.contents.headers
    assert (headers.version > 0).any()
    known = set(
        zip(headers.declaration.tolist(), headers.version.tolist(), strict=True)
    )
    assert all((key, number - 1) in known for key, number in known if number)


def test_a_wrong_line_gains_by_a_price_a_code_or_an_origin(world):
    from datetime import date

    from simulator.contents import draw_contents
    from simulator.declarations import draw_declarations
    from simulator.world import build_world

    bigger, day = build_world(1, 0.1), date(2026, 11, 4)
    declarations = draw_declarations(bigger, day)
    lines = draw_contents(bigger, day, declarations).lines
    undervalued, misclassified, moved = (lines.fraud == kind for kind in (1, 2, 3))
    assert (lines.price[undervalued] < lines.true_price[undervalued]).mean() == 1
    duty = bigger.catalogue.duty
    assert (
        duty[lines.good[misclassified]] < duty[lines.true_good[misclassified]]
    ).all()
    assert (lines.origin[moved] != lines.true_origin[moved]).mean() > 0.8
    crooked = np.unique(lines.owner[lines.fraud > 0])
    assert 0.001 < len(crooked) / len(declarations) < 0.02


def test_starts_of_groups():
    assert starts_of(np.array([3, 1, 2])).tolist() == [0, 3, 4]
