"""Article numbers, addresses, marks and promotion in a description: taken out, with the words left standing."""

from __future__ import annotations

import html
import re
from typing import Final

from firstprint.understanding.grades import grade_of
from firstprint.understanding.tidying import tidied

_LETTER = r"A-Za-z\u00c0-\u024f\u3400-\u9fff"
_TAG = re.compile(r"<[A-Za-z/!][^<>]{0,200}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_MARK = re.compile(r"[®©™℠]|\((?:R|TM|C)\)|(?<=[a-z])TM(?![A-Za-z])")
_LABEL: Final = (
    r"p/n|pn|sku|asin|upc|ean|gtin|mpn|oem|cas(?:[ -]?(?:no|nr))?|hs[ -]?code|po[ -]?(?:no|nr|number)|"
    r"(?:art(?:icle)?|artikel|item|part|model|ref|réf|lot|batch|cat|catalog(?:ue)?|order|serial|stock|best)"
    r"(?:\.?[ -]?(?:no|nr|num|number|nummer|code|id)\b|(?=\s?[#:]))|(?:art|ref|réf)\.|"
    r"料号|物料号|货号|型号|编号|品号|批号|规格型号|订单号|条码|序列号"
)
_LABELLED = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_LABEL})[.:：#\s]{{0,3}}(?=[\w./-]{{0,30}}\d)[A-Za-z0-9][A-Za-z0-9._/-]{{0,39}}",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<![\w.,/-])(?=[\w-]{6,40}(?![\w./-]))[A-Za-z0-9]+(?:-[A-Za-z0-9]+){0,6}(?![\w./-])")
_FEWEST_DIGITS: Final = 5
_FEWEST_DIGITS_ALONE: Final = 6
_PROMOTION = re.compile(
    r"\*{1,3} ?(?:sale|new|hot|promo|offer|deal|clearance|best ?seller)[ !]{0,3}\*{1,3}|"
    r"\b(?:new|sale|hot|promo|offer)!+|\b(?:free shipping|best ?seller|limited (?:offer|edition)|special offer)\b|"
    r"包邮|热卖|新品上市|特价|促销|现货|厂家直销|爆款|正品",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[_|¦•·~\\^]+|\*{2,}|={2,}|>{2,}|/{2,}|-{2,}|!+|(?<!\w)\*|\*(?!\w)")
_A_LETTER = re.compile(rf"[{_LETTER}]")


def without_codes(text: str) -> str:
    """A description without what identifies an article but does not say what it is.

    Taken out: HTML tags and entities, web and e-mail addresses, trade marks' signs, labelled numbers (P/N, SKU,
    货号 …), unlabelled numbers of many digits, promotion, separators used as blanks. The text itself comes back
    where no letter would be left.

    >>> without_codes("RED_SHIRT_XL | SKU: 33-221-A | NEW!")
    'RED SHIRT XL'
    >>> without_codes("Gore-Tex® jacket &amp; trousers, art.-no. 4711B, see https://example.org/x")
    'Gore-Tex jacket & trousers, see'
    >>> without_codes("SGCC 18650 R134a 6061-T6")
    'SGCC 18650 R134a 6061-T6'
    """
    bare = html.unescape(text) if "&" in text else text
    bare = _TAG.sub(" ", bare) if "<" in bare else bare
    bare = _ADDRESS.sub(" ", bare)
    bare = _MAIL.sub(" ", bare) if "@" in bare else bare
    bare = _PROMOTION.sub(" ", _LABELLED.sub(" ", _MARK.sub("", bare)))
    bare = _SEPARATORS.sub(" ", _NUMBERED.sub(_kept, bare))
    bare = tidied(bare)
    return bare if _A_LETTER.search(bare) else text


def _kept(found: re.Match[str]) -> str:
    """A run of letters and digits, or a blank where it has so many digits that it can only be a number."""
    run = found[0]
    digits = sum(map(str.isdigit, run))
    letters = sum(map(str.isalpha, run))
    many = digits >= (_FEWEST_DIGITS if letters else _FEWEST_DIGITS_ALONE) and digits > letters
    return " " if many and grade_of(run) is None else run
