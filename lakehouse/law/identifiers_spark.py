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


def with_tax_code(
    frame: DataFrame, forms: Forms, *, into: str, raw: str = "raw"
) -> DataFrame:
    """Add `tax_code.tax_code`: struct of normal, kind, parent, repair, reason."""
    text, digits, whole = F.col("_text"), F.col("_digits"), F.col("_whole")
    length = F.length(digits)
    is_person, lost_zero = F.col("_is_person"), F.col("_lost_zero")
    padded = F.when(lost_zero, F.concat(F.lit("0"), digits)).otherwise(digits)
    kind = F.when(is_person, "person").when(F.length(whole) == 13, "branch")
    return _in_steps(
        frame,
        {
            "_text": _cut_number_cell(F.col(raw)),
            "_digits": strip_separators(text),
            "_is_person": (length == 12) & digits.startswith("0"),
            "_lost_zero": length.isin(9, 12) & ~is_person,
            "_whole": padded,
            "_holds": _has_check_digit(whole),
            "_reason": _reason_of_tax_code(forms),
        },
        into,
        normal=whole,
        kind=kind.otherwise("firm"),
        parent=F.when(~is_person, F.substring(whole, 1, 10)),
        repair=F.when(lost_zero, LEADING_ZERO),
    )


def with_declaration_no(
    frame: DataFrame,
    forms: Forms,
    *,
    into: str,
    raw: str = "raw",
    direction: Column | None = None,
) -> DataFrame:
    """Add `declaration_no.declaration_no`: normal, direction, key, amendment, reason.

    Args:
        direction: what is known from elsewhere, null where nothing is.
    """
    digits, named = F.col("_digits"), F.col("_direction")
    length = F.length(digits)
    meaning = F.lit(None).cast("string")
    for digit, word in forms.directions.items():
        meaning = F.when(digits.startswith(digit), word).otherwise(meaning)
    reason = (
        _reason_of_digits(digits)
        .when(~length.isin(11, 12), "length")
        .when(named.isNull(), "direction_digit")
    )
    if direction is not None:
        differs = direction.isNotNull() & (direction != named)
        reason = reason.when(differs, "direction_mismatch")
    last = F.substring(digits, 12, 1).try_cast("int")
    return _in_steps(
        frame,
        {
            "_digits": strip_separators(F.col(raw)),
            "_direction": meaning,
            "_reason": reason,
        },
        into,
        normal=digits,
        direction=named,
        key=F.substring(digits, 1, 11),
        amendment=F.when(length == 12, last),
    )


def with_hs_code(
    frame: DataFrame, codes: DataFrame, forms: Forms, *, into: str, raw: str = "raw"
) -> DataFrame:
    """Add `hs_code.hs_code`: struct of normal, hs6, heading, repair, reason.

    Args:
        frame: rows with the raw text, `on` (the date) and `place`, import_line,
            export_line or manifest.
        codes: the list: `code`, `valid_from`, `valid_to`; periods must not overlap.
        into: name of the new column.
    """
    periods = codes.groupBy(F.col("code").alias("_code")).agg(
        F.collect_list(F.struct("valid_from", "valid_to")).alias("_periods")
    )
    digits, whole = F.col("_digits"), F.col("_whole")
    known = (
        frame.withColumn("_digits", strip_separators(F.col(raw)))
        .withColumn("_whole", _whole_hs_code())
        .join(periods, on=F.col("_whole") == F.col("_code"), how="left")
    )
    heading = F.col("place") == "manifest"
    judged = _in_steps(
        known,
        {"_in_force": _is_in_force(), "_reason": _reason_of_hs_code(forms)},
        into,
        normal=whole,
        hs6=F.when(~heading, F.substring(whole, 1, 6)),
        heading=F.when(heading, whole),
        repair=F.when(whole != digits, LEADING_ZERO),
    )
    return judged.drop("_digits", "_whole", "_code", "_periods")


def _in_steps(
    frame: DataFrame, steps: dict[str, Column], into: str, **parts: Column
) -> DataFrame:
    """Work out one column after the other, then the struct, and drop the steps.

    Written into one another, a column would be worked out as often as it is named.
    """
    for name, column in steps.items():
        frame = frame.withColumn(name, column)
    reason = F.col("_reason")
    shown = [F.when(reason.isNull(), part).alias(name) for name, part in parts.items()]
    frame = frame.withColumn(into, F.struct(*shown, reason.alias("reason")))
    return frame.drop(*steps)


def _reason_of_tax_code(forms: Forms) -> Column:
    digits, whole, holds = F.col("_digits"), F.col("_whole"), F.col("_holds")
    is_person, lost_zero = F.col("_is_person"), F.col("_lost_zero")
    in_province = _within(F.substring(digits, 1, 3), forms.provinces)
    fits = F.length(digits).isin(9, 10, 12, 13)
    return (
        _reason_of_digits(digits)
        .when(_has_short_branch(F.col("_text"), digits), "branch_format")
        .when(is_person & ~in_province, "province")
        .when(is_person, None)
        .when(~fits | (lost_zero & ~holds), "length")
        .when(F.substring(whole, 11, 3) == "000", "branch_000")
        .when(~holds, "check_digit")
    )


def _whole_hs_code() -> Column:
    """The code with the zero that it may have lost; the list then decides."""
    digits, place = F.col("_digits"), F.col("place")
    length = F.length(digits)
    lost_zero = ((place != "manifest") & (length == 7)) | (
        (place == "export_line") & (length == 9)
    )
    return F.when(lost_zero, F.concat(F.lit("0"), digits)).otherwise(digits)


def _is_in_force() -> Column:
    return F.coalesce(F.exists("_periods", _holds_on_the_day), F.lit(False))


def _holds_on_the_day(period: Column) -> Column:
    on = F.col("on")
    ends = period["valid_to"].isNull() | (on <= period["valid_to"])
    return (period["valid_from"] <= on) & ends


def _reason_of_hs_code(forms: Forms) -> Column:
    digits, whole, in_force = F.col("_digits"), F.col("_whole"), F.col("_in_force")
    place, length = F.col("place"), F.length(digits)
    heading = place == "manifest"
    fits = F.when(heading, length == 4).otherwise(
        (length == 8) | ((place == "export_line") & (length == 10))
    )
    chapter = F.substring(whole, 1, 2)
    return (
        _reason_of_digits(digits)
        .when((place == "import_line") & (length == 10), "ten_digits_import")
        .when(~fits & ~((whole != digits) & in_force), "length")
        .when(chapter.isin(*forms.national_chapters), "chapter_98")
        .when(~_within(chapter, forms.chapters), "chapter")
        .when(~heading & ~in_force & F.col("_code").isNotNull(), "not_in_force")
        .when(~heading & ~in_force, "unknown_code")
    )


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
    """Whether ten digits hold together; false on any other text."""
    # A cast that fails on a letter would stop the batch; this one gives null.
    nine = F.substring(digits, 1, 9).try_cast("int")
    weighted = (
        F.lit(weight) * (F.floor(nine / F.lit(10**place)).cast("int") % 10)
        for place, weight in enumerate(reversed(_TAX_WEIGHTS))
    )
    total: Column = reduce(Column.__add__, weighted)
    tenth = F.substring(digits, 10, 1).try_cast("int")
    return F.coalesce((F.lit(10) - total % 11) == tenth, F.lit(False))


def _within(value: Column, ranges: Iterable[tuple[str, str]]) -> Column:
    inside = (value.between(low, high) for low, high in ranges)
    return reduce(Column.__or__, inside, F.lit(False))
