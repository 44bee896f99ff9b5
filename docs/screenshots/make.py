"""Take the screenshots of the README, with Chromium installed: ``python docs/screenshots/make.py`` in the root."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index

QUESTION = "chỉ số hài lòng của người dân"
HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def main() -> None:
    """Index the sample, serve it, and write ``search.png`` and ``document.png`` beside this file."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        archive = Archive.create(Path(folder) / "archive", load_encoder().spec)
        index(archive, [ROOT / "corpus" / "sample"])
        server = uvicorn.Server(uvicorn.Config(create_app(archive.directory), port=0, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1180, "height": 860})
        page.goto("/")
        page.fill("#q", QUESTION)
        page.keyboard.press("Enter")
        page.wait_for_url("**/?q=*")
        page.screenshot(path=HERE / "search.png")
        page.locator("article h2 a").first.click()
        page.wait_for_url("**/documents/*")
        page.screenshot(path=HERE / "document.png")
        browser.close()
        server.should_exit = True
        thread.join()
        archive.close()


if __name__ == "__main__":
    main()
