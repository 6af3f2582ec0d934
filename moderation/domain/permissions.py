"""What each role may do. One table; everything else asks it."""

from enum import StrEnum

from moderation.domain.words import Role


class Permission(StrEnum):
    """One kind of act in the dashboard, allowed or refused for one site."""

    READ = "read"  # see comments, history and statistics
    DECIDE = "decide"  # claim, publish, reject, escalate, note
    DECIDE_MANY = "decide_many"  # decide a band or a search at once
    SET_POLICY = "set_policy"  # thresholds, automatic rules, words, message templates, article modes
    ADMINISTER = "administer"  # keys, callback address, retention, accounts and their roles


_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.OBSERVER: frozenset({Permission.READ}),
    Role.MODERATOR: frozenset({Permission.READ, Permission.DECIDE}),
    Role.EDITOR: frozenset(
        {Permission.READ, Permission.DECIDE, Permission.DECIDE_MANY, Permission.SET_POLICY},
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
}


def allows(role: Role, permission: Permission) -> bool:
    """Say whether this role may do this."""
    return permission in _ALLOWED[role]
