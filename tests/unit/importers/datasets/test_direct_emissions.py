"""Greenhouse gases by name and CAS number, and what an inventory's emissions to air add up to."""

import pytest

from firstprint.errors import UnreadableError
from firstprint.importers.datasets import direct_emissions
from firstprint.importers.datasets.direct_emissions import Emission, direct_gwp100, greenhouse_gas


@pytest.mark.parametrize(
    ("name", "cas", "code", "gwp100"),
    [
        ("Carbon dioxide, fossil", "", "CO2", 1.0),
        ("carbon dioxide (biogenic)", "", "CO2", 0.0),
        ("Carbon dioxide, non-fossil", "000124-38-9", "CO2", 0.0),
        ("Carbon dioxide, from soil or biomass stock", "", "CO2", 1.0),
        ("carbon dioxide (land use change)", "", "CO2", 1.0),
        ("二氧化碳（化石）", "", "CO2", 1.0),
        ("CO₂", "", "CO2", 1.0),
        ("Methane, fossil", "", "CH4", 29.8),
        ("methane (biogenic)", "", "CH4", 27.0),
        ("甲烷，生物源", "", "CH4", 27.0),
        ("Methane", "", "CH4", 27.9),
        ("Methane, dichloro-, HCC-30", "75-09-2", "CH2Cl2", 11.2),
        ("Methane, dichloro-, HCC-30", "", "CH2Cl2", 11.2),
        ("Ethane, hexafluoro-, HFC-116", "", "C2F6", 12400.0),
        ("Methane, tetrafluoro-, R-14", "", "CF4", 7380.0),
        ("Methane, bromotrifluoro-, Halon 1301", "", "Halon-1301", 7200.0),
        ("Ethane, 1,1,1,2-tetrafluoro-, HFC-134a", "", "HFC-134a", 1530.0),
        ("Dinitrogen monoxide", "010024-97-2", "N2O", 273.0),
        ("氧化亚氮", "", "N2O", 273.0),
        ("Sulfur hexafluoride", "", "SF6", 25200.0),
    ],
)
def test_gases_are_known_by_name_and_number(name, cas, code, gwp100):
    gas = greenhouse_gas(name, cas)
    assert gas is not None
    assert (gas.code, gas.gwp100) == (code, gwp100)


@pytest.mark.parametrize(
    ("name", "cas"),
    [
        ("Carbon monoxide, fossil", "630-08-0"),
        ("carbon dioxide equivalent", ""),
        ("CO2e", ""),
        ("CO2-eq", ""),
        ("二氧化碳当量", ""),
        ("methanethiol", ""),
        ("Methane, dibromo-", ""),
        ("Nitrogen oxides", ""),
        ("Water 123", ""),
        ("Copper 11", ""),
        ("carbon dioxide (biogenic), correction flow for delayed emission", "124-38-9"),
        ("HFC-123456", ""),
        ("", ""),
        ("( " * 5000, "1-1-1"),
    ],
)
def test_what_is_no_gas_of_the_table_counts_nothing(name, cas):
    assert greenhouse_gas(name, cas) is None


def test_emissions_add_up_by_hand():
    found = direct_gwp100(
        [
            Emission("Carbon dioxide, fossil", 2.0, "kg"),
            Emission("Methane, fossil", 10.0, "g"),
            Emission("Carbon dioxide, non-fossil", 5.0, "kg"),
            Emission("Carbon dioxide, fossil", -0.5, "kg"),
            Emission("Water", 1000.0, "m3"),
        ]
    )
    assert found is not None
    assert found.kg_co2e == pytest.approx(2.0 + 0.01 * 29.8 - 0.5)
    assert found.biogenic_co2_kg == pytest.approx(5.0)
    assert found.gases == ("CO2", "CH4")


def test_no_gas_is_not_zero_and_a_gas_by_volume_is_not_left_out_silently():
    assert direct_gwp100([Emission("Nitrogen oxides", 1.0, "kg")]) is None
    with pytest.raises(UnreadableError, match=r"unit that is no mass.*Methane.*m3"):
        direct_gwp100([Emission("Carbon dioxide, fossil", 1.0, "kg"), Emission("Methane", 1.0, "m3")])


def test_cas_numbers_have_their_check_digit_and_stand_once():
    numbers = [cas for _, _, cas, _ in direct_emissions._GASES] + list(direct_emissions._CARBON_CAS)
    assert len(set(numbers)) == len(numbers) == 51 - 2
    for cas in numbers:
        digits = cas.replace("-", "")
        assert int(digits[-1]) == sum(place * int(each) for place, each in enumerate(digits[-2::-1], 1)) % 10, cas


def test_no_name_stands_for_two_gases():
    names = [name for code, _, _, names in direct_emissions._GASES for name in (code.casefold(), *names.split("|"))]
    assert len(direct_emissions._by_name()) == len(set(map(direct_emissions._key, names))) == len(names)
