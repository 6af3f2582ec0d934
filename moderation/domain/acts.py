"""The acts of administration that the audit trail knows, each listed once; deciding about a comment is none."""

from enum import StrEnum


class Act(StrEnum):
    """What somebody changed about accounts, sites or rules. The word is stored: never rename one."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_INVITED = "account.invited"
    ACCOUNT_JOINED = "account.joined"
    ACCOUNT_LINK_MADE = "account.link_made"
    ACCOUNT_ROLE_CHANGED = "account.role_changed"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_REOPENED = "account.reopened"
    ACCOUNT_CHANGED = "account.changed"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 - an act, not a secret
    SECOND_FACTOR_ON = "account.second_factor_on"
    SECOND_FACTOR_OFF = "account.second_factor_off"
    SECOND_FACTOR_RESET = "account.second_factor_reset"
    RECOVERY_CODE_USED = "account.recovery_code_used"
    SESSIONS_ENDED = "account.sessions_ended"
    HOUSE_RULE_CHANGED = "house.rule_changed"
    SITE_CREATED = "site.created"
    SITE_CHANGED = "site.changed"
    SECRET_ISSUED = "site.secret_issued"  # noqa: S105 - an act, not a secret
    SECRET_ROTATED = "site.secret_rotated"  # noqa: S105 - an act, not a secret
    SECRET_REVOKED = "site.secret_revoked"  # noqa: S105 - an act, not a secret
    CALLBACK_CHANGED = "site.callback_changed"
    CALLBACK_TESTED = "site.callback_tested"
    POLICY_CHANGED = "site.policy_changed"
    WORDS_CHANGED = "site.words_changed"
    RETENTION_CHANGED = "site.retention_changed"
    TEMPLATES_CHANGED = "site.templates_changed"
    ARTICLE_MODE_CHANGED = "article.mode_changed"
    COMMENTER_STANDING_CHANGED = "commenter.standing_changed"
    LEARNING_CHANGED = "site.learning_changed"
    RETRAINING_ASKED = "model.retraining_asked"
    RETRAINING_CANCELLED = "model.retraining_cancelled"
    MODEL_IMPORTED = "model.imported"
    MODEL_CHALLENGED = "model.challenged"
    MODEL_PROMOTED = "model.promoted"
    MODEL_REFUSED = "model.refused"
    MODEL_ROLLED_BACK = "model.rolled_back"
    RESCORING_ASKED = "model.rescoring_asked"
    THRESHOLDS_FOLLOWED = "model.thresholds_followed"
    EXPORT_MADE = "export.made"
