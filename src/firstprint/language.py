"""Text of a description: which language it is in, its normal form, and whether it can be used at all.

Language is told by script first, then by function words, product words, letters and endings. It needs no
model: a description is often three words long, where these say more than statistics of running text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from firstprint.errors import InputError

MAX_DESCRIPTION_CHARS = 20_000
"""Longest description taken, in characters: about ten pages."""

_NOTABLE_HAN_SHARE = 0.15
_SHOUTED_FROM = 9
_SHOUTED_SHARE = 0.9
"""Han characters among letters above which a mixed text counts as Chinese: 304不锈钢 sheet cold rolled."""

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff\u31f0-\u31ff]")),
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)


class _Traits(NamedTuple):
    """What marks a Latin-script language: words (weight 2), letters (1.5 a kind), endings (0.5), clusters (0.4)."""

    words: str
    letters: str
    endings: str
    clusters: str


_LATIN: dict[str, _Traits] = {
    "en": _Traits(
        "garden machine washing cement butter hose pen wind motor cable oil sugar egg "
        "fish pork tomato apple car engine "
        "the and of with for from in made per to a an by on at is or without steel sheet bottle plastic "
        "cotton water paper glass wood wooden leather chair table wool fresh frozen milk bread beef "
        "chicken power light food box bag cup phone screen tyre pipe wire recycled grade cold hot rolled "
        "woven electric copper rice cheese soy juice aluminium battery bike mountain transport "
        "towels laptop computer office wheat flour black white",
        "",
        "ing ness ship shed ed ght ware board y er ers nut ter able ant ment",
        "th wh sh ea ee oo igh ck dge ough ays",
    ),
    "de": _Traits(
        "der die das und mit für aus von ohne im ein eine zur auf pro oder nicht des dem den zum kg stahl "
        "flasche glas papier holz wasser milch brot baumwolle baumwoll wolle leder kunststoff stuhl tisch "
        "strom käse fleisch rind schwein blech rohr hemd hose schuhe möbel gebraucht frisch bio kupfer "
        "eisen reis apfel kaffee tasse becher wellpappe zement büro beton dose karton mehl weizen zucker "
        "zwiebel tomaten kartoffeln öl fahrrad fernseher gerät auto reifen fenster tür lampe ei eier "
        "butter schokolade teller messer topf pfanne ziegel sand kies dämmung farbe lack schraube rinder "
        "schweine gegrillt geschält",
        "äöüß",
        "ung keit heit stoff lich isch stahl flasche blech eimer schrank kiste beutel papier en el "
        "ziegel tuch schlauch",
        "sch tsch pf tz kupfer apfel milch garten holz hand zahn dach wasch kunst stoff glas stahl "
        "stein fleisch rohr draht kabel auf zeug haus blech beton uch uh eu ei au ie",
    ),
    "fr": _Traits(
        "le la les des du en et avec pour sans une un de au aux par sur ou dans acier bouteille verre eau "
        "bois coton papier plastique laine cuir lait pain fromage viande boeuf bœuf poulet chaise chemise "
        "tôle cuivre carton pomme tasse boîte chaussures pantalon riz vin jus frais surgelé recyclé "
        "bureau farine blé terre ordinateur portable peinture vélo sucre huile beurre œuf poisson saumon "
        "porc agneau lampe fenêtre porte voiture pneu béton ciment brique sable briques poudre canette "
        "téléphone machine laver pull veste",
        "éèêàçùœîôû",
        "eur eux euse elle ette ière ique iques aux erie ée ées age re ot it",
        "oi eau eux ou ai qu aille eille aui au oeu œu",
    ),
    "es": _Traits(
        "el los las una un con para sin del por y en de al botella acero vidrio madera algodón agua papel "
        "plástico lana cuero leche pan queso carne pollo silla mesa camisa zapatos cobre cartón arroz "
        "jugo aceite lata pantalón harina trigo zumo naranja oficina camiseta azúcar huevo pescado cerdo "
        "cordero ventana puerta coche neumático cemento ladrillo arena lavadora ordenador bicicleta "
        "teléfono chaqueta inoxidable chapa manzana patata tomate",
        "ñáíóú¿",
        "ción dad illo illa ero era ados adas ado ada ico ica oso ble as os",
        "ue ie lla rra ción que güe",
    ),
    "it": _Traits(
        "il lo gli di con per senza della del delle dei un una e in da nel alla bottiglia acciaio vetro "
        "legno cotone acqua carta plastica lana pelle latte pane formaggio carne pollo sedia tavolo "
        "camicia scarpe rame cartone riso olio maglietta oliva lamiera ufficio farina grano zucchero "
        "burro uovo uova pesce maiale finestra porta auto pneumatico cemento mattone sabbia lavatrice "
        "bicicletta telefono giacca mela patate pomodoro pomodori succo arancia bicchiere lattina "
        "alluminio",
        "àèìòù",
        "zione zioni ità etto etta ello ella glia ggio aio ica ico ezza ino ina eria ole osa",
        "zz cch gli ggi cc tt gn chi che ghi",
    ),
    "nl": _Traits(
        "de het een van met voor zonder en uit op te bij of is staal fles glas hout katoen katoenen "
        "papier wol leer melk brood kaas vlees kip stoel tafel overhemd schoenen koper karton rijst plaat "
        "kunststof houten stalen fiets volle roestvrij suiker meel tarwe ei eieren vis varkensvlees "
        "rundvlees raam deur auto band beton baksteen zand wasmachine telefoon jas appel aardappel "
        "aardappelen tomaat sap sinaasappel blik glazen plastic flessen verpakking",
        "ĳ",
        "ijk heid aat oek eel oon ijs ij lijk baar tje isch olie doek slang en",
        "aa uu ij oe ee sl ui oo vr zw olie kk",
    ),
    "pt": _Traits(
        "o os as um uma com para sem do da dos das em no na por e de garrafa aço vidro madeira algodão "
        "água papel lã plástico couro leite pão queijo carne frango cadeira mesa camisa sapatos cobre "
        "papelão arroz óleo chapa farinha trigo escritório açúcar ovo ovos peixe porco janela porta carro "
        "pneu cimento tijolo areia máquina bicicleta telefone casaco maçã batata tomate suco sumo laranja "
        "lata alumínio inoxidável camiseta",
        "ãõçâêôáéíóú",
        "ção ções dade eiro eira ão inho inha agem ado ada im eite",
        "ão lh nh ç ei ou lei",
    ),
    "pl": _Traits(
        "z i w na do dla bez ze oraz lub nie od stal stalowa butelka szkło drewno woda papier wełna skóra "
        "mleko chleb ser mięso krzesło stół koszula buty miedź ryż blacha plastikowa plastikowe "
        "bawełniana szklana drewniane mąka cukier masło jajko jajka ryba wieprzowina okno drzwi samochód "
        "opona cement cegła piasek pralka rower telefon kurtka jabłko ziemniaki pomidor sok puszka "
        "szklanka nierdzewna pszenna",
        "ąćęłńśźż",
        "owy owa owe owej ość czny czna nie anie ka ki",
        "sz cz rz dz ow wy szk prz ł",
    ),
    "tr": _Traits(
        "ve ile için bir bu olan çelik şişe cam ahşap pamuk pamuklu su kağıt plastik yün deri süt ekmek "
        "peynir et tavuk sandalye masa gömlek ayakkabı bakır pirinç karton levha buğday unu un şeker "
        "tereyağı yumurta balık pencere kapı araba lastik çimento tuğla kum çamaşır makinesi bisiklet "
        "telefon ceket elma patates domates suyu portakal kutu alüminyum paslanmaz ofis",
        "ğışçöü",
        "lik lık luk lük lı lü mış ları mu umu ğı ı su",
        "ş ğ ı yağ lü çı üm",
    ),
}  # fmt: skip

_SHORTEST_STEM = 3
_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=1_024)
def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language ``text`` is most likely in; ``en`` when nothing tells.

    One of zh, en, de, fr, es, it, nl, pt, pl, ja, ko, ru, ar, th, tr. A Chinese text with English words in it is
    Chinese, since the reader who wrote it reads Chinese.
    """
    plain = unicodedata.normalize("NFKC", text)
    letters = sum(map(str.isalpha, plain))
    for code, pattern in _SCRIPTS:
        if letters and len(pattern.findall(plain)) / letters >= _NOTABLE_HAN_SHARE:
            return code
    return _latin_language(plain.replace("İ", "i").lower())


