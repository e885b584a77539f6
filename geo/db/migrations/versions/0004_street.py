# ruff: noqa: E501
"""Cases, the ladder, complaints and the registers of the street."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what the street is kept by, and what planning still lacked."""
    op.drop_constraint("ck_api_key_known_scopes", "api_key", type_="check")
    op.drop_index("ix_event_tenant_id", "event")
    op.drop_constraint("ck_illegal_building_status_choice", "illegal_building", type_="check")
    op.drop_constraint("ck_job_kind_choice", "job", type_="check")
    op.add_column("enterprise", sa.Column("gate_hours", Text(), nullable=True))
    op.add_column("illegal_building", sa.Column("entered_as", Text(), nullable=True))
    op.add_column("illegal_building", sa.Column("built_on", sa.Date(), nullable=True))
    op.add_column("illegal_building", sa.Column("district_code", Text(), nullable=True))
    op.add_column("illegal_building", sa.Column("area_dm2", sa.BigInteger(), nullable=True))
    op.add_column("illegal_building", sa.Column("follows_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "operation",
        sa.Column("hours", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("pass_rule", sa.Column("ride_kmh", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("streetlight", sa.Column("night_part", Text(), nullable=True))
    op.add_column(
        "urban_centre", sa.Column("ride_kmh", sa.SmallInteger(), server_default=sa.text("20"), nullable=False)
    )
    op.create_index(op.f("ix_event_tenant_code_id"), "event", ["tenant", "code", "id"], unique=False)
    op.create_table(
        "ad",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'standing'"), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("owner", Text(), nullable=True),
        sa.Column("place", Text(), nullable=True),
        sa.Column("street", Text(), nullable=True),
        sa.Column("width_m", sa.Double(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("permit_number", Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.Column("outside_name", Text(), nullable=True),
        sa.CheckConstraint("(status = 'removed') = (removed_on IS NOT NULL)", name=op.f("ck_ad_removed")),
        sa.CheckConstraint("GeometryType(geom) IN ('POINT', 'MULTIPOLYGON')", name=op.f("ck_ad_geometry_type")),
        sa.CheckConstraint(
            "kind IN ('billboard', 'rooftop', 'pole', 'screen', 'signboard', 'light_box', 'banner')",
            name=op.f("ck_ad_kind_choice"),
        ),
        sa.CheckConstraint("status IN ('standing', 'removed')", name=op.f("ck_ad_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ad_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_ad_latitude")),
        sa.CheckConstraint("width_m > 0 AND height_m > 0", name=op.f("ck_ad_size")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ad")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_ad_tenant_source_source_key")),
    )
    op.create_index("ix_ad_geom", "ad", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_ad_geom_3857", "ad", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_ad_tenant_code"), "ad", ["tenant", "code"], unique=False)
    op.create_table(
        "ad_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("most_dm2", sa.Integer(), nullable=True),
        sa.Column("inspect_days", sa.Integer(), nullable=True),
        sa.Column("basis", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('billboard', 'rooftop', 'pole', 'screen', 'signboard', 'light_box', 'banner')",
            name=op.f("ck_ad_rule_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ad_rule_tenant")),
        sa.CheckConstraint("most_dm2 > 0 AND inspect_days > 0", name=op.f("ck_ad_rule_limits")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ad_rule")),
        sa.UniqueConstraint("tenant", "kind", name=op.f("uq_ad_rule_tenant_kind")),
    )
    op.create_table(
        "appraisal_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator", Text(), nullable=False),
        sa.Column("better", Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("better IN ('high', 'low')", name=op.f("ck_appraisal_rule_better_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_appraisal_rule_tenant")),
        sa.CheckConstraint("points >= 0 AND least >= 1", name=op.f("ck_appraisal_rule_points")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_appraisal_rule")),
        sa.UniqueConstraint("tenant", "indicator", name=op.f("uq_appraisal_rule_tenant_indicator")),
    )
    op.create_table(
        "audit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workflow", Text(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_by", Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_audit_tenant")),
        sa.CheckConstraint("size >= 1 AND population >= 1", name=op.f("ck_audit_size")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_audit")),
    )
    op.create_table(
        "authority",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("phone", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("remit", Text(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("words", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_authority_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_authority")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_authority_tenant_code")),
    )
    op.create_table(
        "bulletin",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("issued_by", Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("edition >= 1 AND (edition = 1) = (note = '')", name=op.f("ck_bulletin_edition")),
        sa.CheckConstraint("kind IN ('day', 'week', 'month')", name=op.f("ck_bulletin_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_bulletin_tenant")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_bulletin_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint(
            "tenant", "kind", "from_on", "edition", name=op.f("uq_bulletin_tenant_kind_from_on_edition")
        ),
    )
    op.create_table(
        "case_limit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("grade", Text(), server_default=sa.text("'*'"), nullable=False),
        sa.Column("stage", Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit_kind", Text(), nullable=False),
        sa.Column("counts_from", Text(), server_default=sa.text("'stage'"), nullable=False),
        sa.Column("basis", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("counts_from IN ('stage', 'found')", name=op.f("ck_case_limit_counts_from_choice")),
        sa.CheckConstraint(
            "stage IN ('verify', 'register', 'dispatch', 'dispute', 'handle', 'check', 'close', 'appeal')",
            name=op.f("ck_case_limit_stage_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_case_limit_tenant")),
        sa.CheckConstraint(
            "unit_kind IN ('urgent_hours', 'working_hours', 'working_days', 'natural_days', 'ledger_days')",
            name=op.f("ck_case_limit_unit_kind_choice"),
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 10000", name=op.f("ck_case_limit_amount")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case_limit")),
        sa.UniqueConstraint(
            "tenant",
            "code_system",
            "code",
            "grade",
            "stage",
            name=op.f("uq_case_limit_tenant_code_system_code_grade_stage"),
        ),
    )
    op.create_table(
        "cleaning_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("trade", Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("basis", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_cleaning_rule_tenant")),
        sa.CheckConstraint("days > 0", name=op.f("ck_cleaning_rule_days")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_cleaning_rule")),
        sa.UniqueConstraint("tenant", "trade", name=op.f("uq_cleaning_rule_tenant_trade")),
    )
    op.create_table(
        "cleansing_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tier", Text(), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.Column("shifts", sa.SmallInteger(), nullable=False),
        sa.Column("sprinklings", sa.SmallInteger(), nullable=False),
        sa.Column("removed_daily", sa.Boolean(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_cleansing_rule_tenant")),
        sa.CheckConstraint(
            "tier IN ('main', 'secondary', 'branch', 'lane')", name=op.f("ck_cleansing_rule_tier_choice")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_cleansing_rule")),
        sa.UniqueConstraint("tenant", "tier", name=op.f("uq_cleansing_rule_tenant_tier")),
    )
    op.create_table(
        "code_system",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("standard", Text(), nullable=False),
        sa.Column("version", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("extends", Text(), nullable=True),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_code_system_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_code_system")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_code_system_tenant_name")),
    )
    op.create_table(
        "component",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("status", Text(), server_default=sa.text("'intact'"), nullable=False),
        sa.Column("accuracy", Text(), nullable=True),
        sa.Column("owner_unit", Text(), nullable=True),
        sa.Column("keeper_unit", Text(), nullable=True),
        sa.Column("built_on", sa.Date(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('POINT', 'LINESTRING')", name=op.f("ck_component_geometry_type")),
        sa.CheckConstraint("accuracy IN ('A', 'B', 'C')", name=op.f("ck_component_accuracy_choice")),
        sa.CheckConstraint("code ~ '^[0-9]{16}$'", name=op.f("ck_component_code")),
        sa.CheckConstraint(
            "status IN ('intact', 'broken', 'absent', 'abandoned', 'removed')", name=op.f("ck_component_status_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_component_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_component_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_component")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_component_tenant_code")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_component_tenant_source_source_key")),
    )
    op.create_index("ix_component_geom", "component", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_component_geom_3857", "component", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "contact_point",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("unit_code", Text(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("hours", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('community', 'enterprise', 'site')", name=op.f("ck_contact_point_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_contact_point_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_contact_point_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_contact_point_tenant_source_source_key")),
    )
    op.create_index("ix_contact_point_geom", "contact_point", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_contact_point_geom_3857", "contact_point", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "control_set",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("method", Text(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("pairs", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("rms_m", sa.Double(), nullable=False),
        sa.Column("limit_m", sa.Double(), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("method IN ('helmert', 'affine')", name=op.f("ck_control_set_method")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_control_set_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_control_set")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_control_set_tenant_name")),
    )
    op.create_table(
        "count_mark",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_count_mark_tenant")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_count_mark")),
    )
    op.create_table(
        "deletion_proof",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("what", Text(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=False),
        sa.Column("ids_sha256", Text(), nullable=False),
        sa.Column("kept_for", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_deletion_proof_tenant")),
        sa.CheckConstraint("gone >= 0 AND left_over = 0", name=op.f("ck_deletion_proof_counts")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_deletion_proof")),
    )
    op.create_table(
        "enforcement_body",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("head", Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agency', 'institution', 'entrusted')", name=op.f("ck_enforcement_body_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_enforcement_body_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_enforcement_body")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_enforcement_body_tenant_code")),
    )
    op.create_table(
        "estate",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=True),
        sa.Column("name", Text(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'candidate'"), nullable=False),
        sa.Column("status_since_on", sa.Date(), nullable=True),
        sa.Column("keeper_id", sa.BigInteger(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('candidate', 'held', 'lost', 'withdrawn')", name=op.f("ck_estate_status_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_estate_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_estate_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_estate")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_estate_tenant_source_source_key")),
    )
    op.create_index("ix_estate_geom", "estate", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_estate_geom_3857", "estate", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "event_count",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("grain", Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("origin", Text(), nullable=False),
        sa.Column("unit", Text(), nullable=False),
        sa.Column("standing", Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.CheckConstraint("grain IN ('day', 'month', 'year')", name=op.f("ck_event_count_grain_choice")),
        sa.CheckConstraint(
            "standing IN ('counted', 'duplicate', 'void', 'outside')", name=op.f("ck_event_count_standing_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_event_count_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_event_count")),
    )
    op.create_index(
        op.f("ix_event_count_tenant_grain_from_on"), "event_count", ["tenant", "grain", "from_on"], unique=False
    )
    op.create_table(
        "event_place",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("border", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("outside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_event_place_tenant")),
        sa.PrimaryKeyConstraint("tenant", "event_id", name=op.f("pk_event_place")),
    )
    op.create_index(
        op.f("ix_event_place_tenant_on_date_event_id"), "event_place", ["tenant", "on_date", "event_id"], unique=False
    )
    op.create_table(
        "exchange_form",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "subject IN ('case', 'penalty', 'staff', 'activity')", name=op.f("ck_exchange_form_subject_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_exchange_form_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_exchange_form")),
        sa.UniqueConstraint("tenant", "platform", "subject", name=op.f("uq_exchange_form_tenant_platform_subject")),
    )
    op.create_table(
        "exemption_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("event_code", Text(), nullable=False),
        sa.Column("conditions", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("correct_days", sa.SmallInteger(), nullable=False),
        sa.Column("article", Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "cardinality(conditions) > 0 AND conditions <@ ARRAY['minor', 'corrected', 'no_harm', 'first_time', 'harm_minor', 'no_fault']::text[]",
            name=op.f("ck_exemption_rule_conditions"),
        ),
        sa.CheckConstraint("kind IN ('minor', 'first')", name=op.f("ck_exemption_rule_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_exemption_rule_tenant")),
        sa.CheckConstraint("correct_days BETWEEN 0 AND 365", name=op.f("ck_exemption_rule_correct")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_exemption_rule")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_exemption_rule_tenant_code")),
    )
    op.create_table(
        "feast",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", Text(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visited_by", Text(), nullable=True),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('wedding', 'funeral', 'opening', 'other')", name=op.f("ck_feast_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_feast_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_feast_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_feast")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_feast_tenant_uid")),
    )
    op.create_index(op.f("ix_feast_tenant_held_on"), "feast", ["tenant", "held_on"], unique=False)
    op.create_table(
        "feed_batch",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("plates", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint("kind IN ('fix', 'ticket', 'deviation')", name=op.f("ck_feed_batch_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_feed_batch_tenant")),
        sa.CheckConstraint("rows = taken + known + refused + unknown", name=op.f("ck_feed_batch_sum")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_feed_batch")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_feed_batch_tenant_uid")),
    )
    op.create_index(op.f("ix_feed_batch_tenant_received_at"), "feed_batch", ["tenant", "received_at"], unique=False)
    op.create_table(
        "feed_column",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("said", Text(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("kind IN ('fix', 'ticket', 'deviation')", name=op.f("ck_feed_column_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_feed_column_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_feed_column")),
        sa.UniqueConstraint("tenant", "source", "kind", "name", name=op.f("uq_feed_column_tenant_source_kind_name")),
    )
    op.create_table(
        "firework_zone",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("rule", Text(), nullable=False),
        sa.Column("allowed", Text(), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("basis", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("rule IN ('banned', 'limited')", name=op.f("ck_firework_zone_rule_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_firework_zone_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_firework_zone_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_firework_zone")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_firework_zone_tenant_source_source_key")),
    )
    op.create_index("ix_firework_zone_geom", "firework_zone", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_firework_zone_geom_3857", "firework_zone", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "frontage",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("trade", Text(), nullable=True),
        sa.Column("street", Text(), nullable=True),
        sa.Column("number", Text(), nullable=True),
        sa.Column("town", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("licence", Text(), nullable=True),
        sa.Column("width_dm", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("status", Text(), nullable=True),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.Column("named_after", sa.Boolean(), nullable=True),
        sa.Column("outside_name", Text(), nullable=True),
        sa.CheckConstraint("GeometryType(geom) IN ('LINESTRING', 'POINT')", name=op.f("ck_frontage_geometry_type")),
        sa.CheckConstraint("status IN ('signed', 'expired', 'missing')", name=op.f("ck_frontage_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_frontage_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_frontage_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_frontage")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_frontage_tenant_source_source_key")),
    )
    op.create_index("ix_frontage_geom", "frontage", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_frontage_geom_3857", "frontage", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_frontage_tenant_code"), "frontage", ["tenant", "code"], unique=False)
    op.create_index(op.f("ix_frontage_tenant_street"), "frontage", ["tenant", "street"], unique=False)
    op.create_table(
        "frontage_list",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("appeal_to_on", sa.Date(), nullable=True),
        sa.Column("checks_to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'notified', 'issued', 'withdrawn')", name=op.f("ck_frontage_list_state_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_frontage_list_tenant")),
        sa.CheckConstraint("extract(day FROM month_on) = 1", name=op.f("ck_frontage_list_month")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_frontage_list")),
        sa.UniqueConstraint("tenant", "month_on", "version", name=op.f("uq_frontage_list_tenant_month_on_version")),
    )
    op.create_table(
        "gas_user",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("supply", Text(), nullable=True),
        sa.Column("place", Text(), nullable=True),
        sa.Column("check_every_days", sa.Integer(), nullable=True),
        sa.Column("last_check_on", sa.Date(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('restaurant', 'business', 'industry', 'public_body', 'station')",
            name=op.f("ck_gas_user_kind_choice"),
        ),
        sa.CheckConstraint("supply IN ('piped', 'bottled')", name=op.f("ck_gas_user_supply_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_gas_user_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_gas_user_latitude")),
        sa.CheckConstraint("check_every_days BETWEEN 1 AND 1830", name=op.f("ck_gas_user_every")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_gas_user")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_gas_user_tenant_code")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_gas_user_tenant_source_source_key")),
    )
    op.create_index("ix_gas_user_geom", "gas_user", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_gas_user_geom_3857", "gas_user", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "gate_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("every_days", sa.SmallInteger(), nullable=False),
        sa.Column("hours", Text(), nullable=False),
        sa.Column("cap_per_year", sa.SmallInteger(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('site', 'demolition', 'idle_land', 'batching', 'dump')", name=op.f("ck_gate_rule_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_gate_rule_tenant")),
        sa.CheckConstraint("cap_per_year BETWEEN 0 AND 366", name=op.f("ck_gate_rule_cap")),
        sa.CheckConstraint("every_days BETWEEN 1 AND 366", name=op.f("ck_gate_rule_every")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_gate_rule")),
        sa.UniqueConstraint("tenant", "kind", name=op.f("uq_gate_rule_tenant_kind")),
    )
    op.create_table(
        "green_space",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('green_line', 'pocket_park')", name=op.f("ck_green_space_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_green_space_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_green_space_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_green_space")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_green_space_tenant_source_source_key")),
    )
    op.create_index("ix_green_space_geom", "green_space", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_green_space_geom_3857", "green_space", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "haul_route",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("site_code", Text(), nullable=True),
        sa.Column("dump_code", Text(), nullable=True),
        sa.Column("opening", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING')", name=op.f("ck_haul_route_geometry_type")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haul_route_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_haul_route_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_haul_route")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_haul_route_tenant_source_source_key")),
    )
    op.create_index("ix_haul_route_geom", "haul_route", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_haul_route_geom_3857", "haul_route", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_haul_route_tenant_code"), "haul_route", ["tenant", "code"], unique=False)
    op.create_table(
        "haulier",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("licence", Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haulier_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_haulier")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_haulier_tenant_code")),
    )
    op.create_table(
        "hazard_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("category", Text(), nullable=False),
        sa.Column("level", Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("basis", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("level IN ('major', 'general')", name=op.f("ck_hazard_rule_level_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_hazard_rule_tenant")),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_hazard_rule_days")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_hazard_rule")),
        sa.UniqueConstraint("tenant", "category", "level", name=op.f("uq_hazard_rule_tenant_category_level")),
    )
    op.create_table(
        "import_source",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_import_source_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_import_source")),
        sa.UniqueConstraint("tenant", "layer", "name", name=op.f("uq_import_source_tenant_layer_name")),
    )
    op.create_table(
        "intake_source",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("channel", Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "channel IN ('12345', 'mayor', 'web', 'phone', 'letter', 'visit', 'order', 'supervision', 'public')",
            name=op.f("ck_intake_source_channel_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_intake_source_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_intake_source")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_intake_source_tenant_name")),
    )
    op.create_table(
        "ladder_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_system", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("code", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("look_back_months", sa.SmallInteger(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("second", Text(), nullable=False),
        sa.Column("work_class", Text(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("second IN ('caution', 'warn')", name=op.f("ck_ladder_rule_second_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ladder_rule_tenant")),
        sa.CheckConstraint(
            "work_class IN ('service', 'manage', 'enforce')", name=op.f("ck_ladder_rule_work_class_choice")
        ),
        sa.CheckConstraint("look_back_months BETWEEN 1 AND 60", name=op.f("ck_ladder_rule_look_back")),
        sa.CheckConstraint("radius_m BETWEEN 0 AND 100000", name=op.f("ck_ladder_rule_radius")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ladder_rule")),
        sa.UniqueConstraint("tenant", "code_system", "code", name=op.f("uq_ladder_rule_tenant_code_system_code")),
    )
    op.create_table(
        "lamp_circuit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("plan", Text(), nullable=True),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_lamp_circuit_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_lamp_circuit")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_lamp_circuit_tenant_code")),
    )
    op.create_table(
        "law_setting",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("basis", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_law_setting_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_law_setting")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_law_setting_tenant_name")),
    )
    op.create_table(
        "lighting_plan",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan", Text(), nullable=False),
        sa.Column("first_day", Text(), nullable=False),
        sa.Column("last_day", Text(), nullable=False),
        sa.Column("on_after_sunset_min", sa.SmallInteger(), nullable=False),
        sa.Column("off_after_sunrise_min", sa.SmallInteger(), nullable=False),
        sa.Column("saving", Text(), server_default=sa.text("'none'"), nullable=False),
        sa.Column("half_off", Text(), nullable=True),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("(saving = 'half_night') = (half_off IS NOT NULL)", name=op.f("ck_lighting_plan_half_off")),
        sa.CheckConstraint(
            "first_day ~ '^[0-9]{2}-[0-9]{2}$' AND last_day ~ '^[0-9]{2}-[0-9]{2}$'",
            name=op.f("ck_lighting_plan_season"),
        ),
        sa.CheckConstraint(
            "saving IN ('none', 'half_night', 'all_night')", name=op.f("ck_lighting_plan_saving_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_lighting_plan_tenant")),
        sa.CheckConstraint("off_after_sunrise_min BETWEEN -120 AND 120", name=op.f("ck_lighting_plan_off")),
        sa.CheckConstraint("on_after_sunset_min BETWEEN -120 AND 120", name=op.f("ck_lighting_plan_on")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_lighting_plan")),
        sa.UniqueConstraint("tenant", "plan", "first_day", name=op.f("uq_lighting_plan_tenant_plan_first_day")),
    )
    op.create_table(
        "noise_code",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('trade', 'works', 'square', 'fume', 'other')", name=op.f("ck_noise_code_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_noise_code_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_noise_code")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_noise_code_tenant_code")),
    )
    op.create_table(
        "open_problem",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", Text(), nullable=True),
        sa.Column("code", Text(), nullable=False),
        sa.Column("stage", Text(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "stage IN ('desk', 'handling', 'checking', 'disputed', 'suspended')",
            name=op.f("ck_open_problem_stage_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_open_problem_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_open_problem_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_open_problem")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_open_problem_tenant_source_source_key")),
    )
    op.create_index("ix_open_problem_geom", "open_problem", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_open_problem_geom_3857", "open_problem", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "parking",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("street", Text(), nullable=True),
        sa.Column("opening", Text(), nullable=True),
        sa.Column("operator", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('MULTIPOLYGON', 'POINT')", name=op.f("ck_parking_geometry_type")),
        sa.CheckConstraint("kind IN ('bike_bay', 'car_bay', 'shared_bike')", name=op.f("ck_parking_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_parking_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_parking_latitude")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_parking_capacity")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_parking")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_parking_tenant_source_source_key")),
    )
    op.create_index("ix_parking_geom", "parking", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_parking_geom_3857", "parking", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_parking_tenant_code"), "parking", ["tenant", "code"], unique=False)
    op.create_table(
        "permit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'valid'"), nullable=False),
        sa.Column("holder", Text(), nullable=True),
        sa.Column("purpose", Text(), nullable=True),
        sa.Column("place", Text(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('MULTIPOLYGON', 'POINT')", name=op.f("ck_permit_geometry_type")),
        sa.CheckConstraint(
            "kind IN ('occupation', 'excavation', 'signboard', 'haulage', 'batching')",
            name=op.f("ck_permit_kind_choice"),
        ),
        sa.CheckConstraint("status IN ('valid', 'revoked')", name=op.f("ck_permit_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_permit_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_permit_latitude")),
        sa.CheckConstraint("valid_to_on >= valid_from_on", name=op.f("ck_permit_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_permit")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_permit_tenant_source_source_key")),
    )
    op.create_index("ix_permit_geom", "permit", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_permit_geom_3857", "permit", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "permit_code",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('occupation', 'excavation', 'signboard', 'haulage', 'batching', 'vendor_point')",
            name=op.f("ck_permit_code_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_permit_code_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_permit_code")),
        sa.UniqueConstraint("tenant", "kind", "code", name=op.f("uq_permit_code_tenant_kind_code")),
    )
    op.create_table(
        "place_name",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("spoken", Text(), nullable=False),
        sa.Column("street", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('house', 'crossing', 'shop', 'zone', 'estate', 'road', 'district', 'area')",
            name=op.f("ck_place_name_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_place_name_tenant")),
        sa.CheckConstraint("grams >= 0", name=op.f("ck_place_name_grams")),
        sa.CheckConstraint("radius_m >= 0", name=op.f("ck_place_name_radius")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_place_name")),
    )
    op.create_index(
        "ix_place_name_street",
        "place_name",
        ["tenant", "street"],
        unique=False,
        postgresql_where=sa.text("street IS NOT NULL"),
    )
    op.create_index(op.f("ix_place_name_tenant_source"), "place_name", ["tenant", "source"], unique=False)
    op.create_table(
        "point_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("measure", Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_point_rule_tenant")),
        sa.CheckConstraint("points BETWEEN -1000 AND 1000", name=op.f("ck_point_rule_points")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_point_rule")),
        sa.UniqueConstraint("tenant", "measure", name=op.f("uq_point_rule_tenant_measure")),
    )
    op.create_table(
        "posture",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("opening", Text(), nullable=True),
        sa.Column("basis", Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("(status = 'draft') <= (approved_at IS NULL)", name=op.f("ck_posture_approved")),
        sa.CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_posture_withdrawn")),
        sa.CheckConstraint(
            "kind IN ('exam', 'festival', 'inspection', 'storm', 'snow', 'fire', 'event')",
            name=op.f("ck_posture_kind_choice"),
        ),
        sa.CheckConstraint("status IN ('draft', 'approved', 'withdrawn')", name=op.f("ck_posture_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_posture_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_posture_latitude")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_posture_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_posture")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_posture_tenant_code")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_posture_tenant_source_source_key")),
    )
    op.create_index("ix_posture_geom", "posture", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_posture_geom_3857", "posture", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "posture_template",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("word", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('limit', 'allow', 'regime', 'clock', 'first_step', 'zone', 'passes', 'post', 'roster', 'trade', 'check')",
            name=op.f("ck_posture_template_kind_choice"),
        ),
        sa.CheckConstraint(
            "template IN ('exam', 'festival', 'inspection', 'storm', 'snow', 'fire', 'event')",
            name=op.f("ck_posture_template_template_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_posture_template_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_posture_template")),
        sa.UniqueConstraint(
            "tenant", "template", "kind", "target", name=op.f("uq_posture_template_tenant_template_kind_target")
        ),
    )
    op.create_table(
        "power_item",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("article", Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('penalty', 'permit', 'measure', 'inspection')", name=op.f("ck_power_item_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_power_item_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_power_item")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_power_item_tenant_code")),
    )
    op.create_table(
        "private_key",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("mark", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_private_key_tenant")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_private_key")),
    )
    op.create_table(
        "regime_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("regime", Text(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("tolerance_min", sa.Integer(), nullable=False),
        sa.Column("clock_permille", sa.Integer(), nullable=False),
        sa.Column("first_step", Text(), nullable=False),
        sa.Column("passes_per_shift", sa.SmallInteger(), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'prefilled'"), nullable=False),
        sa.CheckConstraint("first_step IN ('persuade', 'warn')", name=op.f("ck_regime_rule_first_step_choice")),
        sa.CheckConstraint("regime IN ('strict', 'controlled', 'standard')", name=op.f("ck_regime_rule_regime_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_regime_rule_tenant")),
        sa.CheckConstraint("clock_permille BETWEEN 1 AND 10000", name=op.f("ck_regime_rule_clock")),
        sa.CheckConstraint("passes_per_shift BETWEEN 0 AND 48", name=op.f("ck_regime_rule_passes")),
        sa.CheckConstraint("tolerance_min BETWEEN 0 AND 1440", name=op.f("ck_regime_rule_tolerance")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_regime_rule")),
        sa.UniqueConstraint(
            "tenant", "regime", "valid_from_on", name=op.f("uq_regime_rule_tenant_regime_valid_from_on")
        ),
    )
    op.create_table(
        "resolution_issue",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("issued_by", Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_resolution_issue_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_resolution_issue")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_resolution_issue_tenant_number")),
    )
    op.create_table(
        "restaurant",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("trade", Text(), nullable=True),
        sa.Column("device", Text(), server_default=sa.text("'none'"), nullable=False),
        sa.Column("device_on", sa.Date(), nullable=True),
        sa.Column("cleaned_on", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("street", Text(), nullable=True),
        sa.Column("frontage_code", Text(), nullable=True),
        sa.Column("licence", Text(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.Column("outside_name", Text(), nullable=True),
        sa.CheckConstraint(
            "device IN ('none', 'electrostatic', 'mechanical', 'wet', 'composite')",
            name=op.f("ck_restaurant_device_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_restaurant_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_restaurant_latitude")),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_restaurant_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_restaurant")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_restaurant_tenant_source_source_key")),
    )
    op.create_index("ix_restaurant_geom", "restaurant", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_restaurant_geom_3857", "restaurant", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_restaurant_tenant_code"), "restaurant", ["tenant", "code"], unique=False)
    op.create_table(
        "review_tier",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party", Text(), nullable=False),
        sa.Column("gravity", Text(), nullable=False),
        sa.Column("from_yuan", sa.Integer(), nullable=False),
        sa.Column("reviewers", postgresql.ARRAY(Text()), nullable=False),
        sa.CheckConstraint(
            "gravity IN ('minor', 'ordinary', 'serious', 'grave')", name=op.f("ck_review_tier_gravity_choice")
        ),
        sa.CheckConstraint("party IN ('person', 'body', 'any')", name=op.f("ck_review_tier_party_choice")),
        sa.CheckConstraint(
            "reviewers <@ ARRAY['leader', 'legal', 'collective']::text[]", name=op.f("ck_review_tier_reviewers")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_review_tier_tenant")),
        sa.CheckConstraint("from_yuan >= 0", name=op.f("ck_review_tier_yuan")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_review_tier")),
        sa.UniqueConstraint(
            "tenant", "party", "gravity", "from_yuan", name=op.f("uq_review_tier_tenant_party_gravity_from_yuan")
        ),
    )
    op.create_table(
        "site_gate",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("site_code", Text(), nullable=False),
        sa.Column("washing", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_site_gate_tenant")),
        sa.CheckConstraint("washing IN ('washed', 'unwashed')", name=op.f("ck_site_gate_washing_choice")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_site_gate_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_site_gate")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_site_gate_tenant_source_source_key")),
    )
    op.create_index("ix_site_gate_geom", "site_gate", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_site_gate_geom_3857", "site_gate", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_site_gate_tenant_site_code"), "site_gate", ["tenant", "site_code"], unique=False)
    op.create_table(
        "site_item",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_type", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("zh", Text(), nullable=False),
        sa.Column("en", Text(), nullable=False),
        sa.Column("event_code", Text(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint(
            "site_type IN ('site', 'demolition', 'idle_land', 'batching')", name=op.f("ck_site_item_site_type_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_site_item_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_site_item")),
        sa.UniqueConstraint("tenant", "site_type", "code", name=op.f("uq_site_item_tenant_site_type_code")),
    )
    op.create_table(
        "street_survey",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("street", Text(), nullable=False),
        sa.Column("stretch", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("cabinets", sa.Integer(), nullable=False),
        sa.Column("facades", sa.Integer(), nullable=False),
        sa.Column("furniture", sa.Integer(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_street_survey_tenant")),
        sa.CheckConstraint("cabinets >= 0 AND facades >= 0 AND furniture >= 0", name=op.f("ck_street_survey_counts")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_street_survey")),
        sa.UniqueConstraint(
            "tenant", "street", "stretch", "on_date", name=op.f("uq_street_survey_tenant_street_stretch_on_date")
        ),
    )
    op.create_table(
        "subject_access",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", Text(), nullable=False),
        sa.Column("reference", Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('ladder', 'recheck', 'penalty', 'complaint', 'inspection', 'own_request')",
            name=op.f("ck_subject_access_purpose_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_subject_access_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_subject_access")),
    )
    op.create_index(
        op.f("ix_subject_access_tenant_subject_id_id"), "subject_access", ["tenant", "subject_id", "id"], unique=False
    )
    op.create_table(
        "supply_item",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("unit", Text(), nullable=False),
        sa.Column("least", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("btrim(unit) <> ''", name=op.f("ck_supply_item_unit")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_supply_item_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_supply_item")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_supply_item_tenant_code")),
    )
    op.create_table(
        "supply_point",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("place", Text(), nullable=True),
        sa.Column("keeper", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('depot', 'vehicle', 'post')", name=op.f("ck_supply_point_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_supply_point_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_supply_point_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_supply_point")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_supply_point_tenant_code")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_supply_point_tenant_source_source_key")),
    )
    op.create_index("ix_supply_point_geom", "supply_point", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_supply_point_geom_3857", "supply_point", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "ticket_count",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("vehicle", Text(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("place", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ticket_count_tenant")),
        sa.CheckConstraint(
            "vehicle IN ('car', 'truck', 'ebike', 'other')", name=op.f("ck_ticket_count_vehicle_choice")
        ),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_ticket_count_latitude")),
        sa.CheckConstraint("tickets > 0", name=op.f("ck_ticket_count_tickets")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ticket_count")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_ticket_count_tenant_uid")),
    )
    op.create_index(op.f("ix_ticket_count_tenant_on_date"), "ticket_count", ["tenant", "on_date"], unique=False)
    op.create_table(
        "tile_cell",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("z", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("parts", sa.ARRAY(sa.Integer()), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_tile_cell_tenant")),
        sa.CheckConstraint("cell BETWEEN 0 AND 1023", name=op.f("ck_tile_cell_cell")),
        sa.CheckConstraint("n > 0", name=op.f("ck_tile_cell_n")),
        sa.PrimaryKeyConstraint("tenant", "layer", "z", "y", "x", "cell", name=op.f("pk_tile_cell")),
    )
    op.create_table(
        "tile_mark",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.ARRAY(Text()), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_tile_mark_tenant")),
        sa.PrimaryKeyConstraint("tenant", "layer", name=op.f("pk_tile_mark")),
    )
    op.create_table(
        "waiting_place",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("row_key", Text(), nullable=False),
        sa.Column("file_name", Text(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("place_text", Text(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name=op.f("ck_waiting_place_decided")),
        sa.CheckConstraint("state IN ('waiting', 'placed', 'refused')", name=op.f("ck_waiting_place_state")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_waiting_place_tenant")),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_waiting_place_point")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_waiting_place")),
        sa.UniqueConstraint(
            "tenant", "layer", "source", "row_key", name=op.f("uq_waiting_place_tenant_layer_source_row_key")
        ),
    )
    op.create_index(op.f("ix_waiting_place_tenant_state_id"), "waiting_place", ["tenant", "state", "id"], unique=False)
    op.create_table(
        "waste_limit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("basis", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_waste_limit_tenant")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_waste_limit_value")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_waste_limit")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_waste_limit_tenant_name")),
    )
    op.create_table(
        "waste_site",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("holder", Text(), nullable=True),
        sa.Column("capacity_t", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('MULTIPOLYGON', 'POINT')", name=op.f("ck_waste_site_geometry_type")),
        sa.CheckConstraint(
            "kind IN ('dump', 'stockpile', 'concession', 'transfer_station', 'collection_point')",
            name=op.f("ck_waste_site_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_waste_site_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_waste_site_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_waste_site")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_waste_site_tenant_source_source_key")),
    )
    op.create_index("ix_waste_site_geom", "waste_site", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_waste_site_geom_3857", "waste_site", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_waste_site_tenant_code"), "waste_site", ["tenant", "code"], unique=False)
    op.create_table(
        "weigh_ticket",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("plate", Text(), nullable=False),
        sa.Column("dump_code", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gross_kg", sa.Integer(), nullable=False),
        sa.Column("tare_kg", sa.Integer(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_weigh_ticket_tenant")),
        sa.CheckConstraint("gross_kg >= tare_kg AND tare_kg >= 0", name=op.f("ck_weigh_ticket_mass")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_weigh_ticket")),
        sa.UniqueConstraint("tenant", "source", "number", name=op.f("uq_weigh_ticket_tenant_source_number")),
    )
    op.create_index(op.f("ix_weigh_ticket_tenant_at"), "weigh_ticket", ["tenant", "at"], unique=False)
    op.create_index(op.f("ix_weigh_ticket_tenant_dump_code"), "weigh_ticket", ["tenant", "dump_code"], unique=False)
    op.create_table(
        "work_class",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workflow", Text(), nullable=False),
        sa.Column("step", Text(), nullable=False),
        sa.Column("work_class", Text(), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_work_class_tenant")),
        sa.CheckConstraint(
            "work_class IN ('service', 'manage', 'enforce')", name=op.f("ck_work_class_work_class_choice")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_work_class")),
        sa.UniqueConstraint("tenant", "workflow", "step", name=op.f("uq_work_class_tenant_workflow_step")),
    )
    op.create_table(
        "work_day",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("name", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday')", name=op.f("ck_work_day_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_work_day_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_work_day")),
        sa.UniqueConstraint("tenant", "on_date", name=op.f("uq_work_day_tenant_on_date")),
    )
    op.create_table(
        "work_hours",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("hours", Text(), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_work_hours_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_work_hours")),
        sa.UniqueConstraint("tenant", "valid_from_on", name=op.f("uq_work_hours_tenant_valid_from_on")),
    )
    op.create_table(
        "worksite",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("site_type", Text(), nullable=False),
        sa.Column("works", Text(), server_default=sa.text("'working'"), nullable=False),
        sa.Column("builder", Text(), nullable=True),
        sa.Column("owner", Text(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("GEOMETRY", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("GeometryType(geom) IN ('MULTIPOLYGON', 'POINT')", name=op.f("ck_worksite_geometry_type")),
        sa.CheckConstraint(
            "site_type IN ('site', 'demolition', 'idle_land', 'batching')", name=op.f("ck_worksite_site_type_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_worksite_tenant")),
        sa.CheckConstraint(
            "works IN ('not_begun', 'working', 'paused', 'completed')", name=op.f("ck_worksite_works_choice")
        ),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_worksite_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_worksite")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_worksite_tenant_source_source_key")),
    )
    op.create_index("ix_worksite_geom", "worksite", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_worksite_geom_3857", "worksite", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_worksite_tenant_code"), "worksite", ["tenant", "code"], unique=False)
    op.create_table(
        "ad_order",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("ad_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("measure", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("unit", Text(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("reason", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("notice", Text(), nullable=True),
        sa.Column("place", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state IN ('ordered', 'withdrawn')) = (done_on IS NULL)", name=op.f("ck_ad_order_done")),
        sa.CheckConstraint(
            "kind IN ('billboard', 'rooftop', 'pole', 'screen', 'signboard', 'light_box', 'banner')",
            name=op.f("ck_ad_order_kind_choice"),
        ),
        sa.CheckConstraint("measure IN ('guide', 'remove')", name=op.f("ck_ad_order_measure_choice")),
        sa.CheckConstraint(
            "state IN ('ordered', 'conformed', 'removed_by_owner', 'removed_by_bureau', 'withdrawn')",
            name=op.f("ck_ad_order_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ad_order_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_ad_order_latitude")),
        sa.CheckConstraint("due_on >= ordered_on AND done_on >= ordered_on", name=op.f("ck_ad_order_dates")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_ad_order_quantity")),
        sa.ForeignKeyConstraint(["tenant", "ad_id"], ["ad.tenant", "ad.id"], name=op.f("fk_ad_order_tenant_ad_id")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ad_order")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_ad_order_tenant_uid")),
    )
    op.create_index(op.f("ix_ad_order_tenant_ad_id"), "ad_order", ["tenant", "ad_id"], unique=False)
    op.create_index(op.f("ix_ad_order_tenant_done_on"), "ad_order", ["tenant", "done_on"], unique=False)
    op.create_index(op.f("ix_ad_order_tenant_ordered_on"), "ad_order", ["tenant", "ordered_on"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("version", Text(), nullable=False),
        sa.Column("frontage_id", sa.BigInteger(), nullable=True),
        sa.Column("matched_by", Text(), nullable=True),
        sa.Column("shop_code", Text(), nullable=True),
        sa.Column("shop_name", Text(), nullable=True),
        sa.Column("street", Text(), nullable=True),
        sa.Column("licence", Text(), nullable=True),
        sa.Column("signatory", sa.LargeBinary(), nullable=True),
        sa.Column("signatory_hash", Text(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=False),
        sa.Column("scan_sha256", Text(), nullable=True),
        sa.Column("state", Text(), server_default=sa.text("'signed'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.CheckConstraint("scan_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_agreement_scan")),
        sa.CheckConstraint(
            "state IN ('signed', 'failed', 'replaced', 'ended')", name=op.f("ck_agreement_state_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_agreement_tenant")),
        sa.CheckConstraint("version IN ('three', 'four')", name=op.f("ck_agreement_version_choice")),
        sa.CheckConstraint("valid_to_on >= signed_on", name=op.f("ck_agreement_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "frontage_id"], ["frontage.tenant", "frontage.id"], name=op.f("fk_agreement_tenant_frontage_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_agreement_tenant_number")),
    )
    op.create_index(op.f("ix_agreement_tenant_frontage_id"), "agreement", ["tenant", "frontage_id"], unique=False)
    op.create_index(op.f("ix_agreement_tenant_licence"), "agreement", ["tenant", "licence"], unique=False)
    op.create_table(
        "audit_item",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("result", Text(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("checked_by", Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("result IN ('passed', 'failed')", name=op.f("ck_audit_item_result_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_audit_item_tenant")),
        sa.CheckConstraint("(result IS NULL) = (checked_at IS NULL)", name=op.f("ck_audit_item_checked")),
        sa.ForeignKeyConstraint(
            ["tenant", "audit_id"],
            ["audit.tenant", "audit.id"],
            name=op.f("fk_audit_item_tenant_audit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_audit_item")),
        sa.UniqueConstraint("tenant", "audit_id", "row_id", name=op.f("uq_audit_item_tenant_audit_id_row_id")),
    )
    op.create_table(
        "break_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_break_rule_tenant")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 240", name=op.f("ck_break_rule_minutes")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_break_rule_tenant_shift_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_break_rule")),
        sa.UniqueConstraint(
            "tenant",
            "shift_code",
            "name",
            "valid_from_on",
            name=op.f("uq_break_rule_tenant_shift_code_name_valid_from_on"),
        ),
    )
    op.create_table(
        "building_exchange",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("direction", Text(), nullable=False),
        sa.Column("external_id", Text(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", Text(), nullable=False),
        sa.Column("reason", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint("direction IN ('import', 'export')", name=op.f("ck_building_exchange_direction_choice")),
        sa.CheckConstraint(
            "outcome IN ('added', 'unchanged', 'differs', 'refused', 'sent')",
            name=op.f("ck_building_exchange_outcome_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_building_exchange_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "building_id"],
            ["illegal_building.tenant", "illegal_building.id"],
            name=op.f("fk_building_exchange_tenant_building_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_building_exchange")),
    )
    op.create_index(op.f("ix_building_exchange_tenant_batch"), "building_exchange", ["tenant", "batch"], unique=False)
    op.create_index(
        op.f("ix_building_exchange_tenant_external_id_id"),
        "building_exchange",
        ["tenant", "external_id", "id"],
        unique=False,
    )
    op.create_table(
        "campaign",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("goal", Text(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("districts", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("posture_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluation", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'assessed', 'approved', 'running', 'ended', 'evaluated', 'cancelled')",
            name=op.f("ck_campaign_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_campaign_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_campaign_latitude")),
        sa.CheckConstraint("cardinality(codes) > 0", name=op.f("ck_campaign_codes")),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_campaign_times")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_campaign_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "posture_id"], ["posture.tenant", "posture.id"], name=op.f("fk_campaign_tenant_posture_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_campaign_tenant_code")),
    )
    op.create_index("ix_campaign_geom", "campaign", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "case_code",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("group_zh", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("group_en", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("zh", Text(), nullable=False),
        sa.Column("en", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("unit", Text(), server_default=sa.text("'处'"), nullable=False),
        sa.Column("service_min", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('event', 'component')", name=op.f("ck_case_code_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_case_code_tenant")),
        sa.CheckConstraint("service_min IS NULL OR service_min > 0", name=op.f("ck_case_code_service_min")),
        sa.ForeignKeyConstraint(
            ["tenant", "code_system"],
            ["code_system.tenant", "code_system.name"],
            name=op.f("fk_case_code_tenant_code_system"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case_code")),
        sa.UniqueConstraint("tenant", "code_system", "code", name=op.f("uq_case_code_tenant_code_system_code")),
    )
    op.create_table(
        "device_cleaning",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.BigInteger(), nullable=False),
        sa.Column("cleaned_on", sa.Date(), nullable=False),
        sa.Column("cleaner", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_device_cleaning_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "restaurant_id"],
            ["restaurant.tenant", "restaurant.id"],
            name=op.f("fk_device_cleaning_tenant_restaurant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_device_cleaning")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_device_cleaning_tenant_uid")),
    )
    op.create_index(
        op.f("ix_device_cleaning_tenant_restaurant_id_cleaned_on"),
        "device_cleaning",
        ["tenant", "restaurant_id", "cleaned_on"],
        unique=False,
    )
    op.create_table(
        "discretion_band",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("gravity", Text(), nullable=False),
        sa.Column("party", Text(), nullable=False),
        sa.Column("condition", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("least_yuan", sa.Integer(), nullable=False),
        sa.Column("most_yuan", sa.Integer(), nullable=False),
        sa.Column("reviewers", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "gravity IN ('minor', 'ordinary', 'serious', 'grave')", name=op.f("ck_discretion_band_gravity_choice")
        ),
        sa.CheckConstraint("party IN ('person', 'body', 'any')", name=op.f("ck_discretion_band_party_choice")),
        sa.CheckConstraint(
            "reviewers <@ ARRAY['leader', 'legal', 'collective']::text[]", name=op.f("ck_discretion_band_reviewers")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_discretion_band_tenant")),
        sa.CheckConstraint("0 <= least_yuan AND least_yuan <= most_yuan", name=op.f("ck_discretion_band_yuan")),
        sa.ForeignKeyConstraint(
            ["tenant", "item_id"],
            ["power_item.tenant", "power_item.id"],
            name=op.f("fk_discretion_band_tenant_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_discretion_band")),
        sa.UniqueConstraint(
            "tenant", "item_id", "gravity", "party", name=op.f("uq_discretion_band_tenant_item_id_gravity_party")
        ),
    )
    op.create_table(
        "exchange_delivery",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform", Text(), nullable=False),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("file_sha256", Text(), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("receipt", Text(), nullable=True),
        sa.Column("accepted", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", Text(), nullable=True),
        sa.CheckConstraint(
            "subject IN ('case', 'penalty', 'staff', 'activity')", name=op.f("ck_exchange_delivery_subject_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_exchange_delivery_tenant")),
        sa.CheckConstraint("(receipt IS NULL) = (received_at IS NULL)", name=op.f("ck_exchange_delivery_receipt")),
        sa.CheckConstraint("accepted + refused <= rows", name=op.f("ck_exchange_delivery_counts")),
        sa.ForeignKeyConstraint(
            ["tenant", "platform", "subject"],
            ["exchange_form.tenant", "exchange_form.platform", "exchange_form.subject"],
            name=op.f("fk_exchange_delivery_tenant_platform_subject"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_exchange_delivery")),
    )
    op.create_index(
        op.f("ix_exchange_delivery_tenant_platform_id"), "exchange_delivery", ["tenant", "platform", "id"], unique=False
    )
    op.create_table(
        "frontage_list_row",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("frontage_id", sa.BigInteger(), nullable=False),
        sa.Column("colour", Text(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("check_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("appeal", Text(), server_default=sa.text("'none'"), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_said", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("appeal_answer", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answered_by", Text(), nullable=True),
        sa.CheckConstraint(
            "appeal IN ('none', 'waiting') OR btrim(appeal_answer) <> ''", name=op.f("ck_frontage_list_row_answered")
        ),
        sa.CheckConstraint(
            "appeal IN ('none', 'waiting', 'upheld', 'rejected')", name=op.f("ck_frontage_list_row_appeal_choice")
        ),
        sa.CheckConstraint("colour IN ('red', 'black')", name=op.f("ck_frontage_list_row_colour_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_frontage_list_row_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "frontage_id"],
            ["frontage.tenant", "frontage.id"],
            name=op.f("fk_frontage_list_row_tenant_frontage_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "list_id"],
            ["frontage_list.tenant", "frontage_list.id"],
            name=op.f("fk_frontage_list_row_tenant_list_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_frontage_list_row")),
        sa.UniqueConstraint(
            "tenant", "list_id", "frontage_id", name=op.f("uq_frontage_list_row_tenant_list_id_frontage_id")
        ),
    )
    op.create_table(
        "gas_inspection",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("gas_user_id", sa.BigInteger(), nullable=False),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("bodies", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_gas_inspection_tenant")),
        sa.CheckConstraint("people BETWEEN 1 AND 500", name=op.f("ck_gas_inspection_people")),
        sa.ForeignKeyConstraint(
            ["tenant", "gas_user_id"],
            ["gas_user.tenant", "gas_user.id"],
            name=op.f("fk_gas_inspection_tenant_gas_user_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_gas_inspection")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_gas_inspection_tenant_uid")),
    )
    op.create_index(
        op.f("ix_gas_inspection_tenant_gas_user_id_inspected_at"),
        "gas_inspection",
        ["tenant", "gas_user_id", "inspected_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_gas_inspection_tenant_inspected_at"), "gas_inspection", ["tenant", "inspected_at"], unique=False
    )
    op.create_table(
        "haul_grant",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("permit_number", Text(), nullable=False),
        sa.Column("site_code", Text(), nullable=False),
        sa.Column("haulier_code", Text(), nullable=False),
        sa.Column("route_code", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("dump_code", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haul_grant_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "haulier_code"],
            ["haulier.tenant", "haulier.code"],
            name=op.f("fk_haul_grant_tenant_haulier_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_haul_grant")),
        sa.UniqueConstraint(
            "tenant",
            "permit_number",
            "site_code",
            "haulier_code",
            "route_code",
            "dump_code",
            name=op.f("uq_haul_grant_tenant_permit_number_site_code_haulier_code_route_code_dump_code"),
        ),
    )
    op.create_index(op.f("ix_haul_grant_tenant_site_code"), "haul_grant", ["tenant", "site_code"], unique=False)
    op.create_table(
        "haul_vehicle",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plate", Text(), nullable=False),
        sa.Column("haulier_code", Text(), nullable=False),
        sa.Column("terminal", Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haul_vehicle_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "haulier_code"],
            ["haulier.tenant", "haulier.code"],
            name=op.f("fk_haul_vehicle_tenant_haulier_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_haul_vehicle")),
        sa.UniqueConstraint("tenant", "plate", name=op.f("uq_haul_vehicle_tenant_plate")),
    )
    op.create_table(
        "parking_count",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("parking_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parked", sa.Integer(), nullable=False),
        sa.Column("strays", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_parking_count_tenant")),
        sa.CheckConstraint("parked >= 0 AND strays >= 0", name=op.f("ck_parking_count_counts")),
        sa.ForeignKeyConstraint(
            ["tenant", "parking_id"],
            ["parking.tenant", "parking.id"],
            name=op.f("fk_parking_count_tenant_parking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_parking_count")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_parking_count_tenant_uid")),
    )
    op.create_index(
        op.f("ix_parking_count_tenant_parking_id_counted_at"),
        "parking_count",
        ["tenant", "parking_id", "counted_at"],
        unique=False,
    )
    op.create_table(
        "place_gram",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("gram", Text(), nullable=False),
        sa.Column("name_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_place_gram_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "name_id"],
            ["place_name.tenant", "place_name.id"],
            name=op.f("fk_place_gram_tenant_name_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "gram", "name_id", name=op.f("pk_place_gram")),
    )
    op.create_index(op.f("ix_place_gram_tenant_name_id"), "place_gram", ["tenant", "name_id"], unique=False)
    op.create_table(
        "posture_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("posture_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("word", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('limit', 'allow', 'regime', 'clock', 'first_step', 'zone', 'passes', 'post', 'roster', 'trade')",
            name=op.f("ck_posture_rule_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_posture_rule_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "posture_id"],
            ["posture.tenant", "posture.id"],
            name=op.f("fk_posture_rule_tenant_posture_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_posture_rule")),
        sa.UniqueConstraint(
            "tenant", "posture_id", "kind", "target", name=op.f("uq_posture_rule_tenant_posture_id_kind_target")
        ),
    )
    op.create_table(
        "power_code",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_power_code_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "item_id"],
            ["power_item.tenant", "power_item.id"],
            name=op.f("fk_power_code_tenant_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_power_code")),
        sa.UniqueConstraint(
            "tenant", "code_system", "code", "item_id", name=op.f("uq_power_code_tenant_code_system_code_item_id")
        ),
    )
    op.create_table(
        "restaurant_survey",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("restaurant_id", sa.BigInteger(), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("flue", sa.Boolean(), nullable=False),
        sa.Column("housing", Text(), nullable=False),
        sa.Column("device_planned", sa.Boolean(), nullable=False),
        sa.Column("verdict", Text(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "housing IN ('none', 'dwelling', 'mixed', 'beside')", name=op.f("ck_restaurant_survey_housing_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_restaurant_survey_tenant")),
        sa.CheckConstraint(
            "verdict IN ('fit', 'conditions', 'unfit')", name=op.f("ck_restaurant_survey_verdict_choice")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "restaurant_id"],
            ["restaurant.tenant", "restaurant.id"],
            name=op.f("fk_restaurant_survey_tenant_restaurant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_restaurant_survey")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_restaurant_survey_tenant_uid")),
    )
    op.create_index(
        op.f("ix_restaurant_survey_tenant_restaurant_id_surveyed_on"),
        "restaurant_survey",
        ["tenant", "restaurant_id", "surveyed_on"],
        unique=False,
    )
    op.create_table(
        "stall_count",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("vendor_point_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stalls", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=True),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_stall_count_tenant")),
        sa.CheckConstraint("stalls >= 0", name=op.f("ck_stall_count_stalls")),
        sa.ForeignKeyConstraint(
            ["tenant", "vendor_point_id"],
            ["vendor_point.tenant", "vendor_point.id"],
            name=op.f("fk_stall_count_tenant_vendor_point_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_stall_count")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_stall_count_tenant_uid")),
    )
    op.create_index(
        op.f("ix_stall_count_tenant_vendor_point_id_counted_at"),
        "stall_count",
        ["tenant", "vendor_point_id", "counted_at"],
        unique=False,
    )
    op.create_table(
        "supply_move",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("supply_point_id", sa.BigInteger(), nullable=False),
        sa.Column("item", Text(), nullable=False),
        sa.Column("lot", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("of_move", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'give_back') = (of_move IS NOT NULL)", name=op.f("ck_supply_move_of_move")),
        sa.CheckConstraint(
            "kind IN ('receive', 'hand_out', 'give_back', 'write_off', 'count_up', 'count_down')",
            name=op.f("ck_supply_move_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_supply_move_tenant")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_supply_move_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant", "item"], ["supply_item.tenant", "supply_item.code"], name=op.f("fk_supply_move_tenant_item")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "of_move"], ["supply_move.tenant", "supply_move.id"], name=op.f("fk_supply_move_tenant_of_move")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "supply_point_id"],
            ["supply_point.tenant", "supply_point.id"],
            name=op.f("fk_supply_move_tenant_supply_point_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_supply_move")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_supply_move_tenant_uid")),
    )
    op.create_index(
        op.f("ix_supply_move_tenant_supply_point_id_item"),
        "supply_move",
        ["tenant", "supply_point_id", "item"],
        unique=False,
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
        "building_correction",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("households_more", sa.Integer(), nullable=False),
        sa.Column("area_dm2_more", sa.BigInteger(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_building_correction_reason")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_building_correction_tenant")),
        sa.CheckConstraint("households_more <> 0 OR area_dm2_more <> 0", name=op.f("ck_building_correction_something")),
        sa.ForeignKeyConstraint(
            ["tenant", "building_id"],
            ["illegal_building.tenant", "illegal_building.id"],
            name=op.f("fk_building_correction_tenant_building_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_building_correction_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_building_correction")),
    )
    op.create_index(
        op.f("ix_building_correction_tenant_building_id"),
        "building_correction",
        ["tenant", "building_id"],
        unique=False,
    )
    op.create_table(
        "building_plan",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("category", Text(), nullable=False),
        sa.Column("way", Text(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_building_plan_tenant")),
        sa.CheckConstraint("way IN ('demolish', 'confiscate', 'regularise')", name=op.f("ck_building_plan_way_choice")),
        sa.CheckConstraint("goal >= 1", name=op.f("ck_building_plan_goal")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_building_plan_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_id"], ["staff.tenant", "staff.id"], name=op.f("fk_building_plan_tenant_owner_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_building_plan")),
        sa.UniqueConstraint(
            "tenant", "category", "way", "from_on", name=op.f("uq_building_plan_tenant_category_way_from_on")
        ),
    )
    op.create_table(
        "campaign_effort",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("vehicles", sa.Integer(), nullable=False),
        sa.Column("person_minutes", sa.Integer(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_campaign_effort_tenant")),
        sa.CheckConstraint(
            "people >= 0 AND vehicles >= 0 AND people + vehicles > 0", name=op.f("ck_campaign_effort_strength")
        ),
        sa.CheckConstraint("person_minutes >= 0", name=op.f("ck_campaign_effort_minutes")),
        sa.ForeignKeyConstraint(
            ["tenant", "campaign_id"],
            ["campaign.tenant", "campaign.id"],
            name=op.f("fk_campaign_effort_tenant_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_campaign_effort")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_campaign_effort_tenant_uid")),
    )
    op.create_index(
        op.f("ix_campaign_effort_tenant_campaign_id_on_date"),
        "campaign_effort",
        ["tenant", "campaign_id", "on_date"],
        unique=False,
    )
    op.create_table(
        "campaign_team",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("vehicles", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_campaign_team_tenant")),
        sa.CheckConstraint("people >= 1 AND vehicles >= 0", name=op.f("ck_campaign_team_strength")),
        sa.ForeignKeyConstraint(
            ["tenant", "campaign_id"],
            ["campaign.tenant", "campaign.id"],
            name=op.f("fk_campaign_team_tenant_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "leader_id"], ["staff.tenant", "staff.id"], name=op.f("fk_campaign_team_tenant_leader_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"],
            ["org_unit.tenant", "org_unit.id"],
            name=op.f("fk_campaign_team_tenant_org_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_campaign_team")),
        sa.UniqueConstraint(
            "tenant", "campaign_id", "org_unit_id", name=op.f("uq_campaign_team_tenant_campaign_id_org_unit_id")
        ),
    )
    op.create_table(
        "case_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("desk_staff_id", sa.BigInteger(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_case_rule_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "desk_staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_case_rule_tenant_desk_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_case_rule")),
    )
    op.create_table(
        "code_crosswalk",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_system", Text(), nullable=False),
        sa.Column("from_code", Text(), nullable=False),
        sa.Column("to_system", Text(), nullable=False),
        sa.Column("to_code", Text(), nullable=False),
        sa.Column("zh", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_code_crosswalk_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "to_system", "to_code"],
            ["case_code.tenant", "case_code.code_system", "case_code.code"],
            name=op.f("fk_code_crosswalk_tenant_to_system_to_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_code_crosswalk")),
        sa.UniqueConstraint(
            "tenant",
            "from_system",
            "from_code",
            "to_system",
            name=op.f("uq_code_crosswalk_tenant_from_system_from_code_to_system"),
        ),
    )
    op.create_table(
        "complaint",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("channel", Text(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("external_id", Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_system", Text(), nullable=True),
        sa.Column("code", Text(), nullable=True),
        sa.Column("topic", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("content", Text(), nullable=False),
        sa.Column("place_text", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("placed_by", Text(), nullable=True),
        sa.Column("matched", Text(), nullable=True),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("own_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_given", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'received'"), nullable=False),
        sa.Column("handling", Text(), server_default=sa.text("'quick'"), nullable=False),
        sa.Column("owner_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_staff_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("repeat_of", sa.BigInteger(), nullable=True),
        sa.Column("authority_code", Text(), nullable=True),
        sa.Column("finding", Text(), nullable=True),
        sa.Column("satisfaction", Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint(
            "(state = 'referred') <= (authority_code IS NOT NULL)", name=op.f("ck_complaint_referred_to")
        ),
        sa.CheckConstraint(
            "channel IN ('12345', 'mayor', 'web', 'phone', 'letter', 'visit', 'order', 'supervision', 'public')",
            name=op.f("ck_complaint_channel_choice"),
        ),
        sa.CheckConstraint(
            "finding IN ('substantiated', 'partly', 'unfounded')", name=op.f("ck_complaint_finding_choice")
        ),
        sa.CheckConstraint("handling IN ('quick', 'careful')", name=op.f("ck_complaint_handling_choice")),
        sa.CheckConstraint("placed_by IN ('given', 'matched', 'person')", name=op.f("ck_complaint_placed_by_choice")),
        sa.CheckConstraint(
            "satisfaction IN ('satisfied', 'fair', 'dissatisfied', 'no_answer')",
            name=op.f("ck_complaint_satisfaction_choice"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'assigned', 'verified', 'replied', 'review', 'closed', 'referred', 'void')",
            name=op.f("ck_complaint_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_complaint_tenant")),
        sa.CheckConstraint("(geom IS NULL) = (placed_by IS NULL)", name=op.f("ck_complaint_placed")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_complaint_latitude")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1000", name=op.f("ck_complaint_confidence")),
        sa.CheckConstraint("merged_into <> id AND repeat_of <> id", name=op.f("ck_complaint_not_itself")),
        sa.ForeignKeyConstraint(
            ["tenant", "merged_into"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_complaint_tenant_merged_into"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_complaint_tenant_owner_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_unit_id"],
            ["org_unit.tenant", "org_unit.id"],
            name=op.f("fk_complaint_tenant_owner_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "repeat_of"], ["complaint.tenant", "complaint.id"], name=op.f("fk_complaint_tenant_repeat_of")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_complaint_tenant_uid")),
    )
    op.create_index("ix_complaint_geom", "complaint", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_complaint_merged_into",
        "complaint",
        ["tenant", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_complaint_received_at", "complaint", ["tenant", "received_at", "id"], unique=False)
    op.create_index(
        "ix_complaint_repeat_of",
        "complaint",
        ["tenant", "repeat_of"],
        unique=False,
        postgresql_where=sa.text("repeat_of IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_complaint_tenant_district_code_received_at"),
        "complaint",
        ["tenant", "district_code", "received_at"],
        unique=False,
    )
    op.create_index(op.f("ix_complaint_tenant_state_due_at"), "complaint", ["tenant", "state", "due_at"], unique=False)
    op.create_index(
        "ix_complaint_waiting", "complaint", ["tenant", "id"], unique=False, postgresql_where=sa.text("geom IS NULL")
    )
    op.create_index(
        "uq_complaint_external",
        "complaint",
        ["tenant", "source", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "contact_visit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("contact_point_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("topic", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_contact_visit_tenant")),
        sa.CheckConstraint("people BETWEEN 0 AND 10000", name=op.f("ck_contact_visit_people")),
        sa.ForeignKeyConstraint(
            ["tenant", "contact_point_id"],
            ["contact_point.tenant", "contact_point.id"],
            name=op.f("fk_contact_visit_tenant_contact_point_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_contact_visit_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_contact_visit")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_contact_visit_tenant_uid")),
    )
    op.create_index(
        op.f("ix_contact_visit_tenant_contact_point_id_at"),
        "contact_visit",
        ["tenant", "contact_point_id", "at"],
        unique=False,
    )
    op.create_table(
        "evidence",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("workflow", Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("copy_sha256", Text(), nullable=False),
        sa.Column("media_type", Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("spot", Geometry("POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("copy_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_copy_sha256")),
        sa.CheckConstraint("kind IN ('before', 'after', 'scene', 'document')", name=op.f("ck_evidence_kind_choice")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_sha256")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_evidence_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_evidence_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_evidence_tenant_uid")),
    )
    op.create_index(
        op.f("ix_evidence_tenant_workflow_row_id"), "evidence", ["tenant", "workflow", "row_id"], unique=False
    )
    op.create_table(
        "formal_act",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("about", Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("step", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("team", Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("body_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", Text(), nullable=False),
        sa.Column("first_staff_id", sa.BigInteger(), nullable=False),
        sa.Column("first_account", Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("second_staff_id", sa.BigInteger(), nullable=True),
        sa.Column("second_account", Text(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("about IN ('ladder', 'document', 'penalty')", name=op.f("ck_formal_act_about_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_formal_act_tenant")),
        sa.CheckConstraint("(second_account IS NULL) = (second_at IS NULL)", name=op.f("ck_formal_act_second_account")),
        sa.CheckConstraint("(second_staff_id IS NULL) = (second_at IS NULL)", name=op.f("ck_formal_act_second")),
        sa.CheckConstraint(
            "first_staff_id <> second_staff_id AND first_account <> second_account", name=op.f("ck_formal_act_two")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "body_id"],
            ["enforcement_body.tenant", "enforcement_body.id"],
            name=op.f("fk_formal_act_tenant_body_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "first_staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_formal_act_tenant_first_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "item_id"], ["power_item.tenant", "power_item.id"], name=op.f("fk_formal_act_tenant_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "second_staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_formal_act_tenant_second_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_formal_act_tenant_shift_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_formal_act")),
    )
    op.create_index(
        op.f("ix_formal_act_tenant_about_row_id"), "formal_act", ["tenant", "about", "row_id"], unique=False
    )
    op.create_index(
        "uq_formal_act_waiting",
        "formal_act",
        ["tenant", "about", "row_id", "step"],
        unique=True,
        postgresql_where=sa.text("second_at IS NULL"),
    )
    op.create_table(
        "frontage_check",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("frontage_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("version", Text(), nullable=False),
        sa.Column("failed", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("event_uid", sa.Uuid(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('routine', 'annual', 'look_back', 'joint')", name=op.f("ck_frontage_check_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_frontage_check_tenant")),
        sa.CheckConstraint("version IN ('three', 'four')", name=op.f("ck_frontage_check_version_choice")),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_frontage_check_points")),
        sa.ForeignKeyConstraint(
            ["tenant", "frontage_id"],
            ["frontage.tenant", "frontage.id"],
            name=op.f("fk_frontage_check_tenant_frontage_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_frontage_check_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_frontage_check")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_frontage_check_tenant_uid")),
    )
    op.create_index(op.f("ix_frontage_check_tenant_at"), "frontage_check", ["tenant", "at"], unique=False)
    op.create_index(
        op.f("ix_frontage_check_tenant_frontage_id_at"), "frontage_check", ["tenant", "frontage_id", "at"], unique=False
    )
    op.create_table(
        "haul_deviation",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'proposed'"), nullable=False),
        sa.Column("site_code", Text(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("dump_code", Text(), nullable=True),
        sa.Column("limits", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_sha256", Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint(
            "kind IN ('off_route', 'stopped', 'wrong_dump', 'no_dump', 'no_permit', 'out_of_hours', 'silent', 'no_ticket')",
            name=op.f("ck_haul_deviation_kind_choice"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'dismissed', 'withdrawn')", name=op.f("ck_haul_deviation_state_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haul_deviation_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_haul_deviation_latitude")),
        sa.CheckConstraint("to_at >= from_at", name=op.f("ck_haul_deviation_times")),
        sa.ForeignKeyConstraint(
            ["tenant", "vehicle_id"],
            ["haul_vehicle.tenant", "haul_vehicle.id"],
            name=op.f("fk_haul_deviation_tenant_vehicle_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_haul_deviation")),
        sa.UniqueConstraint(
            "tenant", "vehicle_id", "kind", "from_at", name=op.f("uq_haul_deviation_tenant_vehicle_id_kind_from_at")
        ),
    )
    op.create_index(op.f("ix_haul_deviation_tenant_from_at"), "haul_deviation", ["tenant", "from_at"], unique=False)
    op.create_table(
        "haul_fix",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("speed_kmh", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haul_fix_tenant")),
        sa.CheckConstraint("abs(lat) <= 85 AND abs(lon) <= 180", name=op.f("ck_haul_fix_place")),
        sa.ForeignKeyConstraint(
            ["tenant", "vehicle_id"],
            ["haul_vehicle.tenant", "haul_vehicle.id"],
            name=op.f("fk_haul_fix_tenant_vehicle_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "vehicle_id", "at", name=op.f("pk_haul_fix")),
    )
    op.create_index(op.f("ix_haul_fix_tenant_at"), "haul_fix", ["tenant", "at"], unique=False)
    op.create_table(
        "haul_trip",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=False),
        sa.Column("site_code", Text(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ending", Text(), nullable=False),
        sa.Column("dump_code", Text(), nullable=True),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("fixes", sa.Integer(), nullable=False),
        sa.Column("permit_number", Text(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "ending IN ('dump', 'returned', 'silent', 'under_way')", name=op.f("ck_haul_trip_ending_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_haul_trip_tenant")),
        sa.CheckConstraint("ended_at >= left_at", name=op.f("ck_haul_trip_times")),
        sa.ForeignKeyConstraint(
            ["tenant", "ticket_id"],
            ["weigh_ticket.tenant", "weigh_ticket.id"],
            name=op.f("fk_haul_trip_tenant_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "vehicle_id"],
            ["haul_vehicle.tenant", "haul_vehicle.id"],
            name=op.f("fk_haul_trip_tenant_vehicle_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_haul_trip")),
        sa.UniqueConstraint("tenant", "vehicle_id", "left_at", name=op.f("uq_haul_trip_tenant_vehicle_id_left_at")),
    )
    op.create_index(op.f("ix_haul_trip_tenant_left_at"), "haul_trip", ["tenant", "left_at"], unique=False)
    op.create_table(
        "hazard",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", Text(), nullable=True),
        sa.Column("category", Text(), nullable=False),
        sa.Column("level", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.Column("description", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("place", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("body", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.Uuid(), nullable=True),
        sa.Column("inspection_id", sa.BigInteger(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("POINT", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "category IN ('advertising', 'sanitation', 'works', 'bike_charging', 'waste', 'construction_waste', 'illegal_building', 'gas', 'bridge', 'river_rail')",
            name=op.f("ck_hazard_category_choice"),
        ),
        sa.CheckConstraint("level IN ('major', 'general')", name=op.f("ck_hazard_level_choice")),
        sa.CheckConstraint(
            "status IN ('reported', 'open', 'fixed', 'checked', 'closed', 'unfounded')",
            name=op.f("ck_hazard_status_choice"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('reported', 'open', 'fixed', 'checked') OR (staff_id IS NOT NULL AND due_at IS NOT NULL)",
            name=op.f("ck_hazard_named_person_and_date"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_hazard_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_hazard_latitude")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_hazard_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_hazard")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_hazard_tenant_number")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_hazard_tenant_source_source_key")),
    )
    op.create_index("ix_hazard_geom", "hazard", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_hazard_geom_3857", "hazard", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_hazard_open",
        "hazard",
        ["tenant", "due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('reported', 'open', 'fixed', 'checked')"),
    )
    op.create_table(
        "on_call",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column("staff", Text(), nullable=False),
        sa.Column("set_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("role IN ('leader', 'officer', 'driver')", name=op.f("ck_on_call_role_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_on_call_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff"], ["staff.tenant", "staff.code"], name=op.f("fk_on_call_tenant_staff")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_on_call")),
        sa.UniqueConstraint("tenant", "on_date", "role", "staff", name=op.f("uq_on_call_tenant_on_date_role_staff")),
    )
    op.create_table(
        "outage",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("circuit", Text(), nullable=True),
        sa.Column("cause", Text(), nullable=False),
        sa.Column("origin", Text(), nullable=False),
        sa.Column("event_uid", sa.Uuid(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_outage_merged")),
        sa.CheckConstraint("cause IN ('ordinary', 'cable', 'vandalism')", name=op.f("ck_outage_cause_choice")),
        sa.CheckConstraint("origin IN ('night_patrol', 'public', 'event')", name=op.f("ck_outage_origin_choice")),
        sa.CheckConstraint("state <> 'put_off' OR look_again_on IS NOT NULL", name=op.f("ck_outage_put_off")),
        sa.CheckConstraint(
            "state IN ('open', 'put_off', 'mended', 'closed', 'voided', 'merged')", name=op.f("ck_outage_state_choice")
        ),
        sa.CheckConstraint("state NOT IN ('mended', 'closed') OR mended_at IS NOT NULL", name=op.f("ck_outage_mended")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_outage_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "merged_into"], ["outage.tenant", "outage.id"], name=op.f("fk_outage_tenant_merged_into")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_outage_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_outage")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_outage_tenant_uid")),
    )
    op.create_index(op.f("ix_outage_tenant_found_at"), "outage", ["tenant", "found_at"], unique=False)
    op.create_index(op.f("ix_outage_tenant_state_due_at"), "outage", ["tenant", "state", "due_at"], unique=False)
    op.create_table(
        "posture_check",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("posture_id", sa.BigInteger(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("words", Text(), nullable=False),
        sa.Column("result", Text(), nullable=True),
        sa.Column("hazards", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("result IN ('fine', 'hazard')", name=op.f("ck_posture_check_result_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_posture_check_tenant")),
        sa.CheckConstraint("(result IS NULL) = (checked_at IS NULL)", name=op.f("ck_posture_check_checked")),
        sa.ForeignKeyConstraint(
            ["tenant", "posture_id"],
            ["posture.tenant", "posture.id"],
            name=op.f("fk_posture_check_tenant_posture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_posture_check_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_posture_check")),
        sa.UniqueConstraint("tenant", "posture_id", "code", name=op.f("uq_posture_check_tenant_posture_id_code")),
    )
    op.create_table(
        "problem_case",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("event_uid", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("event_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code_version", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("grade", Text(), server_default=sa.text("'*'"), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("origin", Text(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("town", Text(), nullable=True),
        sa.Column("road", Text(), nullable=True),
        sa.Column("regime", Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("unit", Text(), server_default=sa.text("'处'"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handle_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("description", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ordered_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("handler_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_problem_case_merged")),
        sa.CheckConstraint(
            "origin IN ('patrol', 'complaint', 'order', 'camera', 'transfer', 'public')",
            name=op.f("ck_problem_case_origin_choice"),
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'verifying', 'verified', 'registered', 'dispatched', 'extension_asked', 'suspended', 'disputed', 'handled', 'checking', 'checked', 'appealed', 'closed', 'rated', 'voided', 'merged')",
            name=op.f("ck_problem_case_state_choice"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'rated') OR closed_at IS NOT NULL", name=op.f("ck_problem_case_closed")
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'verifying', 'verified', 'registered', 'dispatched', 'extension_asked', 'suspended', 'disputed', 'handled', 'checking', 'checked', 'appealed') OR (staff_id IS NOT NULL AND due_at IS NOT NULL)",
            name=op.f("ck_problem_case_named_person_and_date"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_problem_case_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_problem_case_latitude")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_problem_case_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant", "handler_id"], ["staff.tenant", "staff.id"], name=op.f("fk_problem_case_tenant_handler_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "merged_into"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_problem_case_tenant_merged_into"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_unit_id"],
            ["org_unit.tenant", "org_unit.id"],
            name=op.f("fk_problem_case_tenant_owner_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_problem_case_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_problem_case")),
        sa.UniqueConstraint("tenant", "event_uid", name=op.f("uq_problem_case_tenant_event_uid")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_problem_case_tenant_number")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_problem_case_tenant_uid")),
        postgresql_with={"fillfactor": 60},
    )
    op.create_index("ix_problem_case_district_code", "problem_case", ["tenant", "district_code", "id"], unique=False)
    op.create_index("ix_problem_case_found_at", "problem_case", ["tenant", "found_at"], unique=False)
    op.create_index("ix_problem_case_geom", "problem_case", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_problem_case_merged_into",
        "problem_case",
        ["tenant", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_problem_case_open",
        "problem_case",
        ["tenant", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('reported', 'verifying', 'verified', 'registered', 'dispatched', 'extension_asked', 'suspended', 'disputed', 'handled', 'checking', 'checked', 'appealed')"
        ),
    )
    op.create_index(
        "ix_problem_case_staff_id",
        "problem_case",
        ["tenant", "staff_id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('reported', 'verifying', 'verified', 'registered', 'dispatched', 'extension_asked', 'suspended', 'disputed', 'handled', 'checking', 'checked', 'appealed')"
        ),
    )
    op.create_index(op.f("ix_problem_case_tenant_state"), "problem_case", ["tenant", "state"], unique=False)
    op.create_table(
        "resolution_measure",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workflow", Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_staff_id", sa.BigInteger(), nullable=False),
        sa.Column("measure", Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("btrim(measure) <> ''", name=op.f("ck_resolution_measure_measure")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_resolution_measure_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_resolution_measure_tenant_owner_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_resolution_measure")),
    )
    op.create_index(
        op.f("ix_resolution_measure_tenant_workflow_row_id_id"),
        "resolution_measure",
        ["tenant", "workflow", "row_id", "id"],
        unique=False,
    )
    op.create_table(
        "responsibility",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("place_kind", Text(), nullable=False),
        sa.Column("place", Text(), nullable=False),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "place_kind IN ('road', 'district', 'town', 'county')", name=op.f("ck_responsibility_place_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_responsibility_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"],
            ["org_unit.tenant", "org_unit.id"],
            name=op.f("fk_responsibility_tenant_org_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_responsibility_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_responsibility")),
        sa.UniqueConstraint(
            "tenant",
            "code_system",
            "code",
            "place_kind",
            "place",
            name=op.f("uq_responsibility_tenant_code_system_code_place_kind_place"),
        ),
    )
    op.create_table(
        "risk_assessment",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("about", Text(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("acts", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("districts", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("level", Text(), nullable=True),
        sa.Column("plan", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("budget_yuan", sa.Integer(), nullable=True),
        sa.Column("conclusion", Text(), nullable=True),
        sa.Column("state", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("author", Text(), nullable=False),
        sa.Column("approver", Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(about = 'building') = (building_id IS NOT NULL)", name=op.f("ck_risk_assessment_building")
        ),
        sa.CheckConstraint(
            "(about = 'campaign') = (campaign_id IS NOT NULL)", name=op.f("ck_risk_assessment_campaign")
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'revoked')) = (approver IS NOT NULL)", name=op.f("ck_risk_assessment_approver")
        ),
        sa.CheckConstraint("about IN ('campaign', 'building', 'acts')", name=op.f("ck_risk_assessment_about_choice")),
        sa.CheckConstraint("acts <@ ARRAY['demolish', 'seize']::text[]", name=op.f("ck_risk_assessment_acts")),
        sa.CheckConstraint(
            "conclusion IN ('go_ahead', 'with_measures', 'postpone', 'stop')",
            name=op.f("ck_risk_assessment_conclusion_choice"),
        ),
        sa.CheckConstraint("level IN ('low', 'medium', 'high')", name=op.f("ck_risk_assessment_level_choice")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'refused', 'revoked')",
            name=op.f("ck_risk_assessment_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_risk_assessment_tenant")),
        sa.CheckConstraint("budget_yuan >= 0", name=op.f("ck_risk_assessment_budget")),
        sa.CheckConstraint("valid_to_on >= valid_from_on", name=op.f("ck_risk_assessment_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "building_id"],
            ["illegal_building.tenant", "illegal_building.id"],
            name=op.f("fk_risk_assessment_tenant_building_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "campaign_id"],
            ["campaign.tenant", "campaign.id"],
            name=op.f("fk_risk_assessment_tenant_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_risk_assessment")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_risk_assessment_tenant_number")),
    )
    op.create_index(
        op.f("ix_risk_assessment_tenant_building_id"), "risk_assessment", ["tenant", "building_id"], unique=False
    )
    op.create_index(
        op.f("ix_risk_assessment_tenant_campaign_id"), "risk_assessment", ["tenant", "campaign_id"], unique=False
    )
    op.create_table(
        "site_check",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("site_code", Text(), nullable=False),
        sa.Column("gate_code", Text(), nullable=True),
        sa.Column("site_type", Text(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("items", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint("btrim(site_code) <> ''", name=op.f("ck_site_check_site")),
        sa.CheckConstraint(
            "site_type IN ('site', 'demolition', 'idle_land', 'batching')", name=op.f("ck_site_check_site_type_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_site_check_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_site_check_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_site_check")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_site_check_tenant_uid")),
    )
    op.create_index(op.f("ix_site_check_tenant_at"), "site_check", ["tenant", "at"], unique=False)
    op.create_index(
        op.f("ix_site_check_tenant_site_code_at"), "site_check", ["tenant", "site_code", "at"], unique=False
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
    op.create_table(
        "subject",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'noted'"), nullable=False),
        sa.Column("district_code", Text(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("owner_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mask", Text(), nullable=False),
        sa.Column("name_hash", Text(), nullable=False),
        sa.Column("phone_hash", Text(), nullable=True),
        sa.Column("number_hash", Text(), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_subject_merged")),
        sa.CheckConstraint("kind IN ('person', 'shop')", name=op.f("ck_subject_kind_choice")),
        sa.CheckConstraint("state = 'noted' OR confirmed_by_id IS NOT NULL", name=op.f("ck_subject_confirmed")),
        sa.CheckConstraint("state IN ('noted', 'confirmed', 'merged')", name=op.f("ck_subject_state_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_subject_tenant")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_subject_other")),
        sa.ForeignKeyConstraint(
            ["tenant", "confirmed_by_id"], ["staff.tenant", "staff.id"], name=op.f("fk_subject_tenant_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "merged_into_id"],
            ["subject.tenant", "subject.id"],
            name=op.f("fk_subject_tenant_merged_into_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_subject")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_subject_tenant_uid")),
    )
    op.create_index(
        op.f("ix_subject_tenant_district_code_id"), "subject", ["tenant", "district_code", "id"], unique=False
    )
    op.create_index(op.f("ix_subject_tenant_name_hash"), "subject", ["tenant", "name_hash"], unique=False)
    op.create_index(op.f("ix_subject_tenant_number_hash"), "subject", ["tenant", "number_hash"], unique=False)
    op.create_index(op.f("ix_subject_tenant_phone_hash"), "subject", ["tenant", "phone_hash"], unique=False)
    op.create_table(
        "zero_growth_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("base_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_zero_growth_rule_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_zero_growth_rule_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_zero_growth_rule")),
    )
    op.create_index(
        op.f("ix_zero_growth_rule_tenant_district_code"), "zero_growth_rule", ["tenant", "district_code"], unique=False
    )
    op.create_table(
        "ad_hazard",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ad_id", sa.BigInteger(), nullable=False),
        sa.Column("hazard_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ad_hazard_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "ad_id"], ["ad.tenant", "ad.id"], name=op.f("fk_ad_hazard_tenant_ad_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "hazard_id"],
            ["hazard.tenant", "hazard.id"],
            name=op.f("fk_ad_hazard_tenant_hazard_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ad_hazard")),
        sa.UniqueConstraint("tenant", "hazard_id", name=op.f("uq_ad_hazard_tenant_hazard_id")),
    )
    op.create_index(op.f("ix_ad_hazard_tenant_ad_id"), "ad_hazard", ["tenant", "ad_id"], unique=False)
    op.create_table(
        "building_alarm",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", Text(), nullable=True),
        sa.Column("answer", Text(), nullable=True),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_building_alarm_tenant")),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_building_alarm_answered")),
        sa.ForeignKeyConstraint(
            ["tenant", "building_id"],
            ["illegal_building.tenant", "illegal_building.id"],
            name=op.f("fk_building_alarm_tenant_building_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "rule_id"],
            ["zero_growth_rule.tenant", "zero_growth_rule.id"],
            name=op.f("fk_building_alarm_tenant_rule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_building_alarm_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_building_alarm")),
        sa.UniqueConstraint("tenant", "building_id", name=op.f("uq_building_alarm_tenant_building_id")),
    )
    op.create_index(op.f("ix_building_alarm_tenant_staff_id"), "building_alarm", ["tenant", "staff_id"], unique=False)
    op.create_table(
        "complaint_caller",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("caller_hash", Text(), nullable=True),
        sa.Column("confidential", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_complaint_caller_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "complaint_id"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_complaint_caller_tenant_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "complaint_id", name=op.f("pk_complaint_caller")),
    )
    op.create_index(
        op.f("ix_complaint_caller_tenant_caller_hash"), "complaint_caller", ["tenant", "caller_hash"], unique=False
    )
    op.create_table(
        "complaint_reply",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("said", Text(), nullable=False),
        sa.Column("path", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "path IN ('12345', 'mayor', 'web', 'phone', 'letter', 'visit', 'order', 'supervision', 'public')",
            name=op.f("ck_complaint_reply_path_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_complaint_reply_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "complaint_id"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_complaint_reply_tenant_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_complaint_reply")),
    )
    op.create_index(
        op.f("ix_complaint_reply_tenant_complaint_id"), "complaint_reply", ["tenant", "complaint_id"], unique=False
    )
    op.create_index(
        "ix_complaint_reply_waiting",
        "complaint_reply",
        ["tenant", "id"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "complaint_tie",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("earlier_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("by_place", sa.Boolean(), nullable=False),
        sa.Column("by_caller", sa.Boolean(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("state", Text(), server_default=sa.text("'proposed'"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", Text(), nullable=True),
        sa.CheckConstraint("kind IN ('duplicate', 'repeat')", name=op.f("ck_complaint_tie_kind_choice")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'dismissed')", name=op.f("ck_complaint_tie_state_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_complaint_tie_tenant")),
        sa.CheckConstraint("by_place OR by_caller", name=op.f("ck_complaint_tie_by")),
        sa.CheckConstraint("complaint_id <> earlier_id", name=op.f("ck_complaint_tie_not_itself")),
        sa.ForeignKeyConstraint(
            ["tenant", "complaint_id"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_complaint_tie_tenant_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "earlier_id"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_complaint_tie_tenant_earlier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_complaint_tie")),
        sa.UniqueConstraint(
            "tenant", "complaint_id", "earlier_id", name=op.f("uq_complaint_tie_tenant_complaint_id_earlier_id")
        ),
    )
    op.create_index(op.f("ix_complaint_tie_tenant_earlier_id"), "complaint_tie", ["tenant", "earlier_id"], unique=False)
    op.create_index(
        op.f("ix_complaint_tie_tenant_state_complaint_id"),
        "complaint_tie",
        ["tenant", "state", "complaint_id"],
        unique=False,
    )
    op.create_table(
        "intake_receipt",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("external_id", Text(), nullable=True),
        sa.Column("body_hash", Text(), nullable=False),
        sa.Column("outcome", Text(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'unchanged', 'different', 'rejected')",
            name=op.f("ck_intake_receipt_outcome_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_intake_receipt_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "complaint_id"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_intake_receipt_tenant_complaint_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_intake_receipt")),
    )
    op.create_index(
        op.f("ix_intake_receipt_tenant_source_external_id"),
        "intake_receipt",
        ["tenant", "source", "external_id"],
        unique=False,
    )
    op.create_table(
        "ladder_incident",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("state", Text(), server_default=sa.text("'recorded'"), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", Text(), nullable=False),
        sa.Column("event_uid", sa.Uuid(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed", Text(), nullable=False),
        sa.Column("counted", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("conditions", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("exemption_id", sa.BigInteger(), nullable=True),
        sa.Column("permits", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("step", Text(), nullable=True),
        sa.Column("override_reason", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("education", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("work_class", Text(), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'recorded') = (step IS NULL) OR state = 'withdrawn'", name=op.f("ck_ladder_incident_decided")
        ),
        sa.CheckConstraint(
            "proposed IN ('persuade', 'caution', 'warn', 'penalise', 'exempt')",
            name=op.f("ck_ladder_incident_proposed_choice"),
        ),
        sa.CheckConstraint(
            "state IN ('recorded', 'waiting', 'confirmed', 'withdrawn')", name=op.f("ck_ladder_incident_state_choice")
        ),
        sa.CheckConstraint(
            "step <> 'exempt' OR (exemption_id IS NOT NULL AND btrim(education) <> '')",
            name=op.f("ck_ladder_incident_exempt"),
        ),
        sa.CheckConstraint(
            "step IN ('persuade', 'caution', 'warn', 'penalise', 'exempt')", name=op.f("ck_ladder_incident_step_choice")
        ),
        sa.CheckConstraint(
            "step IS NULL OR step = proposed OR btrim(override_reason) <> ''", name=op.f("ck_ladder_incident_override")
        ),
        sa.CheckConstraint(
            "subject_id IS NOT NULL OR step IN ('persuade', 'caution')", name=op.f("ck_ladder_incident_unidentified")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_ladder_incident_tenant")),
        sa.CheckConstraint(
            "work_class IN ('service', 'manage', 'enforce')", name=op.f("ck_ladder_incident_work_class_choice")
        ),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_ladder_incident_latitude")),
        sa.ForeignKeyConstraint(
            ["tenant", "exemption_id"],
            ["exemption_rule.tenant", "exemption_rule.id"],
            name=op.f("fk_ladder_incident_tenant_exemption_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "officer_id"], ["staff.tenant", "staff.id"], name=op.f("fk_ladder_incident_tenant_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "problem_id"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_ladder_incident_tenant_problem_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "subject_id"],
            ["subject.tenant", "subject.id"],
            name=op.f("fk_ladder_incident_tenant_subject_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_ladder_incident")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_ladder_incident_tenant_uid")),
    )
    op.create_index(op.f("ix_ladder_incident_tenant_at"), "ladder_incident", ["tenant", "at"], unique=False)
    op.create_index(
        op.f("ix_ladder_incident_tenant_district_code_at"),
        "ladder_incident",
        ["tenant", "district_code", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ladder_incident_tenant_subject_id_code_at"),
        "ladder_incident",
        ["tenant", "subject_id", "code", "at"],
        unique=False,
    )
    op.create_table(
        "look_back",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("frontage_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_look_back_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "cause_id"],
            ["frontage_check.tenant", "frontage_check.id"],
            name=op.f("fk_look_back_tenant_cause_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "done_id"],
            ["frontage_check.tenant", "frontage_check.id"],
            name=op.f("fk_look_back_tenant_done_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "frontage_id"], ["frontage.tenant", "frontage.id"], name=op.f("fk_look_back_tenant_frontage_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_look_back")),
        sa.UniqueConstraint("tenant", "cause_id", name=op.f("uq_look_back_tenant_cause_id")),
    )
    op.create_index(op.f("ix_look_back_tenant_due_on"), "look_back", ["tenant", "due_on"], unique=False)
    op.create_table(
        "outage_lamp",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("outage_id", sa.BigInteger(), nullable=False),
        sa.Column("lamp_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_outage_lamp_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "lamp_id"],
            ["streetlight.tenant", "streetlight.id"],
            name=op.f("fk_outage_lamp_tenant_lamp_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "outage_id"], ["outage.tenant", "outage.id"], name=op.f("fk_outage_lamp_tenant_outage_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "outage_id", "lamp_id", name=op.f("pk_outage_lamp")),
    )
    op.create_index(op.f("ix_outage_lamp_tenant_lamp_id"), "outage_lamp", ["tenant", "lamp_id"], unique=False)
    op.create_table(
        "owner_decision",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("problem_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("bodies", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("decision", Text(), nullable=False),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("btrim(decision) <> ''", name=op.f("ck_owner_decision_decision")),
        sa.CheckConstraint("kind IN ('on_site', 'joint_meeting')", name=op.f("ck_owner_decision_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_owner_decision_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"],
            ["org_unit.tenant", "org_unit.id"],
            name=op.f("fk_owner_decision_tenant_org_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "problem_id"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_owner_decision_tenant_problem_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_owner_decision")),
    )
    op.create_index(
        op.f("ix_owner_decision_tenant_problem_id"), "owner_decision", ["tenant", "problem_id"], unique=False
    )
    op.create_table(
        "repair_order",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("class_code", Text(), nullable=False),
        sa.Column("work", Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("unit", Text(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("place", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("contractor", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name=op.f("ck_repair_order_accepted")),
        sa.CheckConstraint("btrim(unit) <> ''", name=op.f("ck_repair_order_unit")),
        sa.CheckConstraint(
            "state IN ('ordered', 'working', 'put_off', 'finished', 'accepted', 'cancelled')",
            name=op.f("ck_repair_order_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_repair_order_tenant")),
        sa.CheckConstraint("work IN ('repair', 'replace', 'add', 'remove')", name=op.f("ck_repair_order_work_choice")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_repair_order_latitude")),
        sa.CheckConstraint("cost_fen >= 0", name=op.f("ck_repair_order_cost")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_repair_order_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant", "component_id"],
            ["component.tenant", "component.id"],
            name=op.f("fk_repair_order_tenant_component_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "problem_id"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_repair_order_tenant_problem_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_repair_order_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_repair_order")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_repair_order_tenant_number")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_repair_order_tenant_uid")),
    )
    op.create_index(
        "ix_repair_order_open",
        "repair_order",
        ["tenant", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('ordered', 'working', 'put_off', 'finished')"),
    )
    op.create_index(op.f("ix_repair_order_tenant_accepted_at"), "repair_order", ["tenant", "accepted_at"], unique=False)
    op.create_table(
        "risk_point",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assessment_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("point", Text(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("measure", Text(), nullable=False),
        sa.Column("level", Text(), nullable=False),
        sa.CheckConstraint("level IN ('low', 'medium', 'high')", name=op.f("ck_risk_point_level_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_risk_point_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "assessment_id"],
            ["risk_assessment.tenant", "risk_assessment.id"],
            name=op.f("fk_risk_point_tenant_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_risk_point")),
        sa.UniqueConstraint("tenant", "assessment_id", "seq", name=op.f("uq_risk_point_tenant_assessment_id_seq")),
    )
    op.create_table(
        "root_cause",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", Text(), nullable=False),
        sa.Column("measure", Text(), nullable=False),
        sa.Column("owner_staff_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("filed_by", Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_root_cause_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "complaint_id"],
            ["complaint.tenant", "complaint.id"],
            name=op.f("fk_root_cause_tenant_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_root_cause_tenant_owner_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_root_cause")),
        sa.UniqueConstraint("tenant", "complaint_id", name=op.f("uq_root_cause_tenant_complaint_id")),
    )
    op.create_table(
        "site_finding",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("item", Text(), nullable=False),
        sa.Column("event_code", Text(), nullable=False),
        sa.Column("outcome", Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('corrected', 'source_fixed', 'open')", name=op.f("ck_site_finding_outcome_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_site_finding_tenant")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_site_finding_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant", "check_id"],
            ["site_check.tenant", "site_check.id"],
            name=op.f("fk_site_finding_tenant_check_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_site_finding")),
        sa.UniqueConstraint("tenant", "check_id", "item", name=op.f("uq_site_finding_tenant_check_id_item")),
    )
    op.create_table(
        "subject_merge",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("gone_id", sa.BigInteger(), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("state_before", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("split_by", Text(), nullable=True),
        sa.Column("split_reason", Text(), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_subject_merge_reason")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_subject_merge_tenant")),
        sa.CheckConstraint("(split_at IS NULL) = (split_by IS NULL)", name=op.f("ck_subject_merge_split")),
        sa.ForeignKeyConstraint(
            ["tenant", "gone_id"],
            ["subject.tenant", "subject.id"],
            name=op.f("fk_subject_merge_tenant_gone_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "kept_id"],
            ["subject.tenant", "subject.id"],
            name=op.f("fk_subject_merge_tenant_kept_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_subject_merge")),
    )
    op.create_index(
        "uq_subject_merge_gone",
        "subject_merge",
        ["tenant", "gone_id"],
        unique=True,
        postgresql_where=sa.text("split_at IS NULL"),
    )
    op.create_table(
        "penalty",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'applied'"), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("body_id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("district_code", Text(), nullable=False),
        sa.Column("code_system", Text(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("party", Text(), nullable=False),
        sa.Column("gravity", Text(), nullable=False),
        sa.Column("amount_yuan", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("decision", Text(), nullable=True),
        sa.Column("exemption_answer", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archive_term", Text(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.CheckConstraint("(state = 'archived') = (archived_on IS NOT NULL)", name=op.f("ck_penalty_archived")),
        sa.CheckConstraint(
            "archive_term IN ('permanent', 'long', 'short')", name=op.f("ck_penalty_archive_term_choice")
        ),
        sa.CheckConstraint("decision <> 'fine' OR amount_yuan > 0", name=op.f("ck_penalty_fine")),
        sa.CheckConstraint(
            "decision IN ('fine', 'warning', 'confiscate', 'not_punished', 'other')",
            name=op.f("ck_penalty_decision_choice"),
        ),
        sa.CheckConstraint(
            "gravity IN ('minor', 'ordinary', 'serious', 'grave')", name=op.f("ck_penalty_gravity_choice")
        ),
        sa.CheckConstraint("party IN ('person', 'body', 'any')", name=op.f("ck_penalty_party_choice")),
        sa.CheckConstraint(
            "state IN ('applied', 'filed', 'investigated', 'informed', 'heard', 'hearing', 'settled', 'decided', 'served', 'reminded', 'in_court', 'performed', 'referred', 'refused', 'revoked', 'transferred', 'archived')",
            name=op.f("ck_penalty_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_penalty_tenant")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_penalty_decided")),
        sa.CheckConstraint("amount_yuan >= 0", name=op.f("ck_penalty_amount")),
        sa.ForeignKeyConstraint(
            ["tenant", "body_id"],
            ["enforcement_body.tenant", "enforcement_body.id"],
            name=op.f("fk_penalty_tenant_body_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "incident_id"],
            ["ladder_incident.tenant", "ladder_incident.id"],
            name=op.f("fk_penalty_tenant_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "item_id"], ["power_item.tenant", "power_item.id"], name=op.f("fk_penalty_tenant_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "problem_id"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_penalty_tenant_problem_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "subject_id"], ["subject.tenant", "subject.id"], name=op.f("fk_penalty_tenant_subject_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_penalty")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_penalty_tenant_number")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_penalty_tenant_uid")),
    )
    op.create_index(
        op.f("ix_penalty_tenant_district_code_id"), "penalty", ["tenant", "district_code", "id"], unique=False
    )
    op.create_index(op.f("ix_penalty_tenant_state_due_on"), "penalty", ["tenant", "state", "due_on"], unique=False)
    op.create_index(op.f("ix_penalty_tenant_subject_id"), "penalty", ["tenant", "subject_id"], unique=False)
    op.create_table(
        "legal_document",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'drafted'"), nullable=False),
        sa.Column("number", Text(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("district_code", Text(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("penalty_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("service", Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("extensions", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("on_spot", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("NOT on_spot OR kind = 'seize'", name=op.f("ck_legal_document_on_spot")),
        sa.CheckConstraint(
            "kind IN ('rectify', 'deadline', 'scene_record', 'on_the_spot', 'keep_evidence', 'seize', 'service_receipt')",
            name=op.f("ck_legal_document_kind_choice"),
        ),
        sa.CheckConstraint(
            "service IN ('direct', 'left', 'entrusted', 'post', 'electronic', 'public')",
            name=op.f("ck_legal_document_service_choice"),
        ),
        sa.CheckConstraint(
            "state = 'drafted' OR state = 'void' OR number IS NOT NULL", name=op.f("ck_legal_document_issued")
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'issued', 'served', 'extended', 'corrected', 'not_corrected', 'returned', 'disposed', 'filed', 'void')",
            name=op.f("ck_legal_document_state_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_legal_document_tenant")),
        sa.CheckConstraint(
            "(number IS NULL) = (issued_at IS NULL) AND (number IS NULL) = (serial IS NULL)",
            name=op.f("ck_legal_document_number"),
        ),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_legal_document_latitude")),
        sa.CheckConstraint("extensions BETWEEN 0 AND 1", name=op.f("ck_legal_document_extensions")),
        sa.ForeignKeyConstraint(
            ["tenant", "about_id"],
            ["legal_document.tenant", "legal_document.id"],
            name=op.f("fk_legal_document_tenant_about_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "body_id"],
            ["enforcement_body.tenant", "enforcement_body.id"],
            name=op.f("fk_legal_document_tenant_body_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "incident_id"],
            ["ladder_incident.tenant", "ladder_incident.id"],
            name=op.f("fk_legal_document_tenant_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "item_id"], ["power_item.tenant", "power_item.id"], name=op.f("fk_legal_document_tenant_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "penalty_id"], ["penalty.tenant", "penalty.id"], name=op.f("fk_legal_document_tenant_penalty_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "problem_id"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_legal_document_tenant_problem_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "subject_id"], ["subject.tenant", "subject.id"], name=op.f("fk_legal_document_tenant_subject_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_legal_document")),
        sa.UniqueConstraint(
            "tenant",
            "body_id",
            "kind",
            "year",
            "serial",
            name=op.f("uq_legal_document_tenant_body_id_kind_year_serial"),
        ),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_legal_document_tenant_uid")),
    )
    op.create_index(
        op.f("ix_legal_document_tenant_district_code_id"),
        "legal_document",
        ["tenant", "district_code", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_legal_document_tenant_state_due_on"), "legal_document", ["tenant", "state", "due_on"], unique=False
    )
    op.create_index(
        op.f("ix_legal_document_tenant_subject_id"), "legal_document", ["tenant", "subject_id"], unique=False
    )
    op.create_table(
        "penalty_check",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("penalty_id", sa.BigInteger(), nullable=False),
        sa.Column("item", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint("btrim(reference) <> ''", name=op.f("ck_penalty_check_reference")),
        sa.CheckConstraint(
            "item IN ('shown', 'recorded', 'legal_review', 'published')", name=op.f("ck_penalty_check_item_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_penalty_check_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "penalty_id"],
            ["penalty.tenant", "penalty.id"],
            name=op.f("fk_penalty_check_tenant_penalty_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_penalty_check_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_penalty_check")),
        sa.UniqueConstraint("tenant", "penalty_id", "item", name=op.f("uq_penalty_check_tenant_penalty_id_item")),
    )
    op.create_table(
        "penalty_review",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("penalty_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("members", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("opinion", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'collective' OR cardinality(members) >= 3", name=op.f("ck_penalty_review_collective")
        ),
        sa.CheckConstraint("kind IN ('leader', 'legal', 'collective')", name=op.f("ck_penalty_review_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_penalty_review_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "penalty_id"],
            ["penalty.tenant", "penalty.id"],
            name=op.f("fk_penalty_review_tenant_penalty_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_penalty_review_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_penalty_review")),
        sa.UniqueConstraint("tenant", "penalty_id", "kind", name=op.f("uq_penalty_review_tenant_penalty_id_kind")),
    )
    op.create_table(
        "referral",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("penalty_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("receiver", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=False),
        sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", Text(), nullable=True),
        sa.Column("made_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_referral_tenant")),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_referral_answered")),
        sa.CheckConstraint("penalty_id IS NOT NULL OR problem_id IS NOT NULL", name=op.f("ck_referral_about")),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_referral_reminders")),
        sa.ForeignKeyConstraint(
            ["tenant", "penalty_id"],
            ["penalty.tenant", "penalty.id"],
            name=op.f("fk_referral_tenant_penalty_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "problem_id"],
            ["problem_case.tenant", "problem_case.id"],
            name=op.f("fk_referral_tenant_problem_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_referral")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_referral_tenant_uid")),
    )
    op.create_index(
        "ix_referral_open",
        "referral",
        ["tenant", "reply_due_on"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "recheck",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", Text(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("result IN ('corrected', 'not_corrected', 'gone')", name=op.f("ck_recheck_result_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_recheck_tenant")),
        sa.CheckConstraint("(done_at IS NULL) = (result IS NULL)", name=op.f("ck_recheck_done")),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id"],
            ["legal_document.tenant", "legal_document.id"],
            name=op.f("fk_recheck_tenant_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_recheck_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_recheck")),
        sa.UniqueConstraint("tenant", "document_id", "due_on", name=op.f("uq_recheck_tenant_document_id_due_on")),
    )
    op.create_index(
        "ix_recheck_open", "recheck", ["tenant", "due_on"], unique=False, postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_table(
        "seizure_report",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("head_id", sa.BigInteger(), nullable=True),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decision", Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("warned_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decision IN ('approved', 'refused')", name=op.f("ck_seizure_report_decision_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_seizure_report_tenant")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL OR reported_at IS NOT NULL)",
            name=op.f("ck_seizure_report_decided"),
        ),
        sa.CheckConstraint("(reported_at IS NULL) = (head_id IS NULL)", name=op.f("ck_seizure_report_reported")),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (due_at IS NULL) AND due_at > taken_at", name=op.f("ck_seizure_report_hours")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id"],
            ["legal_document.tenant", "legal_document.id"],
            name=op.f("fk_seizure_report_tenant_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "head_id"], ["staff.tenant", "staff.id"], name=op.f("fk_seizure_report_tenant_head_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "officer_id"], ["staff.tenant", "staff.id"], name=op.f("fk_seizure_report_tenant_officer_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_seizure_report")),
        sa.UniqueConstraint("tenant", "document_id", name=op.f("uq_seizure_report_tenant_document_id")),
    )
    op.create_check_constraint(
        "ck_api_key_known_scopes",
        "api_key",
        "scopes <@ ARRAY['layers:read', 'layers:write', 'plans:read', 'jobs:read', 'tracks:write', 'intake:write']::text[]",
    )
    op.create_check_constraint(
        "ck_illegal_building_status_choice",
        "illegal_building",
        "status IN ('suspected', 'verified', 'existing', 'new', 'stopped', 'ordered', 'appealed', 'announced', 'revoked', 'demolished', 'written_off', 'confiscated', 'regularised', 'dismissed', 'overbuilt', 'struck')",
    )
    op.create_check_constraint(
        "ck_illegal_building_entered_as_choice", "illegal_building", "entered_as IN ('existing', 'new', 'stopped')"
    )
    op.create_check_constraint(
        "ck_job_kind_choice",
        "job",
        "kind IN ('import_file', 'plan_shift', 'plan_horizon', 'replan_shift', 'build_dashboards', 'make_forecasts', 'recut_districts', 'adopt_districts', 'plan_sites', 'adopt_sites', 'check_footprints', 'make_study', 'import_complaints', 'compare_complaints', 'place_complaints', 'study_returns', 'import_tracks', 'score_tracks', 'propose_roster', 'adopt_roster', 'weigh_staff', 'price_focus', 'simulate_shift', 'trace_trips')",
    )
    op.create_check_constraint("ck_pass_rule_ride", "pass_rule", "ride_kmh BETWEEN 0 AND 60")
    op.create_check_constraint("ck_streetlight_night_part_choice", "streetlight", "night_part IN ('whole', 'half')")
    op.create_check_constraint("ck_urban_centre_ride", "urban_centre", "ride_kmh BETWEEN 0 AND 60")
