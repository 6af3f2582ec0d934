"""Accounts: roles by site, invitations, second factors, sessions, audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_APPEND_ONLY = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_event is append-only' USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Let an account have a role by site; add links, recovery codes, the house rule and the trail."""
    op.alter_column("moderator", "role", nullable=True)
    op.alter_column("moderator", "password_hash", nullable=True)
    op.add_column("moderator", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("moderator", sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("moderator", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column("moderator", sa.Column("oidc_subject", sa.Text(), nullable=True))
    op.create_unique_constraint("uq_moderator_oidc_subject", "moderator", ["oidc_subject"])
    op.add_column("dashboard_session", sa.Column("user_agent", sa.Text(), nullable=True))
    op.add_column("dashboard_session", sa.Column("method", sa.Text(), server_default="password", nullable=False))
    op.add_column(
        "dashboard_session",
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name="fk_membership_moderator_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_membership_site_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("moderator_id", "site_id", name="pk_membership"),
    )
    op.create_index("ix_membership_site_id", "membership", ["site_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name="fk_invitation_moderator_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_moderator_id", "invitation", ["moderator_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name="fk_recovery_code_moderator_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("moderator_id", "code_hash", name="uq_recovery_code_moderator_id"),
    )
    op.create_table(
        "house_rule",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_factor_required", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_house_rule"),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name="fk_audit_event_moderator_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["about_id"], ["moderator.id"], name="fk_audit_event_about_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_site", "audit_event", ["site_id", "id"])
    op.execute(_APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    """Go back; accounts that the older version cannot describe are closed rather than given more than they had."""
    op.drop_table("audit_event")
    op.execute("DROP FUNCTION refuse_audit_change()")
    for table in ("house_rule", "recovery_code", "invitation", "membership"):
        op.drop_table(table)
    for column in ("last_seen_at", "method", "user_agent"):
        op.drop_column("dashboard_session", column)
    op.execute("UPDATE moderator SET active = false WHERE role IS NULL OR password_hash IS NULL")
    op.execute("UPDATE moderator SET role = coalesce(role, 'observer'), password_hash = coalesce(password_hash, '')")
    op.drop_constraint("uq_moderator_oidc_subject", "moderator")
    for column in ("oidc_subject", "totp_step", "totp_since", "totp_secret"):
        op.drop_column("moderator", column)
    op.alter_column("moderator", "password_hash", nullable=False)
    op.alter_column("moderator", "role", nullable=False)
