"""Changes are numbered once, in one chain per county, whatever happens around the sequencer."""

from __future__ import annotations

import json
import threading

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from geo.db import sequencer
from geo.db.changes import write_change
from geo.db.counts import count_of, count_step
from geo.db.errors import ChainBroken, DatabaseAway
from geo.db.sequencer import chain_heads, sequence_changes, verify_chain


def sequence_all(database):
    """Run the sequencer until nothing waits (a test running beside may hold it for a moment)."""
    while True:
        sequence_changes(database)
        with database.begin_as_owner() as session:
            if not session.execute(text("SELECT EXISTS (SELECT FROM change WHERE seq IS NULL)")).scalar():
                return


def write(database, tenant, number, **more):
    for one in range(number):
        with database.begin(tenant) as session:
            write_change(session, tenant, "test.happened", facts={"one": one}, **more)


def test_every_committed_change_gets_the_next_number_and_a_rolled_back_one_none(database, county):
    write(database, county, 3)
    with pytest.raises(RuntimeError), database.begin(county) as session:
        write_change(session, county, "test.undone")
        raise RuntimeError
    sequence_all(database)
    with database.begin(county) as session:
        rows = session.execute(text("SELECT seq, kind FROM change WHERE tenant = :t ORDER BY seq"), {"t": county}).all()
        assert [tuple(row) for row in rows] == [
            (1, "county.created"), (2, "test.happened"), (3, "test.happened"), (4, "test.happened"),
        ]  # fmt: skip
        assert verify_chain(session, county).seq == 4


def test_a_change_committed_late_comes_after_those_committed_before_it(database, county):
    with database.begin(county) as slow:
        write_change(slow, county, "test.slow")
        write(database, county, 2)
        sequence_all_but_open(database)
    sequence_all(database)
    with database.begin(county) as session:
        last = session.execute(
            text("SELECT kind FROM change WHERE tenant = :t ORDER BY seq DESC LIMIT 1"), {"t": county}
        ).scalar()
        assert last == "test.slow"
        verify_chain(session, county)


def sequence_all_but_open(database):
    while sequence_changes(database):
        pass


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        ("UPDATE change SET facts = '{\"one\": 99}' WHERE tenant = :t AND seq = 3", "chain.altered"),
        ("UPDATE change SET actor = 'somebody' WHERE tenant = :t AND seq = 2", "chain.altered"),
        (
            "UPDATE change SET made_at = made_at - interval '1 microsecond' WHERE tenant = :t AND seq = 4",
            "chain.altered",
        ),
        ("UPDATE change SET box = NULL WHERE tenant = :t AND seq = 4", "chain.altered"),
        ("DELETE FROM change WHERE tenant = :t AND seq = 3", "chain.missing"),
        ("DELETE FROM change WHERE tenant = :t AND seq = 1", "chain.missing"),
        ("DELETE FROM change WHERE tenant = :t AND seq >= 4", "chain.cut"),
    ],
)
def test_tampering_is_found(database, county, tamper, code):
    write(database, county, 4, layer="road", feature_ids=[1, 2], box=(118.0, 28.0, 118.1, 28.1))
    sequence_all(database)
    kept = next(head for head in chain_heads(database) if head.tenant == county)
    with database.begin(county) as session:
        assert verify_chain(session, county, anchor=kept) == kept
    with database.begin_as_owner() as session:
        session.execute(text(tamper), {"t": county})
    with database.begin(county) as session, pytest.raises(ChainBroken) as found:
        verify_chain(session, county, anchor=kept)
    assert found.value.code == code


def test_a_rewritten_chain_differs_from_the_head_that_was_kept(database, county):
    write(database, county, 3)
    sequence_all(database)
    kept = next(head for head in chain_heads(database) if head.tenant == county)
    with database.begin_as_owner() as session:
        session.execute(text("UPDATE change SET kind = 'test.forged' WHERE tenant = :t AND seq = 2"), {"t": county})
        session.execute(
            text("UPDATE change SET seq = NULL, hash = NULL, previous_hash = NULL WHERE tenant = :t"), {"t": county}
        )
    sequence_all(database)
    with database.begin(county) as session:
        assert verify_chain(session, county).seq == kept.seq
        with pytest.raises(ChainBroken) as found:
            verify_chain(session, county, anchor=kept)
    assert found.value.code == "chain.rewritten"


def test_concurrent_writers_and_sequencers_make_one_chain(database, make_county):
    counties = [make_county(), make_county()]
    done = threading.Event()
    failed = []

    def keep_sequencing():
        try:
            while not done.is_set():
                sequence_changes(database)
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    writers = [threading.Thread(target=write, args=(database, code, 40)) for code in counties * 2]
    sequencers = [threading.Thread(target=keep_sequencing) for _ in range(3)]
    for thread in (*writers, *sequencers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sequencers:
        thread.join()
    assert not failed
    sequence_all(database)
    for code in counties:
        with database.begin(code) as session:
            assert verify_chain(session, code).seq == 81


def test_a_sequencer_killed_before_its_commit_leaves_no_half_batch(database, county, monkeypatch):
    write(database, county, 5)
    # The batch is linked when its own connection is killed in the middle of the announcement.
    suicide = text("SELECT pg_terminate_backend(pg_backend_pid()), :channel, :payload")
    with monkeypatch.context() as patched:
        patched.setattr(sequencer, "NOTIFY", suicide)
        with pytest.raises(DatabaseAway):
            sequence_changes(database)
    with database.begin(county) as session:
        assert session.execute(text("SELECT count(seq) FROM change WHERE tenant = :t"), {"t": county}).scalar() == 0
    sequence_all(database)
    with database.begin(county) as session:
        assert verify_chain(session, county).seq == 6


def test_listeners_hear_from_which_number_to_which(database, county):
    with psycopg.connect(database.dsn("app"), autocommit=True) as connection:
        connection.execute("LISTEN pianqu_change")
        write(database, county, 2)
        sequence_all(database)
        heard = [json.loads(notice.payload) for notice in connection.notifies(timeout=1.0)]
    mine = [notice for notice in heard if notice["tenant"] == county]
    assert mine[0]["seq_from"] == 1
    assert mine[-1]["seq_to"] == 3


@hypothesis_settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(-1000, 1000), min_size=1, max_size=120))
def test_folding_keeps_the_count_for_any_steps(database, make_county, steps):
    county = make_county()
    with database.begin(county) as session:
        for step in steps:
            count_step(session, county, "road", step)
    sequence_changes(database)
    with database.begin(county) as session:
        assert count_of(session, county, "road") == sum(steps)
        rows = session.execute(text("SELECT count(*) FROM layer_count WHERE tenant = :t"), {"t": county}).scalar()
    assert rows <= max(sequencer.FOLD_FROM, 1)
