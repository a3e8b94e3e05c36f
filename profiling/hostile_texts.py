"""Names and JSON that are as costly to read as text of their length can be."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping

from domain.titles import Title

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def hostile_names(titles: Iterable[Title], normalized: str, count: int) -> Mapping[str, list[str]]:
    """Kinds of names that take long to be found unknown, `count` of each.

    Args:
        titles: of the catalog.
        normalized: all of their names, normalized.
    """
    chosen = random.Random(7)  # noqa: S311 - chooses names, nothing secret
    common = [word for word, _ in Counter(normalized.split()).most_common(400)]
    names = [title.name for title in titles if title.name]
    longest = sorted(names, key=len)[-1_000:]

    def of_common_words(length: int) -> str:
        return " ".join(chosen.choices(common, k=length))[:length]

    def misspelled(name: str) -> str:
        letters = list(name)
        for _ in range(4):
            letters[chosen.randrange(len(letters))] = chosen.choice(_LETTERS)
        return "".join(letters)[:200]

    return {
        "common words": [of_common_words(190) for _ in range(count)],
        "letters that stand for 18": ["\ufdfa" * 190 + str(n) for n in range(count)],
        "long gibberish": ["".join(chosen.choices(_LETTERS, k=190)) for _ in range(count)],
        "short common words": [of_common_words(20) for _ in range(count)],
        "misspelled titles": [misspelled(longest[n % len(longest)]) for n in range(count)],
        "titles of another year": [f"{names[n % len(names)][:190]} 1899" for n in range(count)],
        "accents": ["a" + "\u0323\u0307" * 98 + chr(ord("a") + n % 26) for n in range(count)],
        "articles and long vowels": ["the ou tu dzu mb " * 11 + str(n) for n in range(count)],
    }


def fitting(names: Iterable[str], size: int) -> list[str]:
    """As many of the names as a list of `size` bytes of JSON has room for."""
    kept = []
    for name in names:
        size -= len(json.dumps(name, ensure_ascii=False).encode()) + 1
        if size < 0:
            break
        kept.append(name)
    return kept


def hostile_json(member: str, before: str, size: int) -> Mapping[str, str]:
    """Bodies of about `size` bytes, by what fills their list, or what is beside it.

    Args:
        member: the name of the list.
        before: other members of the object, each with a comma after it.
    """

    def filled(value: str) -> str:
        return ",".join([value] * (size // (len(value) + 1)))

    def with_list(values: str, beside: str = "") -> str:
        return f'{{{before}"{member}":[{values}]{beside}}}'

    unknown = ",".join(f'"{number:x}":0' for number in range(size // 10))
    return {
        "empty objects": with_list(filled("{}")),
        "objects": with_list(filled('{"":0}')),
        "empty lists": with_list(filled("[]")),
        "nested lists": with_list(filled("[" * 100 + "]" * 100)),
        "numbers": with_list(filled("1")),
        "short names": with_list(filled('"ab"')),
        "one long name": with_list(f'"{"x" * size}"'),
        "5,000 wrong entries": with_list(",".join(['{"anime_id":0,"name":0,"rating":0}'] * 5_000)),
        "unknown members": with_list('"Clannad"', f",{unknown}"),
        "a long unknown member": with_list('"Clannad"', f',"{"ratings" * (size // 7)}":0'),
        "an unknown member full of objects": with_list('"Clannad"', f',"x":[{filled("""{"":0}""")}]'),
        "long numbers": with_list(filled("9" * 4_000)),
        "white space": with_list('"Clannad"' + " " * size),
        "deep lists": "[" * size,
    }


# of another site: where the items begin, one of them, where they end
_MORE = '"x":{"a%(n)d":"b%(n)d","c%(n)d":"d%(n)d","e%(n)d":"f%(n)d"}'
_JSON_LISTS = {
    "Kitsu": (
        '{"data":[{"relationships":{},"attributes":{}}],"included":[',
        '{"id":"%(n)d","type":"anime","attributes":{"canonicalTitle":"t%(n)d"},' + _MORE + "}",
        "]}",
    ),
    "AniList": (
        '{"lists":[{"entries":[',
        '{"media":{"id":%(n)d,"title":{"romaji":"t%(n)d"}},' + _MORE + "}",
        "]}]}",
    ),
    "MyAnimeList": (
        '{"data":[',
        '{"node":{"id":%(n)d,"title":"t%(n)d"},"list_status":{"status":"watching"},' + _MORE + "}",
        "]}",
    ),
}


def json_lists() -> dict[str, str]:
    """Lists of other sites with far more items than a list has, and with members that no list needs."""
    return {
        site: start + ",".join(item % {"n": number} for number in range(1, 28_001)) + end
        for site, (start, item, end) in _JSON_LISTS.items()
    }
