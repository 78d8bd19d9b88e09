"""People sign in over HTTPS by tokens of ours; without, nobody else reaches Trino."""

import base64
import json
import stat
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509

from lakehouse.errors import EnvironmentFault, UsageError
from lakehouse.tables import Lake
from serving.trino import server
from serving.trino.access import REGISTRAR
from serving.trino.configuration import Place, configuration
from serving.trino.sign_in import ISSUER, SignIn

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
HOST = "10.1.2.3"


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> SignIn:
    made = SignIn(tmp_path_factory.mktemp("home"))
    made.prepare(HOST, NOW)
    return made


def test_a_token_says_who_for_whom_and_until_when(keys):
    said = keys.token("lan", 2, NOW).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    assert (claims["sub"], claims["iss"]) == ("lan", ISSUER)
    assert claims["exp"] - claims["iat"] == 2 * 3600


@pytest.mark.parametrize("name", [REGISTRAR, "", " "])
def test_nobody_gets_the_token_of_the_registrar(keys, name):
    with pytest.raises(UsageError, match="bad_name"):
        keys.token(name, 1, NOW)


def test_a_server_without_sign_in_has_no_tokens_to_give(tmp_path):
    with pytest.raises(EnvironmentFault, match="no_sign_in"):
        SignIn(tmp_path).token("lan", 1, NOW)


def test_the_certificate_is_for_the_address_and_this_machine(keys):
    certificate = x509.load_pem_x509_certificate(keys.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    held = names.value.get_values_for_type(x509.IPAddress)
    assert {ip_address("127.0.0.1"), ip_address(HOST)} == set(held)


def test_keys_are_readable_by_their_user_alone(keys):
    for path in keys.server.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_start_keeps_the_tokens_that_were_given(tmp_path):
    keys = SignIn(tmp_path)
    keys.prepare(HOST, NOW)
    before = keys.public_key.read_bytes(), keys.certificate.read_bytes()
    keys.prepare(HOST, NOW)
    assert keys.public_key.read_bytes() == before[0]
    assert keys.certificate.read_bytes() != before[1]


def test_no_port_is_plain_where_people_sign_in(keys, tmp_path):
    place = Place(tmp_path, tmp_path, 18443, 2**31, HOST, keys)
    files = configuration(place)
    said = dict(line.split("=", 1) for line in files["config.properties"].splitlines())
    assert said["http-server.http.enabled"] == "false"
    assert said["http-server.authentication.type"] == "JWT"
    assert said["internal-communication.https.required"] == "true"
    assert "insecure" not in files["config.properties"]
    assert f"node.bind-ip={HOST}" in files["node.properties"]


def test_an_address_open_to_others_is_refused_without_sign_in(tmp_path):
    (tmp_path / "ops").mkdir()
    with pytest.raises(UsageError, match="sign_in_needed"):
        server.up(Lake(tmp_path), "0.0.0.0")
