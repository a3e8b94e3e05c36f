"""Lists of Kitsu by its JSON:API."""

from __future__ import annotations

from typing import Any

from ingest.lists.entry import ListEntry, member
from ingest.lists.kitsu import entries_of
from ingest.sites.client import SiteClient
from ingest.sites.site import shaped, too_long, unknown_user

URL = "https://kitsu.io/api/edge"
HOSTS = frozenset({"kitsu.io", "kitsu.app"})  # the site has moved from the one to the other
PER_PAGE = 500  # the most there are
_FIELDS = {
    "filter[kind]": "anime",
    "include": "anime,anime.mappings",
    "fields[libraryEntries]": "status,ratingTwenty,anime",
    "fields[anime]": "canonicalTitle,mappings",
    "fields[mappings]": "externalSite,externalId,item",
    "page[limit]": str(PER_PAGE),
}


def read_kitsu(client: SiteClient, user_name: str, max_titles: int) -> list[ListEntry]:
    """The library of a user, in pages. What is private in it does not come."""
    session = client.session()
    users: list[Any] = []

    def found(body: Any) -> list[ListEntry]:
        users.extend(body["data"])
        return []

    # the address of somebody's page has the slug; people know the name, which is the same for most
    for kind in ("slug", "name"):
        answer = session.ask("/users", {f"filter[{kind}]": user_name, "fields[users]": "name"})
        shaped(client, answer, found)
        if users:
            break
    else:
        raise unknown_user(client, user_name)
    user_id = member(users[0], "id")
    if not (isinstance(user_id, str | int) and str(user_id).isdigit()):
        raise client.bad_answer("a user has no id")
    entries: list[ListEntry] = []
    for offset in range(0, max_titles + PER_PAGE, PER_PAGE):
        query = {**_FIELDS, "filter[userId]": str(user_id), "page[offset]": str(offset)}
        answer = session.ask("/library-entries", query)
        entries += shaped(
            client, answer, lambda body: entries_of(list(body["data"]), list(body.get("included") or ()))
        )
        if len(entries) > max_titles:
            raise too_long(client, user_name, max_titles)
        if member(answer.body, "links", "next") is None:
            return entries
    raise too_long(client, user_name, max_titles)
