"""``footprints …``: what was approved against what was seen from above, and the queue of suspicions."""

from __future__ import annotations

import datetime as dt
import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from api.commands.layers import OffsetName
from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.db.engine import Database

footprints_app = typer.Typer(no_args_is_help=True, help="Compare building footprints; the queue of 疑似.")
console = Console(stderr=True)

SURVEY = "示例航飞"
FLOWN = 3
"""Patrol districts that the sample's flight covers."""


class Status(enum.StrEnum):
    """How far a suspicion is."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Verdict(enum.StrEnum):
    """What may be decided."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Both = Annotated[str | None, typer.Option("--crs", help="CRS of both files, as EPSG:4547.")]
BothOffset = Annotated[OffsetName | None, typer.Option("--offset", help="Offset both files are declared to carry.")]
BothEncoding = Annotated[str | None, typer.Option("--encoding", help="Text encoding of both files, as gbk.")]
Tolerance = Annotated[
    float | None, typer.Option(min=0.05, max=20, help="Metres; learned from the unchanged buildings by default.")
]
MinArea = Annotated[float, typer.Option(min=0, max=10_000, help="Smallest addition that is told, m².")]
Flights = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Areas that were flown over; outside nothing is demolished."),
]


@footprints_app.command()
def diff(
    approved: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Approved outlines.")],
    observed: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Observed outlines.")],
    out: Annotated[Path, typer.Argument(help="GeoPackage to write.")],
    flights: Flights = None,
    tolerance: Tolerance = None,
    min_area: MinArea = 6.0,
    crs: Both = None,
    offset: BothOffset = None,
    encoding: BothEncoding = None,
    approved_crs: Annotated[str | None, typer.Option()] = None,
    observed_crs: Annotated[str | None, typer.Option()] = None,
    approved_offset: Annotated[OffsetName | None, typer.Option()] = None,
    observed_offset: Annotated[OffsetName | None, typer.Option()] = None,
    approved_encoding: Annotated[str | None, typer.Option()] = None,
    observed_encoding: Annotated[str | None, typer.Option()] = None,
    approved_key: Annotated[str | None, typer.Option(help="Column that names the approved buildings.")] = None,
    observed_key: Annotated[str | None, typer.Option(help="Column that names the observed outlines.")] = None,
    approved_layer: Annotated[str | None, typer.Option(help="Which layer of the file.")] = None,
    observed_layer: Annotated[str | None, typer.Option(help="Which layer of the file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two files (GeoPackage, Shapefile, GeoJSON, GeoParquet): new, enlarged, demolished, unchanged."""
    from api.cli import language
    from geo.hotspots.footprints.files import diff_files
    from geo.layers.reports import ImportOptions

    def options(
        own_crs: str | None, own_offset: OffsetName | None, own_encoding: str | None, key: str | None, layer: str | None
    ) -> ImportOptions:
        declared = own_offset or offset
        return ImportOptions(
            crs=own_crs or crs,
            offset=declared.value if declared else None,
            encoding=own_encoding or encoding,
            key=key,
            layer=layer,
        )

    with console.status(say("footprints.comparing", language())) as status:
        report = diff_files(
            approved, observed, out,
            approved_options=options(approved_crs, approved_offset, approved_encoding, approved_key, approved_layer),
            observed_options=options(observed_crs, observed_offset, observed_encoding, observed_key, observed_layer),
            flights_path=flights, tolerance_m=tolerance, min_area_m2=min_area, language=language(),
            step=lambda share: status.update(f"{share:.0%}"),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(report.as_json(language()), ensure_ascii=False))
        return
    _print_report(report.as_json(language()))


@footprints_app.command()
def check(
    context: typer.Context,
    observed: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Observed outlines.")],
    survey: Annotated[str | None, typer.Option(help="Name of the look (default: the file's name).")] = None,
    on: Annotated[dt.datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Day of the look.")] = None,
    flights: Flights = None,
    tolerance: Tolerance = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the file, as EPSG:4547.")] = None,
    offset: Annotated[OffsetName | None, typer.Option(help="Offset the file is declared to carry.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Text encoding, as gbk.")] = None,
    key: Annotated[str | None, typer.Option(help="Column that names the outlines.")] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="Which layer of the file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a survey with the county's approved buildings and put what was added into the queue of 疑似."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.hotspots.footprints.actions import check_observed
    from geo.layers.reports import ImportOptions

    settings: Settings = context.obj
    options = ImportOptions(crs=crs, offset=offset.value if offset else None, encoding=encoding, key=key, layer=layer)
    with (
        Database.open(settings) as database,
        console.status(say("footprints.comparing", language())) as status,
    ):
        report = check_observed(
            database, settings.tenant, observed, options=options, flights_path=flights, survey=survey,
            observed_on=on.date() if on else None, tolerance_m=tolerance,
            step=lambda share: status.update(f"{share:.0%}"),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    for cls, count in report.classes.items():
        typer.echo(f"{say(f'footprints.class_{cls}', language())}  {count}")
    typer.echo(say("footprints.checked", language(), **report.as_json()))
    typer.echo(say(f"footprints.looked_{report.looked_at}", language()))


@footprints_app.command("list")
def list_queue(
    context: typer.Context,
    status: Annotated[Status, typer.Option(help="waiting, confirmed or dismissed.")] = Status.WAITING,
    district: Annotated[str | None, typer.Option(help="Code of a 片区.")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List suspicions, the newest first."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.hotspots.footprints.queries import count_by_status, list_suspicions
    from geo.hotspots.footprints.words import sentence

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_suspicions(session, settings.tenant, status=status.value, district=district, before=None, most=most)
        counts = count_by_status(session, settings.tenant)
    if as_json:
        typer.echo(json.dumps({"suspicions": rows, "counts": counts}, ensure_ascii=False, default=str))
        return
    for row in rows:
        place = f"{row['lon']:.5f},{row['lat']:.5f}"
        said = sentence(row["reasons"], language())
        typer.echo(f"{row['id']:>6}  {row['district_code'] or '-':<12}  {place}  {row['confidence']:.2f}  {said}")
    facts = {name.value: counts.get(name.value, 0) for name in Status}
    typer.echo(say("footprints.queue_counts", language(), **facts))


@footprints_app.command()
def decide(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Number of the suspicion.")],
    verdict: Annotated[Verdict, typer.Argument(help="confirmed or dismissed.")],
    reason: Annotated[str | None, typer.Option(help="Needed to dismiss.")] = None,
    actor: Annotated[str, typer.Option(help="Who decides.")] = "cli",
    as_json: AsJson = False,
) -> None:
    """Confirm a suspicion, which enters it into the ledger as 疑似, or dismiss it with a reason."""
    from api.cli import language
    from geo.cases.buildings.adoption import adopt_building
    from geo.db.engine import Database
    from geo.hotspots.footprints.actions import decide_suspicion

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        done = decide_suspicion(session, settings.tenant, number, verdict.value, reason=reason, actor=actor)
        if done["illegal_building"] is not None:
            adopt_building(session, settings.tenant, done["illegal_building"], actor)
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False, default=str))
        return
    typer.echo(say(f"footprints.now_{verdict.value}", language(), id=number, ledger=done["illegal_building"] or "-"))


def _print_report(report: dict[str, object]) -> None:
    from rich.table import Table

    from api.cli import language
    from geo.hotspots.footprints.findings import SIZES

    spoken = language()
    classes: dict[str, dict[str, int]] = report["classes"]  # type: ignore[assignment]
    table = Table()
    for title in (say("footprints.class", spoken), say("footprints.count", spoken), *(f"{size} m²" for size in SIZES)):
        table.add_column(title, justify="left" if not table.columns else "right")
    for cls, counts in classes.items():
        row = [say(f"footprints.class_{cls}", spoken), str(counts["all"]), *(str(counts.get(s, "")) for s in SIZES)]
        table.add_row(*row)
    out = Console()
    out.print(table)
    facts = {name: report[name] for name in ("flagged", "tolerance_m", "pairs_for_registration")}
    typer.echo(say("footprints.compared", spoken, **facts))
    typer.echo(say(f"footprints.looked_{report['looked_at']}", spoken))
    files: dict[str, dict[str, object]] = report["files"]  # type: ignore[assignment]
    for side in files.values():
        if rejected := side["rejected"]:
            count = sum(rejected.values())  # type: ignore[attr-defined]
            typer.echo(say("footprints.rejected", spoken, file=side["file"], count=count, reasons=_listed(rejected)))
        for note in side["notes"]:  # type: ignore[attr-defined]
            typer.echo(f"{side['file']}: {note}")
    if float(report["paired_share"]) < 0.05:  # type: ignore[arg-type]
        typer.echo(say("footprints.hardly_paired", spoken), err=True)


def _listed(reasons: object) -> str:
    """Reason codes with their counts, as ``invalid 3, no_geometry 1``."""
    assert isinstance(reasons, dict)
    return ", ".join(f"{code.removeprefix('reject.')} {count}" for code, count in reasons.items())


def ensure_suspicions(database: Database, settings: Settings) -> int:
    """Have a made-up survey of the sample county in the queue; how many suspicions were added, 0 if it was there."""
    from geo.db.counties import get_county
    from geo.db.counts import count_of

    tenant = settings.tenant
    with database.begin(tenant) as session:
        if count_of(session, tenant, "suspicion") or not count_of(session, tenant, "building"):
            return 0
    import geopandas
    import numpy as np
    import shapely

    from data.county.survey import make_survey
    from geo.crs import to_metric
    from geo.hotspots.footprints.actions import check_layer, decide_suspicion
    from geo.hotspots.footprints.layers import layer_of
    from geo.hotspots.footprints.queries import list_suspicions, load_approved, load_ledger
    from geo.layers.actions import save_frame
    from geo.layers.queries import load_features

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        buildings, ledger = load_approved(session), load_ledger(session)
        districts = load_features(session, "patrol_district", columns=("code",)).sort_values("code")
    on = county.today() - dt.timedelta(days=2)
    srid = county.metric_srid
    flown = shapely.convex_hull(to_metric(districts, srid).geometry.iloc[:FLOWN].union_all())
    survey = make_survey(to_metric(buildings, srid), to_metric(ledger, srid), flown)
    facts = {"name": [SURVEY], "survey": [SURVEY], "flown_on": [on], "source_key": [SURVEY]}
    save_frame(database, tenant, "flight", geopandas.GeoDataFrame(facts, geometry=[flown], crs=srid), "sample")
    outlines = np.asarray(survey.observed.geometry.array, object)
    layer = layer_of(SURVEY, outlines, str(srid), survey.observed["source_key"].tolist())
    report = check_layer(database, tenant, layer, SURVEY, observed_on=on)
    with database.begin(tenant) as session:
        rows = list_suspicions(session, tenant, status="waiting", district=None, before=None, most=1)
        for row in rows:
            decide_suspicion(
                session, tenant, row["id"], "dismissed", reason=say("footprints.sample_reason"), actor="demo"
            )
    return report.added


def mount(app: typer.Typer) -> None:
    """Add ``footprints``."""
    app.add_typer(footprints_app, name="footprints")
