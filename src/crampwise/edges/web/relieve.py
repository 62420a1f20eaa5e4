"""Relieve now: the muscle, three safety questions, the guided stretch."""

from fastapi import APIRouter
from starlette.responses import Response

from crampwise.edges.web.web import TheWeb

router = APIRouter(include_in_schema=False)


@router.get("/relieve")
async def relieve(web: TheWeb) -> Response:
    """The stretches of the library."""
    return web.go("/library")
