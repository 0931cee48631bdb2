"""Small made-up files in the shapes of published tables; no row is a published one."""

from __future__ import annotations

from pathlib import Path

from table_files import workbook, write

AGRIBALYSE = (
    '"Code AGB","Code CIQUAL","Groupe d\'aliment","Sous-groupe d\'aliment","Nom du Produit en Français","LCI Name",'
    '"Livraison","DQR","Changement climatique"\n'
    '"1","1","fruits","baies","Myrtille, crue","Bilberry, raw","Froid","2.5","0.75"\n'
    '"2","2","fruits","baies","Airelle, crue","","Froid","3.1","0.5"\n'
    '"3","3","fruits","baies","Mûre, crue","Blackberry, raw","Froid","3","beaucoup"\n'
    '"","4","fruits","baies","Sans code","No code","Froid","3","1"\n'
    '"1","5","fruits","baies","Encore","Again","Froid","3","1"\n'
)
EPA = (
    "2017 NAICS Code,2017 NAICS Title,GHG,Unit,Supply Chain Emission Factors without Margins,"
    "Margins of Supply Chain Emission Factors,Supply Chain Emission Factors with Margins,Reference USEEIO Code\n"
    '999910,Kite Making,All GHGs,"kg CO2e/2022 USD, purchaser price",0.2,0.05,0.25,9999A0\n'
    '999920,Lantern Making,Methane,"kg CH4/2022 USD, purchaser price",0.2,0.05,0.25,9999A0\n'
    '99993,Short Code,All GHGs,"kg CO2e/2022 USD, purchaser price",0.2,0.05,0.25,9999A0\n'
    '999940,Odd Unit,All GHGs,"t CO2e/2022 USD",0.2,0.05,0.25,9999A0\n'
    '999950,No Value,All GHGs,"kg CO2e/2022 USD, purchaser price",0.2,0.05,n/a,9999A0\n'
)
NAICS_INDEX = "NAICS17,INDEX ITEM DESCRIPTION\n999910,Box kites\n999910,Silk | paper kites\n******,See kites\n"
OEKOBAUDAT = (
    "UUID;Version;Name (de);Name (en);Kategorie (en);Laenderkennung;Typ;Referenzjahr;Gueltig bis;URL;"
    "Bezugsgroesse;Bezugseinheit;Rohdichte (kg/m3);Flaechengewicht (kg/m2);Modul;Szenario;"
    "GWP;GWPtotal (A2);GWPfossil (A2)\n"
    "u-1;1;Türblatt, weiß;;'Doors' / 'Leaf';DE;generic dataset;2018;2023;https://example.org;2;qm;450;18.5;A1-A3;;7,5;;\n"
    "u-1;1;Türblatt, weiß;;'Doors' / 'Leaf';DE;generic dataset;2018;2023;https://example.org;2;qm;450;18.5;D;;-3;;\n"
    "u-2;1;Estrich;Screed;'Mortar';AT;generic dataset;2020;2025;;1;kg;;;A1;;0.1;;\n"
    "u-2;1;Estrich;Screed;'Mortar';AT;generic dataset;2020;2025;;1;kg;;;A2;;0.02;;\n"
    "u-2;1;Estrich;Screed;'Mortar';AT;generic dataset;2020;2025;;1;kg;;;A3;;0.005;;\n"
    "u-3;1;Neu;New;'Mortar';DE;generic dataset;2022;;;1;m3;;;A1-A3;;200;250;90\n"
    "u-4;1;Heizen;Heating;'Use';DE;generic dataset;2020;;;3.6;MJ;;;B6;;0.25;;\n"
    "u-5;1;Teil;Part;'Mortar';DE;generic dataset;2020;;;1;kg;;;A1;;0.25;;\n"
    "u-6;1;Ohne;Without;'Mortar';DE;generic dataset;2020;;;not available;;;;A1-A3;;0.25;;\n"
    "u-7;1;Abriss;Demolition;'End';DE;generic dataset;2020;;;1;kg;;;C3;;0.25;;\n"
)


def rivm(folder: Path) -> Path:
    head = [["", "", "Effectcategorie", "Global warming"], ["Naam", "Productgroep", "Eenheid", "kg CO2 eq"]]
    for row in head:
        row += ["NEVO code"] if row[0] else [""]
    eaten = [*head, ["Bosbes", "Fruit", "", 1.25, 11], ["Vlees", "Vlees", "", 9.5, 12], ["Vlees", "Beleg", "", 8, 13]]
    eaten += [["Onbekend", "Fruit", "", ".", 14], ["", "Fruit", "", 2, 15], ["*Een opmerking."]]
    sold = [*head, ["Bosbes", "Fruit", "", 0.75, 11], ["Formule", "Fruit", "", "=1+1", 16]]
    sheets = {"Disclaimer": [["x"]], "tot-en-met-consumptie": eaten, "tot-en-met-distributie": sold}
    return workbook(folder / "rivm.xlsx", sheets)


