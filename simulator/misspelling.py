"""Quirks of text: columns of messages changed before they are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.columns import Text
from simulator.draws import Ints
from simulator.nation import load_nation
from simulator.quirks import load_quirks
from simulator.shapes import Messages

HOME_CODES = ("importer_tax_code", "exporter_tax_code")
NAMES = ("importer_name", "exporter_name")
DATES = ("arrival_date", "departure_date")
TOTALS = ("invoice_total_amount", "declared_value_amount")
Edit = tuple[tuple[str, ...], Callable[[str], str]]


def misspell_items(columns: dict[str, Text], messages: Messages) -> dict[str, Text]:
    """Change the header columns of the messages that carry a quirk of text."""
    return _edited(columns, messages.quirk, HEADER_EDITS, np.arange(len(messages)))


def misspell_lines(
    columns: dict[str, Text], messages: Messages, starts: Ints
) -> dict[str, Text]:
    """Change the first line of the messages that carry a quirk of a line."""
    return _edited(columns, messages.quirk, LINE_EDITS, starts[:-1])


def _edited(
    columns: dict[str, Text], quirks: Ints, edits: dict[str, list[Edit]], rows: Ints
) -> dict[str, Text]:
    found = dict(columns)
    present = set(np.unique(quirks)) - {0}
    for place, quirk in enumerate(load_quirks(), 1):
        if place not in present or quirk.code not in edits:
            continue
        hit = rows[quirks == place]
        for names, change in edits[quirk.code]:
            for name in names:
                if name in found:
                    found[name] = _replaced(found[name], hit, change)
    return found


def _replaced(texts: Text, rows: Ints, change: Callable[[str], str]) -> Text:
    """Empty texts stay empty: there was nothing to get wrong."""
    mask = np.zeros(len(texts), dtype=np.bool_)
    mask[rows] = True
    hit = texts.take(pa.array(np.flatnonzero(mask))).to_pylist()
    changed = pa.array([change(text) if text else "" for text in hit], pa.string())
    return pc.replace_with_mask(texts, pa.array(mask), changed)


def _wrong_check(code: str) -> str:
    return code[:9] + str((int(code[9]) + 1) % 10) + code[10:] if code else code


def _without_zero(code: str) -> str:
    return code.removeprefix("0")


def _dashed(code: str) -> str:
    return code[:10] + "-001"


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _wide(text: str) -> str:
    return text.replace(" ", "  ")


def _without_accents(text: str) -> str:
    bare = unicodedata.normalize("NFD", text).replace("Đ", "D").replace("đ", "d")
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _html(text: str) -> str:
    return text + " &amp; CO"


def _unknown_place(code: str) -> str:
    return code[:2] + "ZZZ"


def _dotted(code: str) -> str:
    return f"{code[:4]}.{code[4:6]}.{code[6:]}"


def _letter_o(code: str) -> str:
    return (
        code[:4] + code[4:].replace("0", "O", 1) if "0" in code[4:] else code[:-1] + "O"
    )


def _one_more(amount: str) -> str:
    head, point, tail = amount.partition(".")
    return str(int(head) + 1) + point + tail


def _thousands(amount: str) -> str:
    head, _, tail = amount.partition(".")
    return f"{int(head):,}".replace(",", ".") + "," + (tail or "0")


def _reversed_date(date: str) -> str:
    return date[4:] + date[2:4] + date[:2]


def _marked_name(text: str) -> str:
    return "CÔNG TY MẪU " + text[:40]


def _old_office(code: str) -> str:
    return load_nation().old_offices.get(code, code)


def _spaced_code(name: str) -> str:
    return name.replace("#&", "  #& ", 1)


def _always(text: str) -> Callable[[str], str]:
    return lambda _: text


def _in_two_languages(text: str) -> str:
    return text + " / SAMPLE GOODS"


HEADER_EDITS: dict[str, list[Edit]] = {
    "tax_code_wrong_check": [(HOME_CODES, _wrong_check)],
    "tax_code_lost_zero": [(HOME_CODES, _without_zero)],
    "tax_code_branch_dash": [(HOME_CODES, _dashed)],
    "name_nfd": [(NAMES, _decomposed)],
    "name_double_spaces": [(NAMES, _wide)],
    "name_no_accents": [(NAMES, _without_accents)],
    "name_html": [(NAMES, _html)],
    "no_bill": [(("bills[1].bill_no",), _always("KHONGVANDON"))],
    "bill_without_carrier": [(("bills[1].bill_no",), lambda bill: bill[4:])],
    "place_unknown": [(("loading_place_code", "unloading_place_code"), _unknown_place)],
    "free_of_charge": [
        (("invoice_total_amount", "allocation_total_amount"), _always("0")),
        (("price_kind_code",), _always("B")),
    ],
    "name_bilingual": [(("goods_name",), _in_two_languages)],
    "section_missing": [(("office_section_code",), _always(""))],
    "office_old_code": [(("office_code",), _old_office)],
    "gift_name": [(("goods_name",), _always("Quà tặng"))],
    "value_zero": [
        ((*TOTALS, "customs_value_vnd"), _always("0")),
    ],
    "time_24": [(("registered_time",), _always("240000"))],
    "thousands_separator": [(TOTALS, _thousands)],
    "impossible_date": [(DATES, _always("31022026"))],
    "reversed_date": [(DATES, _reversed_date)],
    "missing_mandatory": [(("package_qty",), _always(""))],
    "letters_in_integer": [(("package_qty",), _always("12A"))],
    "item_too_long": [(("internal_no",), _always("REF-MAU-QUA-DO-DAI-0000001"))],
    "accents_in_ascii": [(("exporter_name", "importer_name"), _marked_name)],
}
LINE_EDITS: dict[str, list[Edit]] = {
    "hs_dots": [(("hs_code",), _dotted)],
    "hs_ten_digits": [(("hs_code",), lambda code: code + "90")],
    "hs_letters": [(("hs_code",), _letter_o)],
    "hs_lost_zero": [(("hs_code",), _without_zero)],
    "price_off_by_one": [(("invoice_amount",), _one_more)],
    "vnd_decimals": [(("customs_value_vnd",), lambda value: value + ".50")],
    "name_bilingual": [(("goods_name",), _in_two_languages)],
    "hs_old_edition": [(("hs_code",), _always("85171200"))],
    "code_spaces": [(("goods_name",), _spaced_code)],
}
