"""Atlassian's account server: consent, tokens, and the sites a token opens. Outside every Jira path."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Response, Router, get, post
from litestar.exceptions import SerializationException

from tests.trackers.fake_jira.calls import Asked
from tests.trackers.fake_jira.people import Kind
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.site import Site


def oauth_router(site: Site) -> Router:
    @get("/authorize")
    async def authorize(request: Asked) -> Response[Any]:
        """`OAuth.consenting` names who says yes; nobody means that the person refuses."""
        query = request.query_params
        if site.oauth.consenting:
            code = site.oauth.consent(str(query.get("client_id")), site.oauth.consenting)
            back = {"code": code, "state": query.get("state", "")}
        else:
            back = {"error": "access_denied", "state": query.get("state", "")}
        return Response(None, status_code=302, headers={"Location": f"{query.get('redirect_uri')}?{urlencode(back)}"})

    @post("/oauth/token")
    async def token(request: Asked) -> Response[dict[str, object]]:
        return Response(site.oauth.issue(await _sent(request)), status_code=200)

    @get("/oauth/token/accessible-resources")
    async def resources(request: Asked) -> Response[list[dict[str, object]]]:
        token = site.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        expired = token is not None and token.expires_at is not None and site.clock() >= token.expires_at
        if token is None or token.kind is not Kind.OAUTH or expired:
            raise Refusal(401, body={"code": 401, "message": "Unauthorized"})
        scopes = sorted(token.scopes or ())
        return Response([{"id": site.cloud_id, "url": site.url, "name": "airport", "scopes": scopes, "avatarUrl": ""}])

    return Router("/", route_handlers=[authorize, token, resources])


async def _sent(request: Asked) -> dict[str, str]:
    """JSON as Atlassian's pages show it, or a form as OAuth's own text has it."""
    body = (await request.body()).decode()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body))
    try:
        sent = await request.json()
    except SerializationException:
        sent = {}
    return {str(name): str(value) for name, value in dict(sent or {}).items()}
