"""True texts written by hand about four made-up records, as a person or a model might put the facts."""

from __future__ import annotations

from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import (
    Candidate,
    DataQuality,
    Estimate,
    Flag,
    Neighbour,
    NextMeasurement,
    Scores,
    SurrogateOpinion,
)
from firstprint.rationale.records import RationaleInput


def candidate(
    rank: int, name: str, name_zh: str, place: str, year: int, source: str, **numbers: float | str
) -> Candidate:
    """A candidate with the numbers a rationale tells: value, unit, result, similarity, chance, steps."""
    similarity = float(numbers["similarity"])
    steps = str(numbers.get("steps", ""))
    return Candidate(
        rank=rank,
        dataset_id=f"set-{rank}",
        name=name,
        name_zh=name_zh,
        geography=place,
        unit=str(numbers["unit"]),
        gwp100_kg_co2e=float(numbers["value"]),
        system_boundary="cradle_to_gate",
        basis="process",
        source=source,
        source_version="",
        licence="open",
        year=year,
        similarity=similarity,
        scores=Scores(dense=similarity, lexical=similarity, memory=0, fit=1),
        acceptance_probability=float(numbers["chance"]),
        kg_co2e=float(numbers["result"]),
        conversion=(steps,) if steps else (),
        dqr=DataQuality(technological=2, geographical=2, temporal=2),
    )


BOTTLE = RationaleInput(
    product=Product(
        description="PET bottle for mineral water", language="en", declared_unit=DeclaredUnit(), mass_kg=0.025
    ),
    decision="match",
    estimate=Estimate(kg_co2e=0.0568, low=0.0362, high=0.0891, coverage=0.9, basis="combined"),
    candidates=(
        candidate(
            1,
            "PET granulate, bottle grade",
            "瓶级 PET 切片",
            "CN",
            2020,
            "ADEME Base Carbone",
            unit="kg",
            value=2.09,
            result=0.05225,
            similarity=0.78,
            chance=0.83,
            steps="1 piece × 0.025 kg/piece = 0.025 kg",
        ),
        candidate(
            2,
            "PET film, extruded",
            "PET 薄膜（挤出）",
            "DE",
            2018,
            "DESNZ factors",
            unit="kg",
            value=1.84,
            result=0.046,
            similarity=0.71,
            chance=0.31,
            steps="1 piece × 0.025 kg/piece = 0.025 kg",
        ),
    ),
    surrogate=SurrogateOpinion(
        kg_co2e=0.07,
        low=0.03,
        high=0.16,
        coverage=0.9,
        model_id="m",
        neighbours=(Neighbour(id="r1", name="Plastic bottle, 500 ml", kg_co2e_per_unit=0.0811, weight=0.4),),
    ),
    flags=(Flag(code="wide_interval", message=""),),
    next_measurement=NextMeasurement(what="mass_kg", why="", interval_factor_after=1.3),
    assumptions=("mass_kg",),
)
STEEL = RationaleInput(
    product=Product(description="热镀锌钢板", language="zh", declared_unit=DeclaredUnit(amount=1, unit="kg")),
    decision="match",
    estimate=Estimate(kg_co2e=2.65, low=2.01, high=3.49, coverage=0.9, basis="proxy"),
    candidates=(
        candidate(
            1,
            "Steel sheet, hot-dip galvanised",
            "热浸镀锌钢板",
            "CN",
            2022,
            "CPCD",
            unit="kg",
            value=2.65,
            result=2.65,
            similarity=0.91,
            chance=0.88,
        ),
        candidate(
            2,
            "Steel sheet, cold rolled",
            "冷轧钢板",
            "FR",
            2016,
            "ADEME Base Carbone",
            unit="kg",
            value=2.3,
            result=2.3,
            similarity=0.8,
            chance=0.2,
        ),
    ),
    surrogate=None,
    flags=(Flag(code="outdated_dataset", message=""),),
    next_measurement=NextMeasurement(what="geography", why="", interval_factor_after=1.2),
)
CHAIR = RationaleInput(
    product=Product(description="rattan garden chair", language="en", declared_unit=DeclaredUnit(), mass_kg=6.5),
    decision="no_match",
    estimate=Estimate(kg_co2e=18.2, low=5.1, high=65.0, coverage=0.9, basis="surrogate"),
    candidates=(
        candidate(
            1,
            "Office chair, steel frame",
            "钢架办公椅",
            "FR",
            2017,
            "ADEME Base Carbone",
            unit="piece",
            value=72.0,
            result=72.0,
            similarity=0.38,
            chance=0.09,
        ),
    ),
    surrogate=SurrogateOpinion(kg_co2e=18.2, low=5.1, high=65.0, coverage=0.9, model_id="m"),
    flags=(Flag(code="no_match", message=""), Flag(code="out_of_domain", message="")),
)
POWER = RationaleInput(
    product=Product(
        description="electricity for the workshop", language="en", declared_unit=DeclaredUnit(amount=500, unit="kWh")
    ),
    decision="ambiguous",
    estimate=Estimate(kg_co2e=180.0, low=90.0, high=360.0, coverage=0.8, basis="combined"),
    candidates=(
        candidate(
            1,
            "Electricity mix, medium voltage",
            "中压电网电力",
            "CN",
            2023,
            "CPCD",
            unit="kWh",
            value=0.58,
            result=290.0,
            similarity=0.84,
            chance=0.52,
        ),
        candidate(
            2,
            "Electricity, hydropower",
            "水电",
            "CN",
            2021,
            "CPCD",
            unit="kWh",
            value=0.02,
            result=10.0,
            similarity=0.8,
            chance=0.4,
        ),
    ),
    surrogate=SurrogateOpinion(kg_co2e=72.5, low=30.0, high=175.0, coverage=0.8, model_id="m"),
    flags=(Flag(code="ambiguous", message=""), Flag(code="routes_disagree", message="")),
)

