"""Files as they come in piece by piece: names, limits, forms cut anywhere, forms that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.jobs import staging
from api.jobs.names import clean_name
from api.jobs.queue import new_id
from api.jobs.receiving import Limits, Receiving
from corpus.errors import QueryError
from tests.api.sending import Sent, staged


def form(sent: Sent, boundary: bytes = b"ranh") -> bytes:
    head = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\n'
    parts = [head % (boundary, name.encode()) + data + b"\r\n" for name, data in sent]
    return b"".join(parts) + b"--" + boundary + b"--\r\n"


def test_limits_are_told_file_by_file(tmp_path: Path) -> None:
    limits = Limits(file=1000, request=2500, files=4)
    sent = [
        ("lớn.md", b"x" * 1001),
        ("một.md", b"a" * 900),
        ("hai.md", b"b" * 900),
        ("ba.md", b"c" * 900),
        ("bốn.md", b"d" * 10),
        ("năm.md", b"e" * 10),
    ]
    receiving = Receiving(tmp_path, "j1", b"ranh", limits, lambda _: None)
    receiving.feed(form(sent))
    files = receiving.finish()
    assert [(file.name, file.state, file.reason and file.reason.code) for file in files] == [
        ("lớn.md", "refused", "upload-file-size"),
        ("một.md", "staged", None),
        ("hai.md", "refused", "upload-size"),
        ("ba.md", "refused", "upload-size"),
        ("bốn.md", "refused", "upload-count"),
    ]
    assert files[-1].reason is not None
    assert "2 tệp" in files[-1].reason.vi
    assert {path.read_bytes() for path in staged(tmp_path)} == {b"a" * 900}


@given(data=st.lists(st.binary(max_size=60), min_size=1, max_size=4), cuts=st.lists(st.integers(1, 40), min_size=1))
def test_a_form_is_read_the_same_however_it_is_cut(
    data: list[bytes], cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive, job = tmp_path_factory.mktemp("kho"), new_id()
    sent = [(f"tệp {at}.txt", each) for at, each in enumerate(data)]
    if any(b"\r\n--ranh" in each for _, each in sent):
        return
    body = form(sent)
    receiving, at = Receiving(archive, job, b"ranh", Limits(1000), lambda _: None), 0
    for size in cuts * (len(body) // sum(cuts) + 1):
        receiving.feed(body[at : at + size])
        at += size
    files = receiving.finish()
    assert [(file.name, file.size) for file in files] == [(name, len(each)) for name, each in sent]
    for file, (_, each) in zip(files, sent, strict=True):
        path = staging.staged_path(archive, job, file.ordinal, file.name)
        assert path.is_file() == (file.state == "staged")
        if path.is_file():
            assert path.read_bytes() == each
    shutil.rmtree(archive)


@given(data=st.binary(max_size=400))
def test_a_form_that_is_none_is_refused_and_leaves_nothing(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = tmp_path_factory.mktemp("kho")
    receiving = Receiving(archive, "j1", b"ranh", Limits(1000), lambda _: None)
    with pytest.raises(QueryError):
        receiving.feed(b'--ranh\r\nContent-Disposition: form-data; name="f"; filename="a.md"\r\n\r\nx\r\n')
        receiving.feed(data.replace(b"--ranh--", b""))
        receiving.finish()
    receiving.abort()
    assert staged(archive) == []
    shutil.rmtree(archive)


@given(st.text(max_size=400) | st.just("x" * 10_000))
def test_a_name_is_one_visible_part_of_a_path(name: str) -> None:
    clean = clean_name(name)
    assert Path(clean).name == clean
    assert clean not in ("", ".", "..")
    assert not clean.startswith((".", "~$"))
    assert clean.isprintable()
    assert len(clean.encode()) <= 200
    assert clean_name(clean) == clean


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("Kế hoạch số 5.docx", "Kế hoạch số 5.docx"),
        ("thư mục/con/tệp.pdf", "tệp.pdf"),
        ("C:\\Tài liệu\\tệp.pdf", "tệp.pdf"),
        ("..", "tệp"),
        (".ẩn.pdf", "ẩn.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("a\0b\nc.pdf", "a b c.pdf"),
    ],
)
def test_names_stay_what_people_know_them_by(given_name: str, clean: str) -> None:
    assert clean_name(given_name) == clean
