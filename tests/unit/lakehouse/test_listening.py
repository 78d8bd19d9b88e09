"""Only this machine reaches a service without a token."""

import pytest

from lakehouse.errors import CustomsError, EnvironmentFault, UsageError
from lakehouse.listening import bind, is_loopback, read_token, url_of

SETTING = "CUSTOMS_SOME_TOKEN_FILE"


def test_an_address_open_to_others_needs_a_token(tmp_path):
    assert read_token(None, "127.0.0.1", SETTING) is None
    with pytest.raises(UsageError, match=f"token_needed.*{SETTING}"):
        read_token(None, "0.0.0.0", SETTING)
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    assert read_token(token, "0.0.0.0", SETTING) == "s3cret"
    token.write_text("\n")
    with pytest.raises(CustomsError, match="bad_token_file"):
        read_token(token, "127.0.0.1", SETTING)
    with pytest.raises(CustomsError, match="bad_token_file"):
        read_token(tmp_path / "none", "127.0.0.1", SETTING)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False),
     ("0.0.0.0", False), ("::", False), ("example", False)],
)  # fmt: skip
def test_only_loopback_addresses_are_this_machine(host, loopback):
    assert is_loopback(host) is loopback


def test_a_port_that_is_taken_is_told_with_its_remedy():
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert url_of(first) == f"http://127.0.0.1:{port}"
        with pytest.raises(EnvironmentFault, match="address_taken"):
            bind("127.0.0.1", port)
