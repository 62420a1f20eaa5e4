"""Who calls: the signed token (JWT) of each call, held against the list of trusted clients.

Refused are tokens without a signature or with another algorithm than ES384 and RS384, of unknown clients, with keys
from anywhere but the address agreed on, for another address, ended, not yet valid, living too long, or used before.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from crampwise.edges.cds_hooks.journal import Journal
from crampwise.edges.cds_hooks.refusal import RefusedError
from crampwise.edges.cds_hooks.settings import Client

ALGORITHMS = {"ES384": ("EC", "P-384"), "RS384": ("RSA", None)}
"""Accepted algorithms, with the kind of key and curve that each needs."""

_CLAIMS = ["iss", "aud", "exp", "iat", "jti"]
_LEEWAY_SECONDS = 60
_LONGEST_SECONDS = 3600
_LONGEST_JTI = 200
_LEAST_RSA_BITS = 2048
_KEEP_SECONDS = 600
_ASK_AGAIN_SECONDS = 30

FetchKeys = Callable[[str], Mapping[str, Any]]
"""From an address to the JWK set there; raises OSError or ValueError when there is none."""


class KeyRing:
    """Public keys of clients, fetched when needed and kept for a while."""

    def __init__(self, fetch: FetchKeys) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._sets: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def key(self, client: Client, kid: str) -> Mapping[str, Any] | None:
        """Give a client's key; an unknown one makes the set be fetched anew, though not more often than every 30 s."""
        if client.jwks is not None:
            return _named(client.jwks, kid)
        address = client.jku or ""
        with self._lock:
            at, held = self._sets.get(address, (float("-inf"), {}))
            age = time.monotonic() - at
            found = _named(held, kid)
            if age > _KEEP_SECONDS or (found is None and age > _ASK_AGAIN_SECONDS):
                held = self._fetch(address)
                self._sets[address] = (time.monotonic(), held)
                found = _named(held, kid)
        return found


def _named(keys: Mapping[str, Any], kid: str) -> Mapping[str, Any] | None:
    listed = keys.get("keys")
    fitting = [k for k in listed if isinstance(k, dict) and k.get("kid") == kid] if isinstance(listed, list) else []
    return fitting[0] if len(fitting) == 1 else None


class Gatekeeper:
    """Lets in calls with a valid token."""

    def __init__(self, clients: Mapping[str, Client], keys: KeyRing, journal: Journal) -> None:
        self.clients = clients
        self.keys = keys
        self.journal = journal

    def check(self, authorization: str | None, addresses: list[str]) -> Client:
        """Give the client that calls.

        Args:
            authorization: the header of the call. addresses: those that the token may be for.

        Raises:
            RefusedError: 401, the token is missing or cannot be trusted; 503, the client's keys cannot be had.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise RefusedError(401, "This call needs a signed token: Authorization: Bearer.")
        try:
            return self._checked(token.strip(), addresses)
        except jwt.ExpiredSignatureError:
            raise _untrusted("it has ended") from None
        except jwt.ImmatureSignatureError:
            raise _untrusted("it is not valid yet") from None
        except jwt.InvalidAudienceError:
            raise _untrusted(f"aud must be {addresses[0]}") from None
        except jwt.MissingRequiredClaimError as error:
            raise _untrusted(f"{error.claim} is missing") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise _untrusted("it is malformed, or its signature does not fit") from None

    def _checked(self, token: str, addresses: list[str]) -> Client:
        header = jwt.get_unverified_header(token)
        algorithm, kid = str(header.get("alg")), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise _untrusted(f"alg must be one of {', '.join(ALGORITHMS)}")
        if header.get("typ") != "JWT" or not isinstance(kid, str) or not kid:
            raise _untrusted("its header needs typ JWT and a kid")
        unverified = jwt.decode(token, options={"verify_signature": False})
        client = self.clients.get(str(unverified.get("iss")))
        if client is None:
            raise _untrusted("iss is not one of the trusted clients")
        if "jku" in header and header["jku"] != client.jku:
            raise _untrusted("jku is not the address agreed on with this client")
        key = self._key(client, kid, algorithm)
        claims = jwt.decode(
            token, key, algorithms=[algorithm], audience=addresses, issuer=client.iss, leeway=_LEEWAY_SECONDS,
            options={"require": _CLAIMS},
        )  # fmt: skip
        if claims["exp"] - time.time() > _LONGEST_SECONDS + _LEEWAY_SECONDS:
            raise _untrusted(f"it may live {_LONGEST_SECONDS} seconds at most")
        jti = claims["jti"]
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
            raise _untrusted("jti must be a text of 1 to 200 characters")
        if not self.journal.first_use(client.iss, jti, int(claims["exp"]) + _LEEWAY_SECONDS):
            raise _untrusted("it was used before")
        return client

    def _key(self, client: Client, kid: str, algorithm: str) -> Any:
        try:
            found = self.keys.key(client, kid)
        except (OSError, ValueError):
            raise RefusedError(503, "The public keys of this client cannot be had now.") from None
        if found is None:
            raise _untrusted("kid names no key of this client")
        kind, curve = ALGORITHMS[algorithm]
        if found.get("kty") != kind or found.get("crv") != curve or found.get("use", "sig") != "sig":
            raise _untrusted("its key is of another kind than its algorithm needs")
        key: Any = jwt.PyJWK.from_dict(dict(found), algorithm).key
        if kind == "RSA" and key.key_size < _LEAST_RSA_BITS:
            raise _untrusted(f"its key must have {_LEAST_RSA_BITS} bits or more")
        return key


def _untrusted(why: str) -> RefusedError:
    return RefusedError(401, f"The token cannot be trusted: {why}.")
