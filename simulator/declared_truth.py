"""What declarations, their versions and lines truly hold, and which lines are wrong."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.cohort import Cohort
from simulator.columns import Text, chosen, constant, digits, joined, where
from simulator.draws import Ints
from simulator.landing import UTC_OFFSET
from simulator.states import STILL
from simulator.world import World

DIRECTIONS = ("import", "export")


def utc_times(local: Ints) -> pa.Array:
    """Local seconds since 1970 as moments in UTC."""
    return pa.array((local - UTC_OFFSET) * 1_000_000, pa.timestamp("us", tz="UTC"))


def moments_or_none(local: Ints) -> pa.Array:
    """The same, null for what never was."""
    return pc.if_else(pa.array(local == STILL), None, utc_times(local))


def declaration_truth(world: World, cohort: Cohort) -> pa.Table:
    """One row a declaration, parcels too."""
    return pa.concat_tables(
        [_ordinary(world, cohort), _parcels(world, cohort)], promote_options="default"
    )


def _ordinary(world: World, cohort: Cohort) -> pa.Table:
    about, totals = cohort.declarations, cohort.contents.totals
    headers = cohort.contents.headers
    last = cohort.contents.last_version(len(about))
    final = np.flatnonzero(headers.version == last[headers.declaration])
    rows = final[np.argsort(headers.declaration[final], kind="stable")]
    offices = [office.code for office in world.nation.offices]
    honesty = [name for name, _, _ in world.nation.honesty]
    split = np.where(about.parts > 0, np.arange(len(about)), -1)
    return pa.table(
        {
            "declaration_key": digits(about.key, 11),
            "direction_code": chosen(DIRECTIONS, about.direction),
            "is_low_value": pa.repeat(False, len(about)),
            "office_code": chosen(offices, about.office),
            "tax_code": chosen(world.firms.tax_codes, about.firm),
            "honesty": chosen(honesty, world.firms.honesty[about.firm]),
            "registered_at": utc_times(about.registered),
            "version_count": pa.array(last + 1),
            "line_count": pa.array(headers.count[rows]),
            "customs_value_vnd": pa.array(totals.value[rows]),
            "tax_total_vnd": pa.array(totals.tax[rows]),
            "first_declaration_key": chosen(digits(about.first_key, 11), split),
        }
    )


def _parcels(world: World, cohort: Cohort) -> pa.Table:
    parcels, count = cohort.parcels, len(cohort.parcels)
    offices = [office.code for office in world.nation.offices]
    firm = np.where(parcels.is_firm == 1, parcels.buyer, -1)
    return pa.table(
        {
            "declaration_key": digits(parcels.key, 11),
            "direction_code": chosen(DIRECTIONS, parcels.direction),
            "is_low_value": pa.repeat(True, count),
            "office_code": chosen(offices, parcels.office),
            "tax_code": chosen(world.firms.tax_codes, firm),
            "honesty": constant("", count),
            "registered_at": utc_times(parcels.registered),
            "version_count": pa.array(np.ones(count, dtype=np.int64)),
            "line_count": pa.array(np.ones(count, dtype=np.int64)),
            "customs_value_vnd": pa.array(parcels.value),
            "first_declaration_key": constant("", count),
        }
    )


def line_truth(world: World, cohort: Cohort) -> pa.Table:
    """One row a line of a version, with the fraud in it if there is one."""
    lines, amounts = cohort.contents.lines, cohort.contents.amounts
    headers = cohort.contents.headers
    countries = [row.country for row in world.nation.partners]
    return pa.table(
        {
            "declaration_key": digits(
                cohort.declarations.key[headers.declaration[lines.owner]], 11
            ),
            "declaration_version": headers.version[lines.owner].astype(np.int32),
            "line_no": lines.number.astype(np.int32),
            "hs_code": chosen(world.catalogue.hs_codes, lines.good),
            "origin_country_code": chosen(countries, lines.origin),
            "producer_goods_code": where(
                lines.material >= 0,
                joined("NL", digits(np.maximum(lines.material, 0), 4)),
            ),
            "customs_value_vnd": amounts.value,
            "duty_vnd": amounts.duty,
            "vat_vnd": amounts.vat,
            "fraud_code": chosen(list(world.nation.frauds), lines.fraud - 1),
        }
    )


def fraud_truth(world: World, cohort: Cohort) -> pa.Table:
    """One row a wrong line of version 0, or a parcel of a split purchase."""
    lines, parcels = cohort.contents.lines, cohort.parcels
    first = cohort.contents.headers.version[lines.owner] == 0
    wrong = lines.take(np.flatnonzero((lines.fraud > 0) & first))
    split = np.flatnonzero(parcels.fraud > 0)
    countries = [row.country for row in world.nation.partners]
    nothing = constant("", len(split))
    numbers = np.concatenate([wrong.number, np.ones(len(split), dtype=np.int64)])
    return pa.table(
        {
            "declaration_key": digits(
                np.concatenate(
                    [cohort.declarations.key[wrong.owner], parcels.key[split]]
                ),
                11,
            ),
            "line_no": numbers.astype(np.int32),
            "fraud_code": _stacked(
                chosen(list(world.nation.frauds), wrong.fraud - 1),
                constant("split_parcels", len(split)),
            ),
            "true_hs_code": _stacked(
                chosen(world.catalogue.hs_codes, wrong.true_good), nothing
            ),
            "true_origin_country_code": _stacked(
                chosen(countries, wrong.true_origin), nothing
            ),
            "declared_to_true_price": np.concatenate(
                [wrong.price / np.maximum(wrong.true_price, 1), np.ones(len(split))]
            ),
        }
    )


def _stacked(first: Text, second: Text) -> Text:
    return pa.chunked_array([first, second]).combine_chunks()
