"""Comments on an initiative."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import Invalid
from backlog.initiatives import comments, initiatives
from backlog.people.roles import Role
from web.answers import see_other
from web.pages.initiative_shown import show_page

Asked = Request[Any, Any, Any]


@post(
    "/initiatives/{key:str}/comments", name="comments.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False
)
async def comment(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    text = str((await request.form()).get("text", "")).replace("\r\n", "\n")
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key)
            await comments.write(session, initiative, text, by=request.user.actor)
    except Invalid as invalid:
        return await show_page(
            request, database, key, status=422, errors=invalid.fields, typed={"text": text}, at="comment"
        )
    return see_other(request, "initiatives.show", anchor="#activity", key=key)


ROUTES = [comment]
