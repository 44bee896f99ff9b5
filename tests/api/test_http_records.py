"""Records and agencies over a real server and the sample archive."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from lxml import html
from openpyxl import load_workbook


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", ["assignments", "targets", "citations"])
def test_lists_are_paged_and_say_how_many_there_are(client: httpx.Client, kind: str) -> None:
    whole = get(client, f"/api/v1/{kind}", limit=1000)
    assert whole["total"] == len(whole[kind]) > 20
    assert "minh họa" in whole["notice"]
    usual = get(client, f"/api/v1/{kind}")
    assert (usual["limit"], usual["offset"], len(usual[kind])) == (50, 0, min(50, whole["total"]))
    paged = [row for at in range(0, 21, 7) for row in get(client, f"/api/v1/{kind}", limit=7, offset=at)[kind]]
    assert paged == whole[kind][:21]


def test_every_record_points_to_the_words_that_it_came_from(client: httpx.Client) -> None:
    texts: dict[str, str] = {}
    for kind in ("assignments", "targets", "citations"):
        for row in get(client, f"/api/v1/{kind}", limit=1000)[kind]:
            if row["document"] not in texts:
                texts[row["document"]] = get(client, f"/api/v1/documents/{row['document']}")["text"]
            said = " ".join(texts[row["document"]][row["start"] : row["end"]].split())
            assert said
            if kind == "assignments":
                assert row["task"] == said


def test_a_link_to_a_record_leads_to_a_place_on_the_documents_page(client: httpx.Client) -> None:
    (row,) = get(client, "/api/v1/assignments", limit=1)["assignments"]
    page = html.fromstring(client.get(f"/documents/{row['document']}").text)
    place = page.xpath("//*[@id=$id]", id=f"p{row['passage']}")
    assert len(place) == 1
    words = row["task"].split()[:3]
    assert " ".join(words) in " ".join(place[0].text_content().split())


def test_filters_of_agencies_and_deadlines(client: httpx.Client) -> None:
    issued = get(client, "/api/v1/assignments", lead="Sở Nội vụ", limit=1000)["assignments"]
    assert issued
    assert not any(row["inherited"] for row in issued)
    today = get(client, "/api/v1/assignments", lead="Sở Nội vụ", as_of_today="true", limit=1000)["assignments"]
    assert {row["inherited"] for row in today} == {False, True}
    assert len(today) > len(issued)
    due = get(client, "/api/v1/assignments", due_from="2018-04-01", due_to="30/6/2018", limit=1000)["assignments"]
    assert due
    assert all((row["due_end"] or row["due_start"]) >= "2018-04-01" for row in due)
    documents = get(client, "/api/v1/documents", agency="Sở Tài chính", limit=500)
    assert 0 < documents["total"] < get(client, "/api/v1/documents")["total"]
    hits = get(client, "/api/v1/search", q="kinh phí", lead="Sở Tài chính")["hits"]
    leads = {
        row["document"] for row in get(client, "/api/v1/assignments", lead="Sở Tài chính", limit=1000)["assignments"]
    }
    issuers = {card["id"] for card in documents["documents"] if "Tài chính" in (card["issuer"] or "")}
    assert {hit["document"] for hit in hits} <= leads | issuers


def test_a_question_gives_scored_rows(client: httpx.Client) -> None:
    found = get(client, "/api/v1/assignments", q="phần mềm một cửa điện tử", limit=5)
    scores = [row["score"] for row in found["assignments"]]
    assert scores == sorted(scores, reverse=True)
    assert "một cửa" in found["assignments"][0]["task"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/assignments?agency=Sở Nội vu xx", 400, "agency-unknown"),
        ("/api/v1/targets?due_from=hôm qua", 400, "day-unknown"),
        ("/api/v1/citations?document=999/KH-UBND", 404, "document-unknown"),
        ("/api/v1/assignments?limit=0", 422, "parameter-invalid"),
        ("/api/v1/citations?format=ics", 422, "parameter-invalid"),
        ("/api/v1/assignments?q= ", 400, "query-blank"),
        ("/api/v1/agencies/nobody", 404, "agency-not-listed"),
    ],
)
def test_what_is_not_understood_is_a_problem(client: httpx.Client, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


@pytest.mark.parametrize(("name", "choices"), [("format", "'json', 'csv', 'xlsx' hay 'ics'"), ("quality", "'native'")])
def test_choices_are_told_in_vietnamese(client: httpx.Client, name: str, choices: str) -> None:
    problem = client.get("/api/v1/assignments", params={name: "pdf"}, headers={"Accept-Language": "vi"}).json()
    assert choices in problem["detail"]
    assert " or " not in problem["detail"]


@pytest.mark.parametrize("words", ["xyzzyqwv", "qwerty asdf"])
def test_words_that_stand_nowhere_mean_no_record(client: httpx.Client, words: str) -> None:
    for kind in ("assignments", "targets"):
        assert get(client, f"/api/v1/{kind}", q=words)["total"] == 0


def test_records_of_every_document_are_known_and_a_calendars_limit_counts_events(client: httpx.Client) -> None:
    assert get(client, "/api/v1/targets", limit=1)["unread"] == 0
    calendar = client.get("/api/v1/assignments", params={"format": "ics", "limit": 3}).content
    assert len(list(Calendar.from_ical(calendar).walk("VEVENT"))) == 3


def test_an_agency_has_a_page_of_dates_and_sources(client: httpx.Client) -> None:
    listed = get(client, "/api/v1/agencies", q="thông tin và truyền thông")
    entry = next(entry for entry in listed["agencies"] if entry["name"] == "Sở Thông tin và Truyền thông")
    assert entry["leads"] > 0
    card = get(client, f"/api/v1/agencies/{entry['id']}")
    assert card["valid_to"] == "2025-02-28"
    heirs = {step["name"]: step for step in card["successors"]}
    assert "Sở Khoa học và Công nghệ" in heirs
    assert all(step["source"] for step in card["successors"])
    assert "Sở Khoa học và Công nghệ" in card["today"]
    back = get(client, f"/api/v1/agencies/{heirs['Sở Khoa học và Công nghệ']['id']}")
    assert card["id"] in {step["id"] for step in back["predecessors"]}


@pytest.mark.parametrize(
    ("before", "today"),
    [
        ("Sở Kế hoạch và Đầu tư", "Sở Tài chính"),
        ("Sở Nông nghiệp và Phát triển nông thôn", "Sở Nông nghiệp và Môi trường"),
        ("Sở Tài nguyên và Môi trường", "Sở Nông nghiệp và Môi trường"),
        ("Sở Giao thông vận tải", "Sở Xây dựng"),
        ("Sở Lao động - Thương binh và Xã hội", "Sở Nội vụ"),
    ],
)
def test_departments_merged_in_2025_know_each_other(client: httpx.Client, before: str, today: str) -> None:
    old, new = get(client, f"/api/v1/agencies/{before}"), get(client, f"/api/v1/agencies/{today}")
    step = next(step for step in old["successors"] if step["id"] == new["id"])
    assert step["since"] == "2025-03-01"
    assert "2025" in step["source"]
    assert today in old["today"]
    assert old["id"] in {step["id"] for step in new["predecessors"]}


def test_files_hold_everything_and_lead_back_to_the_pages(client: httpx.Client) -> None:
    total = get(client, "/api/v1/assignments", limit=1)["total"]
    answer = client.get("/api/v1/assignments", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="assignments.csv"'
    assert len(list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))) == total
    sheet = load_workbook(io.BytesIO(client.get("/api/v1/assignments?format=xlsx").content)).worksheets[0]
    assert sheet.max_row == total + 1
    links = [cell.hyperlink.target for cell in next(sheet.iter_rows(min_row=2, max_row=2)) if cell.hyperlink]
    assert len(links) == 1
    assert client.get(links[0]).status_code == 200
    calendar = Calendar.from_ical(client.get("/api/v1/targets", params={"format": "ics"}).content)
    dated = get(client, "/api/v1/targets", has_deadline="true", limit=1)["total"]
    assert len(list(calendar.walk("VEVENT"))) == dated
    cards = client.get("/api/v1/documents", params={"format": "csv"}).content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(cards, newline="")))) == get(client, "/api/v1/documents")["total"] + 1


def test_a_document_tells_what_it_is_tied_to_cites_and_defines(client: httpx.Client) -> None:
    shown = get(client, "/api/v1/documents/12%2FKH-UBND")
    assert {"implemented by"} <= {relation["kind"] for relation in shown["relations"]}
    assert shown["cited_by"]
    assert shown["citations"]
    assert shown["abbreviations"]
    assert shown["counts"]["assignments"] == get(client, "/api/v1/assignments", document="12/KH-UBND")["total"]
    json.dumps(shown)


def test_every_documents_page_still_opens(client: httpx.Client) -> None:
    for card in get(client, "/api/v1/documents", limit=500)["documents"]:
        answer = client.get(f"/documents/{card['id']}")
        assert answer.status_code == 200
        assert "field." not in answer.text
