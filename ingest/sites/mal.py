"""Lists of MyAnimeList by its API v2, for which the operator has registered a client."""

from __future__ import annotations

from ingest.lists.entry import ListEntry, member
from ingest.lists.mal_api import entries_of
from ingest.sites.client import SiteClient
from ingest.sites.site import private_list, shaped, too_long, unknown_user

URL = "https://api.myanimelist.net/v2"
PER_PAGE = 1_000  # the most there are


def read_mal(client: SiteClient, user_name: str, max_titles: int) -> list[ListEntry]:
    """The list of a user, in pages."""
    session = client.session()
    entries: list[ListEntry] = []
    for offset in range(0, max_titles + PER_PAGE, PER_PAGE):
        answer = session.ask(
            f"/users/{user_name}/animelist",
            {"fields": "list_status", "limit": str(PER_PAGE), "offset": str(offset), "nsfw": "true"},
        )
        if answer.status == 404:
            raise unknown_user(client, user_name)
        if answer.status == 403:
            raise private_list(client, user_name)
        if answer.status in (400, 401):
            raise client.bad_answer("it refuses MAL_CLIENT_ID, which the operator of this server sets")
        page = shaped(client, answer, lambda body: entries_of(body["data"]))
        entries += page
        if len(entries) > max_titles:
            raise too_long(client, user_name, max_titles)
        # offsets are counted here: the address of the next page is never followed
        if not page or member(answer.body, "paging", "next") is None:
            return entries
    raise too_long(client, user_name, max_titles)
