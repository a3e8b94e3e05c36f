"""A site that can be asked for somebody's list: the protocol, and what the clients of all sites share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.lists.entry import ListEntry, ListTooLargeError
from ingest.lists.formats import BY_NAME, ReadList
from ingest.sites.client import PrivateListError, SiteAnswer, SiteClient, UnknownSiteUserError

MAX_USER_NAME = 50
USER_NAME = rf"[A-Za-z0-9_-]{{1,{MAX_USER_NAME}}}"  # of every site


@dataclass(frozen=True)
class ListSite:
    """A site.

    Attributes:
        name: in the API.
        label: as people know it.
        format: the name of the format of its answers.
        read: the client, the name of a user, how many titles to read at most -> entries.
    """

    name: str
    label: str
    client: SiteClient
    format: str
    read: Callable[[SiteClient, str, int], list[ListEntry]]

    def fetch(self, user_name: str, max_titles: int) -> ReadList:
        """The list of a user.

        Raises:
            SiteError: unknown, private, or not to be had at the moment.
            ListTooLargeError: more than `max_titles` titles.
        """
        return ReadList(BY_NAME[self.format], self.read(self.client, user_name, max_titles))


def too_long(client: SiteClient, user_name: str, max_titles: int) -> ListTooLargeError:
    return ListTooLargeError(f"{user_name} has more than {max_titles:,} titles on {client.name}.")


def unknown_user(client: SiteClient, user_name: str) -> UnknownSiteUserError:
    return UnknownSiteUserError(
        f"{client.name} has no user {user_name!r}. Check the spelling of the name.", client.name
    )


def private_list(client: SiteClient, user_name: str) -> PrivateListError:
    return PrivateListError(
        f"The list of {user_name!r} on {client.name} is private. Make it public in the settings there for a "
        "moment, or export it and import the file.",
        client.name,
    )


def shaped(
    client: SiteClient, answer: SiteAnswer, parse: Callable[[Any], list[ListEntry]]
) -> list[ListEntry]:
    """The entries of an answer; raises BadSiteAnswerError for one of another shape."""
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise client.bad_answer(f"status {answer.status}" if answer.status != 200 else "it is no JSON object")
    try:
        return parse(answer.body)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise client.bad_answer(str(error)[:150] or type(error).__name__) from None
