"""The facts that can stop a use case, as exceptions. Each face has one table that turns them into answers.

VigieError
├── InvalidInput          a field is wrong; says which and what to do
├── NotFound              no such thing for this site
├── Gone                  it existed and was forgotten on request
├── Conflict
│   ├── RevisionConflict  the revision exists with another text
│   ├── AlreadyDecided    somebody decided first
│   ├── AlreadyUndone     somebody took the decision back first
│   ├── NotUndoable       the decision is not one that a person takes back
│   ├── OwnDecision       an appeal is decided by another moderator than the first
│   ├── Superseded        the comment was edited meanwhile
│   ├── AlreadyEnded      the long work came to its end first
│   ├── LastAdministrator nobody would be left to administer every site
│   ├── WrongModelState   a version of a model does not allow the act in its state
│   ├── BrokenModel       the stored artefact of a version is not what was recorded
│   └── NothingToRollBack no champion stands in that place
├── NotAuthenticated      no, wrong, stale or revoked credentials
├── NotAllowed            the account's role does not reach that far
└── Misconfigured         the administrator has to set something
"""

from datetime import datetime


class VigieError(Exception):
    """Base of all facts; `str()` is a sentence that may be shown to the caller."""


class InvalidInput(VigieError):
    """One field of the input is wrong. `field` is a JSON-pointer-like path, `cure` says what to do."""

    def __init__(self, field: str, problem: str, cure: str) -> None:
        super().__init__(f"{field}: {problem} {cure}")
        self.field, self.problem, self.cure = field, problem, cure


class NotFound(VigieError):
    """The thing does not exist for this site."""

    def __init__(self, noun: str, external_id: str) -> None:
        super().__init__(f"No {noun} with id {external_id!r} is known for this site.")
        self.noun, self.external_id = noun, external_id


class Gone(VigieError):
    """The comment was deleted on request; its id cannot be used again."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"Comment {external_id!r} was deleted; post it under a new id.")
        self.external_id = external_id


class Conflict(VigieError):
    """The state of the thing does not allow the act."""


class RevisionConflict(Conflict):
    """The same revision was stored with another text."""

    def __init__(self, external_id: str, revision: int) -> None:
        super().__init__(
            f"Revision {revision} of comment {external_id!r} already holds another text; "
            "send the edit with a higher revision, or leave `revision` out."
        )
        self.external_id, self.revision = external_id, revision


class AlreadyDecided(Conflict):
    """Another moderator decided first."""

    def __init__(self, by: str, at: datetime) -> None:
        super().__init__(f"{by} decided this comment at {at:%H:%M:%S}.")
        self.by, self.at = by, at


class AlreadyUndone(Conflict):
    """The decision was taken back before."""

    def __init__(self, by: str, at: datetime) -> None:
        super().__init__(f"{by} took this decision back at {at:%H:%M:%S}.")
        self.by, self.at = by, at


class NotUndoable(Conflict):
    """The decision is the policy's, or takes back another one itself."""

    def __init__(self) -> None:
        super().__init__("Only a moderator's decision can be taken back; decide about the comment instead.")


class OwnDecision(Conflict):
    """The writer appeals against a decision of this very moderator."""

    def __init__(self) -> None:
        super().__init__("You decided about this comment; its writer's appeal is for a colleague to decide.")


class Superseded(Conflict):
    """The comment was edited or scored again after it was shown."""

    def __init__(self) -> None:
        super().__init__("The comment was edited meanwhile; read the new text before deciding.")


class AlreadyEnded(Conflict):
    """The retraining is over: done, failed or cancelled."""

    def __init__(self) -> None:
        super().__init__("This retraining has already ended; what it left is among the versions of the models.")


class LastAdministrator(Conflict):
    """The change would leave nobody who administers every site."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator of every site; make somebody else one first.")


class WrongModelState(Conflict):
    """The state of a version of a model does not allow the act."""

    def __init__(self, version: str, state: str, move: str) -> None:
        super().__init__(f"{version} is {state} now, which does not allow: {move}. `vigie models` shows the states.")
        self.version, self.state, self.move = version, state, move


class BrokenModel(Conflict):
    """The stored artefact is not the one that was recorded, so that it can never judge."""

    def __init__(self, version: str) -> None:
        super().__init__(f"The artefact of {version} is damaged; retire it and train again, or import it anew.")
        self.version = version


class NothingToRollBack(Conflict):
    """No champion stands where a rollback was asked for."""

    def __init__(self, label: str) -> None:
        super().__init__(f"No trained model judges {label} here, so there is nothing to roll back.")
        self.label = label


class NotAuthenticated(VigieError):
    """The credentials are missing, wrong, stale or revoked; the sentence never says which secret exists."""


class NotAllowed(VigieError):
    """The account may not do this on this site; an administrator can change its role."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"Your role does not allow this ({permission}). Ask an administrator of the site.")
        self.permission = permission


class Misconfigured(VigieError):
    """A setting or a stored configuration is missing or wrong; the sentence says what to set."""
