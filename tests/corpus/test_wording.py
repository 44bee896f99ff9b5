"""What passages say is cut out of texts of any letters, wherever they stand, and follows what is indexed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from corpus.store import schema, wording
from corpus.store.archive import Archive
from corpus.store.wording import Wordings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Copied


@pytest.fixture(scope="module")
def archive(copied: Copied, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = Archive.open(copied(tmp_path_factory.mktemp("wording") / "archive"))
    archive.refresh()
    yield archive
    archive.close()


def counted_by_sqlite(archive: Archive) -> dict[int, str]:
    passages, documents = schema.passages.c, schema.documents.c
    text = func.substr(documents.text, passages.start + 1, passages.end - passages.start)
    with archive.reading() as connection:
        return dict(map(tuple, connection.execute(select(passages.id, text).join(schema.documents))))


@pytest.mark.parametrize("step", [1, 7, 100, 2_048])
def test_passages_say_what_their_documents_say_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(wording, "_STEP", step)
    monkeypatch.setattr(wording, "_MOST", 3)
    expected = counted_by_sqlite(archive)
    wordings = Wordings()
    with archive.reading() as connection:
        for _ in range(2):
            assert wordings.of(connection, expected) == expected
        assert wordings.of(connection, [max(expected) + 1]) == {}
        assert wordings.of(connection, []) == {}
    assert len(wordings._known) <= 3


@given(
    text=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60),
    first=st.integers(0, 59),
    size=st.integers(0, 60),
    step=st.integers(1, 9),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_letters_are_cut_where_they_stand(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, text: str, first: int, size: int, step: int
) -> None:
    monkeypatch.setattr(wording, "_STEP", step)
    first %= len(text)
    last = min(len(text), first + size)
    with archive.reading() as connection, connection.begin() as changed:
        passage, document = next(iter(connection.execute(select(schema.passages.c.id, schema.passages.c.document_id))))
        connection.execute(schema.documents.update().where(schema.documents.c.id == document).values(text=text))
        moved = schema.passages.update().where(schema.passages.c.id == passage).values(start=first, end=last)
        connection.execute(moved)
        assert Wordings().of(connection, [passage]) == {passage: text[first:last]}
        changed.rollback()
