"""Writes ``index/geography.csv``: ISO 3166-1 countries, the regions above them, some subdivisions.

Run once, in a throwaway environment with ``babel`` and ``pycountry``; neither is needed afterwards. Facts:
codes and official names from ISO 3166 (Debian iso-codes through pycountry), grouping from UN M49, names in
Chinese, English, German and French from CLDR (through babel).
"""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pycountry
from babel import Locale

COMMENT = "# Codes: ISO 3166-1, 3166-2. Grouping: UN M49. Names: CLDR (zh, en, de, fr). By build_geography.py."
COLUMNS = ("code", "name_en", "name_zh", "aliases", "parent", "also_in", "kind")

# code: name_en, name_zh, parent, aliases
REGIONS = {
    "GLO": (
        "World",
        "全球",
        "",
        "Global|global average|worldwide|世界|全世界|全球平均|Welt|Monde|001|WLD|WORLD",
    ),
    "RoW": ("Rest of the world", "世界其他地区", "GLO", "Rest-of-World|rest of world|其他地区"),
    "RER": ("Europe", "欧洲", "GLO", "Europa|150|欧洲平均"),
    "RAS": ("Asia", "亚洲", "GLO", "Asien|Asie|142"),
    "RAF": ("Africa", "非洲", "GLO", "Afrika|Afrique|002"),
    "RNA": ("Northern America", "北美洲", "GLO", "North America|北美|Nordamerika|Amérique du Nord|021"),
    "RLA": (
        "Latin America and the Caribbean",
        "拉丁美洲和加勒比",
        "GLO",
        "Latin America|拉丁美洲|拉美|Lateinamerika|Amérique latine|419",
    ),
    "OCE": ("Oceania", "大洋洲", "GLO", "Ozeanien|Océanie|009"),
    "UN-EASIA": ("Eastern Asia", "东亚", "RAS", "East Asia|030|Ostasien|Asie de l'Est"),
    "UN-SEASIA": (
        "South-eastern Asia",
        "东南亚",
        "RAS",
        "Southeast Asia|South East Asia|ASEAN|东盟|035|Südostasien",
    ),
    "UN-SASIA": ("Southern Asia", "南亚", "RAS", "South Asia|034|SAS|Südasien"),
    "UN-CASIA": ("Central Asia", "中亚", "RAS", "143|Zentralasien"),
    "RME": ("Western Asia", "西亚", "RAS", "Middle East|中东|145|Naher Osten|UN-WASIA|Moyen-Orient"),
    "UN-EEUROPE": ("Eastern Europe", "东欧", "RER", "151|Osteuropa|Europe de l'Est"),
    "UN-NEUROPE": ("Northern Europe", "北欧", "RER", "154|Nordeuropa|NORDEL"),
    "UN-SEUROPE": ("Southern Europe", "南欧", "RER", "039|Südeuropa"),
    "WEU": ("Western Europe", "西欧", "RER", "155|UN-WEUROPE|Westeuropa|Europe de l'Ouest"),
    "UN-NAFRICA": ("Northern Africa", "北非", "RAF", "North Africa|015|Nordafrika"),
    "UN-EAFRICA": ("Eastern Africa", "东非", "RAF", "East Africa|014|Ostafrika"),
    "UN-MAFRICA": ("Middle Africa", "中部非洲", "RAF", "Central Africa|017|Zentralafrika"),
    "UN-SAFRICA": ("Southern Africa", "南部非洲", "RAF", "018"),
    "UN-WAFRICA": ("Western Africa", "西非", "RAF", "West Africa|011|Westafrika"),
    "UN-CARIBBEAN": ("Caribbean", "加勒比", "RLA", "029|Karibik|Caraïbes"),
    "UN-CAMERICA": ("Central America", "中美洲", "RLA", "013|Mittelamerika|Amérique centrale"),
    "UN-SAMERICA": ("South America", "南美洲", "RLA", "南美|005|Südamerika|Amérique du Sud|SAM"),
    "UN-AUSNZ": ("Australia and New Zealand", "澳新地区", "OCE", "053|Australasia"),
    "UN-MELANESIA": ("Melanesia", "美拉尼西亚", "OCE", "054"),
    "UN-MICRONESIA": ("Micronesia (region)", "密克罗尼西亚地区", "OCE", "057"),
    "UN-POLYNESIA": ("Polynesia", "波利尼西亚", "OCE", "061"),
    "EU27": (
        "European Union",
        "欧盟",
        "RER",
        "EU|EU-27|EU27_2020|EU-28|EU28|EU+EFTA+UK|EU-25|EU-15|欧洲联盟|Europäische Union|Union européenne|UE",
    ),
    "ENTSO-E": ("European electricity network", "欧洲互联电网", "RER", "ENTSOE|UCTE|UCTE without Germany"),
    "RER w/o CH": (
        "Europe without Switzerland",
        "欧洲（不含瑞士）",
        "RER",
        "RER w/o CH+DE|RER w/o RU|RER without CH",
    ),
}

