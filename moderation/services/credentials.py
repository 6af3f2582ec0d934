"""Secrets of sites: made, kept (hashed or encrypted), rotated with an overlap, revoked, checked.

A secret is shown once, when it is made. API keys are random and long, so a plain SHA-256 keeps them safe.
"""

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from moderation.domain.errors import Misconfigured, NotAuthenticated, NotFound
from moderation.domain.words import CredentialKind
from moderation.storage import sites
from moderation.storage.sites import CredentialRecord, SiteRecord

DEFAULT_OVERLAP = timedelta(hours=24)
USE_NOTED_EVERY = timedelta(hours=1)


class Vault:
    """Encrypts and decrypts stored secrets. The first key encrypts, all of them decrypt (key rotation)."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise Misconfigured(
                "VIGIE_ENCRYPTION_KEYS must be one or more Fernet keys, separated by commas: "
                "32 random bytes in URL-safe base64, as `vigie new-key` prints them."
            ) from error

    def close(self, secret: str) -> bytes:
        """Encrypt a secret for storage."""
        return self._fernet.encrypt(secret.encode())

    def open(self, stored: bytes) -> str:
        """Decrypt a stored secret. Raises Misconfigured when no key fits."""
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken as error:
            raise Misconfigured(
                "A stored secret cannot be decrypted: add the key it was written with to VIGIE_ENCRYPTION_KEYS."
            ) from error


def issue(session: Session, vault: Vault, site: SiteRecord, kind: CredentialKind) -> str:
    """Make a secret for a site and return it in clear, for the only time."""
    public_id = secrets.token_hex(6)
    record = CredentialRecord(site_id=site.id, kind=kind, public_id=public_id)
    if kind == CredentialKind.API_KEY:
        secret = f"vigie_{public_id}_{secrets.token_urlsafe(32)}"
        record.secret_hash = _hash(secret)
    else:
        secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        record.secret_encrypted = vault.close(secret)
    session.add(record)
    session.flush()
    return secret


def rotate(
    session: Session,
    vault: Vault,
    site: SiteRecord,
    kind: CredentialKind,
    overlap: timedelta = DEFAULT_OVERLAP,
) -> str:
    """Make a new secret; the live ones of the kind go on working for `overlap`, then end."""
    ends = datetime.now(UTC) + overlap
    for credential in sites.live_credentials(session, site.id, kind):
        credential.expires_at = min(filter(None, (credential.expires_at, ends)))
    return issue(session, vault, site, kind)


def revoke(session: Session, site: SiteRecord, public_id: str) -> None:
    """End a secret at once. Raises NotFound when the site has no such secret."""
    for kind in CredentialKind:
        for credential in sites.live_credentials(session, site.id, kind):
            if credential.public_id == public_id:
                credential.revoked_at = datetime.now(UTC)
                return
    raise NotFound("credential", public_id)


def site_of_api_key(session: Session, key: str) -> SiteRecord:
    """Return the site that a bearer key belongs to. Raises NotAuthenticated."""
    parts = key.split("_", 2)
    found = sites.live_api_key(session, parts[1]) if len(parts) == 3 else None
    if found is None or not hmac.compare_digest(found[0].secret_hash or b"", _hash(key)):
        raise NotAuthenticated("The API key is unknown or was revoked; send one of this site's live keys.")
    _note_use(found[0])
    return found[1]


def site_of_signature(
    session: Session, vault: Vault, slug: str, headers: Mapping[str, str], signed: str | bytes
) -> SiteRecord:
    """Return the site whose signing secret made this Standard Webhooks signature over `signed`.

    Raises NotAuthenticated when the site is unknown, the signature wrong, or its time further than five
    minutes from now. An unknown site and a wrong secret get the same answer.
    """
    site = sites.by_slug(session, slug)
    live = sites.live_credentials(session, site.id, CredentialKind.SIGNING_SECRET) if site else []
    problem = "Sign with a live signing secret of the site that the Vigie-Site header names."
    for credential in live:
        try:
            Webhook(vault.open(credential.secret_encrypted or b"")).verify(signed, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:  # ValueError: a malformed signature list
            problem = _explain(str(error)) or problem
        else:
            _note_use(credential)
            return sites.by_id(session, credential.site_id)
    raise NotAuthenticated(f"The webhook signature does not hold. {problem}")


def _note_use(credential: CredentialRecord) -> None:
    """Remember to the hour that a secret was used."""
    now = datetime.now(UTC)
    if credential.last_used_at is None or now - credential.last_used_at > USE_NOTED_EVERY:
        credential.last_used_at = now


def _explain(error: str) -> str | None:
    if "too old" in error or "too new" in error:
        return "Its timestamp is more than five minutes from now: check the clock, and sign each attempt anew."
    if "Missing" in error or "Invalid Signature Headers" in error:
        return "Send webhook-id, webhook-timestamp (whole seconds) and webhook-signature."
    return None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
