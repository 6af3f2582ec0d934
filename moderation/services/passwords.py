"""Passwords: what is asked of one, how it is kept, how it is checked. Rules that respect people: length, no recipes."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from moderation.domain.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 1_000
_READ_BY_ESTIMATE = 72  # the estimate takes longer with the square of the length
_GUESSED_AT_ONCE = 1  # zxcvbn's scale: fewer than a million guesses

_hasher = PasswordHasher()
_HASH_OF_NOBODY = _hasher.hash(secrets.token_hex())  # checked for unknown addresses: both answers take as long


def hashed(password: str, *about: str) -> str:
    """Return what is stored of a new password. Raises InvalidInput for one that is short or guessed at once.

    `about` are the person's name and address: a password made of them is guessed first.
    """
    if len(password) < MIN_LENGTH:
        raise InvalidInput("password", "is too short.", f"Use {MIN_LENGTH} characters or more.")
    if len(password) > MAX_LENGTH:
        raise InvalidInput("password", "is too long.", f"Use at most {MAX_LENGTH:,} characters.")
    known = [part for words in about for part in (words, *words.replace("@", " ").split()) if part]
    if zxcvbn(password[:_READ_BY_ESTIMATE], user_inputs=known)["score"] <= _GUESSED_AT_ONCE:
        raise InvalidInput("password", "is among the first that are guessed.", "Take a few words nobody would expect.")
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Say whether this is the password; without a stored one the answer is no after the same work."""
    try:
        _hasher.verify(stored or _HASH_OF_NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def renewed(stored: str, password: str) -> str:
    """Return the hash to keep from now on: a new one when the present strength asks for it."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(stored) else stored


def mark(stored: str | None) -> str:
    """Return a short sign that changes with the password; no password can be read from it."""
    return hashlib.sha256((stored or "").encode()).hexdigest()[:16]