M49 = {
    "UN-EASIA": "CN HK MO TW JP KP KR MN",
    "UN-SEASIA": "BN KH ID LA MY MM PH SG TH TL VN",
    "UN-SASIA": "AF BD BT IN IR MV NP PK LK",
    "UN-CASIA": "KZ KG TJ TM UZ",
    "RME": "AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE",
    "UN-EEUROPE": "BY BG CZ HU PL MD RO RU SK UA",
    "UN-NEUROPE": "AX DK EE FO FI GG IS IE IM JE LV LT NO SJ SE GB",
    "UN-SEUROPE": "AL AD BA HR GI GR VA IT MT ME MK PT SM RS SI ES",
    "WEU": "AT BE FR DE LI LU MC NL CH",
    "UN-NAFRICA": "DZ EG LY MA SD TN EH",
    "UN-EAFRICA": "IO BI KM DJ ER ET TF KE MG MW MU YT MZ RE RW SC SO SS UG TZ ZM ZW",
    "UN-MAFRICA": "AO CM CF TD CG CD GQ GA ST",
    "UN-SAFRICA": "BW SZ LS NA ZA",
    "UN-WAFRICA": "BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG",
    "RNA": "BM CA GL PM US",
    "UN-CARIBBEAN": "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI",
    "UN-CAMERICA": "BZ CR SV GT HN MX NI PA",
    "UN-SAMERICA": "AR BO BV BR CL CO EC FK GF GY PY PE GS SR UY VE",
    "UN-AUSNZ": "AU CX CC HM NZ NF",
    "UN-MELANESIA": "FJ NC PG SB VU",
    "UN-MICRONESIA": "GU KI MH FM NR MP PW UM",
    "UN-POLYNESIA": "AS CK PF NU PN WS TK TO TV WF",
    "GLO": "AQ",
}
EU27 = {
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
}
# Members of the European network of transmission system operators for electricity (entsoe.eu, 2024).
ENTSO_E = EU27 - {"MT"} | {"AL", "BA", "CH", "GB", "IS", "ME", "MK", "NO", "RS", "UA"}

EXTRA = {
    "CN": "中国大陆|中国内地|中华人民共和国|全国|PRC|P.R. China|China, mainland|Mainland China|VR China|"
    "CN-NCGC|CN-ECGC|CN-NWG|CN-NECG|CN-CCG|CN-SWG|CN-CSG|CN-SGCC|华北|华东|华中|华南|东北电网|西北电网|南方电网",
    "HK": "香港|Hong Kong|CN-HK|CN-91|中国香港|Hongkong|HK-CN",
    "MO": "澳门|Macao|Macau|CN-MO|CN-92|中国澳门|MO-CN",
    "TW": "台湾|台灣|CN-TW|CN-71|中国台湾|Taiwan, China|Chinese Taipei|TW-CN|台湾省",
    "GB": "UK|Great Britain|Britain|England|Scotland|Wales|英国|大不列颠|英格兰|Großbritannien|Angleterre|"
    "Grande-Bretagne|U.K.",
    "US": "USA|U.S.|U.S.A.|America|United States of America|美国|美利坚合众国|Vereinigte Staaten|Etats-Unis",
    "KR": "Korea|South Korea|Republic of Korea|韩国|大韩民国|南韩|Südkorea|Corée du Sud|Corée",
    "KP": "North Korea|朝鲜|北朝鲜|Nordkorea",
    "RU": "Russia|Russian Federation|俄国|Russland|Russie",
    "NL": "Holland|The Netherlands|荷兰|Niederlande|Pays-Bas",
    "CZ": "Czech Republic|捷克共和国|Tschechische Republik|République tchèque",
    "TR": "Turkey|Turkiye|Türkei|Turquie|土耳其",
    "VN": "Viet Nam|Vietnam",
    "AE": "UAE|U.A.E.|阿联酋|Emirates",
    "SA": "沙特|Saudi-Arabien",
    "CI": "Ivory Coast|象牙海岸|Elfenbeinküste|Côte d'Ivoire",
    "CD": "DR Congo|DRC|Democratic Republic of the Congo|刚果金|刚果(金)|Demokratische Republik Kongo",
    "CG": "Congo|Republic of the Congo|刚果布|刚果(布)|Kongo",
    "MM": "Burma|Myanmar|缅甸|Birma",
    "LA": "Laos|老挝",
    "IR": "Iran|伊朗",
    "SY": "Syria|叙利亚",
    "BO": "Bolivia|玻利维亚",
    "VE": "Venezuela|委内瑞拉",
    "TZ": "Tanzania|坦桑尼亚",
    "MD": "Moldova|摩尔多瓦",
    "MK": "Macedonia|马其顿",
    "SZ": "Swaziland|斯威士兰",
    "CV": "Cape Verde",
    "PS": "Palestine|巴勒斯坦",
    "NZ": "New Zealand|新西兰",
    "GR": "EL",
    "BY": "Belarus|Weißrussland",
}

