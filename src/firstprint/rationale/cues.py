"""The words a rationale uses, in English and Chinese: whose a number is, what it is, and how two compare."""

from __future__ import annotations

import re

_SECOND = 2


def _words(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{english})|(?:{chinese})", re.IGNORECASE)


def _ranked(english: str, rank: int, chinese: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """“The third candidate”, “third in the list”, 第三候选: the candidate of a rank."""
    words = _words(
        rf"{english}(?: |-)(?:candidate|dataset|best|choice|ranked|in the list|on the list|in line|place|"
        rf"option|entry)\w*|candidate (?:no\. ?|number )?{rank}\b|the {english}\b",
        rf"第{chinese}(?:个)?(?:候选|选择|数据集)(?:数据集)?|候选(?:数据集)?\s*[{chinese}{rank}]|"
        rf"第\s*{rank}\s*(?:个)?候选(?:数据集)?|第{chinese}(?=[、和与及])|排名第{chinese}"
        + ("|次选" if rank == _SECOND else ""),
    )
    return words, frozenset({f"candidate:{rank}"})


SUBJECT_CUES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (
        _words(
            r"nearest references?|closest references?|references?\b(?! (?:year|date|flow|unit|period))|neighbou?rs?\b",
            r"参照(?:产品|数据)?|参考(?:产品|样本|对象)|"
            r"参照物",
        ),
        frozenset({"reference"}),
    ),
    (
        _words(
            r"surrogate(?: model)?(?:'s)?(?: estimate)?|statistical model(?:'s)?|second opinion|(?:the|an?) (?:\w+ "
            r")?model(?:'s)?"
            r"(?: estimate)?|model-based|model route|machine[- ]learning|\bmodel\b(?=\s*[:=(\d]| (?:says|puts|"
            r"gives|estimates|expects|predicts|thinks|reckons|arrives|comes))",
            r"统计模型(?:的)?(?:估算|估计)?(?:值|结果)?|代理模型|模型(?:的)?(?:估算|估计|预测|路线)?(?:值|结果)?|"
            r"第二意见|独立估算",
        ),
        frozenset({"surrogate"}),
    ),
    (
        _words(
            r"next step|next,|once .{0,40}?(?:known|stated|measured)|find(?:ing)? out|measur(?:e|ing|ed|ement)\b|"
            r"weigh(?:ing)?\b"
            r"|would (?:then|narrow|shrink|tighten|(?:reduce|bring) .{0,30}(?:interval|end|span))|knowing\b|stating\b",
            r"下一步|核实|实测|测量|称重|补充|届时|收窄|缩小|若能|如能|一旦",
        ),
        frozenset({"next"}),
    ),
    *(_ranked(*names) for names in (("second", 2, "二"), ("third", 3, "三"), ("fourth", 4, "四"), ("fifth", 5, "五"))),
    (
        _words(
            r"runner(?:s)?-up|alternatives?\b|other candidates?|other datasets?|another dataset",
            r"备选(?:数据集)?|其他候选(?:数据集)?|另一(?:个)?(?:候选)?数据集",
        ),
        frozenset({"other"}),
    ),
    (
        _words(
            r"(?:closest|nearest|best|top|first|chosen|matched|selected|leading|proposed)(?:[- ]ranked)? "
            r"(?:\w+ )?(?:dataset|candidate|match|proxy)|candidate (?:no\. ?|number )?1\b|the first\b(?! step)|the "
            r"proxy"
            r"(?:'s)?|proxy\b|first choice|dataset route|\bdataset\b(?=\s*[:=\d])|(?:our|the|my) (?:pick|top hit|"
            r"nearest hit|closest hit)",
            r"最(?:接近|匹配|相近|相似)的(?:候选)?(?:数据集|候选)|首选(?:数据集)?|第一(?:个)?(?:候选|"
            r"选择)(?:数据集)?|候选(?:数据集)?\s*[一1]"
            r"|第\s*1\s*(?:个)?候选(?:数据集)?|排名第一|替代数据集|代理数据集|所选数据集|匹配数据集|最佳(?:匹配|"
            r"候选)(?:数据集)?",
        ),
        frozenset({"candidate:1"}),
    ),
    (
        _words(
            r"(?:the |our )?(?:two|both) (?:routes|opinions|values|figures|results|numbers|methods)",
            r"两条路线|两种(?:方法|结果|估算|途径)|两个(?:数值|结果|估算)",
        ),
        frozenset({"candidate:1", "surrogate", "combined"}),
    ),
    (
        _words(
            r"(?:two|three|four|five|several|all|the|these) (?:\w+ )?(?:datasets|candidates|alternatives|options)",
            r"(?:[两三四五几各]个?)(?:候选|数据集)",
        ),
        frozenset({"all"}),
    ),
    (
        _words(
            r"combin(?:ed|ing|ation)\w*|(?:our|the) (?:proposal|working (?:figure|value)|headline figure)|"
            r"proposals?\b|compromise|we (?:say|take|took|propose|suggest|use|"
            r"go with|went with|settled? (?:on|for)|arrive at|put it at)|"
            r"taken together|together\b|overall\b|(?<!puts )(?<!put )(?:the|our|final|best|proposed|resulting) "
            r"(?:\w+ )?(?:estimate|value|figure)\b|estimated footprint|footprint estimate|both routes|blend\w*|merg\w+",
            r"折中|取(?=\s*(?:约|为)?\s*\d)|综合(?:两者|估算|估计|结果|值)?|合并|两者结合|结合两者|两条路线|最终|总体|"
            r"碳足迹(?:的)?(?:最佳)?(?:估计|估算)(?:值)?|建议值"
            r"|估计值|估算值|碳足迹(?:约)?为|现值|当前(?:值|结果|数值)|现有(?:值|结果|数值)|目前的(?:值|结果|数值)",
        ),
        frozenset({"combined"}),
    ),
    (
        _words(
            r"(?:this|that|the|its) (?:\w+ )?datasets?(?:'s)?(?: result)?|dataset's result|"
            r"dataset-based|dataset (?:figure|value|result)",
            r"(?:该|此|这个|这一|本)数据集(?:的)?(?:结果)?|数据集(?:的)?(?:结果|路线|值)|仅依据数据集|按数据集|数据集(?=给出|得出|算|给的|约?为|是|比|本身|高|低|的)",
        ),
        frozenset({"this", "candidate:1"}),
    ),
)
"""In order of precedence; ``this``, ``other`` and ``reference`` are resolved by what was named before."""

