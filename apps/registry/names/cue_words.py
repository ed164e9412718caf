"""The phrases that point at somebody else's work, in several languages. Pure data.

Patterns run over lower-case text without accents (`words.plain_words`). `where` says how a phrase
must stand to the name: "anywhere" in the text, "before" or "after" it with nothing but spaces and
brackets between, "beside" it on either side, or "ahead": somewhere before it in the same bracket
or line. Patterns in SHOUTED count only where the text has them in capitals: "ai", "ia" and "ki"
are words, syllables and given names too.
"""

from apps.registry.names.contract import Cue

Phrases = tuple[str, ...]

_AI = (
    r"(?:a\.?\s?i\.?|ia|ki|ии|artificial intelligence|inteligencia artificial"
    r"|intelligence artificielle|intelligenza artificiale|kunstliche intelligenz|нейросет\w*"
    r"|искусственн\w+ интеллект\w*|人工智能|人工知能|인공지능|एआई|الذكاء الاصطناعي|ذكاء اصطناعي"
    r"|yapay zeka)"
)
_SUNG = (
    r"(?:covers?|versions?|vocals?|voices?|clones?|models?|duets?|sings?|singing|songs?|remix(?:es)?"
    r"|mashups?|renditions?|edits?|tracks?|kaver|кавер\w*|верси\w*|вокал\w*|голос\w*|voz|vozes|voix"
    r"|voce|stimme|reprise|gesang|カバー|ボイス|歌唱|歌手|翻唱|演唱|唱|版|声音|커버|보컬|목소리"
    r"|aa?wa+z|aa?va+z|आवाज)"
)

