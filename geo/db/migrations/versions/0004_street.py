# ruff: noqa: E501
"""Cases, the ladder, complaints and the registers of the street."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what the street is kept by, and what planning still lacked."""
    op.create_table(
        "private_key",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("mark", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_private_key_tenant")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_private_key")),
    )
    op.create_table(
        "account_staff",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("linked_by", Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_account_staff_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "account_id"],
            ["account.tenant", "account.id"],
            name=op.f("fk_account_staff_tenant_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_account_staff_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "account_id", name=op.f("pk_account_staff")),
        sa.UniqueConstraint("tenant", "staff_id", name=op.f("uq_account_staff_tenant_staff_id")),
    )
    op.create_table(
        "step_log",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workflow", Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("step", Text(), nullable=False),
        sa.Column("from_state", Text(), nullable=True),
        sa.Column("to_state", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_step_log_tenant")),
        sa.CheckConstraint("n >= 1 AND (n = 1) = (from_state IS NULL)", name=op.f("ck_step_log_birth")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_step_log_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_step_log")),
        sa.UniqueConstraint("tenant", "workflow", "row_id", "n", name=op.f("uq_step_log_tenant_workflow_row_id_n")),
    )
    op.create_index(op.f("ix_step_log_tenant_workflow_at"), "step_log", ["tenant", "workflow", "at"], unique=False)
