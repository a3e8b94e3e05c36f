"""Lists in the export format of MyAnimeList, composed of entries."""

from __future__ import annotations

from xml.sax.saxutils import escape

INFO = """
	<myinfo>
		<user_id>1</user_id>
		<user_name>example</user_name>
		<user_export_type>1</user_export_type>
		<user_total_anime>7</user_total_anime>
		<user_total_watching>1</user_total_watching>
		<user_total_completed>3</user_total_completed>
		<user_total_onhold>1</user_total_onhold>
		<user_total_dropped>1</user_total_dropped>
		<user_total_plantowatch>1</user_total_plantowatch>
	</myinfo>
"""


def export(*entries: str, info: str = INFO) -> str:
    """Return a file in the layout of the site."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!--\n Created by XML Export\n-->\n'
        f"\n<myanimelist>\n{info}{''.join(entries)}\n</myanimelist>\n"
    )


def anime(anime_id: object, title: str, score: object, status: str) -> str:
    """Return an entry with every field that the site writes."""
    return f"""
	<anime>
		<series_animedb_id>{anime_id}</series_animedb_id>
		<series_title><![CDATA[{title}]]></series_title>
		<series_type>TV</series_type>
		<series_episodes>24</series_episodes>
		<my_id>0</my_id>
		<my_watched_episodes>12</my_watched_episodes>
		<my_start_date>2011-04-06</my_start_date>
		<my_finish_date>0000-00-00</my_finish_date>
		<my_rated></my_rated>
		<my_score>{score}</my_score>
		<my_storage></my_storage>
		<my_storage_value>0.00</my_storage_value>
		<my_status>{status}</my_status>
		<my_comments><![CDATA[<b>never read</b> & never stored]]></my_comments>
		<my_times_watched>0</my_times_watched>
		<my_rewatch_value></my_rewatch_value>
		<my_priority>LOW</my_priority>
		<my_tags><![CDATA[]]></my_tags>
		<my_rewatching>0</my_rewatching>
		<my_rewatching_ep>0</my_rewatching_ep>
		<my_discuss>1</my_discuss>
		<my_sns>default</my_sns>
		<update_on_import>0</update_on_import>
	</anime>
"""


def sparse(**fields: object) -> str:
    """Return an entry with these fields only, as other programs write it."""
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f"<anime>{inside}</anime>"
