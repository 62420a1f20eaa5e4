"""Who may call: signed tokens of trusted clients, each once."""

import base64
import hmac
import json
import time
import warnings
from collections.abc import Callable
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.testclient import TestClient

from crampwise.edges.cds_hooks.app import create_app
from crampwise.edges.cds_hooks.settings import Settings
from tests.support.cds import EC_KEY, ISS, KID, RSA_KEY, TODAY, Elsewhere, call, jwk, signed

PATH = "/cds-services/crampwise-patient"


def post(service: TestClient, token: str | None, path: str = PATH) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return service.post(path, json=call(), headers=headers).status_code


@pytest.fixture
def audience(base: str) -> str:
    return base + PATH


def test_discovery_needs_no_token(hosted: TestClient) -> None:
    assert hosted.get("/cds-services").status_code == 200


@pytest.mark.parametrize(("key", "algorithm"), [(EC_KEY, "ES384"), (RSA_KEY, "RS384")])
def test_a_good_token_is_let_in(hosted: TestClient, audience: str, key: object, algorithm: str) -> None:
    assert post(hosted, signed(audience, key, algorithm)) == 200


def test_one_of_several_audiences_is_enough(hosted: TestClient, audience: str) -> None:
    assert post(hosted, signed(audience, aud=["https://other.invalid", audience])) == 200


def test_a_token_with_the_agreed_jku_is_let_in(hosted: TestClient, audience: str, ehr: Elsewhere) -> None:
    assert post(hosted, signed(audience, header={"jku": f"{ehr.base}/keys"})) == 200


def unsigned(audience: str) -> str:
    now = int(time.time())
    claims = {"iss": ISS, "aud": audience, "exp": now + 300, "iat": now, "jti": str(uuid4())}
    return jwt.encode(claims, None, "none", headers={"kid": KID, "typ": "JWT"})  # type: ignore[arg-type]  # that is the attack


def with_public_key_as_secret(audience: str) -> str:
    """The attack in which a public key is taken for the secret of a symmetric algorithm."""
    body = signed(audience).split(".")[1]
    forged = base64.urlsafe_b64encode(json.dumps({"alg": "HS384", "typ": "JWT", "kid": KID}).encode()).decode()
    text = f"{forged.rstrip('=')}.{body}"
    mark = hmac.new(json.dumps(jwk(EC_KEY, KID)).encode(), text.encode(), "sha384").digest()
    return f"{text}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def tampered(audience: str) -> str:
    head, body, signature = signed(audience).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"tenant": "other"}
    spoilt = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{spoilt}.{signature}"


NOW = int(time.time())
BAD: dict[str, Callable[[str], str | None]] = {
    "none": lambda _: None,
    "empty": lambda _: "",
    "no token at all": lambda _: "hello",
    "three parts of nothing": lambda _: "a.b.c",
    "unsigned": unsigned,
    "symmetric": with_public_key_as_secret,
    "tampered": tampered,
    "another algorithm": lambda a: signed(a, RSA_KEY, "RS256"),
    "signed by another key": lambda a: signed(a, ec.generate_private_key(ec.SECP384R1())),
    "key of another kind": lambda a: signed(a, RSA_KEY, "RS384", {"kid": KID}),
    "unknown key": lambda a: signed(a, header={"kid": "other"}),
    "no kid": lambda a: signed(a, header={"kid": ""}),
    "another typ": lambda a: signed(a, header={"typ": "at+jwt"}),
    "keys from elsewhere": lambda a: signed(a, header={"jku": "https://evil.invalid/keys"}),
    "unknown client": lambda a: signed(a, iss="https://evil.invalid"),
    "another service": lambda a: signed(f"{a}-other"),
    "only the base": lambda a: signed(a.removesuffix(PATH)),
    "ended": lambda a: signed(a, exp=NOW - 120, iat=NOW - 400),
    "not valid yet": lambda a: signed(a, iat=NOW + 600, exp=NOW + 900),
    "not before later": lambda a: signed(a, nbf=NOW + 600),
    "lives for a day": lambda a: signed(a, exp=NOW + 86_400),
    "empty jti": lambda a: signed(a, jti=""),
    "endless jti": lambda a: signed(a, jti="x" * 1000),
    "without iss": lambda a: signed(a, iss=None),
    "without aud": lambda a: signed(a, aud=None),
    "without exp": lambda a: signed(a, exp=None),
    "without iat": lambda a: signed(a, iat=None),
    "without jti": lambda a: signed(a, jti=None),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_token_is_refused(hosted: TestClient, audience: str, kind: str) -> None:
    token = BAD[kind](audience)
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    answer = hosted.post(PATH, json=call(), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Bearer" in answer.headers["www-authenticate"]
    assert token is None or len(token) < 20 or token not in answer.text


def test_a_token_is_good_once(hosted: TestClient, audience: str) -> None:
    token = signed(audience)
    assert post(hosted, token) == 200
    assert post(hosted, token) == 401


def test_a_token_stays_used_after_a_restart(ehr: Elsewhere, base: str, audience: str, hosted: TestClient) -> None:
    token = signed(audience)
    assert post(hosted, token) == 200
    settings: Settings = hosted.app.state.desk.settings  # type: ignore[attr-defined]  # the app is a FastAPI
    with TestClient(create_app(settings, lambda: TODAY)) as restarted:
        assert post(restarted, token) == 401


def test_a_refused_token_does_not_use_up_its_jti(hosted: TestClient, audience: str) -> None:
    jti = str(uuid4())
    assert post(hosted, signed(audience, ec.generate_private_key(ec.SECP384R1()), jti=jti)) == 401
    assert post(hosted, signed(audience, jti=jti)) == 200


def test_feedback_may_name_its_own_address_or_that_of_its_service(hosted: TestClient, audience: str) -> None:
    for named in (audience, f"{audience}/feedback"):
        headers = {"Authorization": f"Bearer {signed(named)}"}
        body = {
            "feedback": [{"card": str(uuid4()), "outcome": "overridden", "outcomeTimestamp": "2026-11-21T10:00:00Z"}]
        }
        assert hosted.post(f"{PATH}/feedback", json=body, headers=headers).status_code == 200
    assert hosted.post(f"{PATH}/feedback", json=body).status_code == 401


def test_keys_are_fetched_once_and_not_for_every_call(hosted: TestClient, audience: str, ehr: Elsewhere) -> None:
    assert post(hosted, signed(audience)) == 200
    before = ehr.fetched_keys
    for _ in range(3):
        assert post(hosted, signed(audience)) == 200
        assert post(hosted, signed(audience, header={"kid": "unknown"})) == 401
    assert ehr.fetched_keys == before


def test_a_short_key_is_refused(base: str, audience: str, hosted: TestClient, ehr: Elsewhere) -> None:
    short = rsa.generate_private_key(65537, 1024)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.warnings.InsecureKeyLengthWarning)
        token = signed(audience, short, "RS384", {"kid": "short"})
    gatekeeper = hosted.app.state.desk.gatekeeper  # type: ignore[attr-defined]
    client = gatekeeper.clients[ISS]
    object.__setattr__(client, "jwks", {"keys": [jwk(short, "short")]})
    try:
        assert post(hosted, token) == 401
    finally:
        object.__setattr__(client, "jwks", None)
