"""What users type: names, codes and days, right and wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from lawkb.errors import LawkbError
from lawkb.names import InstrumentNames, JurisdictionNames, normalise, parse_day

KB = Path(__file__).resolve().parent.parent / "kb"
TODAY = date(2026, 11, 23)

INSTRUMENTS = InstrumentNames([
    ("untoc", "United Nations Convention against Transnational Organized Crime",
     ["UN Organized Crime Convention", "UNTS No. 39574, vol. 2225, p. 209"]),
    ("palermo-tip", "Protocol to Prevent, Suppress and Punish Trafficking in Persons",
     ["Trafficking in Persons Protocol", "UNTS No. 39574, vol. 2237, p. 319"]),
    ("coe-024", "European Convention on Extradition", ["Extradition Convention 1957", "ETS/CETS 024"]),
    ("coe-197", "Council of Europe Convention on Action against Trafficking in Human Beings", ["CoE Trafficking Convention", "ETS/CETS 197"]),
    ("coe-005", "Convention for the Protection of Human Rights and Fundamental Freedoms", ["ECHR", "ETS/CETS 005"]),
    ("eu-eio", "Directive 2014/41/EU regarding the European Investigation Order in criminal matters", ["EIO Directive"]),
    ("eu-atd", "Directive 2011/36/EU on preventing and combating trafficking in human beings", ["Anti-Trafficking Directive"]),
    ("eu-atd-2024", "Directive (EU) 2024/1712 amending Directive 2011/36/EU", ["Anti-Trafficking amendment 2024"]),
    ("ilo-c029", "Forced Labour Convention, 1930 (No. 29)", ["Forced Labour Convention", "UNTS No. 612, vol. 39, p. 55"]),
    ("bi-tha-usa-mla-1986", "Treaty between Thailand and the United States on mutual assistance in criminal matters", []),
])


def _profiles() -> list[tuple[str, str, list[str]]]:
    """Read the table from the profiles, as the compiled knowledge base does."""
    rows = []
    for path in sorted((KB / "jurisdictions").glob("*/profile.ttl")):
        text = path.read_text(encoding="utf-8")
        label = re.findall(r'^    rdfs:label "(.*)"@en ;$', text, re.MULTILINE)[0]
        others = re.findall(r'^    (?:skos:altLabel|law:alpha2|law:alpha3) "(.*?)"(?:@en)? ;$', text, re.MULTILINE)
        rows.append((path.parent.name, label, [other.replace('\\"', '"') for other in others]))
    return rows


@pytest.fixture(scope="module")
def jurisdictions() -> JurisdictionNames:
    return JurisdictionNames(_profiles())


@pytest.mark.parametrize(("text", "key"), [
    ("ITA", "ITA"), ("ita", "ITA"), ("It", "ITA"), ("italy", "ITA"), ("ITALY", "ITA"), ("  Italian   Republic ", "ITA"),
    ("UK", "GBR"), ("u.k.", "GBR"), ("Great Britain", "GBR"), ("GB", "GBR"), ("USA", "USA"), ("U.S.A.", "USA"), ("us", "USA"), ("America", "USA"),
    ("South Korea", "KOR"), ("Republic of Korea", "KOR"), ("Korea, Republic of", "KOR"), ("North Korea", "PRK"), ("DPRK", "PRK"),
    ("Czech Republic", "CZE"), ("Czechia", "CZE"), ("Ivory Coast", "CIV"), ("cote d'ivoire", "CIV"), ("Côte d’Ivoire", "CIV"),
    ("Burma", "MMR"), ("Holland", "NLD"), ("the Netherlands", "NLD"), ("Turkey", "TUR"), ("türkiye", "TUR"), ("TURKIYE", "TUR"),
    ("Swaziland", "SWZ"), ("Cape Verde", "CPV"), ("Macau", "MAC"), ("Macao", "MAC"), ("Palestine", "PSE"), ("State of Palestine", "PSE"),
    ("Vatican", "VAT"), ("Holy See", "VAT"), ("DR Congo", "COD"), ("D. R. Congo", "COD"), ("DRC", "COD"),
    ("Congo (Brazzaville)", "COG"), ("St. Lucia", "LCA"), ("st kitts & nevis", "KNA"), ("Gambia, the", "GMB"), ("The Bahamas", "BHS"),
    ("Kosovo", "XKX"), ("XK", "XKX"), ("eu", "EU"), ("European Union", "EU"), ("Hong Kong", "HKG"), ("Taiwan", "TWN"),
    ("Russia", "RUS"), ("Russian Federation", "RUS"), ("Viet Nam", "VNM"), ("Vietnam", "VNM"), ("Laos", "LAO"), ("Curacao", "CUW"),
    ("no", "NOR"), ("Samoa", "WSM"), ("Guinea", "GIN"), ("Niger", "NER"), ("ＩＴＡ", "ITA"),
])
def test_a_jurisdiction_is_known_by_code_name_and_common_variant(jurisdictions: JurisdictionNames, text: str, key: str) -> None:
    assert jurisdictions.resolve(text) == key


def test_every_code_label_and_variant_leads_back_to_its_jurisdiction_or_is_called_ambiguous(jurisdictions: JurisdictionNames) -> None:
    astray = []
    for key, label, others in _profiles():
        for text in (key, label, *others):
            try:
                found = jurisdictions.resolve(text)
            except LawkbError as error:
                found = key if key in str(error) and "may mean" in str(error) else ""
            if found != key:
                astray.append(f"{text} of {key} leads to {found or 'nothing'}")
    assert not astray, "\n".join(astray)


@pytest.mark.parametrize(("text", "nearest"), [
    ("Itly", "Italy (ITA)"), ("Nigera", "Nigeria (NGA)"), ("Germny", "Germany (DEU)"), ("Untied States", "United States (USA)"),
    ("Slovakai", "Slovakia (SVK)"), ("dominican", "Dominican Republic (DOM)"), ("ITL", "Italy (ITA)"),
])
def test_an_unknown_jurisdiction_exits_2_and_suggests_the_nearest(jurisdictions: JurisdictionNames, text: str, nearest: str) -> None:
    with pytest.raises(LawkbError) as caught:
        jurisdictions.resolve(text)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(f"Unknown jurisdiction '{text}'. Did you mean ")
    assert nearest in str(caught.value)


@pytest.mark.parametrize(("text", "meant"), [("Congo", ["COD", "COG"]), ("korea", ["KOR", "PRK"]), ("Virgin Islands", ["VGB", "VIR"])])
def test_a_name_of_two_jurisdictions_is_not_guessed(jurisdictions: JurisdictionNames, text: str, meant: list[str]) -> None:
    with pytest.raises(LawkbError, match="may mean") as caught:
        jurisdictions.resolve(text)
    assert caught.value.exit_code == 2
    assert all(f"({key})" in str(caught.value) for key in meant)


@pytest.mark.parametrize("text", ["", "   ", "zz", "Сша", "???", "\x1b[31mITA\n", "x" * 5000, "ITA NGA", "jur:ITA", "0"])
def test_nonsense_gives_one_clean_sentence_and_exit_2(jurisdictions: JurisdictionNames, text: str) -> None:
    with pytest.raises(LawkbError) as caught:
        jurisdictions.resolve(text)
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300
    assert "Give an ISO 3166-1 code or an English name, as " in str(caught.value)


def test_an_empty_table_knows_nothing_and_says_so() -> None:
    with pytest.raises(LawkbError, match="Unknown jurisdiction 'ITA'"):
        JurisdictionNames([]).resolve("ITA")


def test_the_name_to_show_is_the_label_and_the_key_where_there_is_none(jurisdictions: JurisdictionNames) -> None:
    assert jurisdictions.label("COD") == "Democratic Republic of the Congo"
    assert jurisdictions.label("XXA") == "XXA"


@pytest.mark.parametrize(("text", "slug"), [
    ("untoc", "untoc"), ("UNTOC", "untoc"), ("palermo tip", "palermo-tip"), ("Trafficking in Persons Protocol", "palermo-tip"),
    ("European Convention on Extradition", "coe-024"), ("the european convention on extradition", "coe-024"), ("CETS 197", "coe-197"),
    ("CETS No. 197", "coe-197"), ("ETS 24", "coe-024"), ("ets 024", "coe-024"), ("coe-24", "coe-024"), ("ECHR", "coe-005"),
    ("Directive 2014/41/EU", "eu-eio"), ("directive 2011/36/eu", "eu-atd"), ("UNTS No. 612", "ilo-c029"), ("UNTS 612", "ilo-c029"),
    ("BI-THA-USA-MLA-1986", "bi-tha-usa-mla-1986"), ("Forced Labour Convention", "ilo-c029"),
])
def test_an_instrument_is_known_by_slug_title_short_title_and_depositary_number(text: str, slug: str) -> None:
    assert INSTRUMENTS.resolve(text) == slug


def test_a_registration_number_of_two_instruments_is_not_guessed() -> None:
    with pytest.raises(LawkbError, match=r"'UNTS 39574' may mean palermo-tip \(.*\) or untoc \(.*\)"):
        INSTRUMENTS.resolve("UNTS 39574")


@pytest.mark.parametrize(("text", "nearest"), [
    ("Europen Convention on Extradition", "coe-024"), ("untok", "untoc"), ("eio", "eu-eio"), ("Convention against Organised Crime", "untoc"),
])
def test_an_unknown_instrument_exits_2_and_suggests_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(LawkbError) as caught:
        INSTRUMENTS.resolve(text)
    assert caught.value.exit_code == 2
    assert f"Did you mean {nearest} (" in str(caught.value)


@pytest.mark.parametrize("text", ["", "zzz", "1", "-", "Directive"])
def test_an_instrument_that_cannot_be_told_exits_2(text: str) -> None:
    with pytest.raises(LawkbError) as caught:
        INSTRUMENTS.resolve(text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["1920-01-01", "2003-09-29", "2024-02-29", "2027-12-31", " 2026-11-23 "])
def test_a_real_day_between_1920_and_the_end_of_next_year_is_taken(text: str) -> None:
    assert parse_day(text, TODAY).isoformat() == text.strip()


@pytest.mark.parametrize(("text", "problem"), [
    ("2023-02-30", "is not a real day"), ("2023-02-29", "is not a real day"), ("2023-13-01", "is not a real day"), ("0000-01-01", "is not a real day"),
    ("1919-12-31", "is before 1920"), ("2028-01-01", "is after the end of 2027"), ("9999-12-31", "is after the end of 2027"),
    ("23.11.2026", "is not a day"), ("2026-1-1", "is not a day"), ("20261123", "is not a day"), ("2026-W01-1", "is not a day"), ("", "is not a day"),
    ("tomorrow", "is not a day"), ("2026-11-23T00:00", "is not a day"), ("２０２６-11-23", "is not a day"), ("2026-11-23\n2026", "is not a day"),
])
def test_any_other_day_exits_2_with_an_example(text: str, problem: str) -> None:
    with pytest.raises(LawkbError, match=problem) as caught:
        parse_day(text, TODAY)
    assert caught.value.exit_code == 2
    assert "Give a day as YYYY-MM-DD, for example 2026-11-23" in str(caught.value)
    assert str(caught.value).isprintable()


def test_accents_case_points_and_articles_do_not_matter() -> None:
    assert normalise("The Côte d’Ivoire") == normalise("COTE D'IVOIRE") == "cote divoire"
    assert normalise("U. S. A.") == normalise("USA")
    assert normalise("CETS No. 024") == normalise("cets 24")


def test_fuzzy_matching_is_loaded_only_when_a_name_is_unknown() -> None:
    code = ("import sys; from lawkb.names import JurisdictionNames; "
            "JurisdictionNames([('ITA', 'Italy', ['IT'])]).resolve('italy'); print('rapidfuzz' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_codes_and_names_of_jurisdictions_agree_with_iso_3166(jurisdictions: JurisdictionNames) -> None:
    import pycountry

    keys = {key for key, _, _ in _profiles()}
    wrong = [f"{text} leads to {jurisdictions.resolve(text)}"
             for country in pycountry.countries if country.alpha_3 in keys
             for text in (country.alpha_3, country.alpha_2, country.name, getattr(country, "official_name", country.name))
             if text != "Congo" and jurisdictions.resolve(text) != country.alpha_3]
    assert not wrong, "\n".join(wrong)


def test_the_entries_are_193_members_6_other_states_31_territories_one_open_case_and_the_union() -> None:
    kinds: dict[str, int] = {}
    for path in (KB / "jurisdictions").glob("*/profile.ttl"):
        kind = re.findall(r"^    a law:(\w+) ;$", path.read_text(encoding="utf-8"), re.MULTILINE)[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    assert kinds == {"State": 199, "Territory": 31, "Jurisdiction": 1, "RegionalOrganisation": 1}


def test_every_territory_belongs_to_an_entered_state() -> None:
    astray = []
    for path in (KB / "jurisdictions").glob("*/profile.ttl"):
        text = path.read_text(encoding="utf-8")
        owner = re.findall(r"^    law:territoryOf jur:(\w+) ;$", text, re.MULTILINE)
        if ("a law:Territory ;" in text) != bool(owner) or any(not (KB / "jurisdictions" / name / "profile.ttl").exists() for name in owner):
            astray.append(path.parent.name)
    assert not astray
