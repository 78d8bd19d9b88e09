"""The identifiers that batches need, as Spark columns equal to the Python functions.

A struct holds the normal form, its parts and the repair, or the reason alone. Only
what Sail and Apache Spark compute alike is used, and nothing that can fail on a value:
an engine may work out a branch that the row does not take. A differential test holds
the columns and the Python functions together.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse.law.identifier_form import (
    DIGITS,
    LEADING_ZERO,
    LETTERS,
    SEPARATORS,
    Forms,
)
from lakehouse.law.tax_code import tax_check_digit

# What each of the first nine digits weighs modulo 11, as the check digit says it.
_TAX_WEIGHTS = tuple(
    (10 - int(tax_check_digit(f"{10**place:09d}"))) % 11 for place in range(8, -1, -1)
)


def strip_separators(raw: Column) -> Column:
    """Remove separators wherever they stand and put letters in upper case."""
    known = LETTERS.lower() + SEPARATORS
    return F.translate(F.coalesce(raw, F.lit("")), known, LETTERS)


def tax_code(raw: Column, forms: Forms) -> Column:
    """`tax_code.tax_code`: struct of normal, kind, parent, repair, reason."""
    text = _cut_number_cell(raw)
    digits = strip_separators(text)
    length = F.length(digits)
    is_person = (length == 12) & digits.startswith("0")
    lost_zero = length.isin(9, 12) & ~is_person
    whole = F.when(lost_zero, F.concat(F.lit("0"), digits)).otherwise(digits)
    holds = _has_check_digit(whole)
    reason = (
        _reason_of_digits(digits)
        .when(_has_short_branch(text, digits), "branch_format")
        .when(
            is_person & ~_within(F.substring(digits, 1, 3), forms.provinces), "province"
        )
        .when(is_person, None)
        .when(~length.isin(9, 10, 12, 13) | (lost_zero & ~holds), "length")
        .when(F.substring(whole, 11, 3) == "000", "branch_000")
        .when(~holds, "check_digit")
    )
    kind = F.when(is_person, "person").when(F.length(whole) == 13, "branch")
    return _outcome(
        reason,
        normal=whole,
        kind=kind.otherwise("firm"),
        parent=F.when(~is_person, F.substring(whole, 1, 10)),
        repair=F.when(lost_zero, LEADING_ZERO),
    )


def declaration_no(
    raw: Column, forms: Forms, direction: Column | None = None
) -> Column:
    """`declaration_no.declaration_no`: normal, direction, key, amendment, reason."""
    digits = strip_separators(raw)
    length = F.length(digits)
    named = F.lit(None).cast("string")
    for digit, meaning in forms.directions.items():
        named = F.when(digits.startswith(digit), meaning).otherwise(named)
    given = F.lit(None).cast("string") if direction is None else direction
    reason = (
        _reason_of_digits(digits)
        .when(~length.isin(11, 12), "length")
        .when(named.isNull(), "direction_digit")
        .when(given.isNotNull() & (given != named), "direction_mismatch")
    )
    last = F.ascii(F.substring(digits, 12, 1)) - F.lit(ord("0"))
    return _outcome(
        reason,
        normal=digits,
        direction=named,
        key=F.substring(digits, 1, 11),
        amendment=F.when(length == 12, last),
    )


def with_hs_code(
    frame: DataFrame, codes: DataFrame, forms: Forms, *, into: str, place: str = "place"
) -> DataFrame:
    """Add `hs_code.hs_code` as a struct of normal, hs6, heading, repair, reason.

    Args:
        frame: rows with `raw`, `on` (the date) and a place, import_line,
            export_line or manifest.
        codes: the list: `code`, `valid_from`, `valid_to`; periods must not overlap.
        into: name of the new column.
        place: name of the column with the place.
    """
    periods = codes.groupBy(F.col("code").alias("_code")).agg(
        F.collect_list(F.struct("valid_from", "valid_to")).alias("_periods")
    )
    whole = _whole_hs_code(F.col("raw"), F.col(place))
    known = frame.withColumn("_whole", whole).join(
        periods, on=F.col("_whole") == F.col("_code"), how="left"
    )
    in_force = known.withColumn(
        "_in_force",
        F.coalesce(
            F.exists(
                "_periods",
                lambda period: (
                    (period["valid_from"] <= F.col("on"))
                    & (
                        period["valid_to"].isNull()
                        | (F.col("on") <= period["valid_to"])
                    )
                ),
            ),
            F.lit(False),
        ),
    )
    outcome = _judge_hs_code(F.col("raw"), F.col(place), forms)
    return in_force.withColumn(into, outcome).drop(
        "_whole", "_code", "_periods", "_in_force"
    )


def _whole_hs_code(raw: Column, place: Column) -> Column:
    """The code with the zero that it may have lost; the list then decides."""
    digits = strip_separators(raw)
    length = F.length(digits)
    lost_zero = ((place != "manifest") & (length == 7)) | (
        (place == "export_line") & (length == 9)
    )
    return F.when(lost_zero, F.concat(F.lit("0"), digits)).otherwise(digits)


def _judge_hs_code(raw: Column, place: Column, forms: Forms) -> Column:
    digits, whole, in_force = strip_separators(raw), F.col("_whole"), F.col("_in_force")
    length = F.length(digits)
    lost_zero = F.length(whole) != length
    heading = place == "manifest"
    fits = F.when(heading, length == 4).otherwise(
        (length == 8) | ((place == "export_line") & (length == 10))
    )
    chapter = F.substring(whole, 1, 2)
    reason = (
        _reason_of_digits(digits)
        .when((place == "import_line") & (length == 10), "ten_digits_import")
        .when(~fits & ~(lost_zero & in_force), "length")
        .when(chapter.isin(*forms.national_chapters), "chapter_98")
        .when(~_within(chapter, forms.chapters), "chapter")
        .when(~heading & ~in_force & F.col("_code").isNotNull(), "not_in_force")
        .when(~heading & ~in_force, "unknown_code")
    )
    return _outcome(
        reason,
        normal=whole,
        hs6=F.when(~heading, F.substring(whole, 1, 6)),
        heading=F.when(heading, whole),
        repair=F.when(lost_zero, LEADING_ZERO),
    )


def _outcome(reason: Column, **parts: Column) -> Column:
    shown = [F.when(reason.isNull(), part).alias(name) for name, part in parts.items()]
    return F.struct(*shown, reason.alias("reason"))


def _reason_of_digits(digits: Column) -> Column:
    return F.when(digits == "", "empty").when(
        F.translate(digits, DIGITS, "") != "", "not_digits"
    )


def _cut_number_cell(raw: Column) -> Column:
    text = F.rtrim(F.coalesce(raw, F.lit("")), F.lit(SEPARATORS))
    kept = F.when(text.endswith(".0"), F.length(text) - 2).otherwise(F.length(text))
    return F.substring(text, F.lit(1), kept)


def _has_short_branch(text: Column, digits: Column) -> Column:
    spaced = F.translate(text, SEPARATORS, " " * len(SEPARATORS))
    tail = F.length(F.substring_index(spaced, " ", -1))
    firm = F.length(digits) - tail
    lost_zero = F.concat(F.lit("0"), F.substring(digits, 1, 9))
    whole = (F.length(digits) == 10) & _has_check_digit(digits)
    after_nine = (firm == 9) & _has_check_digit(lost_zero) & ~whole
    return tail.isin(1, 2) & ((firm == 10) | after_nine)


def _has_check_digit(digits: Column) -> Column:
    weighted = (
        F.lit(weight) * _digit(digits, place)
        for place, weight in enumerate(_TAX_WEIGHTS, start=1)
    )
    total: Column = reduce(Column.__add__, weighted)
    return (F.lit(10) - total % 11) == _digit(digits, 10)


def _digit(digits: Column, place: int) -> Column:
    # The code of the character, not a cast: a letter must not stop the batch.
    return F.ascii(F.substring(digits, place, 1)) - F.lit(ord("0"))


def _within(value: Column, ranges: Iterable[tuple[str, str]]) -> Column:
    inside = (value.between(low, high) for low, high in ranges)
    return reduce(Column.__or__, inside, F.lit(False))
