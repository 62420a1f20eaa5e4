"""`python -m tests.docs.screenshots`: pictures of the main pages, taken in Chromium, for the README."""

import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support.browser import FLAGS
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
}
_COLOURS = 64


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with running() as site, sync_playwright() as play:
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
            page = context.new_page()
            page.goto(path)
            place = FOLDER / f"{name}.png"
            page.screenshot(path=place)
            Image.open(place).convert("RGB").quantize(_COLOURS).save(place, optimize=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
