"""Whether everyone can use a page: axe, sizes of what is tapped, no sideways scrolling; two widths, two themes."""

from typing import Literal

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET = 44
WIDTHS = (320, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SMALL_TARGETS = """(least) => [...document.querySelectorAll('a[href], button, summary, select, textarea, input')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility() && getComputedStyle(e).display !== 'inline')
  .filter(e => !e.classList.contains('skip'))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, r]) => r.width < least - 0.5 || r.height < least - 0.5)
  .map(([html, r]) => `${Math.round(r.width)}x${Math.round(r.height)} ${html}`)"""


def violations(page: Page) -> list[str]:
    # An evaluated script passes the page's own policy; a script element would not.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]} ({len(v['nodes'])})" for v in found["violations"]]


def judge(page: Page) -> None:
    """Fail with what stands in someone's way; everything that can be opened is opened first."""
    assert "ramp" in page.title()
    assert page.locator("h1").count() == 1
    assert page.locator("main a[href], main button").count() >= 1
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == [], width
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], f"{scheme}, {width} px"