WEAK_CUES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (_words(r"estimat\w+|footprint\b|interval\b|range\b", r"碳足迹|区间|估计|估算|范围"), frozenset({"combined"})),
    (_words(r"provisional|preliminary", r"初步|暂定"), frozenset({"combined"})),
    (_words(r"datasets?\b", r"数据集"), frozenset({"candidate:1"})),
    (_words(r"models?\b", r"模型"), frozenset({"surrogate"})),
    (
        _words(r"taken (?:\w+ )?from|makes?\b|multipl\w+|converted|converting", r"依据|来源[为于是]|折算|换算|乘以"),
        frozenset({"candidate:1"}),
    ),
)

ABSENT = re.compile(r"(?:\bno|\bwithout(?: an?)?|没有|缺少|无)\s*$", re.IGNORECASE)
"""Before a subject that is said not to be there."""

ROLE_CUES: dict[str, re.Pattern[str]] = {
    "similarity": _words(r"similar\w*|resembl\w*|cosine", r"相似|相近程度"),
    "acceptance": _words(
        r"p(?=\s*[=≈])|probab\w*|accept\w*|likel\w*|chance\w*|confiden(?:ce|t)\b|odds|certain\w*",
        r"概率|可能性|采纳|接受|把握|认可|几率|机率",
    ),
    "uncertainty": _words(r"uncertaint\w*|error", r"不确定度|不确定性|误差|±"),
    "reference_weight": _words(r"weight(?:s|ed|ing)?\b|share\b", r"权重|占比|占"),
    "coverage": _words(
        r"interval|coverage|range\b|band\b|bounds?\b|of (?:the |all )?cases|true value", r"区间|覆盖|置信|范围"
    ),
    "span": _words(
        r"upper|lower end|lower bound|lower limit|end to end|span\w*|interval|width|wide|range\b|ends?\b",
        r"上限|下限|区间|跨度|上下|端",
    ),
    "half_span": _words(
        r"give or take|around (?:the|its) cent|either side|each way|either way|each side|up or down|plus or minus|×/÷",
        r"两侧|上下(?=\s*[\d一二两三四五六七八九十])|上下各|各偏|乘除|乘以?或除以?|中心值",
    ),
    "emission_factor": _words(
        r"emission factors?|emission intensit\w+|(?<!a )factor\b(?! of| \d)|carries|intensity",
        r"排放因子|因子|排放强度|排放系数",
    ),
    "reference_value": _words(r"references?|neighbou?rs?", r"参照|参考"),
}
FACTOR_BEFORE = _words(
    r"emission factors?\b[^,;]{0,16}$|emission intensit\w+[^,;]{0,16}$", r"(?:排放)?(?:因子|系数|强度)[^，；]{0,6}$"
)
"""Right before a number that is an emission factor and no result."""
RATIO_WORD = _words(
    r"ratio|factor|times|fold\b|apart|ends?\b|bounds?\b|interval|spread|width",
    r"之比|比值|倍|上下限|区间|乘除|跨度|相差",
)
"""Beside one of these a number without a unit may be a ratio."""
CHANGE = _words(
    r"(?:bring|go|goes|fall|drop|move|shift|rais|ris|lower|reduc|chang|cut|push|increas|decreas)\w*\b|down\b|up\b",
    r"下降|降低|降到|降至|降为|上升|升到|升至|升高|变为|变成|减少|减到|增加|增至|提高|下调|上调|缩小|收窄|缩到",
)
"""“From A to B” after one of these tells two results, no interval."""
LOW = _words(
    r"\blow[\s:=]+$|lower (?:end|bound|limit)|low end|as (?:low|little) as|minimum|at least|no less than",
    r"低至|低到|下限|下界|最低|至少|不低于",
)
HIGH = _words(
    r"\bhigh[\s:=]+$|upper (?:end|bound|limit)|high end|as (?:high|much) as|maximum|at most|up to|no more than",
    r"高达|高至|高到|上限|上界|最高|至多|最多|不超过",
)
RANGE_JOIN = re.compile(
    r"\s*(?:(?:all the way |right )?up to|all the way to|一直(?:拉|延伸)?[到至]|高?[到至]|"
    r"to|and|–|—|-|~|至|到|和|与|,|，)\s*(?:about|roughly|around|约)?\s*",
    re.IGNORECASE,
)
RANGE_BEFORE = re.compile(
    r"(?:from|between|\bends?,|\bbounds?,|\blimits,|"
    r"interval(?: is| of|:)?|range(?:s| is| of|:)?|runs?|spans?|介于|从|在|区间(?:为|是)?|"
    r"范围(?:为|是)?|\[|（|\()\s*"
    r"(?:from|between|about)?\s*$",
    re.IGNORECASE,
)
ASSUMED = _words(
    r"taken (?:to (?:be|weigh)|as)|put at|reckon\w*|assum\w*|presum\w*|suppos\w*|default\b|not stated|unstated|"
    r"hypothes\w*|guess\w*|not given|not known|unknown|for want of|in the absence of",
    r"假设|假定|暂按|先按|暂以|先以|权且|没给|没说|没写|估的|自估|粗估|未说明|未注明|未写明|姑且|设定|推定|默认|并非实测|未给定|未提供|预设",
)
MASS_WORD = _words(r"mass\b|weight\b|weighs\b|weighing\b|weighed\b", r"质量|重量|单重|净重|重(?=\s*\d)")
NEXT = _words(
    r"next step|would\b|\bonce\b|\bas soon as\b|find(?:ing)? out|measur(?:e|ing)\b|weigh(?:ing)? |knowing|stating|"
    r"to be (?:measured|"
    r"confirmed)|should\b|needed?\b|ask\b",
    r"下一步|核实|测量|称重|补充|届时|若能|如能|一旦|需要|建议|值得|若有|后可|后，|可缩小",
)
STATED = _words(
    r"(?:was|is|were|been|being) (?:\w+ )?(?:measured|stated|known|given|provided|weighed|confirmed|declared|supplied)"
    r"|(?:measured|stated|known|given|actual|declared|confirmed) (?:mass|weight)",
    r"实测(?:质量|重量|值)(?!后)|(?:质量|重量)(?:已知|已给定|由用户|经实测|为实测|为已知|为给定)|(?:已知|给定|实际|"
    r"声明)的?(?:质量|重量)",
)
NEGATION = re.compile(
    r"(?:\bnot|\bno|\bnever|n't|\bneither|\bcannot|\bwithout)\s+(?:\w+\s+){0,2}$|(?:不|并非|未|没有|没|无|非)[^，。"
    r"；]{0,3}$",
    re.IGNORECASE,
)


