"""The dated rows that a tax is worked out with, indexed for look-ups by day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Self

from lakehouse.law.exchange_rate import RateList, customs_rate
from lakehouse.law.tax_dated import Dated, Row, day_of
from lakehouse.law.tax_declaration import Relief
from lakehouse.law.tax_rate import LowValueRule, Quota, Rate, VatReduction

ANY = "*"
HOME_CURRENCY = "VND"
HS_DIGITS = 8
# The order of the law: a later tax counts what is payable of the earlier ones.
ADDITIONAL_DUTIES = ("safeguard", "anti_dumping", "anti_subsidy")
LATER_TAXES = (*ADDITIONAL_DUTIES, "sct", "ept", "vat")
EXPORT_DUTY = "export_duty"
TAX_TYPES = ("import_duty", *LATER_TAXES, EXPORT_DUTY)
# The tables of `ref` that taxes are worked out with.
TAX_LISTS = (
    "tax_rate",
    "vat_reduction",
    "tariff_table",
    "tariff_preference",
    "mfn_origin",
    "tariff_quota",
    "low_value_rule",
    "exchange_rate",
    "holiday",
    "kind_relief",
    "unit_conversion",
)


class Reference:
    """The lists of `ref` that taxes need, as they are known at one moment."""

    def __init__(self) -> None:
        """Begin with empty lists."""
        self._rates: Dated[tuple[str, str | None, str | None, str | None], Rate]
        self._rates = Dated()
        self._tables_of: dict[str | None, set[str]] = {}
        self._origins_of: dict[str | None, set[str]] = {}
        self._taxes_of: dict[str | None, tuple[str, ...]] = {}
        self._reductions: Dated[str | None, VatReduction] = Dated()
        self._roles: Dated[str | None, str] = Dated()
        self._tables: Dated[str, str] = Dated()
        self._preferences: Dated[str | None, tuple[str, str]] = Dated()
        self._mfn_origins: Dated[str | None, bool] = Dated()
        self._quotas: Dated[str | None, Quota] = Dated()
        self._low_value: Dated[str, LowValueRule] = Dated()
        self._stated: list[Row] = []
        self._closed: set[date] = set()
        self._exchange_rates = RateList(())
        self._exchange_rate_on: dict[tuple[str, date], Decimal | None] = {}
        self._kind_reliefs: Dated[str, Relief] = Dated()
        self._factors: Dated[tuple[str | None, str], Decimal] = Dated()
        self._sources: dict[str, list[str]] = {}
        self._exported: Dated[str | None, str] = Dated()

    @classmethod
    def from_rows(cls, lists: Mapping[str, Iterable[Row]]) -> Self:
        """Take rows of `ref` tables, by the name of the table without its schema.

        Raises:
            KeyError: a table is none of those that taxes need.
        """
        found = cls()
        takers = (
            found._take_rate,
            found._take_reduction,
            found._take_table,
            found._take_preference,
            found._take_mfn_origin,
            found._take_quota,
            found._take_low_value_rule,
            found._stated.append,
            found._take_holiday,
            found._take_kind_relief,
            found._take_unit_conversion,
        )
        take = dict(zip(TAX_LISTS, takers, strict=True))
        for name, rows in lists.items():
            for row in rows:
                take[name](row)
        found._exchange_rates = RateList(found._stated)
        return found

    def duty_rate(
        self, hs_code: str | None, table: str | None, on: date
    ) -> Rate | None:
        """The import duty of a code in a tariff table."""
        return self._rates.on(("import_duty", hs_code, table, ANY), on)

    def export_rate(
        self, hs_code: str | None, on: date
    ) -> tuple[Rate | None, str | None]:
        """The export duty of a code, and why it cannot be told.

        The tariff lists what pays. Its lines may have ten digits: a longer code takes
        the rate of the eight before them, a shorter one has no rate of its own.
        """
        if hs_code is None:
            return None, "hs_code_missing"
        for code in (hs_code, hs_code[:HS_DIGITS]):
            rate = self._rates.on((EXPORT_DUTY, code, ANY, ANY), on)
            if rate is not None:
                return rate, None
        if self._exported.on(ANY, on) is None:
            return None, "export_tariff_missing"
        is_divided = len(hs_code) == HS_DIGITS and self._exported.on(hs_code, on)
        return None, "export_code_short" if is_divided else None

    def unit_factor(self, unit: str | None, target: str, on: date) -> Decimal | None:
        """How many of a target unit are in one unit."""
        return self._factors.on((unit, target), on)

    def units_into(self, target: str, on: date) -> dict[str, Decimal]:
        """The units that can be turned into a target unit, with their factors."""
        found = {
            unit: self._factors.on((unit, target), on)
            for unit in self._sources.get(target, ())
        }
        return {unit: factor for unit, factor in found.items() if factor is not None}

    def rate(
        self, tax: str, hs_code: str | None, origin: str | None, on: date
    ) -> Rate | None:
        """The rate of another tax: that of the origin before that of all origins."""
        own = self._rates.on((tax, hs_code, ANY, origin), on) if origin else None
        return own or self._rates.on((tax, hs_code, ANY, ANY), on)

    def tables_of(self, hs_code: str | None) -> Collection[str]:
        """The tariff tables in which a code ever has an import duty."""
        return self._tables_of.get(hs_code, ())

    def origins_of(self, hs_code: str | None) -> Collection[str]:
        """The origins that ever have a rate of their own for a code."""
        return self._origins_of.get(hs_code, ())

    def taxes_of(self, hs_code: str | None) -> tuple[str, ...]:
        """The taxes after import duty that a code ever has, in the order of the law."""
        return self._taxes_of.get(hs_code, ())

    def vat_reduction(self, hs_code: str | None, on: date) -> VatReduction | None:
        """The reduced VAT of a code."""
        return self._reductions.on(hs_code, on)

    def role(self, table: str | None, on: date) -> str | None:
        """What kind of tariff table a code names, such as mfn or preferential."""
        return self._roles.on(table, on)

    def table_of(self, role: str, on: date) -> str | None:
        """The tariff table that has a role which only one has."""
        return self._tables.on(role, on)

    def preferences(self, table: str | None, on: date) -> list[tuple[str, str]]:
        """Pairs of certificate form and origin that an agreement's table admits."""
        return self._preferences.all_on(table, on)

    def has_mfn(self, origin: str | None, on: date) -> bool:
        """Tell whether goods of an origin have most-favoured-nation treatment."""
        return bool(self._mfn_origins.on(origin, on))

    def quota(self, hs_code: str | None, on: date) -> Quota | None:
        """The tariff quota of a code."""
        return self._quotas.on(hs_code, on)

    def quota_codes(self) -> Collection[str | None]:
        """The codes that ever have a quota."""
        return self._quotas.keys()

    def low_value_rule(self, on: date) -> LowValueRule | None:
        """The limits for low-value parcels."""
        return self._low_value.on("parcel", on)

    def kind_reliefs(self, kind_code: str, on: date) -> tuple[Relief, ...]:
        """What need not be paid on any line of a kind of declaration."""
        return tuple(self._kind_reliefs.all_on(kind_code, on))

    def exchange_rate(self, currency_code: str, on: date) -> Decimal | None:
        """Dong for one unit of a currency, by the rule for customs rates."""
        if currency_code == HOME_CURRENCY:
            return Decimal(1)
        asked = (currency_code, on)
        if asked not in self._exchange_rate_on:
            found = customs_rate(currency_code, on, self._exchange_rates, self._closed)
            self._exchange_rate_on[asked] = found.vnd if found.ok else None
        return self._exchange_rate_on[asked]

    def _take_rate(self, row: Row) -> None:
        table, origin = (
            str(row["tariff_table_scope_code"]),
            str(row["origin_scope_code"]),
        )
        rate = Rate(
            percent=_decimal(row["tax_percent"]),
            unit_amount=_decimal(row["unit_tax_amount"]),
            currency_code=_text(row["unit_tax_currency_code"]),
            unit_code=_text(row["quantity_unit_code"]),
            is_not_subject=bool(row["is_not_subject"]),
        )
        tax_type, hs_code = str(row["tax_type_code"]), str(row["hs_code"])
        self._rates.add((tax_type, hs_code, table, origin), row, rate)
        known = {tax_type, *self._taxes_of.get(hs_code, ())}
        self._taxes_of[hs_code] = tuple(one for one in LATER_TAXES if one in known)
        if tax_type == EXPORT_DUTY:
            self._exported.add(ANY, row, hs_code)
            self._exported.add(hs_code[:HS_DIGITS], row, hs_code)
        if table != ANY:
            self._tables_of.setdefault(hs_code, set()).add(table)
        if origin != ANY:
            self._origins_of.setdefault(hs_code, set()).add(origin)

    def _take_reduction(self, row: Row) -> None:
        without = bool(row["is_without_special_consumption"])
        reduction = VatReduction(Decimal(str(row["tax_percent"])), without)
        self._reductions.add(str(row["hs_code"]), row, reduction)

    def _take_table(self, row: Row) -> None:
        table, role = str(row["tariff_table_code"]), str(row["tariff_role_code"])
        self._roles.add(table, row, role)
        self._tables.add(role, row, table)

    def _take_preference(self, row: Row) -> None:
        pair = (str(row["certificate_form_code"]), str(row["origin_country_code"]))
        self._preferences.add(str(row["tariff_table_code"]), row, pair)

    def _take_mfn_origin(self, row: Row) -> None:
        self._mfn_origins.add(str(row["origin_country_code"]), row, True)

    def _take_quota(self, row: Row) -> None:
        hs_code = str(row["hs_code"])
        code = _text(row.get("quota_code")) or hs_code
        quota = Quota(
            balance=Decimal(str(row["quota_quantity"])),
            unit_code=str(row["quantity_unit_code"]),
            table_code=str(row["tariff_table_code"]),
            key=(code, day_of(row["valid_from"])),
        )
        self._quotas.add(hs_code, row, quota)

    def _take_low_value_rule(self, row: Row) -> None:
        rule = LowValueRule(
            duty_exempt_up_to_vnd=_whole(row["duty_exempt_up_to_vnd"]),
            vat_exempt_up_to_vnd=_whole(row["vat_exempt_up_to_vnd"]),
            duty_exempt_under_vnd=_whole(row["duty_exempt_under_vnd"]),
        )
        self._low_value.add(str(row["stream_code"]), row, rule)

    def _take_holiday(self, row: Row) -> None:
        if not row["is_working_day"]:
            self._closed.add(day_of(row["calendar_date"]))

    def _take_kind_relief(self, row: Row) -> None:
        relief = Relief(str(row["tax_type_code"]), Decimal(str(row["relief_percent"])))
        self._kind_reliefs.add(str(row["kind_code"]), row, relief)

    def _take_unit_conversion(self, row: Row) -> None:
        unit, target = row["quantity_unit_code"], row["target_quantity_unit_code"]
        pair = str(unit), str(target)
        self._factors.add(pair, row, Decimal(str(row["conversion_factor"])))
        sources = self._sources.setdefault(pair[1], [])
        if pair[0] not in sources:
            sources.append(pair[0])


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
