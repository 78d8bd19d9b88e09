"""Messages of payments: tax accounting in JSON, the gateway in XML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from xml.sax.saxutils import escape

from simulator.cohort import Cohort
from simulator.payments import TREASURY, Debt, Document
from simulator.world import World

_DELAY, _DAY, _LIST_SENT = 30, 86_400, 7 * 3_600
_GUARANTEE_DAYS, _CLEARED_DAYS = 25, 2
_ENTITY = '<!DOCTYPE Customs [<!ENTITY x SYSTEM "file:///nothing">]>\n'


class Message(NamedTuple):
    """A message and when it arrives, in local seconds since 1970."""

    arrival: int
    text: str


def obligations(world: World, debts: Iterable[Debt]) -> Iterator[Message]:
    """What tax accounting says of each debt."""
    for debt in debts:
        is_given, day = debt.rule == "given", _moment(debt.stated)
        end = f"{day + timedelta(days=_GUARANTEE_DAYS):%Y-%m-%d}"
        cleared = f"{day + timedelta(days=_CLEARED_DAYS):%Y-%m-%d}"
        items = [
            {
                "tax_kind_code": kind,
                "budget_item_code": sub_item,
                "obligation_vnd": amount,
                "due_rule_code": debt.rule,
                "due_date": f"{day:%Y-%m-%d}" if is_given else None,
                "cleared_date": None if is_given else cleared,
                "guaranteed_to_date": end if debt.rule == "guarantee" else None,
            }
            for kind, sub_item, amount in debt.items
        ]
        message = {
            "kind": "obligation",
            "id": f"S{debt.key}",
            "sent_at": f"{day:%Y-%m-%dT%H:%M:%S}",
            "declaration_no": f"{debt.key}0",
            "payer_tax_code": str(world.firms.tax_codes[debt.firm]),
            "registered_date": f"{day:%Y-%m-%d}",
            "items": items,
        }
        yield Message(
            debt.stated + _DELAY, json.dumps(message, ensure_ascii=False) + "\n"
        )


def gateway(
    world: World, cohort: Cohort, documents: list[Document]
) -> Iterator[Message]:
    """All that banks and the Treasury say of the documents of a day."""
    for document in documents:
        data = _payment(world, cohort, document)
        text = _message("301", document.transaction, document.sent, data)
        yield Message(document.sent + _DELAY, _spoilt(text, document.quirk))
        if document.quirk == "payment_repeated":
            again = _message("301", document.transaction, document.sent + 900, data)
            yield Message(document.sent + 900 + _DELAY, again)
        if document.quirk == "payment_two_transactions":
            twin = _message("301", f"{document.transaction}X", document.sent + 60, data)
            yield Message(document.sent + 60 + _DELAY, twin)
        if document.quirk == "payment_cancelled":
            said = (
                f"<So_CT>{document.number}</So_CT>"
                f"<Transaction_ID>{document.transaction}</Transaction_ID>"
                "<LyDo>Ngân hàng hạch toán nhầm</LyDo>"
            )
            sent = document.sent + 120
            text = _message("501", f"{document.transaction}H", sent, said)
            yield Message(sent + _DELAY, text)
    yield from _lists(cohort, documents)


def _lists(cohort: Cohort, documents: list[Document]) -> Iterator[Message]:
    """The list of each bank of the day, and another where a document was missing."""
    by_bank: dict[str, list[Document]] = {}
    for document in documents:
        if document.bank != TREASURY:
            by_bank.setdefault(document.bank, []).append(document)
    for bank, mine in sorted(by_bank.items()):
        carried = [d for d in mine if d.quirk != "payment_cancelled"]
        complete = [d for d in carried if d.quirk != "payment_missing_at_bank"]
        midnight = mine[0].sent // _DAY * _DAY + _DAY
        told = [complete] if len(complete) == len(carried) else [complete, carried]
        for number, rows in enumerate(told):
            sent = midnight + _LIST_SENT + number * _DAY + int(bank)
            entries = "".join(
                f"<ChungTu><Transaction_ID>{d.transaction}</Transaction_ID>"
                f"<So_CT>{d.number}</So_CT><SoTien_TO>{d.total}</SoTien_TO></ChungTu>"
                for d in rows
            )
            data = f"<Ngay_DC>{cohort.day}</Ngay_DC><Ma_NH>{bank}</Ma_NH>{entries}"
            name = f"R{cohort.day:%y%m%d}{bank}{number}"
            yield Message(sent + _DELAY, _message("801", name, sent, data))


def _payment(world: World, cohort: Cohort, document: Document) -> str:
    day = f"{_moment(document.sent):%Y-%m-%d}"
    total = document.total + (document.quirk == "payment_wrong_total") * 1_000
    firm = document.parts[0][0].firm
    declared = "".join(
        _declared(world, cohort, debt, amounts) for debt, amounts in document.parts
    )
    return (
        f"<So_CT>{document.number}</So_CT><Ngay_CT>{day}</Ngay_CT>"
        f"<Ngay_BN>{day}</Ngay_BN><Ngay_BC>{day}</Ngay_BC><Ma_NT>VND</Ma_NT>"
        f"<Ty_Gia>1</Ty_Gia><SoTien_TO>{total}</SoTien_TO>"
        "<DienGiai>Nộp thuế xuất nhập khẩu</DienGiai>"
        f"<Ma_DV>{world.firms.tax_codes[firm]}</Ma_DV>"
        f"<Ten_DV>{escape(str(world.firms.names[firm]))}</Ten_DV>"
        f"<Ma_NH>{document.bank}</Ma_NH>{declared}"
    )


def _declared(
    world: World, cohort: Cohort, debt: Debt, amounts: tuple[int, ...]
) -> str:
    declarations, nation = cohort.declarations, world.nation
    paid = "".join(
        f"<ToKhai_CT><Ma_ST>{kind}</Ma_ST><NDKT>{item}</NDKT>"
        f"<SoTien_NT>{amount}</SoTien_NT><SoTien_VND>{amount}</SoTien_VND></ToKhai_CT>"
        for (kind, item, _), amount in zip(debt.items, amounts, strict=True)
        # Half of one dong is nothing to pay.
        if amount
    )
    # Banks write the number with and without the digit of the amendment.
    number = f"{debt.key}0" if debt.key % 3 else str(debt.key)
    office = nation.offices[int(declarations.office[debt.row])].code
    return (
        f"<GNT_CT><Ma_HQ>{office}</Ma_HQ><Nam_DK>{cohort.day.year}</Nam_DK>"
        f"<Ngay_DK>{cohort.day}</Ngay_DK><So_TK>{number}</So_TK>{paid}</GNT_CT>"
    )


def _message(kind: str, transaction: str, sent: int, data: str) -> str:
    moment = f"{_moment(sent):%Y-%m-%dT%H:%M:%S}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Customs><Header>'
        f"<Message_Type>{kind}</Message_Type>"
        f"<Transaction_Date>{moment}</Transaction_Date>"
        f"<Transaction_ID>{transaction}</Transaction_ID>"
        f"<Request_ID>{transaction}-{sent}</Request_ID></Header>"
        f"<Data>{data}</Data></Customs>\n"
    )


def _spoilt(text: str, quirk: str) -> str:
    if quirk == "payment_wrong_namespace":
        return text.replace("<Customs>", '<Customs xmlns="urn:example:other">')
    if quirk == "payment_broken_xml":
        return text.replace("</Data>", "")
    if quirk == "payment_external_entity":
        return text.replace("<Customs>", f"{_ENTITY}<Customs>")
    return text


def _moment(seconds: int) -> datetime:
    """A local moment, written without its zone."""
    return datetime.fromtimestamp(seconds, UTC)