PROVINCES = """
AH 34 Anhui 安徽 省 合肥,芜湖
BJ 11 Beijing 北京 市 Peking
CQ 50 Chongqing 重庆 市
FJ 35 Fujian 福建 省 福州,厦门,泉州,晋江
GS 62 Gansu 甘肃 省 兰州
GD 44 Guangdong 广东 省 广州,深圳,东莞,佛山,珠海,中山市,惠州,汕头,Guangzhou,Shenzhen,Dongguan
GX 45 Guangxi 广西 壮族自治区 南宁,柳州
GZ 52 Guizhou 贵州 省 贵阳,遵义
HI 46 Hainan 海南 省 海口
HE 13 Hebei 河北 省 石家庄,唐山,保定
HL 23 Heilongjiang 黑龙江 省 哈尔滨,大庆
HA 41 Henan 河南 省 郑州,洛阳
HB 42 Hubei 湖北 省 武汉,宜昌,Wuhan
HN 43 Hunan 湖南 省 长沙,株洲
JS 32 Jiangsu 江苏 省 南京,苏州,无锡,常州,南通,徐州,扬州,Nanjing,Suzhou
JX 36 Jiangxi 江西 省 南昌,景德镇,赣州
JL 22 Jilin 吉林 省 长春
LN 21 Liaoning 辽宁 省 沈阳,大连,鞍山
NM 15 Inner\u00a0Mongolia 内蒙古 自治区 包头,呼和浩特,鄂尔多斯,Nei\u00a0Mongol
NX 64 Ningxia 宁夏 回族自治区 银川
QH 63 Qinghai 青海 省 西宁
SN 61 Shaanxi 陕西 省 西安,宝鸡
SD 37 Shandong 山东 省 济南,青岛,烟台,潍坊,Qingdao
SH 31 Shanghai 上海 市
SX 14 Shanxi 山西 省 太原,大同市
SC 51 Sichuan 四川 省 成都,绵阳,Chengdu
TJ 12 Tianjin 天津 市
XZ 54 Tibet 西藏 自治区 拉萨,Xizang
XJ 65 Xinjiang 新疆 维吾尔自治区 乌鲁木齐
YN 53 Yunnan 云南 省 昆明
ZJ 33 Zhejiang 浙江 省 杭州,宁波,温州,义乌,绍兴,嘉兴,台州,Hangzhou,Ningbo,Yiwu
"""

STATES_ZH = {
    "AL": "亚拉巴马州", "AK": "阿拉斯加州", "AZ": "亚利桑那州", "AR": "阿肯色州", "CA": "加利福尼亚州",
    "CO": "科罗拉多州", "CT": "康涅狄格州", "DE": "特拉华州", "DC": "哥伦比亚特区", "FL": "佛罗里达州",
    "GA": "佐治亚州", "HI": "夏威夷州", "ID": "爱达荷州", "IL": "伊利诺伊州",
    "IN": "印第安纳州", "IA": "艾奥瓦州",
    "KS": "堪萨斯州", "KY": "肯塔基州", "LA": "路易斯安那州", "ME": "缅因州",
    "MD": "马里兰州", "MA": "马萨诸塞州",
    "MI": "密歇根州", "MN": "明尼苏达州", "MS": "密西西比州", "MO": "密苏里州", "MT": "蒙大拿州",
    "NE": "内布拉斯加州", "NV": "内华达州", "NH": "新罕布什尔州", "NJ": "新泽西州", "NM": "新墨西哥州",
    "NY": "纽约州", "NC": "北卡罗来纳州", "ND": "北达科他州", "OH": "俄亥俄州", "OK": "俄克拉何马州",
    "OR": "俄勒冈州", "PA": "宾夕法尼亚州", "RI": "罗得岛州", "SC": "南卡罗来纳州", "SD": "南达科他州",
    "TN": "田纳西州", "TX": "得克萨斯州", "UT": "犹他州", "VT": "佛蒙特州",
    "VA": "弗吉尼亚州", "WA": "华盛顿州",
    "WV": "西弗吉尼亚州", "WI": "威斯康星州", "WY": "怀俄明州",
}  # fmt: skip
CANADA_ZH = {
    "AB": "艾伯塔省", "BC": "不列颠哥伦比亚省", "MB": "马尼托巴省", "NB": "新不伦瑞克省",
    "NL": "纽芬兰与拉布拉多省", "NS": "新斯科舍省", "NT": "西北地区", "NU": "努纳武特地区", "ON": "安大略省",
    "PE": "爱德华王子岛省", "QC": "魁北克省", "SK": "萨斯喀彻温省", "YT": "育空地区",
}  # fmt: skip
# Letters of older Chinese place codes, as ILCD and TianGong write them (NMG-CN).
OLD_LETTERS = {
    "NM": "NMG", "HL": "HLJ", "HE": "HEB", "HA": "HEN", "HI": "HAIN", "HN": "HUN", "HB": "HUB", "SN": "SAX",
}  # fmt: skip
MORE_STATE_NAMES = {
    "US-CA": ["加州"],
    "US-TX": ["德州", "德克萨斯州"],
    "CA-QC": ["Quebec", "Québec", "魁北克"],
}


