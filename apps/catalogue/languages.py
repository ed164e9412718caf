"""Language tags (BCP 47, RFC 5646): well-formed, shortest, and of a country that exists.

Two-letter languages are checked against ISO 639-1. Three-letter codes are accepted as written,
unless BCP 47 wants their two-letter form; the registry of all eight thousand is not shipped.
"""

import re

from apps.catalogue.countries import COUNTRIES

NO_WORDS = "zxx"

# ISO 639-1 code and the ISO 639-2 codes that must not be used in its place.
_PAIRS = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel
bg:bul bi:bis bm:bam bn:ben bo:bod,tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre
cs:ces,cze cu:chu cv:chv cy:cym,wel da:dan de:deu,ger dv:div dz:dzo ee:ewe el:ell,gre en:eng
eo:epo es:spa et:est eu:eus,baq fa:fas,per ff:ful fi:fin fj:fij fo:fao fr:fra,fre fy:fry ga:gle
gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye,arm
hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl,ice it:ita iu:iku ja:jpn jv:jav
ka:kat,geo kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom
kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah
mi:mri,mao mk:mkd,mac ml:mal mn:mon mr:mar ms:msa,may mt:mlt my:mya,bur na:nau nb:nob nd:nde
ne:nep ng:ndo nl:nld,dut nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss
pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron,rum ru:rus rw:kin sa:san sc:srd
sd:snd se:sme sg:sag si:sin sk:slk,slo sl:slv sm:smo sn:sna so:som sq:sqi,alb sr:srp ss:ssw
st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton
tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln
wo:wol xh:xho yi:yid yo:yor za:zha zh:zho,chi zu:zul
"""

_SHORT: dict[str, str] = {
    long: pair.split(":")[0] for pair in _PAIRS.split() for long in pair.split(":")[1].split(",")
}
LANGUAGES = frozenset(pair.split(":")[0] for pair in _PAIRS.split())
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)


class InvalidLanguage(Exception):
    """Not a language tag; the message is the sentence for the person who chose it.

    `sentence` is its plain English message id and `values` fill it, for whoever translates it.
    """

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values = values


def check_language(text: str) -> str:
    """The tag in its usual letter case, such as hi, pt-BR or zh-Hant; raises InvalidLanguage."""
    found = _TAG.fullmatch(text.strip().replace("_", "-"))
    if not found:
        raise InvalidLanguage(
            '"%(found)s" is no language tag. Examples: en, hi, pt-BR.', found=text[:40]
        )
    language = found["language"].lower()
    if language in _SHORT:
        raise InvalidLanguage(
            "Write %(wanted)s instead of %(found)s.", wanted=_SHORT[language], found=language
        )
    if len(language) == 2 and language not in LANGUAGES:
        raise InvalidLanguage(
            "There is no language %(found)s. Examples: en, hi, pt-BR.", found=language
        )
    region = found["region"]
    if region and region.isalpha() and region.upper() not in COUNTRIES:
        raise InvalidLanguage(
            "There is no country %(found)s. Examples: pt-BR, en-GB.", found=region.upper()
        )
    return _in_usual_case(found.group(0), found)


def _in_usual_case(tag: str, found: re.Match[str]) -> str:
    usual = list(tag.lower())
    if found["script"]:
        usual[found.start("script")] = usual[found.start("script")].upper()
    if found["region"]:
        start, end = found.span("region")
        usual[start:end] = tag[start:end].upper()
    return "".join(usual)
