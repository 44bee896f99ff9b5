"""Administrators' pages: keys made, shown once and revoked, sessions ended, the log read; nothing for anybody else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import expect

from api.access.audit import AuditLog
from api.access.roles import Role
from tests.api.access.conftest import Guarded, sign_in
from tests.api.page_reading import parsed, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve


def token(page: html.HtmlElement) -> str:
    return str(page.xpath("//input[@name='csrf']/@value")[0])


def post(browser: httpx.Client, path: str, **data: str) -> httpx.Response:
    return browser.post(path, data={"csrf": token(parsed(browser.get("/access"))), **data})


def made_key(answer: httpx.Response) -> str:
    (shown,) = parsed(answer).xpath("//section[@class='made']//code/text()")
    return str(shown)


def test_a_key_is_made_and_shown_once(guarded: Guarded) -> None:
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        answer = post(browser, "/access/keys", name="Phòng  Nội chính", role="editor", until="31/12/2099")
        shown = made_key(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        user = guarded.store.user_of_key(shown)
        assert user is not None
        assert (user.name, user.role) == ("Phòng Nội chính", Role.EDITOR)
        again = parsed(browser.get("/access"))
        assert shown not in html.tostring(again, encoding="unicode")
        assert shown not in (guarded.archive / "access" / "audit.jsonl").read_text()
        (row,) = [row for row in again.xpath("//table//tr") if user.id in words(row)]
        assert "Phòng Nội chính" in words(row)
        assert "người biên tập" in words(row)
        assert "31/12/2099" in words(row)


@pytest.mark.parametrize("wrong", [{"name": " "}, {"name": "x" * 101}, {"name": "x\u0007"}, {"until": "hôm qua"}])
def test_what_was_typed_wrong_is_told_and_kept(guarded: Guarded, wrong: dict[str, str]) -> None:
    before = len(guarded.store.all_keys())
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        typed = {"name": "Tổ công tác", "role": "editor", "until": "31/12/2099", **wrong}
        page = parsed(post(browser, "/access/keys", **typed), 400)
        assert page.xpath("//p[@role='alert']")
        (role,) = page.xpath("//select[@name='role']/option[@selected]/@value")
        assert role == "editor"
        assert page.xpath("//input[@name='until']/@value") == [typed["until"]]
    assert len(guarded.store.all_keys()) == before


def test_a_page_that_is_loaded_again_makes_no_second_key(guarded: Guarded) -> None:
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        form = parsed(browser.get("/access"))
        (given,) = form.xpath("//input[@name='new_key']/@value")
        sent = {"csrf": token(form), "name": "Tổ một cửa", "role": "reader", "new_key": given}
        shown = made_key(browser.post("/access/keys", data=sent))
        assert f"tienle_{given}_" in shown
        before = guarded.store.all_keys()
        again = browser.post("/access/keys", data=sent)
        assert again.status_code == 409
        assert given in parsed(again, 409).xpath("string(//p[@role='alert'])")
        assert shown not in again.text
        assert guarded.store.all_keys() == before
        assert guarded.store.user_of_key(shown) is not None  # the first is what it was
        assert parsed(again, 409).xpath("//input[@name='new_key']/@value") != [given]
        bad = browser.post("/access/keys", data=sent | {"new_key": f"{given}'--"})
        assert bad.status_code == 422


def test_a_revoked_key_opens_nothing_and_ends_its_sessions(guarded: Guarded) -> None:
    key, shown = guarded.store.create("Khách", Role.READER)
    with guarded.browser() as guest, guarded.signed_in(Role.ADMINISTRATOR) as browser:
        sign_in(guest, shown)
        assert guest.get("/documents").status_code == 200
        assert post(browser, f"/access/keys/{key.id}/revoke").headers["Location"] == "/access"
        assert guest.get("/documents").status_code == 303
        (row,) = [row for row in parsed(browser.get("/access")).xpath("//table//tr") if key.id in words(row)]
        assert "đã thu hồi" in words(row)
        assert row.xpath(".//form") == []
        assert post(browser, "/access/keys/khongco/revoke").status_code == 400
    assert guarded.store.user_of_key(shown) is None


def test_nobody_shuts_themselves_out(guarded: Guarded) -> None:
    own = next(key.id for key in guarded.store.all_keys() if key.role is Role.ADMINISTRATOR)
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        page = parsed(browser.get("/access"))
        assert not [form for form in page.xpath("//form/@action") if own in form]
        refused = post(browser, f"/access/keys/{own}/revoke")
        assert refused.status_code == 400
        assert "khóa đang dùng" in refused.text
        assert browser.get("/access").status_code == 200


def test_a_session_is_ended_alone(guarded: Guarded) -> None:
    _, shown = guarded.store.create("Người dùng hai máy", Role.READER)
    with guarded.browser() as one, guarded.browser() as other, guarded.signed_in(Role.ADMINISTRATOR) as browser:
        sign_in(one, shown)
        before = set(parsed(browser.get("/access")).xpath("//input[@name='session']/@value"))
        sign_in(other, shown)
        (fresh,) = set(parsed(browser.get("/access")).xpath("//input[@name='session']/@value")) - before
        post(browser, "/access/sessions/end", session=fresh)
        assert other.get("/documents").status_code == 303
        assert one.get("/documents").status_code == 200
        assert post(browser, "/access/sessions/end", session=fresh).status_code == 303


def test_the_log_tells_who_did_what(guarded: Guarded) -> None:
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        shown = made_key(post(browser, "/access/keys", name="Đội khảo sát", role="reader"))
        key_id = shown.split("_")[1]
        post(browser, f"/access/keys/{key_id}/revoke")
        with guarded.browser() as stranger:
            sign_in(stranger, shown)
        lines = [words(row) for row in parsed(browser.get("/access/log")).xpath("//tbody/tr")]
        told = "\n".join(lines)
        for said in ("Đăng nhập không được", "Thu hồi khóa", "Cấp khóa", "Đội khảo sát", "Phòng administrator"):
            assert said in told
        at = [next(n for n, line in enumerate(lines) if said in line) for said in ("không được", "Thu hồi", "Cấp khóa")]
        assert at == sorted(at)  # the latest first
        only = [words(row) for row in parsed(browser.get("/access/log", params={"q": key_id})).xpath("//tbody/tr")]
        assert len(only) == 2
        assert "Không có dòng nào" in browser.get("/access/log?q=không+ai+cả").text


def test_a_long_log_is_read_page_by_page(guarded: Guarded) -> None:
    log = AuditLog(guarded.archive)
    for number in range(120):
        log.write("signin", user=f"Khách dài {number:03}")
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        seen, address = [], "/access/log?q=Khách dài"
        while address:
            page = parsed(browser.get(address))
            seen += [words(row.xpath("./td")[1]) for row in page.xpath("//tbody/tr")]
            address = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert seen == [f"Khách dài {number:03}" for number in range(119, -1, -1)]


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
def test_others_see_and_do_nothing(guarded: Guarded, role: Role) -> None:
    before = guarded.store.all_keys()
    with guarded.signed_in(role) as browser:
        home = parsed(browser.get("/"))
        assert not [link for link in home.xpath("//a/@href") if link.startswith("/access")]
        for path in ("/access", "/access/log", "/access/log?q=x"):
            assert browser.get(path).status_code == 403, path
            assert browser.head(path).status_code == 403, path
        csrf = token(home)
        for path in ("/access/keys", f"/access/keys/{before[0].id}/revoke", "/access/sessions/end"):
            assert browser.post(path, data={"csrf": csrf, "name": "x"}).status_code == 403, path
    assert guarded.store.all_keys() == before
    with guarded.browser() as stranger:
        assert stranger.get("/access").headers["Location"].startswith("/signin")
        assert stranger.post("/access/keys", data={"name": "x"}).status_code == 401


def test_forms_of_other_sites_are_refused(guarded: Guarded) -> None:
    before = guarded.store.all_keys()
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        assert browser.post("/access/keys", data={"name": "x"}).status_code == 403
        elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://xau.example"}
        data = {"csrf": token(parsed(browser.get("/access"))), "name": "x"}
        assert browser.post("/access/keys", data=data, headers=elsewhere).status_code == 403
    assert guarded.store.all_keys() == before


def test_without_access_control_there_are_no_such_pages(serve: Serve, sample_archive: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    with serve(archive) as address, httpx.Client(base_url=address, headers={"Accept": "text/html"}) as browser:
        assert "/access" not in browser.get("/").text
        for path in ("/access", "/access/log"):
            assert browser.get(path).status_code == 404
        assert browser.post("/access/keys", data={"name": "x"}).status_code == 404
    assert not (archive / "access" / "access.sqlite").exists()


def test_hostile_names_are_words_only(guarded: Guarded) -> None:
    name = "<script>alert(1)</script> [b]"
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        page = parsed(post(browser, "/access/keys", name=name, role="reader"))
        assert name in words(page)
        assert not [script for script in page.xpath("//script") if script.text]
        assert name in words(parsed(browser.get("/access/log")))


def test_an_administrator_works_in_a_browser(open_page: OpenPage, guarded: Guarded) -> None:
    page = open_page(guarded.address, viewport={"width": 1280, "height": 900})
    page.goto("/access?lang=vi")
    page.get_by_label("Khóa truy cập").fill(guarded.keys[Role.ADMINISTRATOR])
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("navigation", name="Các trang").get_by_role("link", name="Quyền truy cập").click()
    page.get_by_role("textbox", name="Người dùng khóa").fill("Thanh tra sở")
    page.get_by_role("combobox", name="Vai trò").select_option("người biên tập")
    page.get_by_role("button", name="Cấp khóa").click()
    shown = page.locator(".made code").inner_text()
    assert guarded.store.user_of_key(shown) is not None
    for address in ("/access", "/access/log"):
        page.goto(address)
        grave = [each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
        assert grave == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/access")
    page.get_by_role("button", name="Thu hồi khóa của Thanh tra sở").click()
    expect(page.get_by_role("button", name="Thu hồi khóa của Thanh tra sở")).to_have_count(0)
    assert guarded.store.user_of_key(shown) is None


LINE = st.one_of(
    st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=4).map(
        lambda line: json.dumps(line, ensure_ascii=False)
    ),
    st.text(alphabet=st.characters(blacklist_characters="\n"), min_size=1, max_size=300),
)


@given(st.lists(LINE, max_size=60), st.integers(1, 20), st.integers(0, 70), st.integers(1, 64))
def test_whatever_the_log_holds_its_latest_lines_are_given(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], limit: int, offset: int, piece: int
) -> None:
    log = AuditLog(tmp_path_factory.mktemp("log"))
    log.path.parent.mkdir()
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    log.path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.access.audit._PIECE", piece)
        found, more = log.latest(limit, offset)
    wanted = [line for line in reversed(data.decode("utf-8", "replace").split("\n")) if line]
    assert len(found) == len(wanted[offset : offset + limit])
    assert more == (len(wanted) > offset + limit)
    assert [line["text"] for line in found if line.get("event") == "unreadable"] == [
        text for text in wanted[offset : offset + limit] if not _is_table(text)
    ]


def _is_table(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
