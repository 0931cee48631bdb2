"""Words in cells of catalogue tables that stand for one of a few codes, in English, Chinese, German and French."""

from __future__ import annotations

NOTHING = frozenset(
    {
        "", "-", "–", "—", "/", ".", "n/a", "#n/a", "na", "n.a.", "null", "none", "nil", "not available",
        "keine angabe", "k.a.", "k. a.", "n.v.", "unbekannt", "non disponible", "nd", "n.d.", "inconnu",
        "无", "不详", "未知", "暂无", "缺失",
    }
)  # fmt: skip
"""What people write where they have nothing to write, in lower case."""
_BOUNDARIES = {
    "cradle_to_gate": "cradle to gate|cradle to factory gate|a1 a3|a1 to a3|a1–a3|摇篮到大门|从摇篮到大门|摇篮到门|"
    "从摇篮到工厂大门|"
    "wiege bis werkstor|wiege bis werktor|von der wiege bis zum werkstor|von der wiege bis zum werktor|"
    "wiege zum werkstor|berceau à la porte|du berceau à la porte|berceau à porte|du berceau à la sortie d'usine",
    "cradle_to_grave": "cradle to grave|摇篮到坟墓|从摇篮到坟墓|全生命周期|wiege bis bahre|von der wiege bis zur bahre|"
    "von der wiege bis zum grab|berceau à la tombe|du berceau à la tombe",
    "gate_to_gate": "gate to gate|大门到大门|从大门到大门|门到门|werkstor zu werkstor|tor zu tor|porte à porte",
    "well_to_wheel": "well to wheel|well to wheels|wtw|油井到车轮|从油井到车轮|quelle bis rad|du puits à la roue",
    "well_to_tank": "well to tank|wtt|油井到油箱|从油井到油箱|quelle bis tank|du puits au réservoir",
    "end_of_life": "end of life|eol|寿命终止|寿命终止阶段|废弃处置|lebensende|entsorgung|fin de vie",
    "direct": "direct|direct emissions|direct emissions only|combustion|scope 1|仅直接排放|直接排放|"
    "direkte emissionen|émissions directes",
    "unknown": "unknown|unbekannt|inconnu|未知",
}
_BASES = {
    "process": "process based|process lca|prozess|prozessbasiert|procédé|过程|过程法",
    "spend": "spend based|eeio|ausgabenbasiert|monetary|monétaire|支出|支出法|投入产出",
    "direct": "direct emissions|direkt|直接|直接排放",
}
_PHASES = {
    "production": "herstellung|manufacturing|生产|制造",
    "use": "nutzung|utilisation|usage|使用|使用阶段",
    "end_of_life": "end of life|entsorgung|fin de vie|废弃|废弃处置",
    "avoided": "credit|gutschrift|évité|避免|信用",
}
_VARIANTS = {
    "average": "mean|durchschnitt|moyenne|平均",
    "virgin": "primary|primär|vierge|primaire|原生",
    "recycled": "secondary|recycelt|rezykliert|recyclé|再生|回收",
    "organic": "bio|biologisch|biologique|有机",
}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in words.split("|")}


BOUNDARY_WORDS = _by_word(_BOUNDARIES)
"""System boundaries: the word in lower case with blanks for signs → the code."""
BASIS_WORDS = _by_word(_BASES)
PHASE_WORDS = _by_word(_PHASES)
VARIANT_WORDS = _by_word(_VARIANTS)
