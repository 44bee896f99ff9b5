"""The vector index answers as an exact scan would, through additions, removals, rebuilds and filters."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.encoder.contract import Vectors
from corpus.store import nearest
from corpus.store import vectors as module
from corpus.store.vectors import VectorIndex

DIMENSIONS = 16


def _unit(count: int, seed: int = 1) -> Vectors:
    made = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit.astype(np.float16).astype(np.float32)


def _blocks(vectors: Vectors, first: int = 1, size: int = 500) -> Iterator[tuple[list[int], Vectors]]:
    for at in range(0, len(vectors), size):
        yield list(range(first + at, first + min(at + size, len(vectors)))), vectors[at : at + size]


def _open(folder: Path) -> VectorIndex:
    return VectorIndex(folder, "f", DIMENSIONS)


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(1, 40), max_size=6, unique=True),
            st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), max_size=3),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.lists(st.integers(1, 45), unique=True) | st.none(),
)
@settings(max_examples=60)
def test_it_holds_what_it_was_told_to(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[list[int], list[tuple[int, int]], bool]],
    within: list[int] | None,
) -> None:
    folder = tmp_path_factory.mktemp("vectors")
    known: dict[int, Vectors] = {}
    index = _open(folder)
    made = _unit(41)
    for generation, (added, removed, again) in enumerate(steps, start=1):
        ranges = [(first, first + more) for first, more in removed]
        gone = {i for first, last in ranges for i in range(first, last + 1)}
        known = {i: vector for i, vector in known.items() if i not in gone}
        new = [i for i in added if i not in known]
        known |= {i: made[i] for i in new}
        index.update(ranges, [(new, made[new])] if new else [], generation)
        if again:
            ids = sorted(known)
            index.rebuild([(ids, made[ids])] if ids else [], len(ids), generation)
        if generation % 2:
            index = _open(folder)
    assert index.passage_ids() == set(known)
    query = _unit(1, seed=9)[0]
    allowed = {i: v for i, v in known.items() if within is None or i in within}
    expected = sorted(allowed, key=lambda i: (-float(allowed[i] @ query), i))[:5]
    chosen = None if within is None else np.array(sorted(within), dtype=np.int64)
    assert [i for i, _ in index.search(query, 5, chosen)] == expected


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LISTS_FROM", 1_000)


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("share", [1.0, 0.3, 0.01, 0.0005])
def test_inverted_lists_find_what_an_exact_scan_finds_however_few_may_be_found(tmp_path: Path, share: float) -> None:
    made = _unit(6_000)
    index = _open(tmp_path)
    index.rebuild(_blocks(made), len(made), generation=1)
    allowed = np.sort(np.random.default_rng(3).choice(6_000, round(6_000 * share), replace=False)) + 1
    found = wanted = 0
    for query in _unit(40, seed=5):
        exact = allowed[np.argsort(-(made[allowed - 1] @ query))[:10]]
        hits = index.search(query, 10, None if share == 1.0 else allowed)
        assert {i for i, _ in hits} <= set(allowed.tolist())
        found += len({i for i, _ in hits} & set(exact.tolist()))
        wanted += len(exact)
    assert found / wanted >= (1.0 if share < 0.001 else 0.95)


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("limit", [10, 100, 400])
def test_as_many_of_the_chosen_are_found_as_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    for name, value in {"_PROBED": 4, "_PROBED_SHARE": 0.05, "_FEW": 10, "_SCANNED_SHARE": 0.0}.items():
        monkeypatch.setattr(nearest, name, value)
    made = _unit(6_000)
    index = _open(tmp_path)
    index.rebuild(_blocks(made), len(made), generation=1)
    chosen = np.sort(np.random.default_rng(3).choice(6_000, 500, replace=False)) + 1
    found = 0
    for query in _unit(40, seed=5):
        exact = chosen[np.argsort(-(made[chosen - 1] @ query))[:limit]]
        hits = index.search(query, limit, chosen)
        assert len(hits) == limit
        found += len({i for i, _ in hits} & set(exact.tolist()))
    assert found / (40 * limit) >= 0.85


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("near", [True, False])
def test_lists_are_read_until_enough_of_the_chosen_stand_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, near: bool
) -> None:
    monkeypatch.setattr(nearest, "_PROBED", 4)
    monkeypatch.setattr(nearest, "_PROBED_SHARE", 0.05)
    monkeypatch.setattr(nearest, "_FEW", 10)
    made = np.repeat(_unit(60, seed=2), 100, axis=0) + 0.4 * _unit(6_000)  # sixty topics
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    index = _open(tmp_path)
    index.rebuild(_blocks(made), len(made), generation=1)
    found = 0
    for query in made[np.random.default_rng(7).choice(6_000, 40)]:
        order = np.argsort(-(made @ query))
        chosen = np.sort(order[:600] if near else order[-600:]) + 1  # all stand around the question, or far from it
        exact = chosen[np.argsort(-(made[chosen - 1] @ query))[:10]]
        for _ in range(2):  # what was chosen is remembered
            hits = index.search(query, 10, chosen)
        assert {i for i, _ in hits} <= set(chosen.tolist())
        found += len({i for i, _ in hits} & set(exact.tolist()))
    assert found / 400 >= (0.95 if near else 0.5)  # of what is far none, where lists are read regardless of it


@pytest.mark.usefixtures("lists")
def test_what_is_new_or_gone_shows_before_a_rebuild_and_after_it(tmp_path: Path) -> None:
    made = _unit(3_000)
    index = _open(tmp_path)
    index.rebuild(_blocks(made[:2_000]), 2_000, generation=1)
    index.update([(10, 19)], _blocks(made[2_000:], first=2_001), generation=2)
    for step in range(2):
        assert [i for i, _ in index.search(made[2_500], 1)] == [2_501]
        assert index.search(made[14], 1)[0][0] != 15
        assert len(index.passage_ids()) == 2_990
        assert index.differing([3_000, 5], made[[2_999, 4]]) == 0
        assert index.differing([5, 15], made[[6, 6]]) == 1  # 15 is gone
        if step == 0:
            kept = [at for at in range(3_000) if not 9 <= at <= 18]
            index.rebuild([([at + 1 for at in kept], made[kept])], len(kept), generation=2)
    assert index.passage_ids() == _open(tmp_path).passage_ids()


def test_a_reader_follows_a_writer_and_files_do_not_pile_up(tmp_path: Path) -> None:
    made = _unit(60)
    writer, reader = _open(tmp_path), _open(tmp_path)
    for generation in range(1, 20):
        ids = [3 * generation, 3 * generation + 1]
        writer.update([], [(ids, made[ids])], generation)
        reader.reload()
        assert reader.generation == generation
        assert reader.search(made[3 * generation], 1)[0][0] == 3 * generation
    assert len(list(tmp_path.iterdir())) <= 6  # segments double in size
    ids = sorted(writer.passage_ids())
    writer.rebuild([(ids, made[ids])], len(ids), 19)
    assert len(list(tmp_path.iterdir())) == 2  # one segment and the manifest
    assert reader.search(made[3], 1)[0][0] == 3  # with what it has open
    reader.reload()
    assert len(reader.passage_ids()) == 38


@pytest.mark.usefixtures("lists")
def test_lists_are_read_again_as_they_were_written(tmp_path: Path) -> None:
    made = _unit(3_000)
    index = _open(tmp_path)
    index.rebuild(_blocks(made, first=7), len(made), generation=1)
    again = _open(tmp_path)
    assert again.passage_ids() == index.passage_ids() == set(range(7, 3_007))
    assert again.differing(list(range(7, 3_007)), made) == 0
    for query in _unit(20, seed=8):
        assert again.search(query, 20) == index.search(query, 20)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".bytes", ".faiss", ".json"]
    again.update([(1, 3_100)], _blocks(made[:10]), generation=2)
    assert [i for i, _ in again.search(made[4], 1)] == [5]
    assert ".bytes" not in {path.suffix for path in tmp_path.iterdir()}


@pytest.mark.usefixtures("lists")
def test_fewer_vectors_than_were_told_of_leave_no_others_in_the_lists(tmp_path: Path) -> None:
    made = _unit(2_000)
    index = _open(tmp_path)
    index.rebuild(_blocks(made), 2_500, generation=1)  # some belong to renditions, which are not searched
    assert index.passage_ids() == set(range(1, 2_001))
    assert {i for i, _ in index.search(made[3], 2_500)} <= set(range(1, 2_001))
    assert index.search(made[3], 0) == []


@pytest.mark.usefixtures("lists")
def test_a_blank_vector_is_kept_as_one(tmp_path: Path) -> None:
    made = _unit(2_000)
    made[7] = 0
    index = _open(tmp_path)
    index.rebuild(_blocks(made), len(made), generation=1)
    assert index.differing(list(range(1, 2_001)), made) == 0


@pytest.mark.usefixtures("lists")
def test_lists_that_are_replaced_while_they_are_read_are_not_taken_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import faiss

    made = _unit(3_000)
    writer = _open(tmp_path)
    writer.rebuild(_blocks(made), len(made), generation=1)
    read_index, left = faiss.read_index, [1]

    def replaced(path: str, *flags: int) -> object:
        found = read_index(path, *flags)
        if left:
            left.pop()
            writer.rebuild(_blocks(made), len(made), generation=1)
        return found

    monkeypatch.setattr("faiss.read_index", replaced)
    reader = _open(tmp_path)
    assert not left
    reader.reload()
    assert reader.generation == 1
    assert reader.search(made[5], 20) == writer.search(made[5], 20)


@pytest.mark.usefixtures("lists")
def test_a_name_that_is_given_again_is_read_again(tmp_path: Path) -> None:
    made = _unit(3_000)
    writer = _open(tmp_path)
    writer.rebuild(_blocks(made[:2_900]), 2_900, generation=4)
    writer.update([], _blocks(made[2_900:2_950], first=2_901), generation=5)
    reader = _open(tmp_path)
    for _ in range(2):
        writer.rebuild(_blocks(made[:2_950]), 2_950, generation=5)
    writer.update([], _blocks(made[2_950:], first=2_951), generation=6)
    reader.reload()
    assert reader.passage_ids() == writer.passage_ids() == set(range(1, 3_001))


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("dimensions", [15, 33])
def test_an_odd_number_of_dimensions_is_kept_in_lists_too(tmp_path: Path, dimensions: int) -> None:
    made = np.random.default_rng(2).standard_normal((2_000, dimensions)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    index = VectorIndex(tmp_path, "f", dimensions)
    index.rebuild(_blocks(made), len(made), generation=1)
    assert all(index.search(made[at], 1)[0][0] == at + 1 for at in range(0, 2_000, 40))


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("kind", ["*.faiss", "*.bytes"])
@pytest.mark.parametrize("damage", ["cut", "gone", "head", "other"])
def test_damaged_lists_are_seen_as_an_index_that_is_not_there(tmp_path: Path, kind: str, damage: str) -> None:
    index = _open(tmp_path)
    index.rebuild(_blocks(_unit(2_000)), 2_000, generation=1)
    (file,) = tmp_path.glob(kind)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        wrong = {"cut": data[:-1], "head": b"\xff" * 80 + data[80:], "other": data[:40] + b"\x7f" * 8 + data[48:]}
        file.write_bytes(wrong[damage])
    assert _open(tmp_path).generation == -1


@pytest.mark.parametrize("kind", ["*.json", "*.faiss"])
def test_damage_is_seen_as_an_index_that_is_not_there(tmp_path: Path, kind: str) -> None:
    index = _open(tmp_path)
    index.update([], _blocks(_unit(20)), generation=4)
    (file,) = tmp_path.glob(kind)
    file.write_bytes(b"\0" * 10)
    assert _open(tmp_path).generation == -1


def test_what_a_killed_writer_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "f-1-0.faiss.new").write_bytes(b"half")
    (tmp_path / "f-7-0.faiss").write_bytes(b"a segment that no manifest names")
    index = _open(tmp_path)
    assert index.generation == -1
    index.update([], _blocks(_unit(20)), generation=1)
    assert len(list(tmp_path.iterdir())) == 2
