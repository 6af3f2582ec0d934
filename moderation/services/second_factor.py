"""The second factor: codes of an authenticator app (TOTP), and recovery codes for the day the telephone is lost.

The secret is stored encrypted, recovery codes hashed. No code works twice: the last step that was used is kept, and
a recovery code is deleted by its use.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import InvalidInput, NotAuthenticated
from moderation.services import audit
from moderation.services.credentials import Vault
from moderation.storage import invitations, moderators
from moderation.storage.invitations import RecoveryCodeRecord
from moderation.storage.moderators import ModeratorRecord

RECOVERY_CODES = 10
_STEP_SECONDS = 30
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
_GROUPS, _LENGTH_OF_GROUP = 4, 4


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret, for typing, and the address that the picture holds."""

    secret: str
    address: str


def prepare(session: Session, vault: Vault, account: ModeratorRecord) -> Enrolment:
    """Return the secret to set up, the same until it is confirmed. Raises InvalidInput when one is in force."""
    if account.totp_since is not None:
        raise InvalidInput("code", "there is a second factor already.", "Remove it before setting up another.")
    if account.totp_secret is None:
        account.totp_secret = vault.close(pyotp.random_base32())
    secret = vault.open(account.totp_secret)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name="Vigie"))


def confirm(session: Session, vault: Vault, account: ModeratorRecord, code: str) -> list[str]:
    """Put the prepared secret in force and return the recovery codes, for the only time. Raises NotAuthenticated."""
    if account.totp_secret is None or account.totp_since is not None or not _spend_step(session, vault, account, code):
        raise NotAuthenticated("The code is wrong or too old.")
    account.totp_since = datetime.now(UTC)
    audit.record(session, account, Act.SECOND_FACTOR_ON, about=account)
    return renew_recovery_codes(session, account)


def check(session: Session, vault: Vault, account: ModeratorRecord, code: str) -> None:
    """Accept a code of the app or a recovery code, once. Raises NotAuthenticated."""
    if account.totp_since is not None and _spend_step(session, vault, account, code):
        return
    if not invitations.spend_code(session, account.id, hashed(code)):
        raise NotAuthenticated("The code is wrong, too old or used already.")
    left = invitations.codes_left(session, account.id)
    audit.record(session, account, Act.RECOVERY_CODE_USED, about=account, left=left)


def renew_recovery_codes(session: Session, account: ModeratorRecord) -> list[str]:
    """Make new recovery codes; the old ones end."""
    invitations.forget_codes(session, account.id)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCodeRecord(moderator_id=account.id, code_hash=hashed(code)) for code in codes)
    session.flush()
    return codes


def remove(session: Session, by: ModeratorRecord | None, account: ModeratorRecord) -> None:
    """Take the second factor away: by the account itself, by an administrator, or by the command line (None)."""
    account.totp_secret = account.totp_since = None
    invitations.forget_codes(session, account.id)
    own = by is not None and by.id == account.id
    audit.record(session, by, Act.SECOND_FACTOR_OFF if own else Act.SECOND_FACTOR_RESET, about=account)


def _spend_step(session: Session, vault: Vault, account: ModeratorRecord, code: str) -> bool:
    """Accept a code of this half minute, the last or the next, if it is later than any that was used."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return False
    totp = pyotp.TOTP(vault.open(account.totp_secret or b""))
    now = int(datetime.now(UTC).timestamp()) // _STEP_SECONDS
    fitting = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step), digits)]
    return any(moderators.spend_totp_step(session, account, step) for step in fitting)


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH_OF_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(code: str) -> bytes:
    """Return what is stored of a recovery code, however it was typed."""
    return hashlib.sha256("".join(letter for letter in code.lower() if letter.isalnum()).encode()).digest()
