"""What makes the guided stretch work with the network off: the manifest, the service worker, and pages for everyone."""

import hashlib
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crampwise import __version__
from crampwise.edges.web.relieve import guide
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import STATIC, TheWeb, Web

router = APIRouter(include_in_schema=False)

_ASSETS = ("app.css", "app.js", "icon.svg", "relieve.css", "relieve.js")
_IMPORTED = "/static/parts.js"
_ICONS = (
    ("icon.svg", "any", "image/svg+xml"),
    ("icon-192.png", "192x192", "image/png"),
    ("icon-512.png", "512x512", "image/png"),
)
_RENEWED = {"Cache-Control": "no-cache"}
STOP, OFFLINE = "/relieve/copy/stop", "/offline"


@router.get("/manifest.webmanifest")
async def manifest(web: TheWeb) -> Response:
    """Say how the app looks when it is put on the home screen."""
    icons = [{"src": web.static(n), "sizes": sizes, "type": kind} for n, sizes, kind in _ICONS]
    document: dict[str, Any] = {
        "id": "/", "name": "Crampwise", "short_name": "Crampwise", "lang": "en", "start_url": "/", "scope": "/",
        "description": "Help with muscle cramps", "display": "standalone",
        "background_color": "#f5f8f7", "theme_color": "#0b5450", "icons": icons,
        "shortcuts": [{"name": "Relieve now", "url": "/relieve"}],
    }  # fmt: skip
    return Response(orjson.dumps(document), media_type="application/manifest+json", headers=_RENEWED)


@router.get("/sw.js")
async def worker(web: TheWeb) -> Response:
    """The service worker; its text changes with what it keeps, so that browsers renew it."""
    kept = kept_pages(web)
    listed = orjson.dumps(kept).decode()
    mark = hashlib.sha256(f"{web.book.digest}{__version__}{listed}{_templates()}".encode()).hexdigest()[:16]
    values = {"MARK": mark, "KEPT": listed, "STOP": STOP, "OFFLINE": OFFLINE}
    text = (STATIC.parent / "worker.js").read_text("utf-8")
    for name, value in values.items():
        text = text.replace(f"__{name}__", value)
    return Response(text, media_type="text/javascript", headers=_RENEWED)


@router.get("/relieve/copy/{name}")
async def copy(request: Request, name: str, web: TheWeb) -> Response:
    """A page as it is for everyone, for the service worker to keep; who goes there in person meets the questions."""
    if request.headers.get("sec-fetch-mode") == "navigate":
        return web.go("/relieve" if name == "stop" else f"/relieve/{name}")
    nobody = Session()
    if name == "stop":
        return HTMLResponse(web.render("offline_stop.html", nobody))
    if name not in web.book.stretches:
        raise HTTPException(404)
    return HTMLResponse(web.render("stretch.html", nobody, standing=None, **guide(web, web.book.stretches[name])))


@router.get(OFFLINE)
async def offline(web: TheWeb) -> Response:
    """What works without the network, for any page that is not kept."""
    return HTMLResponse(web.render("offline.html", Session()))


def kept_pages(web: Web) -> list[str]:
    """Give every address that the service worker keeps."""
    stretches = web.book.stretches
    return [
        "/", OFFLINE, STOP, "/relieve", "/manifest.webmanifest", _IMPORTED, *map(web.static, _ASSETS),
        *(f"/relieve/{s}" for s in stretches), *(f"/relieve/copy/{s}" for s in stretches),
    ]  # fmt: skip


def _templates() -> str:
    found = sorted((STATIC.parent / "templates").rglob("*.html"))
    return hashlib.sha256(b"".join(p.read_bytes() for p in found)).hexdigest()
