# ruff: noqa: E501
"""The patrol planner in full: what a shift owes, who is there, what was walked, and how it came out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what patrols are planned from and measured by."""
    op.create_table(
        "track_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_track_rule_tenant")),
        sa.CheckConstraint("keep_days BETWEEN 1 AND 3650", name=op.f("ck_track_rule_keep_days")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_track_rule")),
    )
    op.create_table(
        "checkin",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("team_code", Text(), nullable=False),
        sa.Column("stop_key", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("place", Text(), nullable=False),
        sa.Column("note", Text(), nullable=True),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("(geom IS NULL) = (place = 'no_position')", name=op.f("ck_checkin_position")),
        sa.CheckConstraint("place IN ('inside', 'outside', 'no_position')", name=op.f("ck_checkin_place_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_checkin_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_checkin_tenant_shift_code"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_checkin_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", "received_at", name=op.f("pk_checkin")),
    )
    op.create_index(
        op.f("ix_checkin_tenant_on_date_shift_code"), "checkin", ["tenant", "on_date", "shift_code"], unique=False
    )
    op.create_table(
        "shift_score",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("input_digest", Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_shift_score_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["shift_plan.tenant", "shift_plan.id"],
            name=op.f("fk_shift_score_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_shift_score")),
        sa.UniqueConstraint(
            "tenant", "plan_id", "input_digest", name=op.f("uq_shift_score_tenant_plan_id_input_digest")
        ),
    )
    op.create_index(
        op.f("ix_shift_score_tenant_on_date_shift_code"),
        "shift_score",
        ["tenant", "on_date", "shift_code"],
        unique=False,
    )
    op.create_table(
        "track",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=True),
        sa.Column("device", Text(), nullable=True),
        sa.Column("file_name", Text(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_ms", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("lon_e7", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("lat_e7", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("accuracy_dm", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("refused", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("source IN ('phone', 'recorder', 'vehicle')", name=op.f("ck_track_source_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_track_tenant")),
        sa.CheckConstraint("(staff_id IS NULL) <> (vehicle_id IS NULL)", name=op.f("ck_track_owner")),
        sa.CheckConstraint(
            "cardinality(at_ms) = cardinality(lon_e7) AND cardinality(at_ms) = cardinality(lat_e7) AND cardinality(at_ms) = cardinality(accuracy_dm)",
            name=op.f("ck_track_lengths"),
        ),
        sa.CheckConstraint("to_at >= from_at", name=op.f("ck_track_times")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_track_tenant_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "vehicle_id"], ["vehicle.tenant", "vehicle.id"], name=op.f("fk_track_tenant_vehicle_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", "received_at", name=op.f("pk_track")),
    )
    op.create_index(op.f("ix_track_tenant_staff_id_to_at"), "track", ["tenant", "staff_id", "to_at"], unique=False)
    op.create_index(op.f("ix_track_tenant_to_at"), "track", ["tenant", "to_at"], unique=False)
    op.create_index(op.f("ix_track_tenant_vehicle_id_to_at"), "track", ["tenant", "vehicle_id", "to_at"], unique=False)
    op.create_table(
        "score_item",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("score_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("team_code", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=True),
        sa.CheckConstraint(
            "kind IN ('team', 'stop', 'street', 'pass', 'cell', 'zone', 'deviation')",
            name=op.f("ck_score_item_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_score_item_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "score_id"],
            ["shift_score.tenant", "shift_score.id"],
            name=op.f("fk_score_item_tenant_score_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_score_item")),
        sa.UniqueConstraint("tenant", "score_id", "kind", "seq", name=op.f("uq_score_item_tenant_score_id_kind_seq")),
    )