def _top(title: str, scope: str) -> list[list[object]]:
    return [
        ["UK Government GHG Conversion Factors for Company Reporting"],
        [title],
        ["Scope:", scope, "Version:", "1.1", "Year:", 2024],
        ["Activity data has to be multiplied by the factor"],
        [],
    ]


_PARTS = ["kg CO2e of CO2 per unit"]
_DESNZ: dict[str, list[list[object]]] = {
    "Introduction": _top("Introduction", ""),
    "Fuels": [
        *_top("Fuels", "Scope 1"),
        ["Activity", "Fuel", "Unit", "kg CO2e", *_PARTS],
        ["Gaseous fuels", "Hexgas", "tonnes", 3000.5, 2990],
        ["", "", "kWh (Net CV)", 0.25, 0.24],
        ["", "", "kWh (Gross CV)", 0.225, 0.22],
        ["", "Octgas", "litres", "", ""],
        ["", "", "tonnes", "=1+1", 2],
        [],
        ["FAQs", "x", "litres", 99],
        ["Activity", "Fuel", "Unit", "kg CO2e"],
        ["Liquid fuels", "Hexoil", "litres", 2.5],
    ],
    "Refrigerant & other": [
        *_top("Refrigerant & other", "Scope 1"),
        ["", "", "", "Emissions including only Kyoto products", "Total emissions including non-Kyoto products"],
        ["Activity", "Emission", "Unit", "kg CO2e", "kg CO2e"],
        ["Blends", "R999A", "kg", 18, 1130],
    ],
    "Business travel- land": [
        *_top("Business travel- land", "Scope 3"),
        ["", "", "", "Diesel", "", "Battery Electric Vehicle"],
        ["Activity", "Type", "Unit", "kg CO2e", *_PARTS, "kg CO2e"],
        ["Cars", "Small", "km", 0.2, 0.19, 0.04],
        ["", "", "miles", 0.32187, 0.31, 0.06437],
        ["", "Large", "km", 0.3, 0.29, 0],
    ],
    "Freighting goods": [
        *_top("Freighting goods", "Scope 3"),
        ["", "", "", "With RF", "", "Without RF"],
        ["Activity", "Type", "Unit", "kg CO2e", *_PARTS, "kg CO2e"],
        ["Freight flights", "Short-haul", "tonne.km", 1.5, 1.4, 0.9],
    ],
    "Material use": [
        *_top("Material use", "Scope 3"),
        ["", "", "", "Primary material production", "Closed-loop source"],
        ["Activity", "Material", "Unit", "kg CO2e", "kg CO2e"],
        ["Metal", "Metal: tin", "tonnes", 5000, 1500],
    ],
    "Waste disposal": [
        *_top("Waste disposal", "Scope 3"),
        ["", "", "", "Combustion", "Landfill"],
        ["Activity", "Waste type", "Unit", "kg CO2e", "kg CO2e"],
        ["Metal", "Metal: tin", "tonnes", 6.5, 9],
    ],
    "Hotel stay": [
        *_top("Hotel stay", "Scope 3"),
        ["Activity", "Country", "Unit", "kg CO2e"],
        ["Hotel stay", "UK (London)", "Room per night", 11],
        ["", "Austria", "Room per night", 12],
    ],
    "WTT- fuels": [
        *_top("WTT- fuels", "Scope 3"),
        ["Activity", "Fuel", "Unit", "kg CO2e"],
        ["WTT- gaseous fuels", "Hexgas", "tonnes", 300],
    ],
    "Outside of scopes": [
        *_top("Outside of scopes", "Outside of Scopes"),
        ["Activity", "Fuel", "Unit", "kg CO2e of CO2 per unit"],
        ["Biomass", "Logs", "tonnes", 1400],
    ],
    "Something new": [["Activity", "Type", "Unit", "kg CO2e"], ["a", "b", "kg", 1]],
}


def desnz(folder: Path) -> Path:
    return workbook(folder / "desnz.xlsx", _DESNZ)


def agribalyse(folder: Path) -> Path:
    return write(folder / "agribalyse.csv", AGRIBALYSE)


def epa(folder: Path) -> Path:
    write(folder / "SupplyChain_v9.8.7_NAICS.csv", EPA)
    write(folder / "naics_index.csv", NAICS_INDEX)
    return folder


def oekobaudat(folder: Path) -> Path:
    return write(folder / "OBD_2031_II.csv", OEKOBAUDAT, "latin-1")
