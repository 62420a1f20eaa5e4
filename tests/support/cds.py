"""A CDS client of our own: keys, signed calls, a FHIR server that checks its token, and what a call looks like."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

TODAY = date(2026, 11, 21)
KID, RSA_KID = "key-1", "key-2"
ISS = "https://ehr.invalid"
SUBJECT = {"reference": "Patient/p1"}
EC_KEY = ec.generate_private_key(ec.SECP384R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)

Resource = dict[str, Any]


def jwk(key: Any, kid: str) -> dict[str, Any]:
    kinds = jwt.algorithms
    algorithm = kinds.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else kinds.RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


def key_set() -> dict[str, Any]:
    return {"keys": [jwk(EC_KEY, KID), jwk(RSA_KEY, RSA_KID)]}


def signed(
    audience: str, key: Any = EC_KEY, algorithm: str = "ES384", header: Mapping[str, Any] | None = None, **claims: Any
) -> str:
    """A token for a call; `header` and `claims` change single parts, None takes a claim away."""
    now = int(time.time())
    usual = {"iss": ISS, "aud": audience, "exp": now + 300, "iat": now, "jti": str(uuid4())}
    kept = {k: v for k, v in (usual | claims).items() if v is not None}
    kid = RSA_KID if algorithm.startswith("RS") else KID
    return jwt.encode(kept, key, algorithm, headers={"typ": "JWT", "kid": kid, **(header or {})})


@dataclass
class Elsewhere:
    """A server of the client: its public keys, and FHIR resources for those who bring the token.

    Attributes:
        paths: what is served, by path and query. asked: paths asked for, in order. fetched_keys: how often.
    """

    base: str = ""
    token: str = "let-me-in"
    keys: dict[str, Any] = field(default_factory=key_set)
    paths: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fetched_keys: int = 0


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Run the client's server while the block runs."""
    here = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = self.found()
            self.send_response(status)
            self.send_header("Content-Type", "application/fhir+json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def found(self) -> tuple[int, Any]:
            if self.path == "/keys":
                here.fetched_keys += 1
                return 200, here.keys
            here.asked.append(self.path)
            if self.headers.get("Authorization") != f"Bearer {here.token}":
                return 401, {}
            kind = self.path.removeprefix("/fhir/").partition("?")[0]
            return (200, here.paths[kind]) if kind in here.paths else (404, {})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def bundle(*resources: Resource) -> Resource:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]}


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-03-02", **more}


def condition(code: str, system: str = "http://hl7.org/fhir/sid/icd-10-cm") -> Resource:
    return {
        "resourceType": "Condition",
        "id": f"c-{code}",
        "subject": SUBJECT,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "recordedDate": "2026-11-01",
        "code": {"coding": [{"system": system, "code": code}]},
    }


def medicine(atc: str, status: str = "active", id_: str = "m1") -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": status,
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": "2026-10-01",
        "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": atc}]},
    }


def result(loinc: str, value: float, unit: str, day: str = "2026-11-10") -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"o-{loinc}",
        "status": "final",
        "subject": SUBJECT,
        "effectiveDateTime": day,
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }


CRAMPS = condition("R25.2")


def prefetch(
    conditions: tuple[Resource, ...] = (CRAMPS,),
    medications: tuple[Resource, ...] = (),
    results: tuple[Resource, ...] = (),
) -> dict[str, Any]:
    return {
        "patient": patient(),
        "conditions": bundle(*conditions),
        "medications": bundle(*medications),
        "results": bundle(*results),
    }


def call(hook: str = "patient-view", drafts: tuple[Resource, ...] = (), **more: Any) -> dict[str, Any]:
    """A call; `more` replaces its parts."""
    context: dict[str, Any] = {"userId": "Practitioner/17", "patientId": "p1"}
    if hook != "patient-view":
        context["draftOrders"] = bundle(*drafts)
    if hook == "order-select":
        context["selections"] = [f"{d['resourceType']}/{d['id']}" for d in drafts]
    return {"hook": hook, "hookInstance": str(uuid4()), "context": context, "prefetch": prefetch(), **more}
