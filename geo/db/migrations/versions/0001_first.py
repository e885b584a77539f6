# ruff: noqa: E501
"""The first schema: organisation, registers, plans, accounts, jobs, change log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from geo.db.migrations.job_queue import create_job_queue

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, then the job queue."""
    op.create_table(
        "admin_area",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=True),
        sa.Column("name", Text(), nullable=False),
        sa.Column("level", Text(), nullable=False),
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
        sa.CheckConstraint("level IN ('county', 'town', 'village')", name=op.f("ck_admin_area_level_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_admin_area_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_admin_area_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_admin_area")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_admin_area_tenant_source_source_key")),
    )
    op.create_index("ix_admin_area_geom", "admin_area", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_admin_area_geom_3857", "admin_area", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "api_key",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("prefix", Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "scopes <@ ARRAY['layers:read', 'layers:write', 'plans:read', 'jobs:read']::text[]",
            name=op.f("ck_api_key_known_scopes"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_api_key_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_api_key_tenant_name")),
        sa.UniqueConstraint("tenant", "prefix", name=op.f("uq_api_key_tenant_prefix")),
    )
    op.create_table(
        "building",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=True),
        sa.Column("levels", sa.SmallInteger(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
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
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_building_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_building_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_building")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_building_tenant_source_source_key")),
    )
    op.create_index("ix_building_geom", "building", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_building_geom_3857", "building", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "change",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("layer", Text(), nullable=True),
        sa.Column("feature_ids", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("box", Geometry("POLYGON", srid=4490, spatial_index=False), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("actor", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_change_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_change")),
        sa.UniqueConstraint("tenant", "seq", name=op.f("uq_change_tenant_seq")),
        sa.UniqueConstraint("tenant", "uid", name=op.f("uq_change_tenant_uid")),
    )
    op.create_index(
        "ix_change_waiting", "change", ["tenant", "id"], unique=False, postgresql_where=sa.text("seq IS NULL")
    )
    op.create_table(
        "county",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("metric_srid", sa.Integer(), nullable=False),
        sa.Column("time_zone", Text(), server_default=sa.text("'Asia/Shanghai'"), nullable=False),
        sa.Column("calendar", Text(), server_default=sa.text("'cn'"), nullable=False),
        sa.Column("extent", Geometry("POLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_county_tenant")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_county")),
    )
    op.create_table(
        "event",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("code_system", Text(), server_default=sa.text("'local'"), nullable=False),
        sa.Column("origin", Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("unit", Text(), server_default=sa.text("'次'"), nullable=False),
        sa.Column("duplicate_of", Text(), nullable=True),
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
            "origin IN ('complaint', 'patrol', 'camera', 'transfer', 'unknown')", name=op.f("ck_event_origin_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_event_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_event_latitude")),
        sa.CheckConstraint("closed_at IS NULL OR closed_at >= occurred_at", name=op.f("ck_event_closed")),
        sa.PrimaryKeyConstraint("tenant", "id", "received_at", name=op.f("pk_event")),
    )
    op.create_index("ix_event_geom", "event", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_event_geom_3857", "event", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_event_tenant_id"), "event", ["tenant", "id"], unique=False)
    op.create_index(op.f("ix_event_tenant_occurred_at"), "event", ["tenant", "occurred_at"], unique=False)
    op.create_table(
        "hotspot_zone",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("opening", Text(), nullable=True),
        sa.Column("weight", sa.Double(), server_default=sa.text("1"), nullable=False),
        sa.Column("service_min", sa.SmallInteger(), server_default=sa.text("12"), nullable=False),
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
            "kind IN ('school', 'hospital', 'market', 'construction', 'transit', 'estate', 'night_market')",
            name=op.f("ck_hotspot_zone_kind_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_hotspot_zone_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_hotspot_zone_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_hotspot_zone")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_hotspot_zone_tenant_source_source_key")),
    )
    op.create_index("ix_hotspot_zone_geom", "hotspot_zone", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_hotspot_zone_geom_3857", "hotspot_zone", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "illegal_building",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=True),
        sa.Column("status", Text(), nullable=False),
        sa.Column("status_since_on", sa.Date(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("category", Text(), nullable=True),
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
            "status IN ('suspected', 'verified', 'stopped', 'ordered', 'demolished', 'confiscated', 'regularised', 'dismissed')",
            name=op.f("ck_illegal_building_status_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_illegal_building_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_illegal_building_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_illegal_building")),
        sa.UniqueConstraint(
            "tenant", "source", "source_key", name=op.f("uq_illegal_building_tenant_source_source_key")
        ),
    )
    op.create_index("ix_illegal_building_geom", "illegal_building", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_illegal_building_geom_3857", "illegal_building", ["geom_3857"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "import_run",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("file_name", Text(), nullable=False),
        sa.Column("file_sha256", Text(), nullable=False),
        sa.Column("options_sha256", Text(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed', 'cancelled')", name=op.f("ck_import_run_state")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_import_run_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_import_run")),
        sa.UniqueConstraint(
            "tenant",
            "layer",
            "source",
            "file_sha256",
            "options_sha256",
            name=op.f("uq_import_run_tenant_layer_source_file_sha256_options_sha256"),
        ),
    )
    op.create_table(
        "job",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("state", Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("progress", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("cancel_asked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("asked_by", Text(), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('import_file', 'plan_shift', 'build_dashboards')", name=op.f("ck_job_kind_choice")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_job_tenant")),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_job_progress")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_tenant_state_id"), "job", ["tenant", "state", "id"], unique=False)
    op.create_table(
        "landuse",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
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
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_landuse_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_landuse_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_landuse")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_landuse_tenant_source_source_key")),
    )
    op.create_index("ix_landuse_geom", "landuse", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_landuse_geom_3857", "landuse", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "layer_count",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("visibility", Text(), server_default=sa.text("'all'"), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_layer_count_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_layer_count")),
    )
    op.create_index(
        op.f("ix_layer_count_tenant_layer_visibility"), "layer_count", ["tenant", "layer", "visibility"], unique=False
    )
    op.create_table(
        "org_unit",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True),
        sa.CheckConstraint("kind IN ('bureau', 'brigade', 'squadron', 'town')", name=op.f("ck_org_unit_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_org_unit_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "parent_id"], ["org_unit.tenant", "org_unit.id"], name=op.f("fk_org_unit_tenant_parent_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_org_unit")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_org_unit_tenant_code")),
    )
    op.create_table(
        "receipt",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_receipt_tenant")),
        sa.PrimaryKeyConstraint("tenant", "uid", name=op.f("pk_receipt")),
    )
    op.create_table(
        "responsibility_grid",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
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
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_responsibility_grid_tenant")),
        sa.CheckConstraint(
            "ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_responsibility_grid_latitude")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_responsibility_grid")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_responsibility_grid_tenant_code")),
        sa.UniqueConstraint(
            "tenant", "source", "source_key", name=op.f("uq_responsibility_grid_tenant_source_source_key")
        ),
    )
    op.create_index(
        "ix_responsibility_grid_geom", "responsibility_grid", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_responsibility_grid_geom_3857", "responsibility_grid", ["geom_3857"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "road",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("road_class", Text(), nullable=False),
        sa.Column("tier", Text(), nullable=False),
        sa.Column("oneway", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("foot", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("ebike", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("car", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("speed_kmh", sa.Double(), nullable=True),
        sa.Column("owner_district", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("LINESTRING", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("LINESTRING", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_road_tenant")),
        sa.CheckConstraint("tier IN ('main', 'secondary', 'branch', 'lane')", name=op.f("ck_road_tier_choice")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_road_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_road")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_road_tenant_source_source_key")),
    )
    op.create_index("ix_road_geom", "road", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_road_geom_3857", "road", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "shift_kind",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_shift_kind_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_shift_kind")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_shift_kind_tenant_code")),
    )
    op.create_table(
        "streetlight",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=True),
        sa.Column("status", Text(), server_default=sa.text("'on'"), nullable=False),
        sa.Column("status_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("circuit", Text(), nullable=True),
        sa.Column("power_w", sa.Double(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
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
        sa.CheckConstraint("status IN ('on', 'fault', 'off_by_plan')", name=op.f("ck_streetlight_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_streetlight_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_streetlight_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_streetlight")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_streetlight_tenant_source_source_key")),
    )
    op.create_index("ix_streetlight_geom", "streetlight", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_streetlight_geom_3857", "streetlight", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "unit_grid",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("grid_code", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
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
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_unit_grid_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_unit_grid_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_unit_grid")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_unit_grid_tenant_code")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_unit_grid_tenant_source_source_key")),
    )
    op.create_index("ix_unit_grid_geom", "unit_grid", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_unit_grid_geom_3857", "unit_grid", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_unit_grid_tenant_grid_code"), "unit_grid", ["tenant", "grid_code"], unique=False)
    op.create_table(
        "vendor_point",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("goods", Text(), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=True),
        sa.Column("opening", Text(), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
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
            "GeometryType(geom) IN ('POINT', 'MULTIPOLYGON')", name=op.f("ck_vendor_point_geometry_type")
        ),
        sa.CheckConstraint(
            "kind IN ('regulated', 'seasonal_market', 'hawker_spot')", name=op.f("ck_vendor_point_kind_choice")
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_vendor_point_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_vendor_point_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_vendor_point")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_vendor_point_tenant_source_source_key")),
    )
    op.create_index("ix_vendor_point_geom", "vendor_point", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_vendor_point_geom_3857", "vendor_point", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "water",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=True),
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
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_water_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_water_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_water")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_water_tenant_source_source_key")),
    )
    op.create_index("ix_water_geom", "water", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_water_geom_3857", "water", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "waterway",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", Text(), nullable=True),
        sa.Column("kind", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("source_key", Text(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("geom", Geometry("LINESTRING", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_3857",
            Geometry("LINESTRING", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_waterway_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_waterway_latitude")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_waterway")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_waterway_tenant_source_source_key")),
    )
    op.create_index("ix_waterway_geom", "waterway", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_waterway_geom_3857", "waterway", ["geom_3857"], unique=False, postgresql_using="gist")
    op.create_table(
        "account",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", Text(), nullable=False),
        sa.Column("password_hash", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("login ~ '^[a-z0-9][a-z0-9._-]{1,63}$'", name=op.f("ck_account_login")),
        sa.CheckConstraint(
            "role IN ('planner', 'leader', 'officer', 'auxiliary', 'desk', 'administrator')",
            name=op.f("ck_account_role_choice"),
        ),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_account_tenant")),
        sa.CheckConstraint("failed_attempts >= 0", name=op.f("ck_account_failed_attempts")),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"], name=op.f("fk_account_tenant_org_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("tenant", "login", name=op.f("uq_account_tenant_login")),
    )
    op.create_table(
        "import_reject",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("field", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_import_reject_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "run_id"],
            ["import_run.tenant", "import_run.id"],
            name=op.f("fk_import_reject_tenant_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_import_reject")),
    )
    op.create_index(
        op.f("ix_import_reject_tenant_run_id_row"), "import_reject", ["tenant", "run_id", "row"], unique=False
    )
    op.create_table(
        "patrol_district",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("goal", Text(), nullable=True),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_patrol_district_tenant")),
        sa.CheckConstraint("ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85", name=op.f("ck_patrol_district_latitude")),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"],
            ["org_unit.tenant", "org_unit.id"],
            name=op.f("fk_patrol_district_tenant_org_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_patrol_district")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_patrol_district_tenant_code")),
        sa.UniqueConstraint("tenant", "source", "source_key", name=op.f("uq_patrol_district_tenant_source_source_key")),
    )
    op.create_index("ix_patrol_district_geom", "patrol_district", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_patrol_district_geom_3857", "patrol_district", ["geom_3857"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "road_regime",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("road_id", sa.BigInteger(), nullable=False),
        sa.Column("regime", Text(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("set_by", Text(), nullable=False),
        sa.CheckConstraint("regime IN ('strict', 'controlled', 'standard')", name=op.f("ck_road_regime_regime_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_road_regime_tenant")),
        sa.CheckConstraint("valid_to_on IS NULL OR valid_to_on > valid_from_on", name=op.f("ck_road_regime_dates")),
        sa.ForeignKeyConstraint(
            ["tenant", "road_id"],
            ["road.tenant", "road.id"],
            name=op.f("fk_road_regime_tenant_road_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_road_regime")),
    )
    op.create_index(
        op.f("ix_road_regime_tenant_road_id_valid_from_on"),
        "road_regime",
        ["tenant", "road_id", "valid_from_on"],
        unique=True,
    )
    op.create_table(
        "shift_plan",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("input_digest", Text(), nullable=False),
        sa.Column("weight_served", sa.Double(), nullable=False),
        sa.Column("weight_total", sa.Double(), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'draft') = (published_at IS NULL)", name=op.f("ck_shift_plan_published")),
        sa.CheckConstraint("status IN ('draft', 'published', 'superseded')", name=op.f("ck_shift_plan_status_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_shift_plan_tenant")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_plan_times")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"],
            ["shift_kind.tenant", "shift_kind.code"],
            name=op.f("fk_shift_plan_tenant_shift_code"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_shift_plan")),
        sa.UniqueConstraint(
            "tenant", "on_date", "shift_code", "version", name=op.f("uq_shift_plan_tenant_on_date_shift_code_version")
        ),
    )
    op.create_index(op.f("ix_shift_plan_tenant_starts_at"), "shift_plan", ["tenant", "starts_at"], unique=False)
    op.create_table(
        "staff",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_no", Text(), nullable=True),
        sa.Column("licence_from_on", sa.Date(), nullable=True),
        sa.Column("licence_to_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("kind IN ('regular', 'auxiliary')", name=op.f("ck_staff_kind_choice")),
        sa.CheckConstraint("licence_no IS NULL OR kind = 'regular'", name=op.f("ck_staff_auxiliary_without_licence")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_staff_tenant")),
        sa.CheckConstraint("(licence_no IS NULL) = (licence_to_on IS NULL)", name=op.f("ck_staff_licence_has_expiry")),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"], name=op.f("fk_staff_tenant_org_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_staff")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_staff_tenant_code")),
    )
    op.create_index(op.f("ix_staff_tenant_org_unit_id"), "staff", ["tenant", "org_unit_id"], unique=False)
    op.create_table(
        "vehicle",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("seats", sa.SmallInteger(), nullable=False),
        sa.Column("org_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("kind IN ('car', 'ebike')", name=op.f("ck_vehicle_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_vehicle_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"], name=op.f("fk_vehicle_tenant_org_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_vehicle_tenant_code")),
    )
    op.create_table(
        "duty",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("shift_code", Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.CheckConstraint("role IN ('member', 'leader')", name=op.f("ck_duty_role_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_duty_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"], name=op.f("fk_duty_tenant_shift_code")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_duty_tenant_staff_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_duty")),
        sa.UniqueConstraint(
            "tenant", "on_date", "shift_code", "staff_id", name=op.f("uq_duty_tenant_on_date_shift_code_staff_id")
        ),
    )
    op.create_table(
        "login_session",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf", Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_login_session_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "account_id"],
            ["account.tenant", "account.id"],
            name=op.f("fk_login_session_tenant_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("tenant", "token_hash", name=op.f("uq_login_session_tenant_token_hash")),
    )
    op.create_index(op.f("ix_login_session_tenant_account_id"), "login_session", ["tenant", "account_id"], unique=False)
    op.create_index(op.f("ix_login_session_tenant_expires_at"), "login_session", ["tenant", "expires_at"], unique=False)
    op.create_table(
        "plan_team",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("mode", Text(), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column(
            "district_codes", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("licences", sa.SmallInteger(), nullable=False),
        sa.Column("color_index", sa.SmallInteger(), nullable=False),
        sa.Column("start", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('roaming', 'local')", name=op.f("ck_plan_team_kind_choice")),
        sa.CheckConstraint("mode IN ('foot', 'ebike', 'car')", name=op.f("ck_plan_team_mode_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_plan_team_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["shift_plan.tenant", "shift_plan.id"],
            name=op.f("fk_plan_team_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_plan_team")),
        sa.UniqueConstraint("tenant", "plan_id", "code", name=op.f("uq_plan_team_tenant_plan_id_code")),
    )
    op.create_table(
        "plan_leg",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("geom", Geometry("LINESTRING", srid=4490, spatial_index=False), nullable=True),
        sa.CheckConstraint("kind IN ('travel', 'pass')", name=op.f("ck_plan_leg_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_plan_leg_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["shift_plan.tenant", "shift_plan.id"],
            name=op.f("fk_plan_leg_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "team_id"],
            ["plan_team.tenant", "plan_team.id"],
            name=op.f("fk_plan_leg_tenant_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_plan_leg")),
        sa.UniqueConstraint("tenant", "team_id", "seq", name=op.f("uq_plan_leg_tenant_team_id_seq")),
    )
    op.create_table(
        "plan_member",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_plan_member_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["shift_plan.tenant", "shift_plan.id"],
            name=op.f("fk_plan_member_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"], ["staff.tenant", "staff.id"], name=op.f("fk_plan_member_tenant_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "team_id"],
            ["plan_team.tenant", "plan_team.id"],
            name=op.f("fk_plan_member_tenant_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_plan_member")),
        sa.UniqueConstraint("tenant", "plan_id", "staff_id", name=op.f("uq_plan_member_tenant_plan_id_staff_id")),
    )
    op.create_index(op.f("ix_plan_member_tenant_team_id"), "plan_member", ["tenant", "team_id"], unique=False)
    op.create_table(
        "plan_stop",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.SmallInteger(), nullable=True),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("layer", Text(), nullable=False),
        sa.Column("feature_ids", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("licences_needed", sa.SmallInteger(), nullable=False),
        sa.Column("service_s", sa.Integer(), nullable=False),
        sa.Column("window_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leave_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_code", Text(), nullable=True),
        sa.Column("reason_facts", postgresql.JSONB(astext_type=Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("kind IN ('zone', 'pass', 'lamps', 'enforcement')", name=op.f("ck_plan_stop_kind_choice")),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_plan_stop_tenant")),
        sa.CheckConstraint(
            "(team_id IS NULL) = (arrive_at IS NULL AND leave_at IS NULL AND seq IS NULL)",
            name=op.f("ck_plan_stop_timed"),
        ),
        sa.CheckConstraint("(team_id IS NULL) = (reason_code IS NOT NULL)", name=op.f("ck_plan_stop_served_or_reason")),
        sa.CheckConstraint("leave_at >= arrive_at", name=op.f("ck_plan_stop_times")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["shift_plan.tenant", "shift_plan.id"],
            name=op.f("fk_plan_stop_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "team_id"],
            ["plan_team.tenant", "plan_team.id"],
            name=op.f("fk_plan_stop_tenant_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_plan_stop")),
        sa.UniqueConstraint("tenant", "plan_id", "key", name=op.f("uq_plan_stop_tenant_plan_id_key")),
        sa.UniqueConstraint("tenant", "team_id", "seq", name=op.f("uq_plan_stop_tenant_team_id_seq")),
    )
    op.create_table(
        "plan_vehicle",
        sa.Column("tenant", Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{6}$'", name=op.f("ck_plan_vehicle_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "plan_id"],
            ["shift_plan.tenant", "shift_plan.id"],
            name=op.f("fk_plan_vehicle_tenant_plan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "team_id"],
            ["plan_team.tenant", "plan_team.id"],
            name=op.f("fk_plan_vehicle_tenant_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "vehicle_id"], ["vehicle.tenant", "vehicle.id"], name=op.f("fk_plan_vehicle_tenant_vehicle_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_plan_vehicle")),
        sa.UniqueConstraint("tenant", "plan_id", "vehicle_id", name=op.f("uq_plan_vehicle_tenant_plan_id_vehicle_id")),
    )
    op.create_index(op.f("ix_plan_vehicle_tenant_team_id"), "plan_vehicle", ["tenant", "team_id"], unique=False)
    create_job_queue()
