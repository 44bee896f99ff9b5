"""Take the screenshots of the README, with Chromium installed: ``python docs/screenshots/make.py`` in the root."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = {
    "search": "/?q=chi so hai long cua nguoi dan",
    "document": "/documents/06/KH-UBND?q=hài lòng",
    "assignments": "/assignments?agency=Sở Nội vụ&as_of_today=1",
    "targets": "/targets?indicator=sipas",
    "compare": "/compare?a=06/KH-UBND&b=04/KH-UBND",
    "agency": "/agencies/so-noi-vu",
    "archive": "/archive",
    "saved": "/saved",
}
DRAFT = """ỦY BAN NHÂN DÂN
TỈNH VĨNH LAM
Số: 01/KH-UBND
Vĩnh Lam, ngày 5 tháng 1 năm 2027

KẾ HOẠCH
Cải cách hành chính năm 2027
I. MỤC TIÊU
1. Mức độ hài lòng của người dân đối với sự phục vụ của cơ quan hành chính đạt từ 95% trở lên.
2. Ít nhất 90% hồ sơ được tiếp nhận trực tuyến.
II. NHIỆM VỤ
1. Sở Nội vụ chủ trì, phối hợp với Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh khảo sát mức độ hài lòng của người dân; báo \
cáo kết quả trong Quý IV năm 2027.
2. Sở Khoa học và Công nghệ nâng cấp phần mềm một cửa điện tử, hoàn thành trước ngày 30/9/2027.
"""


def main() -> None:
    """Index the sample, serve it, and write a picture a page beside this file, wide and as on a phone."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        archive = Archive.create(Path(folder) / "archive", load_encoder().spec)
        index(archive, [ROOT / "corpus" / "sample"])
        server = uvicorn.Server(uvicorn.Config(create_app(archive.directory), port=0, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for look, width, height in (("", 1180, 860), ("-phone", 390, 780)):
            page = browser.new_page(base_url=address, viewport={"width": width, "height": height})
            for name, path in PAGES.items():
                page.goto(path, wait_until="networkidle")
                take(page, f"{name}{look}")
            page.goto("/precedents")
            page.locator("textarea").fill(DRAFT)
            page.locator("main button[type=submit]").first.click()
            page.wait_for_selector("main article, main table, main .task", timeout=60_000)
            take(page, f"precedents{look}")
            page.close()
        browser.close()
        server.should_exit = True
        thread.join()
        archive.close()


def take(page: Page, name: str) -> None:
    """Write what a page shows in few colours, which a page of text does with."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    picture.save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