def key(text: str) -> str:
    """The loader's key: spellings that agree in it are one."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def row(code: str, name_en: str, name_zh: str, aliases: list[str], parent: str, also_in: str, kind: str) -> list[str]:
    """One line of the table, its aliases without repeats."""
    kept: dict[str, str] = {}
    seen = {key(code), key(name_en), key(name_zh)}
    for alias in aliases:
        if alias and key(alias) not in seen:
            kept.setdefault(key(alias), alias)
    return [code, name_en, name_zh, "|".join(kept.values()), parent, also_in, kind]


def country_rows() -> list[list[str]]:
    """All ISO 3166-1 countries with their M49 parent."""
    parents = {code: region for region, codes in M49.items() for code in codes.split()}
    names = {language: Locale(language).territories for language in ("en", "zh", "de", "fr")}
    rows = []
    for country in sorted(pycountry.countries, key=lambda each: each.alpha_2):
        code = country.alpha_2
        also = [name for name, members in (("EU27", EU27), ("ENTSO-E", ENTSO_E)) if code in members]
        if parents[code] in {"WEU", "UN-EEUROPE", "UN-NEUROPE", "UN-SEUROPE"} and code != "CH":
            also.append("RER w/o CH")
        if code == "CY":
            also.append("RER")
        english = names["en"][code].replace("&", "and")
        aliases = [
            country.alpha_3,
            *EXTRA.get(code, "").split("|"),
            country.name,
            names["de"][code],
            names["fr"][code],
        ]
        aliases += [
            getattr(country, "common_name", ""),
            getattr(country, "official_name", ""),
            names["en"][code],
        ]
        rows.append(row(code, english, names["zh"][code], aliases, parents[code], "|".join(also), "country"))
    return rows


def chinese_rows() -> list[list[str]]:
    """The provinces of China: ISO 3166-2 letters, the older digits, the reversed form and larger cities."""
    rows = []
    for line in PROVINCES.strip().splitlines():
        letters, digits, name, chinese, suffix, *cities = (part.replace("\u00a0", " ") for part in line.split(" "))
        old = f"{OLD_LETTERS[letters]}-CN" if letters in OLD_LETTERS else ""
        aliases = [
            chinese,
            f"{letters}-CN",
            old,
            f"CN-{digits}",
            f"{name} Province",
            *",".join(cities).split(","),
        ]
        rows.append(row(f"CN-{letters}", name, chinese + suffix, aliases, "CN", "", "subdivision"))
    return rows


def american_rows() -> list[list[str]]:
    """US states and the District of Columbia, and the provinces and territories of Canada."""
    rows = []
    for country, chinese in (("US", STATES_ZH), ("CA", CANADA_ZH)):
        for letters, name_zh in sorted(chinese.items()):
            code = f"{country}-{letters}"
            name = pycountry.subdivisions.get(code=code).name
            aliases = [f"{letters}-{country}", f"{name}, {country}", *MORE_STATE_NAMES.get(code, [])]
            rows.append(row(code, name, name_zh, aliases, country, "", "subdivision"))
    return rows


def main() -> None:
    """Writes the table next to this script."""
    regions = [
        row(code, en, zh, aliases.split("|"), parent, "", "region" if parent else "world")
        for code, (en, zh, parent, aliases) in REGIONS.items()
    ]
    rows = regions + country_rows() + chinese_rows() + american_rows()
    with Path(__file__).with_name("geography.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(COMMENT + "\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
