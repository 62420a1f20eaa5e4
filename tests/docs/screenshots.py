"""`python -m tests.docs.screenshots`: pictures of the main pages, taken in Chromium, for the README."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from crampwise.edges.store.store import open_store
from crampwise.edges.web.settings import Settings
from crampwise.followup.records import Diary
from tests.support.browser import FLAGS
from tests.support.diaries import poisson_diary, trial_diary
from tests.support.server import running
from tests.support.sessions import CHEST, NIGHT, walked

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PAGES = {
    "start": ("/", None, "light"),
    "check": ("/check", None, "light"),
    "result": ("/result", NIGHT, "light"),
    "emergency": ("/check/emergency", CHEST, "light"),
    "library": ("/library/conditions/dvt", None, "dark"),
    "report": ("/report", NIGHT, "light"),
    "diary": ("/diary", None, "dark"),
    "numbers": ("/diary/numbers", None, "light"),
    "trial": ("/trial/t1", None, "light"),
}
_COLOURS = 64


def keep(place: Path, diary: Diary) -> None:
    """Put a diary where the app looks for it."""
    place.unlink(missing_ok=True)
    store = open_store(str(place))
    store.merge(store.add_person("me"), diary, 8)
    store.close()


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp()) / "diary.sqlite"
    with running(Settings(store=str(place))) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (path, person, scheme) in PAGES.items():
            context = browser.new_context(
                base_url=site,
                viewport={"width": 390, "height": 780},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="en-GB",
            )
            if person:
                context.add_cookies(walked(site, person))
            if name in ("diary", "numbers"):
                keep(place, poisson_diary(0.7, 90, 3, date.today() - timedelta(days=91)))
            if name == "trial":
                keep(place, trial_diary("works"))
            page = context.new_page()
            page.goto(path)
            picture = FOLDER / f"{name}.png"
            page.screenshot(path=picture)
            Image.open(picture).convert("RGB").quantize(_COLOURS).save(picture, optimize=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
