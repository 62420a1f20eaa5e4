"""Locking records with a passphrase: scrypt for the keys, AES-GCM for payloads, HMAC for what rows are found by."""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from crampwise.logic.errors import InputError, Problem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SETTING = "lock"
_PROOF = b"crampwise"
_NONCE = 12
_COST = {"n": 2**16, "r": 8, "p": 1}


class Cipher(Protocol):
    """Turns what is written into what is stored, and back."""

    def key(self, text: str) -> str:
        """Give the key under which a row is found."""

    def seal(self, data: bytes, place: str) -> bytes:
        """Lock data so that it opens at this place only."""

    def open(self, data: bytes, place: str) -> bytes:
        """Unlock data; raises InputError where it was changed or belongs elsewhere."""


class Plain:
    """No lock: everything is stored as it is."""

    def key(self, text: str) -> str:
        """Give the text itself."""
        return text

    def seal(self, data: bytes, _place: str) -> bytes:
        """Give the data itself."""
        return data

    def open(self, data: bytes, _place: str) -> bytes:
        """Give the data itself."""
        return data


@dataclass(frozen=True)
class Locked:
    """AES-GCM with a 256-bit key; the place is authenticated too, so that rows cannot be swapped."""

    encryption: bytes
    naming: bytes

    @cached_property
    def _aes(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.encryption)

    def key(self, text: str) -> str:
        """Give a keyed digest, so that names and days cannot be read off."""
        return hmac.new(self.naming, text.encode(), hashlib.sha256).hexdigest()

    def seal(self, data: bytes, place: str) -> bytes:
        """Lock data under a fresh nonce."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aes.encrypt(nonce, data, place.encode())

    def open(self, data: bytes, place: str) -> bytes:
        """Unlock data."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._aes.decrypt(data[:_NONCE], data[_NONCE:], place.encode())
        except (InvalidTag, ValueError):
            raise InputError([Problem("store", "a record was changed outside.", "Restore a backup.")]) from None


def new_lock(passphrase: str) -> tuple[Locked, bytes]:
    """Make keys from a passphrase under a fresh salt; gives the cipher and the setting to be stored."""
    setting: dict[str, Any] = {"salt": os.urandom(16).hex(), **_COST}
    cipher = _derive(passphrase, setting)
    setting["proof"] = cipher.seal(_PROOF, SETTING).hex()
    return cipher, json.dumps(setting).encode()


def unlock(passphrase: str, setting: bytes) -> Locked:
    """Make the keys of a locked store.

    Raises:
        InputError: the passphrase is not the one of this store.
    """
    held = json.loads(setting)
    cipher = _derive(passphrase, held)
    try:
        cipher.open(bytes.fromhex(held["proof"]), SETTING)
    except InputError:
        raise InputError([Problem("store", "this is not the passphrase of this store.", "Try again.")]) from None
    return cipher


def _derive(passphrase: str, setting: dict[str, Any]) -> Locked:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    salt = bytes.fromhex(setting["salt"])
    whole = Scrypt(salt=salt, length=64, n=setting["n"], r=setting["r"], p=setting["p"]).derive(passphrase.encode())
    return Locked(whole[:32], whole[32:])
