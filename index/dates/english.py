"""The words for time in English."""

from index.dates.language import Language
from index.dates.periods import Unit, Which

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_UNITS = {
    "hour": Unit(1 / 24, 0),
    "day": Unit(1, 0),
    "week": Unit(7, 0),
    "fortnight": Unit(14, 0),
    "month": Unit(0, 1),
    "quarter": Unit(0, 3),
    "year": Unit(0, 12),
    "decade": Unit(0, 120),
}
_THIRD = 1 / 3
_PARTS: dict[str, tuple[float | None, float | None] | int] = {
    "early": (0, _THIRD),
    "mid": (_THIRD, 2 * _THIRD),
    "late": (2 * _THIRD, 1),
    "beginning of": (0, _THIRD),
    "start of": (0, _THIRD),
    "middle of": (_THIRD, 2 * _THIRD),
    "end of": (2 * _THIRD, 1),
    "first half of": (0, 0.5),
    "second half of": (0.5, 1),
    "first week of": 7,
    "last week of": -7,
    "first days of": 7,
    "last days of": -7,
    "earlier": (0, None),
    "later": (None, 1),
}
_THIN = {"last", "this", "next", "in", "during", "since", "until", "till", "from", "between", "throughout", "month of"}
_BEFORE_NAME = rf"(?:\b(?:{'|'.join(sorted(_THIN))}|{{month}}(?: \d{{4}})?\s*(?:and|to|through|until|-|–)) $)"
_BEFORE_SEASON = r"\b(?:in|during|over|since|until|till|from|by|between|throughout|before|after)(?: the| last| this)? $"
_BEFORE_WEEKDAY = r"\b(?:on|since|until|till|by|late|early) $"
_DAYTIME = r"(?: (?:morning|afternoon|evening|night))?"
_NTH = r"{day}(?:st|nd|rd|th)?"
_LAST_DAY = r"(?P<last>[0-3]?\d)(?:st|nd|rd|th)?(?![\d%]|[.,:]\d)"
_TO = r"(?:\s*[-–—]\s*| (?:to|and|until|till|through) )"
_NEWS = r"(?:articles?|reports|stories|news|coverage|headlines)"
_COMING_OUT = r"(?:published|publish|printed|posted|written|dated)"

