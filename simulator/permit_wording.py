"""Messages of the single window about the permits of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from simulator.payment_wording import Message
from simulator.permit_rules import load_permit_rules
from simulator.permits import Goods, Permit
from simulator.world import World

_DELAY, _DAY = 30, 86_400
_ASKED, _TAKEN, _GRANTED = 5 * _DAY, 5 * _DAY - 3_600, 2 * _DAY
"""Seconds before the declaration is registered."""
_VALID_DAYS, _LATE, _REVOKED = 180, 2 * _DAY, 3 * _DAY
_NAMESPACE = "urn:sample:single-window:1"


def single_window(world: World, permits: Iterable[Permit]) -> Iterator[Message]:
    """All that the single window says of the permits of a day."""
    for permit in permits:
        asked, granted = permit.registered - _ASKED, permit.registered - _GRANTED
        yield _message("DOSSIER", permit, "D", asked, _dossier(world, permit))
        taken = permit.registered - _TAKEN
        for number, (code, moment) in enumerate(
            [("submitted", asked), ("received", taken), ("granted", granted)], 1
        ):
            yield _message(
                "STEP",
                permit,
                f"S{number}",
                moment,
                _step(permit, number, code, moment),
            )
        yield from _permits(world, permit, granted)
        if load_permit_rules().issuers[permit.kind].inspection:
            text = _inspection(world, permit, granted)
            yield _message("INSPECTION", permit, "I", granted, text)


def _permits(world: World, permit: Permit, granted: int) -> Iterator[Message]:
    """The permit as it is issued, and what is said of it later."""
    issued = _permit(world, permit, 0, "issued", granted)
    late = _LATE + _GRANTED if permit.quirk == "permit_late" else 0
    first = _message("PERMIT", permit, "P0", granted, issued)
    if permit.quirk == "permit_wrong_namespace":
        first = first._replace(text=first.text.replace(_NAMESPACE, "urn:example:other"))
    if permit.quirk == "permit_old_last":
        changed = _permit(world, permit, 1, "amended", granted)
        yield _message("PERMIT", permit, "P1", granted + 60, changed)
        late = 3_600
    yield first._replace(arrival=first.arrival + late)
    if permit.quirk == "permit_revoked":
        moment = permit.registered + _REVOKED
        revoked = _permit(world, permit, 1, "revoked", granted, moment)
        yield _message("PERMIT", permit, "P1", moment, revoked)


def _dossier(world: World, permit: Permit) -> str:
    issuer = load_permit_rules().issuers[permit.kind]
    return (
        f"<Dossier><DossierNo>{permit.dossier}</DossierNo><Version>0</Version>"
        f"<ProcedureCode>{issuer.procedure}</ProcedureCode>{_issuer(permit)}"
        f"<ApplicantTaxCode>{world.firms.tax_codes[permit.firm]}</ApplicantTaxCode>"
        f"<ApplicantName>{escape(str(world.firms.names[permit.firm]))}</ApplicantName>"
        f"<Direction>{_direction(permit)}</Direction>{_lines(permit, _asked)}</Dossier>"
    )


def _step(permit: Permit, number: int, code: str, moment: int) -> str:
    return (
        f"<Step><DossierNo>{permit.dossier}</DossierNo><StepNo>{number}</StepNo>"
        f"<StepCode>{code}</StepCode><HappenedAt>{_time(moment)}</HappenedAt></Step>"
    )


def _permit(
    world: World,
    permit: Permit,
    version: int,
    state: str,
    granted: int,
    revoked: int | None = None,
) -> str:
    expired = permit.quirk == "permit_expired"
    end = permit.registered - _DAY if expired else granted + _VALID_DAYS * _DAY
    gone = f"<RevokedOn>{_day(revoked)}</RevokedOn>" if revoked else ""
    return (
        f"<Permit><PermitID>{permit.identity}</PermitID><Version>{version}</Version>"
        f"<PermitType>{permit.kind}</PermitType><PermitNo>{permit.number}</PermitNo>"
        f"<DossierNo>{permit.dossier}</DossierNo>{_issuer(permit)}"
        f"<HolderTaxCode>{world.firms.tax_codes[permit.firm]}</HolderTaxCode>"
        f"<HolderName>{escape(str(world.firms.names[permit.firm]))}</HolderName>"
        f"<Direction>{_direction(permit)}</Direction><IssuedOn>{_day(granted)}</IssuedOn>"
        f"<ValidFrom>{_day(granted)}</ValidFrom><ValidTo>{_day(end)}</ValidTo>"
        f"<State>{state}</State>{gone}{_lines(permit, permit.granted)}</Permit>"
    )


def _inspection(world: World, permit: Permit, moment: int) -> str:
    kind = load_permit_rules().issuers[permit.kind].inspection
    return (
        f"<Inspection><InspectionID>I{permit.number}</InspectionID><Version>0</Version>"
        f"<DossierNo>{permit.dossier}</DossierNo>{_issuer(permit)}"
        f"<ImporterTaxCode>{world.firms.tax_codes[permit.firm]}</ImporterTaxCode>"
        f"<Kind>{kind}</Kind><Method>normal</Method>"
        f"<RegisteredOn>{_day(permit.registered - _ASKED)}</RegisteredOn>"
        f"<Result>passed</Result><ResultOn>{_day(moment)}</ResultOn>"
        f"<CertificateNo>{permit.number}</CertificateNo>"
        f"{_lines(permit, _asked)}</Inspection>"
    )


def _issuer(permit: Permit) -> str:
    issuer = load_permit_rules().issuers[permit.kind]
    return (
        f"<MinistryCode>{issuer.ministry}</MinistryCode>"
        f"<AuthorityCode>{issuer.authority}</AuthorityCode>"
    )


def _lines(permit: Permit, quantity: Callable[[Goods], int]) -> str:
    return "".join(
        f"<Line><LineNo>{number}</LineNo><HSCode>{one.hs_code}</HSCode>"
        f"<GoodsName>{escape(one.name)}</GoodsName><Origin>{one.origin}</Origin>"
        f"<Quantity>{quantity(one) / 100:.2f}</Quantity><Unit>{one.unit}</Unit></Line>"
        for number, one in enumerate(permit.goods, 1)
    )


def _asked(one: Goods) -> int:
    return one.declared


def _direction(permit: Permit) -> str:
    return ("import", "export")[permit.direction]


def _message(kind: str, permit: Permit, part: str, sent: int, text: str) -> Message:
    return Message(
        sent + _DELAY,
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SingleWindow xmlns="{_NAMESPACE}">'
        f"<Header><MessageType>{kind}</MessageType>"
        f"<MessageID>{permit.number}-{part}</MessageID>"
        f"<SentAt>{_time(sent)}</SentAt></Header>{text}</SingleWindow>\n",
    )


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
