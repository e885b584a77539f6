# ruff: noqa: E501
"""What the registers still lacked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add what the registers still lacked."""
    op.execute("ALTER TABLE open_problem SET (fillfactor = 48)")
    op.drop_constraint("ck_hazard_category_choice", "hazard", type_="check")
    op.execute("ALTER TABLE problem_case SET (fillfactor = 48)")
    op.drop_constraint("ck_legal_document_state_choice", "legal_document", type_="check")
    op.add_column("count_mark", sa.Column("way", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("county", sa.Column("map_number", Text(), nullable=True))
    op.add_column("event_place", sa.Column("regime", Text(), nullable=True))
    op.add_column("vendor_point", sa.Column("safety", Text(), nullable=True))
    op.add_column("complaint", sa.Column("body_hash", Text(), nullable=True))
    op.create_table(
        "hand_figure",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("figure", Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("district_code", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("basis", Text(), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_hand_figure_tenant")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_hand_figure_amount")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_hand_figure")),
        sa.UniqueConstraint(
            "tenant",
            "figure",
            "on_date",
            "district_code",
            name=op.f("uq_hand_figure_tenant_figure_on_date_district_code"),
        ),
    )
    op.create_table(
        "seizure_extension",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("head_id", sa.BigInteger(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decision", Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("decision IN ('approved', 'refused')", name=op.f("ck_seizure_extension_decision_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_seizure_extension_tenant")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_seizure_extension_decided")),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id"],
            ["legal_document.tenant", "legal_document.id"],
            name=op.f("fk_seizure_extension_tenant_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "head_id"], ["staff.tenant", "staff.id"], name=op.f("fk_seizure_extension_tenant_head_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "officer_id"], ["staff.tenant", "staff.id"], name=op.f("fk_seizure_extension_tenant_officer_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_seizure_extension")),
        sa.UniqueConstraint("tenant", "document_id", name=op.f("uq_seizure_extension_tenant_document_id")),
    )
    op.create_check_constraint(
        "ck_hazard_category_choice",
        "hazard",
        "category IN ('advertising', 'sanitation', 'works', 'bike_charging', 'waste', 'construction_waste', 'illegal_building', 'gas', 'bridge', 'river_rail', 'tree', 'low_point')",
    )
    op.create_check_constraint(
        "ck_legal_document_state_choice",
        "legal_document",
        "state IN ('drafted', 'issued', 'served', 'extended', 'corrected', 'not_corrected', 'returned', 'disposed', 'filed', 'void', 'lapsed')",
    )
