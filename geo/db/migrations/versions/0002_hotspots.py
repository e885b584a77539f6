# ruff: noqa: E501
"""Where it happens and comes back: forecasts, returns, tests of displacement, sites, suspicions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables that findings are kept in."""
    op.drop_constraint("ck_job_kind_choice", "job", type_="check")
    op.create_check_constraint(
        "ck_job_kind_choice",
        "job",
        "kind IN ('import_file', 'plan_shift', 'build_dashboards', 'make_forecasts', 'recut_districts', 'adopt_districts', 'plan_sites', 'adopt_sites')",
    )
    op.add_column("event", sa.Column("reporter_hash", Text(), nullable=True))
    op.add_column("patrol_district", sa.Column("population", sa.Integer(), nullable=True))
    op.create_table(
        "district_proposal",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("unit_kind", Text(), nullable=False),
        sa.Column("load_kind", Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("districts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("base_digest", Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adopted_by", Text(), nullable=True),
        sa.CheckConstraint("(status = 'draft') = (adopted_at IS NULL)", name=op.f("ck_district_proposal_adopted")),
        sa.CheckConstraint(
            "load_kind IN ('minutes', 'events', 'streets')", name=op.f("ck_district_proposal_load_kind_choice")
        ),
        sa.CheckConstraint("status IN ('draft', 'adopted')", name=op.f("ck_district_proposal_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_district_proposal_tenant")),
        sa.CheckConstraint(
            "unit_kind IN ('unit_grid', 'street_block')", name=op.f("ck_district_proposal_unit_kind_choice")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_district_proposal_revision")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_district_proposal")),
    )
    op.create_table(
        "finding",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("label", Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("label IN ('description', 'workload', 'lighting')", name=op.f("ck_finding_label_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_finding_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_tenant_kind_id"), "finding", ["tenant", "kind", "id"], unique=False)
    op.create_table(
        "model_standing",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("origin_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("place_kind", Text(), nullable=False),
        sa.Column("code_group", Text(), nullable=False),
        sa.Column("model", Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("hit", sa.Double(), nullable=False),
        sa.Column("base_hit", sa.Double(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("gain_lower", sa.Double(), nullable=False),
        sa.Column("gain_upper", sa.Double(), nullable=False),
        sa.Column("log_loss", sa.Double(), nullable=False),
        sa.Column("base_log_loss", sa.Double(), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_model_standing_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_model_standing")),
        sa.UniqueConstraint("tenant", "origin_on", "place_kind", "code_group", "model", name="uq_model_standing_model"),
    )
    op.create_table(
        "patrol_presence",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("place_kind", Text(), nullable=False),
        sa.Column("place_key", Text(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "place_kind IN ('district', 'unit_grid', 'street_block', 'zone')",
            name=op.f("ck_patrol_presence_place_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_patrol_presence_tenant")),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_patrol_presence_minutes")),
        sa.CheckConstraint("to_at > from_at", name=op.f("ck_patrol_presence_times")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_patrol_presence")),
        sa.UniqueConstraint(
            "tenant",
            "from_at",
            "place_kind",
            "place_key",
            name=op.f("uq_patrol_presence_tenant_from_at_place_kind_place_key"),
        ),
    )
    op.create_table(
        "place_set",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("digest", Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_place_set_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_place_set")),
        sa.UniqueConstraint("tenant", "kind", "digest", name=op.f("uq_place_set_tenant_kind_digest")),
    )
    op.create_table(
        "site_plan",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("purpose", Text(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adopted_by", Text(), nullable=True),
        sa.CheckConstraint("(status = 'draft') = (adopted_at IS NULL)", name=op.f("ck_site_plan_adopted")),
        sa.CheckConstraint("purpose IN ('vendor_relief', 'stockpile')", name=op.f("ck_site_plan_purpose_choice")),
        sa.CheckConstraint("status IN ('draft', 'adopted')", name=op.f("ck_site_plan_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_site_plan_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_site_plan")),
    )
    op.create_table(
        "district_proposal_unit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("load", sa.Double(), nullable=False),
        sa.Column("before_code", Text(), nullable=True),
        sa.Column("cut_code", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason_code", Text(), nullable=True),
        sa.Column("reason_facts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("moved_by", Text(), nullable=True),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_district_proposal_unit_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "proposal_id"],
            ["district_proposal.tenant", "district_proposal.id"],
            name=op.f("fk_district_proposal_unit_tenant_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_district_proposal_unit")),
        sa.UniqueConstraint(
            "tenant", "proposal_id", "key", name=op.f("uq_district_proposal_unit_tenant_proposal_id_key")
        ),
        sa.UniqueConstraint(
            "tenant", "proposal_id", "number", name=op.f("uq_district_proposal_unit_tenant_proposal_id_number")
        ),
    )
    op.create_table(
        "forecast",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("place_set_id", sa.BigInteger(), nullable=False),
        sa.Column("place_kind", Text(), nullable=False),
        sa.Column("code_group", Text(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", Text(), nullable=False),
        sa.Column("training", Text(), nullable=False),
        sa.Column("code_version", Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("input_digest", Text(), nullable=False),
        sa.Column("digest", Text(), nullable=False),
        sa.Column("list_size", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("lower", sa.Double(), nullable=False),
        sa.Column("upper", sa.Double(), nullable=False),
        sa.Column("nominal", sa.Double(), nullable=False),
        sa.Column("audit_share", sa.Double(), nullable=False),
        sa.Column("audit", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("shape", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("rate", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("mean", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("lower_each", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("upper_each", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("p_in_list", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("cls", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("last_year", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_forecast_tenant")),
        sa.CheckConstraint("training IN ('complaints', 'exposure')", name=op.f("ck_forecast_training_choice")),
        sa.CheckConstraint("audit_share BETWEEN 0.10 AND 0.15", name=op.f("ck_forecast_audit_share")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_forecast_days")),
        sa.ForeignKeyConstraint(
            ["tenant", "place_set_id"],
            ["place_set.tenant", "place_set.id"],
            name=op.f("fk_forecast_tenant_place_set_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_forecast")),
        sa.UniqueConstraint(
            "tenant", "from_on", "to_on", "place_kind", "code_group", "shift_code", "version", name="uq_forecast_span"
        ),
    )
    op.create_index(op.f("ix_forecast_tenant_to_on"), "forecast", ["tenant", "to_on"], unique=False)
    op.create_table(
        "forecast_place",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("place_set_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_forecast_place_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "place_set_id"],
            ["place_set.tenant", "place_set.id"],
            name=op.f("fk_forecast_place_tenant_place_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_forecast_place")),
        sa.UniqueConstraint(
            "tenant", "place_set_id", "ordinal", name=op.f("uq_forecast_place_tenant_place_set_id_ordinal")
        ),
    )
    op.create_table(
        "site_candidate",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("adds", sa.Double(), nullable=True),
        sa.Column("alone", sa.Double(), nullable=True),
        sa.Column("capacity", sa.Double(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("rank IS NULL OR reasons = '[]'", name=op.f("ck_site_candidate_chosen_without_reasons")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_site_candidate_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["site_plan.tenant", "site_plan.id"],
            name=op.f("fk_site_candidate_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_site_candidate")),
        sa.UniqueConstraint("tenant", "plan_id", "key", name=op.f("uq_site_candidate_tenant_plan_id_key")),
    )
    op.create_index(
        op.f("ix_site_candidate_tenant_plan_id_rank"), "site_candidate", ["tenant", "plan_id", "rank"], unique=False
    )
    op.create_table(
        "forecast_score",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("forecast_id", sa.BigInteger(), nullable=False),
        sa.Column("observed", sa.Double(), nullable=False),
        sa.Column("observed_in_list", sa.Double(), nullable=False),
        sa.Column("in_interval", sa.Boolean(), nullable=False),
        sa.Column("hit", sa.Double(), nullable=True),
        sa.Column("base_hit", sa.Double(), nullable=True),
        sa.Column("best_hit", sa.Double(), nullable=True),
        sa.Column("log_loss", sa.Double(), nullable=False),
        sa.Column("base_log_loss", sa.Double(), nullable=False),
        sa.Column("audit_observed", sa.Double(), nullable=False),
        sa.Column("blind", sa.Double(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_forecast_score_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "forecast_id"],
            ["forecast.tenant", "forecast.id"],
            name=op.f("fk_forecast_score_tenant_forecast_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_forecast_score")),
        sa.UniqueConstraint("tenant", "forecast_id", name=op.f("uq_forecast_score_tenant_forecast_id")),
    )
