"""Rules of a few lines, and everything else that a decision needs, by default."""

from datetime import date

import msgspec
import pytest

from benchmarks.decide_lake import make_lake
from lakehouse.contracts import load_contracts
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import Criterion
from lakehouse.rules.rule_set import RuleSet
from lakehouse.rules.threshold import ChannelThreshold, RandomSelection
from realtime_core.basis import load_basis
from realtime_core.decide import State, decide
from realtime_core.decision import FeatureRecord
from realtime_core.draw import commitment_of, key_of_date
from realtime_core.features import Features
from realtime_core.policy import FeatureUse, Policy, PolicyRows
from realtime_core.requests import RequestReader
from realtime_core.sample import sample_line, sample_request
from tests.unit.realtime_core.site import Site

DAY = date(2026, 11, 3)
SINCE = {
    "valid_from": date(2025, 1, 1),
    "legal_basis": "Thông tư 81/2019/TT-BTC (SAMPLE)",
    "is_sample": True,
}


def criterion(code="RS-001", condition="true", **values):
    """A criterion of layer score with 10 points, unless told otherwise."""
    layer = values.setdefault("layer", "score")
    if layer == "score":
        values.setdefault("weight", 10)
    return Criterion(
        **{
            "code": code,
            "version": 1,
            "title_vi": f"Tiêu chí {code}",
            "scope": "line",
            "condition": condition,
            "guidance_vi": "Kiểm tra hồ sơ",
            "owner": "Đơn vị quản lý rủi ro (SAMPLE)",
            "classification": "internal",
            "status": "active",
            "author": "A",
            "approver": "B",
            "example_fires": "{}",
            "example_silent": "{}",
            **SINCE,
            **values,
        }
    )


def stratum(code, condition="true"):
    return criterion(code, condition, layer="random", scope="declaration")


def threshold(stream="ordinary", population="true", yellow=30, red=60):
    return ChannelThreshold(
        stream_code=stream,
        stream_title_vi=stream,
        stream_order=2 if stream == "ordinary" else 1,
        population_condition=population,
        yellow_from_score=yellow,
        red_from_score=red,
        **SINCE,
    )


def share(code, random_share, channel="red"):
    return RandomSelection(
        criterion_code=code, random_share=random_share, drawn_channel=channel, **SINCE
    )


def use(feature, max_age_days=3, **values):
    return FeatureUse(feature=feature, max_age_days=max_age_days, **values, **SINCE)


class Desk:
    """Decides declarations on rules that a test states."""

    def __init__(self):
        self.contracts = load_contracts()
        self.catalogue = Catalogue.from_contracts(self.contracts)
        self.reader = RequestReader(self.contracts)

    def rule_set(self, *criteria):
        return RuleSet.build(criteria, self.catalogue, {}, DAY)

    def policy(self, thresholds=None, shares=(), uses=()):
        rows = PolicyRows(
            channel_threshold=thresholds or [threshold()],
            random_selection=list(shares),
            feature_use=list(uses),
        )
        return Policy(rows, self.catalogue)

    def state(self, policy, master=b"m" * 32, draw_date=DAY, **values):
        key = key_of_date(master, draw_date)
        return State(
            policy=policy.on(DAY),
            policy_hash=policy.hash,
            draw_date=draw_date,
            draw_key=key,
            draw_commitment=commitment_of(key),
            **values,
        )

    def declaration(self, *lines, number="101234567890", **header):
        body = sample_request(DAY, 0, number, **header)
        body["lines"] = [
            sample_line(place, **line) for place, line in enumerate(lines or [{}], 1)
        ]
        return self.read(body)

    def read(self, body):
        return self.reader.read(msgspec.json.encode(body)).declaration

    def decide(self, declaration, *criteria, policy=None, features=None, **state):
        policy = policy or self.policy()
        features = features or features_of(len(declaration.lines))
        return decide(
            declaration, features, self.rule_set(*criteria), self.state(policy, **state)
        )


def features_of(lines, enterprise=None, prices=None, as_of=DAY):
    found = prices or [None] * lines
    return Features(
        snapshot="0" * 64,
        as_of_date=as_of,
        run_seq=1,
        enterprise=FeatureRecord("enterprise/9900109101", enterprise),
        prices=tuple(FeatureRecord(f"price/{n}", row) for n, row in enumerate(found)),
    )


@pytest.fixture(scope="session")
def basis(tmp_path_factory):
    """The shipped rules, published on a small lake."""
    published = make_lake(tmp_path_factory.mktemp("decide") / "lake", DAY)
    return load_basis(published, load_contracts())


@pytest.fixture
def site(basis, tmp_path):
    return Site(basis, tmp_path / "journal")


@pytest.fixture(scope="session")
def desk():
    return Desk()
