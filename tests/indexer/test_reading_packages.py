"""ZIP packages: what comes out, under which name, and what is refused while the rest goes on."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from indexer.reading import packages
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.packages import Member, is_package, members

PLAN = "Kế hoạch cải cách hành chính".encode()


def package(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return out.getvalue()


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """A package with a name in the bytes of another code page; nothing says which, as old programs leave it."""
    assert len(old) == len(new)
    assert data.count(old) == 2
    return data.replace(old, new)


def taken(data: bytes, options: ReadingOptions = DEFAULTS) -> dict[str, bytes | str]:
    """Content of each member by name, or the code of its refusal."""
    found = [(item.name, item.data) if isinstance(item, Member) else (item[0], item[1].code)
             for item in members(data, options)]  # fmt: skip
    assert len(dict(found)) == len(found)
    return dict(found)


def test_members_come_in_order_with_their_paths() -> None:
    data = package(("2018/a.txt", PLAN), ("2018/", b""), ("b.md", PLAN))
    assert list(members(data, DEFAULTS)) == [Member("2018/a.txt", PLAN), Member("b.md", PLAN)]


def test_packages_in_packages_down_to_the_third_layer() -> None:
    third = package(("a.txt", PLAN), ("b.zip", package(("x.txt", PLAN))))
    data = package(("d.zip", package(("c.zip", third))))
    assert taken(package(("e.txt", PLAN), ("f.zip", package(("a.txt", PLAN))))) == {"e.txt": PLAN, "f.zip!a.txt": PLAN}
    assert taken(data) == {"d.zip!c.zip!a.txt": PLAN, "d.zip!c.zip!b.zip": "zip-depth"}


@pytest.mark.parametrize("name", ["../a.txt", "x/../../a.txt", "/etc/a.txt", "C:\\a.txt", "..\\a.txt"])
def test_names_that_lead_out_are_refused_by_name_and_the_rest_goes_on(name: str) -> None:
    found = taken(package((name, PLAN), ("b.txt", PLAN)))
    assert found == {name.replace("\\", "/"): "member-name", "b.txt": PLAN}


def test_a_member_with_a_password_is_refused() -> None:
    data = bytearray(package(("a.txt", PLAN), ("b.txt", PLAN)))
    for record, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(record) + place] |= 1
    assert taken(bytes(data)) == {"a.txt": "member-encrypted", "b.txt": PLAN}


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(package(("a.txt", bytes(range(256))), ("b.txt", PLAN)))
    data[60:90] = bytes(30)
    assert taken(bytes(data)) == {"a.txt": "member-damaged", "b.txt": PLAN}


def test_a_bomb_is_refused_unpacked_or_not() -> None:
    bomb = bytes(30_000_000)
    found = taken(package(("a.txt", bomb), ("b.zip", package(("c.txt", bomb), ("d.txt", PLAN)))))
    assert found == {"a.txt": "zip-too-large", "b.zip!c.txt": "zip-too-large", "b.zip!d.txt": PLAN}


def test_no_more_members_and_bytes_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_MEMBERS", 3)
    monkeypatch.setattr(packages._Budget, "__init__", lambda self: _fill(self, 3, 70))
    files = [(f"{number}.txt", PLAN) for number in range(5)]
    assert list(taken(package(*files)).values()) == [PLAN, "zip-too-large", "zip-too-large", "zip-members"]
    many = dict(members(package(*files), DEFAULTS))
    error = many["3.txt"]
    assert isinstance(error, ReadingError)
    assert "2" in error.vi


def _fill(budget: packages._Budget, count: int, size: int) -> None:
    budget.members, budget.bytes, budget.names = count, size, packages.Counter()


def test_a_member_over_the_limit_of_a_file_is_refused() -> None:
    assert taken(package(("a.txt", PLAN)), ReadingOptions(bytes=10)) == {"a.txt": "too-large"}


def test_names_in_the_code_pages_of_the_time() -> None:
    cp1258 = renamed(package(("Ke hoaXXch.txt", PLAN)), b"Ke hoaXXch", b"K\xea\xec hoa\xf2ch")
    assert taken(cp1258) == {"Kế hoạch.txt": PLAN}
    utf8 = renamed(package(("KeXX hoaXXch.txt", PLAN)), b"KeXX hoaXXch", "Kế hoạch".encode())
    assert taken(utf8) == {"Kế hoạch.txt": PLAN}
    assert taken(package(("Kế hoạch.txt", PLAN))) == {"Kế hoạch.txt": PLAN}
    assert taken(renamed(package(("caf_.txt", PLAN)), b"caf_", b"caf\x82")) == {"café.txt": PLAN}


def test_two_members_of_one_name_keep_apart() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = package(("x/a.txt", PLAN), ("x/a.txt", b"Hai"))
    assert taken(data) == {"x/a.txt": PLAN, "x/a (2).txt": b"Hai"}


def test_what_systems_leave_behind_is_passed_over_and_what_is_no_document_told() -> None:
    junk = [(name, b"x") for name in ("__MACOSX/._a.txt", ".DS_Store", "~$a.docx", "Thumbs.db")]
    image, pdf = b"\x89PNG\r\n\x1a\n" + bytes(9), b"%PDF-1.4 x"
    data = package(*junk, ("style.css", b"p { }"), ("a.png", image), ("KH so 5.2018", pdf))
    found = taken(data)
    assert found.pop("style.css") == "member-kind"
    assert found.pop("KH so 5.2018") == b"%PDF-1.4 x"
    assert list(found) == ["a.png"]


def test_documents_that_are_zips_are_no_packages() -> None:
    assert is_package(package(("a.txt", PLAN)))
    assert not is_package(package(("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>")))
    assert not is_package(package(("mimetype", b"application/vnd.oasis.opendocument.text")))
    assert not is_package(b"PK\x03\x04" + bytes(40))
    assert not is_package(PLAN)


def test_a_package_that_cannot_be_opened_says_so() -> None:
    with pytest.raises(ReadingError) as caught:
        list(members(package(("a.txt", PLAN))[:-8], DEFAULTS))
    assert caught.value.code == "zip-damaged"


@given(st.data())
def test_a_mutated_package_gives_members_and_reasons_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(package(("a.txt", PLAN * 9), ("b.zip", package(("c.txt", PLAN)))))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        for item in members(bytes(whole), DEFAULTS):
            assert isinstance(item, Member) or isinstance(item[1], ReadingError)
    except ReadingError as error:
        assert error.code in {"zip-damaged", "zip-members"}
