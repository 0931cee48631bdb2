"""What the ILCD data sets of a record say in words, in English and Chinese."""

from __future__ import annotations

from firstprint.domain.decided import DecidedRecord
from firstprint.exporters.credits import credit_of
from firstprint.exporters.facts import ExportFacts
from firstprint.exporters.ilcd_tree import Bilingual, Node, has_han, spoken, tag_language
from firstprint.exporters.pact_needs import place_of
from firstprint.exporters.told import NOT_STATED, boundary, declared, explained, stand_in
from firstprint.wording import place_words

MIDDLE = 500
DRAFT_MARK = Bilingual("[DRAFT] ", "[草稿] ")
APPLICATIONS = Bilingual(
    "Screening of a product's climate impact where no data of its own are at hand; not for comparative assertions "
    "disclosed to the public.",
    "在缺乏自身数据时初步估算产品的气候影响；不得用于向公众披露的对比论断。",
)
RESULT_NOTE = Bilingual(
    "GWP100 in kg CO2e as the source of the proxy publishes it, not characterised anew.",
    "GWP100（kg CO2e）沿用替代数据来源所公布的数值，未重新进行特征化计算。",
)
UNCERTAINTY_NOTE = Bilingual(
    "Log-normal; relativeStandardDeviation95In is the square of the geometric standard deviation.",
    "对数正态分布；relativeStandardDeviation95In 为几何标准差的平方。",
)


def base_names(record: DecidedRecord, facts: ExportFacts) -> tuple[Node, ...]:
    """The product's names: the description in its own language, and the names stated; one a language."""
    product = record.proposal.product
    written = tag_language(product.description, product.language)
    names = {"en": facts.name_en, "zh": facts.name_zh}
    found = {written: product.description, **{code: name for code, name in names.items() if name}}
    ordered = sorted(found.items(), key=lambda one: (one[0] != "en", one[0] != "zh", one[0]))
    return tuple(spoken("baseName", _marked(record, text, code), code, MIDDLE) for code, text in ordered)


def _marked(record: DecidedRecord, text: str, language: str) -> str:
    if not record.draft:
        return text
    return (DRAFT_MARK.zh if language == "zh" else DRAFT_MARK.en) + text


def routes(record: DecidedRecord) -> Bilingual:
    """The part of the name that says how the data set was made."""
    if record.draft:
        return Bilingual("DRAFT estimate by a proxy, not confirmed", "以替代数据集估算的草稿，未经确认")
    return Bilingual("estimate by a proxy data set", "以替代数据集估算")


def mix(record: DecidedRecord, facts: ExportFacts) -> Bilingual:
    """The part of the name that says boundary and place."""
    place = place_of(record, facts)
    return Bilingual(
        f"{boundary(record, 'en')}, {place_words(place, 'en')}", f"{boundary(record, 'zh')}，{place_words(place, 'zh')}"
    )


def unit_words_of(record: DecidedRecord) -> Bilingual:
    """What the result is per."""
    return Bilingual(declared(record, "en"), declared(record, "zh"))


def comment(record: DecidedRecord) -> Bilingual:
    """How the number came about, with every flag in the record's language."""
    flags = [f"{flag.code}: {flag.message}" for flag in record.flags]
    english = [text for text in (*explained(record, "en"), *flags) if not has_han(text)]
    chinese = [*explained(record, "zh"), *(text for text in flags if has_han(text))]
    return Bilingual(" ".join(english), "".join(part if part[-1] > "\u2e80" else f"{part} " for part in chinese))


def technology(record: DecidedRecord) -> Bilingual:
    """Which dataset stands in, and each step of the conversion."""
    steps = () if record.taken is None else record.taken.conversion
    chain = "; ".join(steps)
    english = stand_in(record, "en")
    if has_han(english):
        english = "A proxy data set whose name is Chinese."
    return Bilingual(
        f"{english} Conversion: {chain}." if chain else english,
        f"{stand_in(record, 'zh')}换算：{chain}。" if chain else stand_in(record, "zh"),
    )


def terms(record: DecidedRecord) -> Bilingual:
    """Under which terms the numbers behind the data set stand."""
    taken = record.taken
    if taken is None:
        return Bilingual("Terms are set by the owner.", "使用条款由所有者规定。")
    licence = taken.licence.strip()
    name = credit_of(taken.source, taken.source_version).full or taken.dataset_id
    english = f"Derived from {name} under its terms: {licence or NOT_STATED['en']}. Further terms are the owner's."
    if has_han(english):
        english = "Derived from a source whose terms are given in the Chinese text. Further terms are the owner's."
    return Bilingual(english, f"源自“{name}”，其条款：{licence or NOT_STATED['zh']}。其余条款由所有者规定。")