def _placed(english: str, chinese: str) -> re.Pattern[str]:
    """A place as an adjective of a dataset or its value."""
    return re.compile(
        rf"\b(?:{english})(?:[ -][\w-]+){{0,3}}? (?:datasets?|data|figures?|values?|rows?|candidates?|averages?|"
        rf"mix|one|alternative)\b"
        rf"|(?:{chinese})(?:\s*\d{{4}}\s*年)?的?(?:数据集?|候选|数值|平均)",
        re.IGNORECASE,
    )


PLACED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (_placed("Chinese|China", "中国|国内"), frozenset({"CN"})),
    (_placed("French|France", "法国"), frozenset({"FR"})),
    (_placed("German|Germany", "德国"), frozenset({"DE"})),
    (_placed("British|UK", "英国"), frozenset({"GB"})),
    (_placed("American|US", "美国"), frozenset({"US"})),
    (_placed("Japanese|Japan", "日本"), frozenset({"JP"})),
    (_placed("Taiwanese|Taiwan", "台湾"), frozenset({"TW"})),
    (_placed("European|Europe", "欧洲"), frozenset({"RER", "EU", "RER-EU"})),
    (_placed("world|global|worldwide", "全球|世界"), frozenset({"GLO"})),
)
"""“The French dataset”: a place that may tell one candidate from the others, with its codes."""