def writing_language(code: str) -> Literal["zh", "en"]:
    """The language firstprint answers in: Chinese to Chinese (``zh``, ``zh-TW`` …), English to all others."""
    return "zh" if code.casefold().split("-")[0].split("_")[0] == "zh" else "en"


def normalise_text(text: str) -> str:
    """NFKC form without control and zero-width characters, each run of white space made one space."""
    plain = unicodedata.normalize("NFKC", _CONTROL.sub("", _SURROGATE.sub("\ufffd", text)))
    return " ".join(plain.split())


def unshouted(text: str) -> str:
    """A text in capitals, as purchasing systems print it, in lower case; any other text as it is.

    Encoders read case: in capitals, words fall apart into letters. Short codes (PVC, HRB400E) stay.

    >>> unshouted("NIPPLE BRASS 2 X 8 IN"), unshouted("PVC"), unshouted("LED lamp")
    ('nipple brass 2 x 8 in', 'PVC', 'LED lamp')
    """
    cased = [char.isupper() for char in text if char.isupper() or char.islower()]
    return text.lower() if len(cased) >= _SHOUTED_FROM and sum(cased) >= _SHOUTED_SHARE * len(cased) else text


def clean_description(text: str) -> str:
    """A description in its normal form, or the rule it breaks. Lone surrogates become U+FFFD.

    Raises:
        InputError: ``description_empty``, ``description_too_long`` (over ``MAX_DESCRIPTION_CHARS``) or
            ``description_without_words``.
    """
    if len(text) > MAX_DESCRIPTION_CHARS:
        raise InputError(
            f"The description has {len(text):,} characters; the limit is {MAX_DESCRIPTION_CHARS:,}.",
            hint="Keep what the product is, what it is made of and how it is made; leave the rest out.",
            code="description_too_long",
        )
    plain = normalise_text(text)
    if not plain:
        raise InputError(
            "The description is empty.",
            hint="Write what the product is, its material and mass, as in: steel bottle, 500 ml, 0.2 kg.",
            code="description_empty",
        )
    if not any(map(str.isalnum, plain)):
        shown = plain if len(plain) <= 40 else plain[:40] + "…"
        raise InputError(
            f"The description {shown!r} has no letter and no digit.",
            hint="Name the product in words, as in: cotton T-shirt.",
            code="description_without_words",
        )
    return plain


