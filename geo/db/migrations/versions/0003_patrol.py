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
    op.drop_constraint("ck_api_key_known_scopes", "api_key", type_="check")
    op.drop_constraint("ck_job_kind_choice", "job", type_="check")
    op.drop_constraint("ck_plan_stop_kind_choice", "plan_stop", type_="check")
    op.add_column("model_standing", sa.Column("ewma_lower", sa.Double(), server_default=sa.text("0"), nullable=False))
    op.add_column("org_unit", sa.Column("muster", Geometry("POINT", srid=4490, spatial_index=False), nullable=True))
    op.add_column("shift_plan", sa.Column("value", sa.BigInteger(), nullable=True))
    op.add_column("shift_plan", sa.Column("value_total", sa.BigInteger(), nullable=True))
    op.add_column("shift_plan", sa.Column("value_version", sa.SmallInteger(), nullable=True))
    op.add_column(
        "shift_plan",
        sa.Column("recurrence", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "forecast_score",
        sa.Column("calibration", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("plan_stop", sa.Column("begin_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plan_stop", sa.Column("duty", Text(), nullable=True))
    op.add_column("plan_stop", sa.Column("required", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("plan_stop", sa.Column("saved", sa.BigInteger(), nullable=True))
    op.add_column("plan_stop", sa.Column("earlier", sa.BigInteger(), nullable=True))
    op.add_column("plan_stop", sa.Column("later", sa.BigInteger(), nullable=True))
    op.create_table(
        "check_draw",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("power_item", Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("seed_sha256", Text(), nullable=False),
        sa.Column("seed", Text(), nullable=False),
        sa.Column("pool", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("officers", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_check_draw_tenant")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_check_draw_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_check_draw")),
    )
    op.create_table(
        "enterprise",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("opening", Text(), nullable=True),
        sa.Column("gate_every_days", sa.SmallInteger(), nullable=True),
        sa.Column("cap_per_year", sa.SmallInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint(
            "kind IN ('site', 'demolition', 'idle_land', 'batching', 'dump', 'restaurant', 'gas_user')",
            name=op.f("ck_enterprise_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_enterprise_tenant")),
        sa.CheckConstraint("cap_per_year BETWEEN 0 AND 366", name=op.f("ck_enterprise_cap")),
        sa.CheckConstraint(
            "gate_every_days IS NULL OR gate_every_days BETWEEN 1 AND 366", name=op.f("ck_enterprise_gate")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_enterprise_tenant_code")),
    )
    op.create_table(
        "forecast_learned",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("origin_on", sa.Date(), nullable=False),
        sa.Column("place_kind", Text(), nullable=False),
        sa.Column("code_group", Text(), nullable=False),
        sa.Column("model", Text(), nullable=False),
        sa.Column("learned", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_forecast_learned_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_forecast_learned")),
        sa.UniqueConstraint("tenant", "origin_on", "place_kind", "code_group", name="uq_forecast_learned_origin"),
    )
    op.create_table(
        "giving_way",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("duties", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "cardinality(duties) = 6 AND duties @> ARRAY['law', 'post', 'deadline', 'pass', 'coverage', 'hotspot']",
            name=op.f("ck_giving_way_duties"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_giving_way_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_giving_way")),
        sa.UniqueConstraint("tenant", "valid_from_on", name=op.f("uq_giving_way_tenant_valid_from_on")),
    )
    op.create_table(
        "pass_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tier", Text(), nullable=False),
        sa.Column("shift_code", Text(), server_default=sa.text("''"), nullable=True),
        sa.Column("passes", sa.SmallInteger(), nullable=False),
        sa.Column("spacing_min", sa.SmallInteger(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_pass_rule_tenant")),
        sa.CheckConstraint("tier IN ('main', 'secondary', 'branch', 'lane')", name=op.f("ck_pass_rule_tier_choice")),
        sa.CheckConstraint("passes BETWEEN 0 AND 12", name=op.f("ck_pass_rule_passes")),
        sa.CheckConstraint("spacing_min BETWEEN 0 AND 720", name=op.f("ck_pass_rule_spacing")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_pass_rule")),
        sa.UniqueConstraint(
            "tenant",
            "tier",
            "shift_code",
            "valid_from_on",
            name=op.f("uq_pass_rule_tenant_tier_shift_code_valid_from_on"),
        ),
    )
    op.create_table(
        "post",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("opening", Text(), nullable=False),
        sa.Column("duty", Text(), nullable=False),
        sa.Column("effect", Text(), nullable=False),
        sa.Column("effect_codes", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("buffer_m", sa.SmallInteger(), server_default=sa.text("50"), nullable=False),
        sa.Column("people_needed", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("GeometryType(geom) IN ('POINT', 'MULTIPOLYGON')", name=op.f("ck_post_geometry_type")),
        sa.CheckConstraint(
            "btrim(opening) <> '' AND btrim(duty) <> '' AND btrim(effect) <> ''", name=op.f("ck_post_five")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_post_tenant")),
        sa.CheckConstraint("buffer_m BETWEEN 0 AND 2000", name=op.f("ck_post_buffer")),
        sa.CheckConstraint("people_needed BETWEEN 1 AND 20", name=op.f("ck_post_people")),
        sa.CheckConstraint("valid_to_on IS NULL OR valid_to_on > valid_from_on", name=op.f("ck_post_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_post")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_post_tenant_code")),
    )
    op.create_index("ix_post_geom", "post", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "rest_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("most_days_running", sa.SmallInteger(), nullable=False),
        sa.Column("days_off_week", sa.SmallInteger(), nullable=False),
        sa.Column("least_rest_min", sa.Integer(), nullable=False),
        sa.Column("night_rest_min", sa.Integer(), nullable=False),
        sa.Column("most_day_min", sa.Integer(), nullable=False),
        sa.Column("most_week_min", sa.Integer(), nullable=False),
        sa.Column("restday_people", sa.SmallInteger(), nullable=False),
        sa.Column("pair_gap_days", sa.SmallInteger(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_rest_rule_tenant")),
        sa.CheckConstraint("days_off_week BETWEEN 0 AND 6", name=op.f("ck_rest_rule_days_off")),
        sa.CheckConstraint(
            "least_rest_min BETWEEN 0 AND 2880 AND night_rest_min BETWEEN 0 AND 2880", name=op.f("ck_rest_rule_rest")
        ),
        sa.CheckConstraint(
            "most_day_min BETWEEN 60 AND 1440 AND most_week_min BETWEEN 60 AND 10080", name=op.f("ck_rest_rule_minutes")
        ),
        sa.CheckConstraint("most_days_running BETWEEN 1 AND 14", name=op.f("ck_rest_rule_running")),
        sa.CheckConstraint(
            "restday_people BETWEEN 0 AND 500 AND pair_gap_days BETWEEN 0 AND 366", name=op.f("ck_rest_rule_people")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_rest_rule")),
        sa.UniqueConstraint("tenant", "valid_from_on", name=op.f("uq_rest_rule_tenant_valid_from_on")),
    )
    op.create_table(
        "roster_proposal",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("input_digest", Text(), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", Text(), nullable=True),
        sa.CheckConstraint("(status = 'draft') = (decided_at IS NULL)", name=op.f("ck_roster_proposal_decided")),
        sa.CheckConstraint(
            "status IN ('draft', 'adopted', 'superseded')", name=op.f("ck_roster_proposal_status_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_roster_proposal_tenant")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_roster_proposal_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_roster_proposal")),
    )
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
        "turn_restriction",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule", Text(), nullable=False),
        sa.Column("from_road", Text(), nullable=False),
        sa.Column("to_road", Text(), nullable=False),
        sa.Column("ebike", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("car", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
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
            "rule IN ('no_left_turn', 'no_right_turn', 'no_straight_on', 'no_u_turn', 'only_left_turn', 'only_right_turn', 'only_straight_on', 'only_u_turn')",
            name=op.f("ck_turn_restriction_rule_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_turn_restriction_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_turn_restriction_latitude")),
        sa.CheckConstraint(
            "valid_to_on IS NULL OR valid_from_on IS NULL OR valid_to_on > valid_from_on",
            name=op.f("ck_turn_restriction_dates"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_turn_restriction")),
        sa.UniqueConstraint(
            "tenant", "source", "source_key", name=op.f("uq_turn_restriction_tenant_source_source_key")
        ),
    )
    op.create_index("ix_turn_restriction_geom", "turn_restriction", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_turn_restriction_geom_3857", "turn_restriction", ["geom_3857"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "urban_centre",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("covers", Text(), server_default=sa.text("'streets'"), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("covers IN ('streets', 'cells')", name=op.f("ck_urban_centre_covers_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_urban_centre_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_urban_centre")),
        sa.UniqueConstraint("tenant", "valid_from_on", name=op.f("uq_urban_centre_tenant_valid_from_on")),
    )
    op.create_table(
        "zone_rule",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("cap_min", sa.SmallInteger(), nullable=True),
        sa.Column("rho_min", sa.SmallInteger(), nullable=False),
        sa.Column("stay_min", sa.SmallInteger(), nullable=False),
        sa.Column("per_hour_thousandths", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('school', 'hospital', 'market', 'construction', 'transit', 'estate', 'night_market')",
            name=op.f("ck_zone_rule_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_zone_rule_tenant")),
        sa.CheckConstraint("cap_min IS NULL OR cap_min BETWEEN 30 AND 1440", name=op.f("ck_zone_rule_cap")),
        sa.CheckConstraint("per_hour_thousandths BETWEEN 0 AND 32000", name=op.f("ck_zone_rule_per_hour")),
        sa.CheckConstraint("rho_min BETWEEN 1 AND 1440", name=op.f("ck_zone_rule_rho")),
        sa.CheckConstraint("stay_min BETWEEN 1 AND 1440", name=op.f("ck_zone_rule_stay")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_zone_rule")),
        sa.UniqueConstraint("tenant", "kind", "valid_from_on", name=op.f("uq_zone_rule_tenant_kind_valid_from_on")),
    )
    op.create_table(
        "focus",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("ordered_by", Text(), nullable=False),
        sa.Column("shift_code", Text(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("factor_percent", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_focus_tenant")),
        sa.CheckConstraint("factor_percent BETWEEN 10 AND 1000", name=op.f("ck_focus_factor")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_focus_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"], name=op.f("fk_focus_tenant_shift_code")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_focus")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_focus_tenant_code")),
    )
    op.create_table(
        "road_closure",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("road_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("foot", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ebike", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("car", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_road_closure_reason")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_road_closure_tenant")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_road_closure_times")),
        sa.CheckConstraint("foot OR ebike OR car", name=op.f("ck_road_closure_closed_to_some")),
        sa.ForeignKeyConstraint(
            ["tenant", "road_id"],
            ["road.tenant", "road.id"],
            name=op.f("fk_road_closure_tenant_road_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_road_closure")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_road_closure_tenant_uid")),
    )
    op.create_index("ix_road_closure_ends_at", "road_closure", ["tenant", "ends_at"], unique=False)
    op.create_index(op.f("ix_road_closure_tenant_road_id"), "road_closure", ["tenant", "road_id"], unique=False)
    op.create_table(
        "shift_need",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("day_kind", Text(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("people", sa.SmallInteger(), nullable=False),
        sa.Column("licensed", sa.SmallInteger(), nullable=False),
        sa.Column("regular", sa.SmallInteger(), nullable=False),
        sa.Column("leader", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("takes_rest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("day_kind IN ('workday', 'restday')", name=op.f("ck_shift_need_day_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_shift_need_tenant")),
        sa.CheckConstraint("licensed <= people AND regular <= people", name=op.f("ck_shift_need_parts")),
        sa.CheckConstraint("people >= 0 AND licensed >= 0 AND regular >= 0", name=op.f("ck_shift_need_counts")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_shift_need_tenant_shift_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_shift_need")),
        sa.UniqueConstraint(
            "tenant",
            "shift_code",
            "day_kind",
            "valid_from_on",
            name=op.f("uq_shift_need_tenant_shift_code_day_kind_valid_from_on"),
        ),
    )
    op.create_table(
        "shift_seal",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_shift_seal_tenant")),
        sa.CheckConstraint("octet_length(seed) = 32", name=op.f("ck_shift_seal_seed")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_shift_seal_tenant_shift_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_shift_seal")),
        sa.UniqueConstraint("tenant", "on_date", "shift_code", name=op.f("uq_shift_seal_tenant_on_date_shift_code")),
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
        "enterprise_check",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("reference", Text(), nullable=True),
        sa.Column("power_item", Text(), nullable=False),
        sa.Column("covert", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("draw_id", sa.BigInteger(), nullable=True),
        sa.Column("first_staff_id", sa.BigInteger(), nullable=True),
        sa.Column("second_staff_id", sa.BigInteger(), nullable=True),
        sa.Column("status", Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("(reason = 'draw') = (draw_id IS NOT NULL)", name=op.f("ck_enterprise_check_draw")),
        sa.CheckConstraint("(status = 'done') = (done_on IS NOT NULL)", name=op.f("ck_enterprise_check_done")),
        sa.CheckConstraint("btrim(power_item) <> ''", name=op.f("ck_enterprise_check_power_item")),
        sa.CheckConstraint(
            "reason IN ('draw', 'planned', 'complaint', 'ordered')", name=op.f("ck_enterprise_check_reason_choice")
        ),
        sa.CheckConstraint("status IN ('open', 'done', 'cancelled')", name=op.f("ck_enterprise_check_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_enterprise_check_tenant")),
        sa.CheckConstraint(
            "(first_staff_id IS NULL) = (second_staff_id IS NULL)", name=op.f("ck_enterprise_check_pair")
        ),
        sa.CheckConstraint("first_staff_id <> second_staff_id", name=op.f("ck_enterprise_check_two")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_enterprise_check_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "draw_id"],
            ["check_draw.tenant", "check_draw.id"],
            name=op.f("fk_enterprise_check_tenant_draw_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "enterprise_id"],
            ["enterprise.tenant", "enterprise.id"],
            name=op.f("fk_enterprise_check_tenant_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "first_staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_enterprise_check_tenant_first_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "second_staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_enterprise_check_tenant_second_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_enterprise_check")),
    )
    op.create_index(
        op.f("ix_enterprise_check_tenant_enterprise_id_done_on"),
        "enterprise_check",
        ["tenant", "enterprise_id", "done_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_enterprise_check_tenant_status_first_on"),
        "enterprise_check",
        ["tenant", "status", "first_on"],
        unique=False,
    )
    op.create_table(
        "leave",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.CheckConstraint("kind IN ('leave', 'training', 'detached')", name=op.f("ck_leave_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_leave_tenant")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_leave_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_leave_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_leave")),
        sa.UniqueConstraint("tenant", "staff_id", "from_on", name=op.f("uq_leave_tenant_staff_id_from_on")),
    )
    op.create_table(
        "log_entry",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("step", Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("other_staff_id", sa.BigInteger(), nullable=True),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=True),
        sa.Column("odometer_km", sa.Integer(), nullable=True),
        sa.Column("device", Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", Text(), nullable=True),
        sa.Column("corrects_uid", sa.Uuid(), nullable=True),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'roll_call' AND step IN ('present', 'late', 'absent', 'excused')) OR (kind = 'handover' AND step = 'handed_over' AND other_staff_id IS NOT NULL) OR (kind = 'trip' AND step IN ('out', 'back') AND vehicle_id IS NOT NULL AND odometer_km IS NOT NULL) OR (kind = 'recorder' AND step IN ('issued', 'returned', 'uploaded') AND device IS NOT NULL)",
            name=op.f("ck_log_entry_kind_says"),
        ),
        sa.CheckConstraint(
            "kind IN ('roll_call', 'handover', 'trip', 'recorder')", name=op.f("ck_log_entry_kind_choice")
        ),
        sa.CheckConstraint(
            "step IN ('present', 'late', 'absent', 'excused', 'handed_over', 'out', 'back', 'issued', 'returned', 'uploaded')",
            name=op.f("ck_log_entry_step_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_log_entry_tenant")),
        sa.CheckConstraint("odometer_km >= 0 AND minutes BETWEEN 0 AND 2880", name=op.f("ck_log_entry_numbers")),
        sa.ForeignKeyConstraint(
            ["tenant", "other_staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_log_entry_tenant_other_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_log_entry_tenant_shift_code"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_log_entry_tenant_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "vehicle_id"], ["vehicle.tenant", "vehicle.id"], name=op.f("fk_log_entry_tenant_vehicle_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_log_entry_tenant_uid")),
    )
    op.create_index(
        op.f("ix_log_entry_tenant_on_date_shift_code"), "log_entry", ["tenant", "on_date", "shift_code"], unique=False
    )
    op.create_table(
        "plan_mixture",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("seal_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("why", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("digest", Text(), nullable=False),
        sa.Column("days", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("worths", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("weights_ppm", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("drawn", sa.SmallInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("attempt = 1 OR btrim(why) <> ''", name=op.f("ck_plan_mixture_why")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_plan_mixture_tenant")),
        sa.CheckConstraint("cardinality(weights_ppm) = cardinality(worths)", name=op.f("ck_plan_mixture_lengths")),
        sa.CheckConstraint("drawn >= 0 AND drawn < cardinality(weights_ppm)", name=op.f("ck_plan_mixture_drawn")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"], ["shift_plan.tenant", "shift_plan.id"], name=op.f("fk_plan_mixture_tenant_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "seal_id"], ["shift_seal.tenant", "shift_seal.id"], name=op.f("fk_plan_mixture_tenant_seal_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_plan_mixture")),
        sa.UniqueConstraint("tenant", "seal_id", "attempt", name=op.f("uq_plan_mixture_tenant_seal_id_attempt")),
    )
    op.create_table(
        "post_person",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_post_person_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "post_id"],
            ["post.tenant", "post.id"],
            name=op.f("fk_post_person_tenant_post_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_post_person_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_post_person")),
        sa.UniqueConstraint("tenant", "post_id", "staff_id", name=op.f("uq_post_person_tenant_post_id_staff_id")),
    )
    op.create_index(op.f("ix_post_person_tenant_staff_id"), "post_person", ["tenant", "staff_id"], unique=False)
    op.create_table(
        "roster_entry",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.CheckConstraint("role IN ('member', 'leader')", name=op.f("ck_roster_entry_role_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_roster_entry_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "proposal_id"],
            ["roster_proposal.tenant", "roster_proposal.id"],
            name=op.f("fk_roster_entry_tenant_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_roster_entry_tenant_shift_code"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_roster_entry_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_roster_entry")),
        sa.UniqueConstraint(
            "tenant",
            "proposal_id",
            "on_date",
            "shift_code",
            "staff_id",
            name=op.f("uq_roster_entry_tenant_proposal_id_on_date_shift_code_staff_id"),
        ),
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
        "treatment",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("district_code", Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("goal", Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("targets", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("post_ids", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("streets", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("frequency", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("baseline", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("evaluation", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.CheckConstraint("(status = 'evaluated') = (evaluation IS NOT NULL)", name=op.f("ck_treatment_evaluated")),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'running', 'ended', 'evaluated', 'withdrawn')",
            name=op.f("ck_treatment_status_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_treatment_tenant")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_treatment_revision")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_treatment_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "owner_id"], ["staff.tenant", "staff.id"], name=op.f("fk_treatment_tenant_owner_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_treatment")),
        sa.UniqueConstraint(
            "tenant", "district_code", "version", name=op.f("uq_treatment_tenant_district_code_version")
        ),
    )
    op.create_index(
        "uq_treatment_running",
        "treatment",
        ["tenant", "district_code"],
        unique=True,
        postgresql_where=sa.text("status = 'running'"),
    )
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
    op.create_table(
        "treatment_step",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("treatment_id", sa.BigInteger(), nullable=False),
        sa.Column("step", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.Column("note", Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'running', 'ended', 'evaluated', 'withdrawn')",
            name=op.f("ck_treatment_step_status_choice"),
        ),
        sa.CheckConstraint(
            "step IN ('draft', 'revise', 'approve', 'start', 'end', 'evaluate', 'withdraw')",
            name=op.f("ck_treatment_step_step_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_treatment_step_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "treatment_id"],
            ["treatment.tenant", "treatment.id"],
            name=op.f("fk_treatment_step_tenant_treatment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_treatment_step")),
    )
    op.create_index(
        op.f("ix_treatment_step_tenant_treatment_id"), "treatment_step", ["tenant", "treatment_id"], unique=False
    )
    op.create_check_constraint(
        "ck_api_key_known_scopes",
        "api_key",
        "scopes <@ ARRAY['layers:read', 'layers:write', 'plans:read', 'jobs:read', 'tracks:write']::text[]",
    )
    op.create_check_constraint(
        "ck_job_kind_choice",
        "job",
        "kind IN ('import_file', 'plan_shift', 'plan_horizon', 'replan_shift', 'build_dashboards', 'make_forecasts', 'recut_districts', 'adopt_districts', 'plan_sites', 'adopt_sites', 'check_footprints', 'make_study', 'study_returns', 'import_tracks', 'score_tracks', 'propose_roster', 'adopt_roster', 'weigh_staff')",
    )
    op.create_check_constraint(
        "ck_plan_stop_kind_choice",
        "plan_stop",
        "kind IN ('zone', 'pass', 'lamps', 'enforcement', 'post', 'deadline', 'check', 'coverage', 'break')",
    )
    op.create_check_constraint(
        "ck_plan_stop_duty_choice", "plan_stop", "duty IN ('law', 'post', 'deadline', 'pass', 'coverage', 'hotspot')"
    )
