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
    op.drop_constraint("ck_illegal_building_status_choice", "illegal_building", type_="check")
    op.drop_constraint("ck_job_kind_choice", "job", type_="check")
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
    op.add_column(
        "urban_centre", sa.Column("ride_kmh", sa.SmallInteger(), server_default=sa.text("20"), nullable=False)
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
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
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
        "kind IN ('import_file', 'plan_shift', 'plan_horizon', 'replan_shift', 'build_dashboards', 'make_forecasts', 'recut_districts', 'adopt_districts', 'plan_sites', 'adopt_sites', 'check_footprints', 'make_study', 'import_complaints', 'compare_complaints', 'place_complaints', 'study_returns', 'import_tracks', 'score_tracks', 'propose_roster', 'adopt_roster', 'weigh_staff', 'price_focus', 'simulate_shift')",
    )
    op.create_check_constraint("ck_pass_rule_ride", "pass_rule", "ride_kmh BETWEEN 0 AND 60")
    op.create_check_constraint("ck_urban_centre_ride", "urban_centre", "ride_kmh BETWEEN 0 AND 60")