TRUE_TEXTS: tuple[tuple[RationaleInput, str, str], ...] = (
    (
        BOTTLE,
        "en",
        "The bottle is represented by “PET granulate, bottle grade”, a Chinese dataset from 2020 with 2.09 kg CO2e "
        "per kg.",
    ),
    (BOTTLE, "en", "With an assumed mass of 25 g per piece, the dataset gives about 52 g CO2e per piece."),
    (BOTTLE, "en", "The surrogate model comes out at 0.07 kg CO2e, between 0.03 and 0.16 kg CO2e."),
    (BOTTLE, "en", "The dataset's result lies 25 % below the surrogate's estimate."),
    (BOTTLE, "en", "The surrogate's estimate is 34 % higher than the dataset's result."),
    (BOTTLE, "en", "PET film, extruded would give 12 percent less than the first candidate."),
    (
        BOTTLE,
        "en",
        "Our combined estimate is 0.057 kg CO2e per piece, and its 90 % interval runs from 0.036 to 0.089 kg CO2e.",
    ),
    (BOTTLE, "en", "A reviewer would accept this dataset with a probability of 83 %; the text similarity is 0.78."),
    (
        BOTTLE,
        "en",
        "The interval spans a factor of 2.5, so the result should be read as an order of size. Weighing the bottle "
        "would help.",
    ),
    (BOTTLE, "en", "Measuring the mass would bring the upper end of the interval down to 1.7 times its lower end."),
    (
        BOTTLE,
        "en",
        "The runner-up, “PET film, extruded” (Germany, 2018), has a similarity of 0.71 and would give 0.046 kg CO2e.",
    ),
    (BOTTLE, "en", "Because the mass was assumed, please weigh one bottle before using the number."),
    (BOTTLE, "en", "The model's nearest reference is “Plastic bottle, 500 ml” at 0.0811 kg CO2e per piece."),
    (
        BOTTLE,
        "en",
        "The best match is PET granulate, bottle grade, taken from ADEME Base Carbone. Its emission factor is 2.09 "
        "kg CO2e/kg.",
    ),
    (BOTTLE, "en", "Compared with the first candidate, the second candidate is 12 % lower."),
    (BOTTLE, "en", "The combined estimate lies above the dataset's result and below the surrogate's estimate."),
    (BOTTLE, "en", "The proxy gives 0.0522 kg CO2e, while the surrogate gives 0.07 kg CO2e."),
    (
        BOTTLE,
        "en",
        "There is not enough information to say how the bottle was made; the estimate of 0.0568 kg CO2e is "
        "therefore provisional.",
    ),
    (BOTTLE, "zh", "最接近的数据集是“瓶级 PET 切片”（中国，2020 年），排放因子为每千克 2.09 kg CO2e。"),
    (BOTTLE, "zh", "假设每件质量为 25 克，按该数据集每件约为 0.052 kg CO2e。"),
    (BOTTLE, "zh", "统计模型的估算值为 0.07 kg CO2e，区间为 0.03 至 0.16 kg CO2e。"),
    (BOTTLE, "zh", "数据集结果比统计模型估算值低百分之二十五。"),
    (BOTTLE, "zh", "统计模型的估算值高于数据集结果 34%。"),
    (BOTTLE, "zh", "综合两者，每件的碳足迹约为 ０．０５７ kg CO2e，90％ 区间为 ０．０３６～０．０８９ kg CO2e。"),
    (BOTTLE, "zh", "若换成“PET 薄膜（挤出）”，结果会比首选低 12%。"),
    (BOTTLE, "zh", "审核者采纳该数据集的概率为 83%，文本相似度为 0.78。"),
    (BOTTLE, "zh", "由于质量是假设的，建议先称重。"),
    (BOTTLE, "zh", "区间上限约为下限的 2.5 倍，实测质量后可缩小到 1.7 倍。"),
    (BOTTLE, "zh", "次选“PET 薄膜（挤出）”来自德国，2018 年，相似度 0.71。"),
    (BOTTLE, "zh", "与首选相比，第二候选低 12%。"),
    (BOTTLE, "zh", "现有信息不足以说明生产工艺，因此 0.0568 kg CO2e 只是初步结果。"),
    (
        STEEL,
        "en",
        "The closest dataset is “Steel sheet, hot-dip galvanised” from CPCD (China, 2022), with 2.65 kg CO2e per kg.",
    ),
    (STEEL, "en", "It has a text similarity of 0.91 and an 88 % chance of being accepted."),
    (
        STEEL,
        "en",
        "The estimate of 2.65 kg CO2e per kg rests on the dataset alone; the interval runs from 2.01 to 3.49 kg CO2e.",
    ),
    (STEEL, "en", "Cold rolled sheet would give 2.3 kg CO2e per kg, which is 13 % less than the first candidate."),
    (STEEL, "en", "At 2.65 t CO2e per tonne, galvanised sheet is the first choice."),
    (
        STEEL,
        "en",
        "The dataset is out of date. Knowing the place of production would narrow the interval to a factor of 1.4.",
    ),
    (STEEL, "en", "The upper end of the interval is 1.7 times its lower end, at 90 % coverage."),
    (STEEL, "en", "“Steel sheet, cold rolled” (France, 2016) ranks second, with a similarity of 0.8."),
    (STEEL, "zh", "首选为“热浸镀锌钢板”，来自 CPCD，中国 2022 年数据，每千克 2.65 千克二氧化碳当量。"),
    (STEEL, "zh", "文本相似度 0.91，被采纳的可能性为 88%。"),
    (STEEL, "zh", "估算值仅依据数据集，为 2.65 kg CO2e/kg，90% 区间介于 2.01 和 3.49 kg CO2e 之间。"),
    (STEEL, "zh", "“冷轧钢板”的结果比首选低 13%，为 2.3 kg CO2e。"),
    (STEEL, "zh", "该数据集已过时，下一步应核实产地，届时区间上限约为下限的 1.4 倍。"),
    (STEEL, "zh", "区间上限是下限的 1.7 倍。"),
    (STEEL, "zh", "第二候选“冷轧钢板”（法国，2016 年）的采纳概率只有 20%。"),
    (CHAIR, "en", "No acceptable dataset was found for the rattan garden chair."),
    (CHAIR, "en", "The closest one, “Office chair, steel frame”, has a similarity of only 0.38 and was not used."),
    (CHAIR, "en", "The number therefore comes from the surrogate model alone: 18.2 kg CO2e per piece."),
    (CHAIR, "en", "Its 90 % interval reaches from 5.1 to 65 kg CO2e, a factor of 13."),
    (CHAIR, "en", "A reviewer would probably reject the office chair: its acceptance probability is 9 %."),
    (
        CHAIR,
        "en",
        "The product lies far from everything the surrogate model was trained on, so treat 18.2 kg CO2e with care.",
    ),
    (CHAIR, "zh", "目录中没有可接受的数据集，最接近的“钢架办公椅”相似度仅 0.38，未被采用。"),
    (CHAIR, "zh", "结果仅依据统计模型，每件 18.2 kg CO2e，90% 区间为 5.1 至 65 kg CO2e。"),
    (CHAIR, "zh", "区间上限约为下限的 13 倍，请谨慎使用。"),
    (CHAIR, "zh", "“钢架办公椅”的采纳概率只有百分之九。"),
    (CHAIR, "zh", "该产品与统计模型的训练数据相去甚远。"),
    (POWER, "en", "For 500 kWh the grid dataset gives 290 kg CO2e and the surrogate model 72.5 kg CO2e."),
    (POWER, "en", "The dataset's result is four times the surrogate's estimate; the two routes disagree."),
    (
        POWER,
        "en",
        "No single dataset stands out, so a reviewer should choose between “Electricity mix, medium voltage” and "
        "“Electricity, hydropower”.",
    ),
    (POWER, "en", "“Electricity, hydropower” would give 10 kg CO2e, a factor of 29 below the first candidate."),
    (POWER, "en", "The combined estimate is 180 kg CO2e for 500 kWh, with an 80 % interval from 90 to 360 kg CO2e."),
    (POWER, "en", "The emission factor of the grid mix is 0.58 kg CO2e/kWh, equal to 580 g CO2e per kWh."),
    (POWER, "en", "The first candidate exceeds the surrogate's estimate by a factor of 4."),
    (POWER, "zh", "500 千瓦时用电按“中压电网电力”计算为 290 kg CO2e，统计模型则为 72.5 kg CO2e。"),
    (POWER, "zh", "数据集结果是统计模型估算值的四倍，两条路线不一致。"),
    (POWER, "zh", "各候选难分优劣，需由审核者在“中压电网电力”和“水电”之间选择。"),
    (POWER, "zh", "综合结果为 180 kg CO2e，80% 区间为 90 到 360 kg CO2e。"),
    (POWER, "zh", "“水电”的结果为 10 kg CO2e，远低于首选的 290 kg CO2e。"),
    (POWER, "zh", "排放因子为 0.58 kg CO2e/kWh，即每度 580 克二氧化碳当量。"),
    (
        BOTTLE,
        "en",
        "We matched your bottle to the dataset “PET granulate, bottle grade”, published by ADEME Base "
        "Carbone for China in 2020.",
    ),
    (BOTTLE, "en", "It reports 2.09 kg CO2e for every kilogram of granulate, and the text similarity is 0.78."),
    (BOTTLE, "en", "Assuming that one bottle weighs 0.025 kg, the dataset leads to 0.0522 kg CO2e per piece."),
    (
        BOTTLE,
        "en",
        "An independent model trained on reported footprints puts it at 0.07 kg CO2e, with a 90 % "
        "interval of 0.03 to 0.16 kg CO2e.",
    ),
    (BOTTLE, "en", "Taken together, the estimate is 0.0568 kg CO2e per piece (90 % interval: 0.0362–0.0891 kg CO2e)."),
    (BOTTLE, "en", "If the film dataset were used instead, the result would be 0.046 kg CO2e, i.e. 12 % lower."),
    (BOTTLE, "en", "The second candidate, PET film, would lower the result by 12 %."),
    (
        BOTTLE,
        "en",
        "Since the mass is only an assumption, measuring it is the most useful next step; the interval "
        "would then span a factor of about 1.7.",
    ),
    (BOTTLE, "en", "The two opinions differ by 25 %, with the dataset's result being the lower one."),
    (BOTTLE, "en", "The interval is wide: its upper end is about two and a half times its lower end."),
    (BOTTLE, "en", "There is an 83% chance that a reviewer would accept this proxy, versus 31% for the runner-up."),
    (BOTTLE, "zh", "根据描述，与该瓶子最接近的是瓶级 PET 切片数据集，来源为 ADEME Base Carbone，年份 2020。"),
    (BOTTLE, "zh", "按假设的单件质量 0.025 kg 折算，每件排放约 0.0522 kg CO2e。"),
    (BOTTLE, "zh", "独立的统计模型给出 0.07 kg CO2e，比数据集结果高出约 34%。"),
    (BOTTLE, "zh", "两者合并后的估计值为每件 0.0568 kg CO2e（90% 区间 0.0362–0.0891 kg CO2e）。"),
    (BOTTLE, "zh", "若采用次选数据集“PET 薄膜（挤出）”，结果将降低 12%。"),
    (BOTTLE, "zh", "质量目前只是假设，实测后区间可收窄至约 1.7 倍。"),
    (BOTTLE, "zh", "该数据集被采纳的概率约八成三。"),
    (
        STEEL,
        "en",
        "Hot-dip galvanised sheet from China (2022) is the best match, with an acceptance probability of 88 %.",
    ),
    (
        STEEL,
        "en",
        "No surrogate estimate is available, so the result of 2.65 kg CO2e per kg relies on the dataset only.",
    ),
    (STEEL, "en", "Using the cold rolled dataset instead would reduce the footprint to 2.3 kg CO2e per kg."),
    (STEEL, "zh", "由于没有模型估算，2.65 kg CO2e 完全来自数据集。"),
    (STEEL, "zh", "首选数据集的采纳概率为 88%，远高于第二候选的 20%。"),
    (STEEL, "zh", "每千克钢板约排放 2.65 千克二氧化碳当量，九成区间为 2.01 至 3.49 千克二氧化碳当量。"),
    (
        CHAIR,
        "en",
        "Nothing in the catalogue is close enough: the best candidate, an office chair with a steel "
        "frame, only reaches a similarity of 0.38.",
    ),
    (
        CHAIR,
        "en",
        "We therefore fall back on the surrogate model, which gives 18.2 kg CO2e per piece, anywhere "
        "between 5.1 and 65 kg CO2e.",
    ),
    (CHAIR, "zh", "因此只能依靠统计模型：每件约 18.2 kg CO2e，可能低至 5.1 kg CO2e，也可能高达 65 kg CO2e。"),
    (
        POWER,
        "en",
        "Grid electricity at medium voltage gives 290 kg CO2e for 500 kWh, four times what the surrogate "
        "model expects.",
    ),
    (POWER, "en", "The interval of the combined estimate covers a factor of 4, from 90 to 360 kg CO2e."),
    (POWER, "zh", "水电的结果仅为 10 kg CO2e，约为首选的 1/29。"),
    (POWER, "zh", "模型给出的 72.5 kg CO2e 仅为数据集结果的四分之一，分歧明显。"),
    (
        BOTTLE,
        "en",
        "“PET granulate, bottle grade” was chosen because its description is closest (similarity 0.78) "
        "and reviewers are likely to accept it (83 %).",
    ),
    (BOTTLE, "en", "Multiplying 0.025 kg per piece, which is an assumption, by 2.09 kg CO2e/kg gives 0.0522 kg CO2e."),
    (BOTTLE, "en", "The surrogate is more pessimistic: it expects 0.07 kg CO2e per piece, 34 % above the dataset."),
    (
        BOTTLE,
        "en",
        "Overall we propose 0.0568 kg CO2e per piece; the true value should lie between 0.0362 and "
        "0.0891 kg CO2e in 90 % of cases.",
    ),
    (
        BOTTLE,
        "en",
        "An alternative would be “PET film, extruded” from Germany, but its acceptance probability is only 31 %.",
    ),
    (BOTTLE, "en", "The upper end of the interval is 2.5 times as high as the lower end."),
    (BOTTLE, "en", "I cannot tell from these facts whether the bottle contains recycled material."),
    (BOTTLE, "zh", "我们选用“瓶级 PET 切片”作为替代数据集，因为其文本相似度最高，为 0.78。"),
    (BOTTLE, "zh", "换算时假设每件 0.025 kg，即 1 件 × 0.025 kg/件 = 0.025 kg。"),
    (BOTTLE, "zh", "统计模型的结果偏高，为 0.07 kg CO2e，其参照产品是“Plastic bottle, 500 ml”，每件 0.0811 kg CO2e。"),
    (BOTTLE, "zh", "德国 2018 年的“PET 薄膜（挤出）”采纳概率只有 31%，结果为 0.046 kg CO2e。"),
    (
        STEEL,
        "en",
        "For galvanised sheet we rely on CPCD data from 2022; the footprint is 2.65 kg CO2e per kg, with "
        "a range of 2.01 to 3.49 kg CO2e.",
    ),
    (STEEL, "en", "Please note that the dataset is outdated."),
    (STEEL, "zh", "CPCD 的“热浸镀锌钢板”与描述高度吻合，相似度达 0.91。"),
    (STEEL, "zh", "需要注意的是数据集已经过时，建议核实产地。"),
    (
        CHAIR,
        "en",
        "The catalogue holds no suitable dataset for this chair; the best one has only a 9 % chance of being accepted.",
    ),
    (CHAIR, "en", "The result is uncertain by a factor of 13 from end to end."),
    (CHAIR, "zh", "由于没有合适的数据集，只能采用统计模型的估算值 18.2 kg CO2e。"),
    (
        POWER,
        "en",
        "The dataset's result of 290 kg CO2e and the surrogate's 72.5 kg CO2e differ by a factor of 4, "
        "so the routes disagree.",
    ),
    (POWER, "en", "With 0.02 kg CO2e/kWh, hydropower would be far below the grid mix."),
    (POWER, "zh", "第一候选与第二候选的采纳概率分别为 52% 和 40%。"),
    (POWER, "zh", "综合估计为 500 kWh 合计 180 kg CO2e，介于两条路线之间。"),
    (
        BOTTLE,
        "en",
        "For the bottle, the granulate dataset from ADEME Base Carbone is proposed; it dates from 2020 "
        "and covers China.",
    ),
    (BOTTLE, "en", "At 25 grams apiece (assumed), one bottle causes roughly 0.05 kg CO2e according to the dataset."),
    (BOTTLE, "en", "The statistical model's figure of 0.07 kg CO2e exceeds the dataset's result by 34 %."),
    (BOTTLE, "en", "Combined, the two routes give 56.8 g CO2e per piece."),
    (BOTTLE, "en", "Choosing the extruded film instead would cut the result by 12 %."),
    (BOTTLE, "zh", "数据集来自中国，年份为 2020 年，每公斤排放 2.09 公斤二氧化碳当量。"),
    (BOTTLE, "zh", "模型估算比数据集高三成多，即高 34%。"),
    (BOTTLE, "zh", "碳足迹最可能在 0.0362 到 0.0891 kg CO2e 之间，最佳估计为 0.0568 kg CO2e。"),
    (BOTTLE, "zh", "本结果依赖一个假设：每件质量 0.025 kg。"),
    (STEEL, "en", "The interval, 2.01 to 3.49 kg CO2e per kg, is fairly narrow."),
    (STEEL, "en", "The French cold rolled alternative from 2016 would come to 2.3 kg CO2e."),
    (STEEL, "zh", "若改用法国的冷轧钢板数据，结果将为 2.3 kg CO2e/kg。"),
    (CHAIR, "en", "With a similarity of just 0.38, the office chair cannot stand in for a rattan chair."),
    (CHAIR, "zh", "统计模型估计每件 18.2 kg CO2e，但不确定性很大，上限是下限的近 13 倍。"),
    (POWER, "en", "Both candidates come from CPCD and describe China."),
    (POWER, "zh", "两个候选数据集均来自 CPCD，相似度分别为 0.84 和 0.80。"),
)
"""(record, language, text)"""
