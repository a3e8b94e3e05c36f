"""Lists of AniList by its GraphQL API, which takes 30 requests a minute."""

from __future__ import annotations

from typing import Any

from ingest.lists.anilist import entries_of
from ingest.lists.entry import ListEntry, member
from ingest.sites.client import SiteAnswer, SiteClient
from ingest.sites.site import private_list, shaped, too_long, unknown_user

URL = "https://graphql.anilist.co"
PER_CHUNK = 500  # the most there are
REQUESTS_PER_MINUTE = 30
_QUERY = f"""query ($name: String, $chunk: Int) {{
  MediaListCollection(userName: $name, type: ANIME, chunk: $chunk, perChunk: {PER_CHUNK}) {{
    hasNextChunk
    lists {{ entries {{ status score(format: POINT_100) media {{ id idMal title {{ romaji english }} }} }} }}
  }}
}}"""


def read_anilist(client: SiteClient, user_name: str, max_titles: int) -> list[ListEntry]:
    """The list of a user, in chunks: two for 1,000 titles."""
    session = client.session()
    items: list[Any] = []
    entries: list[ListEntry] = []
    # a title may be in several lists, and so come more than once
    for chunk in range(1, 2 * max_titles // PER_CHUNK + 2):
        variables = {"name": user_name, "chunk": chunk}
        answer = session.ask("", body={"query": _QUERY, "variables": variables})
        _refuse(client, user_name, answer)

        def collected(body: Any) -> list[ListEntry]:
            for one in body["data"]["MediaListCollection"]["lists"]:
                items.extend(one["entries"])
            return entries_of(items)

        entries = shaped(client, answer, collected)
        if len(entries) > max_titles:
            raise too_long(client, user_name, max_titles)
        if not member(answer.body, "data", "MediaListCollection", "hasNextChunk"):
            return entries
    raise too_long(client, user_name, max_titles)


def _refuse(client: SiteClient, user_name: str, answer: SiteAnswer) -> None:
    """Raise the error that an answer with errors stands for."""
    errors = member(answer.body, "errors")
    if not errors:
        return
    first = errors[0] if isinstance(errors, list) else None
    message = str(member(first, "message"))[:200]
    if "private" in message.lower():
        raise private_list(client, user_name)
    if 404 in (answer.status, member(first, "status")):
        raise unknown_user(client, user_name)
    raise client.unavailable(f"refuses this at the moment: {message!r}")