@cache
def _weights() -> dict[str, dict[str, float]]:
    """Each known word's weight a language: 2 shared evenly among the languages that have it."""
    owners: dict[str, list[str]] = {}
    for code, traits in _LATIN.items():
        for word in set(traits.words.split()):
            owners.setdefault(word, []).append(code)
    return {word: dict.fromkeys(codes, 2.0 / len(codes)) for word, codes in owners.items()}


def _latin_language(text: str) -> str:
    marks = [_marks(word) for word in _WORD.findall(text)]
    known = [sum(each) for each in zip(*(one.known for one in marks), strict=True)] or [0.0] * len(_LATIN)
    guessed = [sum(each) for each in zip(*(one.guessed for one in marks), strict=True)] or [0.0] * len(_LATIN)
    scores = {
        code: said + _by_letters(traits, text) + heard
        for (code, traits), said, heard in zip(_LATIN.items(), known, guessed, strict=True)
    }
    best = max(scores, key=lambda code: scores[code])  # en stands first, so it wins a tie
    return best if scores[best] > scores["en"] else "en"


class _Marks(NamedTuple):
    """What one word says for each language of ``_LATIN``: as a known word, or by its ending and clusters."""

    known: tuple[float, ...]
    guessed: tuple[float, ...]


@lru_cache(maxsize=16_384)
def _marks(word: str) -> _Marks:
    nothing = (0.0,) * len(_LATIN)
    known = _weights().get(word)
    if known is not None:
        return _Marks(tuple(known.get(code, 0.0) for code in _LATIN), nothing)
    return _Marks(nothing, tuple(_guessed(word, traits) for traits in _LATIN.values()))


def _guessed(word: str, traits: _Traits) -> float:
    ended = 0.5 if _has_ending(word, tuple(traits.endings.split())) else 0.0
    return ended + 0.4 * sum(cluster in word for cluster in traits.clusters.split())


def _by_letters(traits: _Traits, text: str) -> float:
    return 0.0 if text.isascii() else 1.5 * sum(letter in text for letter in traits.letters)


def _has_ending(word: str, endings: tuple[str, ...]) -> bool:
    return any(word.endswith(ending) and len(word) >= len(ending) + _SHORTEST_STEM for ending in endings)


def letters_of(text: str) -> float:
    """How much a text says, in Latin letters: a Chinese character counts as three.

    >>> letters_of("steel"), letters_of("钢板")
    (5.0, 6.0)
    """
    return float(len(text) + 2 * sum("\u3400" <= char <= "\u9fff" for char in text))
