"""Honest titles, names and languages that look like problems provoke none."""

import pytest

from apps.catalogue.languages import InvalidLanguage, check_language
from apps.catalogue.metadata_rules.names import find_name_problems
from apps.catalogue.metadata_rules.titles import check_title, find_title_problems

# Real titles, or near them, made of the very words that the rules look for.
HONEST_TITLES = """
Live and Let Die|Under Cover of Darkness|Karaoke|Six Ft. Under|Ai No Corrida|AI|10 ft. Tall
Single Ladies (Put a Ring on It)|Run for Cover|The Cover of Rolling Stone|Take Cover (Stay Low)
Video Killed the Radio Star|(Don't Fear) The Reaper|Swan Lake, Op. 20: Scene|Sora|Muse|Clean
Partita No. 2 in D minor|Free Fallin'|Explicit|S.O.S.|Mr. Brightside|will.i.am|Untitled|Song 2
Part of Me|Pt. 2|Another Brick in the Wall, Pt. 2|DNA|Tidal Wave|Remix to Ignition|Mixtape
Demolition|Made with Love|Original Sin|Album of the Year|I ♥ You|कल हो ना हो|Привет|99 Problems
Beat It|Type O Negative|Master of Puppets|The Final Countdown|Final Song|Edit Me|The Edit|HD|4K
(I Can't Get No) Satisfaction|Stuck (With U)|In the Style|Sounds of Silence|A.I.|Official Girl
Exclusive|Live Forever|Instrumental Asylum|Acoustic #3|Free|New Year's Day|Cover Me|Sleep
Cover Me Up (In Sunshine)|Meditation|Symphony No. 5: I. Allegro - Andante|A Tribute|vs.
Rock - Paper - Scissors|Lyrics to Go|Smells Like Teen Spirit|Video Games|Live Wire|Bonus Track
Prodigal|Prod|@|Feat|Feat of Strength|Dub Be Good to Me|Radio|Version of Me|Dirty|Dirty (Diana)
Exclusively Yours|Track|YMCA|LOUD places|Breathe (In the Air)|Hurt (So Good)|Volume|Vol. 3
Symphony Pt. II|The Mixdown Blues (Slow Down)|Hot in Herre|Ft. Worth Blues|Take a Bow (Slowly)
Alive|Living in the City|Original of the Species|It's Raining Men|(Ghost) Riders in the Sky
Official|Viral|Out Now|Bootleg|Stripped|Slowed|Nightcore|Unplugged Heart|The Single Life|R U Mine?
Lost in the Mix|Dance (In the Mix)|E.P.|Orchestral Manoeuvres|Remastered Soul|Demo|Radio Edit Blues
""".replace("\n", "|").strip("|").split("|")  # fmt: skip


@pytest.mark.parametrize("title", HONEST_TITLES)
def test_honest_titles_are_left_alone(title: str) -> None:
    assert list(find_title_problems({"title": title})) == []


@pytest.mark.parametrize(
    "title",
    ["Song (Radio Edit)", "Song - Remix", "Song (DJ X Remix)", "Song (2011 Remaster)",
     "Song [VIP Mix]", "Song (Sped Up)", "Song (slowed + reverb)", "Song (Taylor's Version)",
     "Song（Live）", "Song (Re-recorded)", "Song (Acoustic)", "Song – Extended Mix"],
)  # fmt: skip
def test_versions_in_titles(title: str) -> None:
    assert [found.code for found in check_title(title, "title")] == ["version_in_title"]


@pytest.mark.parametrize(
    "name",
    ["Nirvana", "Suno", "AI", "Muse", "Sleep", "The Beat", "Beach House", "House of Pain", "MGMT",
     "Best Coast", "Kids See Ghosts", "Florence and the Machine", "Tyler, The Creator", "deadmau5",
     "Portugal. The Man", "X", "¥$", "Lata Mangeshkar", "Ёлка", "A. R. Rahman", "Meditations",
     "Artists United", "Unknown Mortal Orchestra", "Testament", "The National",
     "Recordings of Joy"],
)  # fmt: skip
def test_honest_names_are_left_alone(name: str) -> None:
    assert list(find_name_problems({"artists": [{"name": name, "role": "main"}]})) == []


@pytest.mark.parametrize(
    ("tag", "normal"),
    [("en", "en"), ("PT-br", "pt-BR"), ("zh_hant", "zh-Hant"), ("zxx", "zxx"), ("bho", "bho"),
     ("es-419", "es-419"), ("sl-rozaj-biske", "sl-rozaj-biske"), ("en-x-pirate", "en-x-pirate")],
)  # fmt: skip
def test_languages_that_exist(tag: str, normal: str) -> None:
    assert check_language(tag) == normal


@pytest.mark.parametrize(
    ("tag", "says"),
    [("hin", "Write hi"), ("ger", "Write de"), ("xx", "no language xx"), ("en-ZZ", "no country ZZ"),
     ("english", "no language tag"), ("", "no language tag"), ("e", "no language tag")],
)  # fmt: skip
def test_languages_that_do_not(tag: str, says: str) -> None:
    with pytest.raises(InvalidLanguage, match=says):
        check_language(tag)