PHRASES: dict[tuple[Cue, str], Phrases] = {
    ("ai_likeness", "anywhere"): (
        rf"\b{_AI}[\s-]*(?:generated|made|powered)?[\s-]*{_SUNG}",
        rf"\b(?:cover|version|voz|voix|voce|reprise|vocals?|remix|song|кавер|версия|커버)[\s-]*"
        rf"(?:com|con|avec|mit|with|by|par|por|da|de|от|par l'|generad[ao] por|gerad[ao] por)?\s*"
        rf"{_AI}\b",
        rf"\b(?:made|created|generated|produced|sung|hecho|hecha|creado|creada|generado|generada"
        rf"|feito|feita|criado|criada|gerado|gerada|fait|faite|cree|genere|fatto|creato|generato"
        rf"|erstellt|gemacht|generiert|сделано|создано)[\s-]+(?:with|by|using|con|por|com|avec|par"
        rf"|mit|von|da|с помощью)?\s*(?:the\s|la\s|l')?{_AI}\b",
        rf"\b{_AI}[\s-]*(?:generated|generiert\w*|erstellt\w*|genere|generad[ao]|gerad[ao])\b",
        r"\bvoice of\b",
        r"\bvoice[\s-]?(?:clon(?:e|es|ed|ing)|models?|swaps?|conversion|changer)\b",
        r"\bcloned (?:voice|vocals?)\b", r"\b(?:voz|vozes) (?:de|da|do|del|dos|das)\b",
        r"\bvoz clonada\b", r"\bvoix (?:de|du)\b", r"\bvoix d'", r"\bvoix clonee\b",
        r"\bvoce (?:di|del|della|clonata)\b", r"\bstimme (?:von|des|der)\b", r"\bgeklonte stimme\b",
        r"\bki (?:aa?wa+z|aa?va+z) (?:me|mein|main)\b", r"की आवाज\u093c? में",
        r"\bголосом\b", r"\bнейро[\s-]?(?:кавер|вокал|версия)\w*", r"\bsesiyle\b",
        r"の声で", r"に歌わせ", r"声真似", r"的声音", r"的聲音", r"声音克隆", r"的声线", r"목소리",
        r"بصوت",
        r"\brvc(?:\s?v?2)?\b", r"\bso[\s-]?vits(?:[\s-]?svc)?\b", r"\bsvc\b",
        r"\bdeep[\s-]?fakes?\b", r"\bvoicify\b", r"\bjammable\b", r"\bmusicfy\b",
        r"\bcovers\.ai\b", r"\bkits[\s.]ai\b", r"\bvoice[\s-]?ai\b", r"дипфейк",
        r"ディープフェイク",
        r"딥페이크", r"深度伪造", r"\b(?:feat|ft|featuring)\.?\s+ai\b",
    ),
    ("ai_likeness", "after"): (
        r"(?:sings?|singing|canta|cantando|chante|singt|поет|gaata|gaati|歌ってみた)\b",
    ),
    ("ai_likeness", "before"): (r"\b(?:fake|faux|falso|фейк\w*)\b",),
    ("style", "anywhere"): (
        r"\btype[\s-]*(?:beats?|instrumentals?|tracks?|songs?|riddims?)\b",
        r"\b(?:beat|instrumental|base)s? (?:tipo|estilo)\b", r"\btipo beat\b", r"タイプ\s?ビート",
        r"타입\s?비트", r"\bтайп[\s-]?бит\w*", r"风格", r"風格", r"스타일",
        r"\bin the (?:style|vein|manner|spirit|sound) of\b", r"\bstyle of\b", r"\bв стиле\b",
        r"\bim stile? (?:von|der|des)\b", r"\b(?:dans le |au |a la )?(?:style|maniere|facon) de\b",
        r"\bstyle d'", r"\bal estilo\b", r"\b(?:no|em|en) estilo\b", r"\bestilo de\b",
        r"\bnello stile\b", r"\bstile di\b", r"\bke (?:style|andaa?z) (?:me|mein|main)\b",
        r"के अंदाज\u093c? में", r"\binspired by\b", r"\binspirad[ao] (?:en|em|por)\b",
        r"\binspire de\b", r"\bsounds? (?:just |exactly )?like\b", r"\bsound[\s-]?alikes?\b",
        r"\bmade (?:famous|popular) by\b", r"\bpopulari[sz]ed by\b",
        r"\b(?:originally|first|as) (?:performed|recorded|sung|done) by\b", r"\boriginally by\b",
        r"\bhech[ao] famos[ao] por\b", r"\bpopularizad[ao] por\b", r"\brendue? celebre par\b",
        r"\bbekannt (?:durch|von)\b", r"\bres[ao] famos[ao] da\b", r"の曲風", r"みたいな",
    ),
    ("style", "after"): (r"[\s-]?(?:style|type|vibes?|flow|stil|estilo)\b", r"(?:風|스타일|风)"),
    ("style", "before"): (r"\b(?:tipo|estilo|facon)\b", r"\ba la\b"),
    ("tribute", "anywhere"): (
        # With the little word behind them: a short name must stand right beside its phrase.
        r"\btribut(?:e|es|o|os|eband)?\b(?: (?:to|an|al?|ao)\b)?", r"\bhommage\b(?: (?:a|an)\b)?",
        r"\bhomenaje\b(?: al?\b)?", r"\bhomenagem\b(?: ao?\b)?", r"\bomaggio\b(?: a\b)?",
        r"\bkaraoke\b", r"\bcover[\s-]?band\b", r"\bin memor(?:y of|iam)\b",
        r"\bsalute to\b", r"\brenditions? of\b", r"\bcovers of\b", r"трибьют", r"караоке",
        r"\bпамяти\b", r"トリビュート", r"カラオケ", r"卡拉\s?ok", r"致敬", r"노래방", r"헌정",
        r"श्रद्धांजलि", r"\bshraddhanjali\b",
    ),
    ("tribute", "after"): (r"(?:cover|reprise|cover version|кавер)\b",),
    ("featuring", "ahead"): (
        r"\b(?:feat|ft|featuring)\b\.?", r"\bw/", r"[(\[]\s*(?:with|con|com|avec|mit)\b",
        r"\bпри\s?уч(?:\.|астии)", r"\bpart\. ?(?:esp\.)?",
    ),
}  # fmt: skip
SHOUTED: dict[tuple[Cue, str], Phrases] = {
    ("ai_likeness", "anywhere"): (r"[(\[{（【「]\s*(?:a\.?\s?i\.?|ia|ki|ии)\s*[)\]}）】」]",),
    ("ai_likeness", "beside"): (r"\b(?:a\.i\.|(?:ai|ia|ki|ии)\b)",),
}
# Where none of these stands in a text of ASCII letters, none of the phrases above can.
TRIGGERS = (
    r"\b(?:ai|a\. ?i|ia|ki|rvc|svc|sings?|feat|ft|w/|type|tipo|flow|vibes?|con|com|avec|mit|with"
    r"|canta|cantando|chante|singt|gaat[ai]|part|faux|fake|falso|a la|stile?|facon)\b",
    r"w/", r"artific", r"kunstliche", r"voice", r"vocal", r"voz", r"voix", r"voce", r"stimme",
    r"a[wv]a+z", r"sesiyle", r"vits", r"deep.?fake", r"voicify", r"jammable", r"musicfy", r"cover",
    r"singing", r"beat", r"style", r"estilo", r"inspir", r"sounds?", r"famous", r"popular", r"sung",
    r"perform", r"record", r"original", r"famos", r"celebre", r"bekannt", r"in the", r"maniere",
    r"tribut", r"hommage", r"homena", r"omaggio", r"karaoke", r"memor", r"salute", r"rendition",
    r"shraddh", r"featuring", r"anda+z", r"reprise",
)  # fmt: skip