ENGLISH = Language(
    months={name: i for i, name in enumerate(_MONTHS, start=1)}
    | {name[:3]: i for i, name in enumerate(_MONTHS, start=1)}
    | {"sept": 9},
    weekdays={name: i for i, name in enumerate(_WEEKDAYS)}
    | {name[:3]: i for i, name in enumerate(_WEEKDAYS)}
    | {"tues": 1, "thurs": 3},
    seasons={"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12},
    units=_UNITS | {f"{name}s": unit for name, unit in _UNITS.items()},
    plurals=frozenset(f"{name}s" for name in _UNITS),
    numbers={name: i for i, name in enumerate(_NUMBERS, start=1)}
    | {"a": 1, "an": 1, "couple of": 2, "couple": 2, "a couple of": 2, "few": 4, "a few": 4, "several": 6, "recent": 6}
    | {"fifteen": 15, "twenty": 20, "thirty": 30, "ninety": 90, "hundred": 100, "dozen": 12},
    ordinals={"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4},
    which={
        "last": Which.LAST,
        "past": Which.LAST,
        "this past": Which.LAST,
        "this": Which.THIS,
        "current": Which.THIS,
        "next": Which.NEXT,
        "coming": Which.COMING,
        "this coming": Which.COMING,
        "upcoming": Which.COMING,
    },
    words={"today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0}
    | {"yesterday": -1, "last night": -1, "last evening": -1, "the day before yesterday": -2}
    | {"tomorrow": 1, "the day after tomorrow": 2},
    parts=_PARTS | {f"the {part}": share for part, share in _PARTS.items() if part.endswith(" of")},
    tail=r"(?:,? (?:of )?(?:{year}(?![\d%]|[.,]\d)|(?P<whose>last|this|next) year\b))",
    rules=(
        ("day", r"(?<![\d-]){year}-(?P<numeric>[01]\d)-(?P<day>\d\d)(?![\d-])"),
        ("day", r"(?<![\d./])(?P<day>\d\d?)(?P<point>[/.])(?P<numeric>\d\d?)(?P=point){year}(?![/.]\d)"),
        ("day", rf"\bweek (?:of|beginning|starting|from) (?:the )?{_NTH} (?:of )?{{month}}\.?{{tail}}?(?P<week>)"),
        ("day", rf"\bweek (?:of|beginning|starting|from) {{month}}\.? {_NTH}{{tail}}?(?P<week>)"),
        ("days", rf"(?:\b(?:between|from) )?(?:the )?{_NTH}{_TO}(?:the )?{_LAST_DAY} (?:of )?{{month}}\.?{{tail}}?"),
        (
            "days",
            rf"(?:\b(?:between|from) )?{{month}}\.? (?:the )?{_NTH}{_TO}(?:the )?{_LAST_DAY}(?! {{month}}){{tail}}?",
        ),
        ("day", rf"(?:{{weekday}},? )?(?:\bthe )?{_NTH} (?:of )?{{month}}\.?{{tail}}?"),
        ("day", rf"(?:{{weekday}},? )?{{month}}\.? (?:the )?{_NTH}(?![%]|[.,:]\d| {{counted}}){{tail}}?"),
        ("month_day", rf"\bon the {_NTH}(?=\s*(?:[?.,;!]|$))"),
        ("quarter", r"\b(?:the )?(?:q(?P<quarter>[1-4])|{ordinal} quarter){tail}"),
        ("quarter", r"\b(?-i:Q)(?P<quarter>[1-4])\b"),
        ("season", r"(?:{part}(?: |-))?{season}{tail}(?:\s*[-–/]\s*\d\d(?:\d\d)?)?(?!\d| {counted})"),
        ("season", r"(?:{part} )?(?:{which} )?{season}(?! of\b| (?:olympic|paralympic|games|school|fashion|palace))"),
        ("month", r"(?:{part}(?: |-))?(?:{which} )?{month}\b\.?{tail}?(?!-\d| (?-i:(?:on|for|of) [A-Z]))"),
        ("rolling", r"(?:\b(?:the |this )past|\bthe last|\bpast)(?: {number})? {unit}\b(?! of\b)"),
        ("rolling", r"\blast {number} {unit}\b(?! of\b)"),
        ("rolling", r"\b(?P<number>recent) {unit}"),
        ("rolling", r"\b(?:the )?(?P<ahead>next|coming)(?: {number})? {unit}(?<=s)\b"),
        ("ago", r"{number} {unit} ago\b"),
        ("before_last", r"\bthe {unit} before last\b"),
        ("word", rf"{{word}}{_DAYTIME}\b"),
        ("weekday", rf"(?:{{which}} )?{{weekday}}(?:,? (?:of )?(?P<whose>last|this|next) week\b|{_DAYTIME}\b)"),
        ("weekend", r"\b(?:the )?{which} weekend\b|\bthe weekend\b"),
        ("unit", r"(?:{part} )?(?:\bthe )?{which} {unit}(?<!day)(?<!hour)(?<!s)\b(?! of {month})"),
        ("unit", r"{part}(?: in)? the {unit}(?<!day)(?<!hour)(?<!s)\b"),
        ("decade", r"(?<![\d-])(?:\bthe )?(?P<year>(?:1[6-9]|20)\d0)['’]?s\b"),
        ("years", r"(?<![\w$€£#.,:/-]){year}\s*[-–/]\s*(?P<until>\d\d(?:\d\d)?)(?![\d-]|\w)"),
        ("year", r"(?:{part}(?: |-)(?:the year )?|(?<![\w$€£#.,:/-])){year}(?![\d%/]|[.,:]\d|-\w| {counted}|\w)"),
    ),
    doubtful={"may": _BEFORE_NAME, "march": _BEFORE_NAME, "mar": _BEFORE_NAME, "dec": _BEFORE_NAME}
    | dict.fromkeys(["jan", "jun", "nov"], _BEFORE_NAME)
    | dict.fromkeys(["spring", "summer", "autumn", "fall", "winter"], _BEFORE_SEASON)
    | dict.fromkeys(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], _BEFORE_WEEKDAY),
    names=r"\b(?:usa today|the today show|the tonight show|friday the 13th|fourth of july|(?:arab|prague) spring|"
    r"may day|theresa may|brian may|march madness|{weekday} (?:times|telegraph|mirror|school|night (?:live|football))|"
    r"(?:black|good|bloody|super|ash|cyber|palm|easter|sheffield|holy|giving|whit|mail on|maundy|boxing) {weekday})\b",
    counted=r"(?:people|persons|men|women|children|kids|soldiers|troops|fighters|officers|police|workers|employees|jobs|"
    r"members|migrants|refugees|prisoners|passengers|protesters|demonstrators|patients|students|pupils|voters|votes|"
    r"seats|deaths|cases|victims|casualties|injured|dead|homes|houses|households|buildings|flights|cars|vehicles|ships|"
    r"planes|shares|copies|times|points|tons|tonnes|kilograms?|kg|kilomet(?:er|re)s?|km|met(?:er|re)s?|miles?|feet|"
    r"hectares|acres|litres|liters|gallons|degrees|euros?|dollars?|pounds?|francs?|rubles?|roubles?|rupees?|yen|yuan|"
    r"usd|eur|percent|per cent|million|billion|thousand|hours?|gmt|utc|minutes|days|weeks|months|years|year-old|"
    r"(?:other |more |new |square |british |american |us |u\.s\. )(?:[a-z]+s|people|troops|men|women|police)|"
    r"animals|birds|trees|fans|guests|athletes|arrests|tests|doses|vaccines|missiles|rockets|drones|bombs|shots)\b",
    counting=r"(?:\b(?:about|over|under|nearly|almost|some|than|least|most|exactly|only|just|another|roughly|"
    r"approximately|up to|flight|resolution|route|room|number|no|article|section|page|version|windows|highway|bus|"
    r"asteroid|boeing|channel|protocol|form|aged?|worth|cost|paid|pay)\.? )$",
    adverbial=r"\b(?:in|on|during|since|until|till|by|before|after|from|between|and|to|through|throughout|over|around|"
    r"circa|in the year|the year|as of|for|dated) $",
    noun=r" (?!(?:who|whom|whose|what|which|when|where|why|how|do|does|did|is|are|was|were|has|have|had|"
    r"can|could|will|would|should|and|or|but|to|in|at|on|by|for|from|with|without|that|as|the|an?|according|after|"
    r"before|while|until|till|since|compared|than|if|about|because|during|near|over|under|through|against|into|"
    r"onwards?|ago|he|she|it|they)\b)\w",
    title=r"(?:(?-i:[A-Z][\w'’&-]*)|\bof) $",
    between=r"\b(?:between|from) (?:the )?$",
    to=r"\s*(?:[-–—]|(?<!\S)(?:to|until|till|through|up to)(?!\S))\s*(?:the )?",
    both=r",? and (?:the )?",
    since=r"\b(?:ever )?(?:since|starting|beginning)(?: in| on| at)?(?: the)? $",
    after=r"\b(?:after|following) $",
    after_event=r"\b(?:since|after|following|in the wake of)(?: [\w'’.-]+){1,6} $",
    of_event=r"['’]s\b",
    onwards=r" (?:onwards?|forward)\b| on(?=\s*(?:[?.,;!]|$))",
    until=r"\b(?:until|till|through|by|up to|up until) $",
    before=r"\b(?:before|prior to|ahead of) $",
    around=r"\b(?:around|circa) $",
    published=rf"(?:\b{_NEWS}|(?:^|\b(?:{_NEWS}|(?:what|which) (?:was|were|did|has|have))\b(?: [\w'’.-]+){{0,5}}? )"
    rf"{_COMING_OUT}(?: in| at)?)"
    r"(?: (?:from|of|on|during|over|since|after|before|between|within|until|up to|dated|published|the))* $",
    publications=rf"(?:['’]s?)? {_NEWS}\b",
    now=r"\b(?:latest|newest|most recent|now|right now|currently?|so far|to date|at the moment|at present|these days|"
    r"nowadays|ongoing|as of today)\b",
)
