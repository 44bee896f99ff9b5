"""What an office typed, pasted or sent in vain is told: what was wrong, the limit, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.jobs.model import FileState, Job, JobFile
from api.jobs.outcomes import packages_told
from api.jobs.queue import Queue
from api.jobs.receiving import MOST_FILES, Limits, Receiving
from api.saved.store import LONGEST_NAME
from tests.api.page_reading import parsed, words

AGENCY = "Sở Nội vụ"
STATES: list[FileState] = ["added", "failed", "waiting"]


@pytest.mark.parametrize("agency", ["", AGENCY])
@pytest.mark.parametrize(
    "period", [{"from": "31/2/2026"}, {"to": "ngày mai"}, {"from": "2027", "to": "2026"}, {"period": "tháng 13"}]
)
def test_a_day_of_the_duties_sheet_that_is_none_is_told(
    browsing: TestClient, agency: str, period: dict[str, str]
) -> None:
    page = parsed(browsing.get("/assignments/duties", params={"agency": agency, **period}), 400)
    told = words(page.xpath("//*[@role='alert']")[0])
    assert "Không hiểu ngày" in told or "sau ngày cuối" in told


def test_from_and_to_narrow_the_duties_sheet_as_a_typed_period_does(browsing: TestClient) -> None:
    sheets = [
        words(parsed(browsing.get("/assignments/duties", params={"agency": AGENCY, **period})).xpath("//main")[0])
        for period in ({"from": "1/2019", "to": "6/2019"}, {"period": "1/2019..6/2019"}, {})
    ]
    assert sheets[0] == sheets[1] != sheets[2]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ủ" * (LONGEST_NAME + 1), f"dài {LONGEST_NAME + 1} ký tự; dài nhất {LONGEST_NAME} ký tự"),
        ("Cải cách\x00hành chính", "ký tự điều khiển"),
        ("Cải cách \x1b[31mhành chính", "ký tự điều khiển"),
    ],
)
def test_a_collection_takes_no_name_that_cannot_be_shown(browsing: TestClient, name: str, told: str) -> None:
    answer = browsing.post("/saved/collections", data={"name": name}, follow_redirects=False)
    assert told in words(parsed(answer, 400))
    made = browsing.post("/saved/collections", data={"name": "Một cửa"}, follow_redirects=False)
    renamed = browsing.post(f"{made.headers['Location']}/rename", data={"name": name}, follow_redirects=False)
    assert told in words(parsed(renamed, 400))
    assert "Một cửa" in words(parsed(browsing.get("/saved")))


def test_a_note_that_is_too_long_is_told_with_its_limit(browsing: TestClient) -> None:
    data = {"kind": "search", "reference": "q=một+cửa", "note": "a" * 10_001}
    answer = browsing.post("/saved/add", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "dài nhất 10000 ký tự" in answer.json()["detail"]


def test_a_long_paste_in_an_encoded_form_is_told_its_limit_and_the_remedy(browsing: TestClient) -> None:
    pasted = "Sở Nội vụ chủ trì kiểm tra kỷ luật hành chính. " * 20_000
    answer = browsing.post("/precedents", data={"text": pasted})
    told = words(parsed(answer, 413).xpath("//*[@role='alert']")[0])
    assert "1 MB" in told
    assert "multipart/form-data" in told
    assert "50 MB" in told
    taken = browsing.post("/precedents", data={"text": pasted}, files={"file": ("", b"")}, follow_redirects=False)
    assert taken.status_code == 303


def form(names: list[str]) -> bytes:
    parts = [
        f'--ranh\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n# {name}\r\n'.encode()
        for name in names
    ]
    return b"".join(parts) + b"--ranh--\r\n"


@pytest.mark.parametrize("count", [MOST_FILES, MOST_FILES + 1, 3_000])
def test_files_beyond_one_upload_are_counted_and_named(written: Path, browsing: TestClient, count: int) -> None:
    names = [f"kế hoạch {number}.md" for number in range(count)]
    receiving = Receiving(written.resolve(), f"j{count}", b"ranh", Limits(10**6), lambda _: None)
    receiving.feed(form(names))
    files = receiving.finish()
    receiving.abort()
    queue = Queue(written.resolve())
    job = queue.add("add", owner="", job=f"j{count}", given=files)
    queue.cancel(job.id)  # nothing here is to be read
    page = words(parsed(browsing.get(f"/archive/jobs/{job.id}")))
    assert f"Đưa {MOST_FILES} tệp vào kho" in page
    left = names[MOST_FILES:]
    assert (f"{len(left)} tệp chưa được nhận" in page) == bool(left)
    assert all(name in page for name in left[:20])
    told = browsing.get(f"/api/v1/jobs/{job.id}").json()
    assert (told.get("code") == "upload-count") == bool(left)


def file_of(name: str, state: FileState, ordinal: int, package: int | None = None) -> JobFile:
    return JobFile(ordinal, name, 1, "", state, package=package)


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=9))
def test_a_package_says_how_many_of_its_files_came_in(states: list[FileState]) -> None:
    members = [file_of(f"{at}.md", state, 10_000 + at, 1) for at, state in enumerate(states)]
    alone = file_of("riêng.md", "added", 2)
    package, *rest = packages_told([file_of("gói.zip", "added", 1), *members, alone])
    assert rest == [*members, alone]
    added = states.count("added")
    assert package.state == ("added" if added else "failed")
    assert (package.reason is None) == (added == len(states))
    if package.reason:
        assert package.reason.vi.startswith(f"{added} trong {len(states)} tệp")


def test_the_page_of_a_job_counts_the_files_of_a_package(written: Path, browsing: TestClient) -> None:
    files = (
        file_of("gói.zip", "added", 1),
        file_of("một.md", "added", 10_001, 1),
        file_of("hai.exe", "failed", 10_002, 1),
    )
    queue = Queue(written.resolve())
    job: Job = queue.add("add", owner="", given=files[:1])
    queue.finish(job.id, "done", files)
    rows = parsed(browsing.get(f"/archive/jobs/{job.id}")).xpath("//table[@id='job-files']/tbody/tr")
    assert "1 trong 2 tệp bên trong đã vào kho" in words(rows[0])
    assert "trong đã vào kho" not in words(rows[1])
