"""A small table of countries, their adjectives and their people, from general knowledge.

It lists only names that take no article in English (no Netherlands, Philippines, Congo or Gambia). Names that are also
ordinary words are excluded from :data:`NAMES_ALWAYS_CAPITALISED`.
"""

# country: adjective, people. One line each, sorted by country.
_TABLE = """
Afghanistan: Afghan, Afghans
Albania: Albanian, Albanians
Algeria: Algerian, Algerians
America: American, Americans
Angola: Angolan, Angolans
Argentina: Argentine, Argentines
Armenia: Armenian, Armenians
Australia: Australian, Australians
Austria: Austrian, Austrians
Azerbaijan: Azerbaijani, Azerbaijanis
Bahrain: Bahraini, Bahrainis
Bangladesh: Bangladeshi, Bangladeshis
Belarus: Belarusian, Belarusians
Belgium: Belgian, Belgians
Bolivia: Bolivian, Bolivians
Bosnia: Bosnian, Bosnians
Botswana: Botswanan, Botswanans
Brazil: Brazilian, Brazilians
Britain: British, Britons
Bulgaria: Bulgarian, Bulgarians
Cambodia: Cambodian, Cambodians
Cameroon: Cameroonian, Cameroonians
Canada: Canadian, Canadians
Chad: Chadian, Chadians
Chile: Chilean, Chileans
China: Chinese, Chinese
Colombia: Colombian, Colombians
Croatia: Croatian, Croatians
Cuba: Cuban, Cubans
Cyprus: Cypriot, Cypriots
Denmark: Danish, Danes
Ecuador: Ecuadorean, Ecuadoreans
Egypt: Egyptian, Egyptians
England: English, English
Eritrea: Eritrean, Eritreans
Estonia: Estonian, Estonians
Ethiopia: Ethiopian, Ethiopians
Europe: European, Europeans
Fiji: Fijian, Fijians
Finland: Finnish, Finns
France: French, French
Gabon: Gabonese, Gabonese
Georgia: Georgian, Georgians
Germany: German, Germans
Ghana: Ghanaian, Ghanaians
Greece: Greek, Greeks
Guatemala: Guatemalan, Guatemalans
Guinea: Guinean, Guineans
Haiti: Haitian, Haitians
Honduras: Honduran, Hondurans
Hungary: Hungarian, Hungarians
Iceland: Icelandic, Icelanders
India: Indian, Indians
Indonesia: Indonesian, Indonesians
Iran: Iranian, Iranians
Iraq: Iraqi, Iraqis
Ireland: Irish, Irish
Israel: Israeli, Israelis
Italy: Italian, Italians
Jamaica: Jamaican, Jamaicans
Japan: Japanese, Japanese
Jordan: Jordanian, Jordanians
Kazakhstan: Kazakh, Kazakhs
Kenya: Kenyan, Kenyans
Kosovo: Kosovan, Kosovans
Kuwait: Kuwaiti, Kuwaitis
Kyrgyzstan: Kyrgyz, Kyrgyz
Laos: Lao, Laotians
Latvia: Latvian, Latvians
Liberia: Liberian, Liberians
Libya: Libyan, Libyans
Lithuania: Lithuanian, Lithuanians
Malawi: Malawian, Malawians
Malaysia: Malaysian, Malaysians
Mali: Malian, Malians
Malta: Maltese, Maltese
Mexico: Mexican, Mexicans
Moldova: Moldovan, Moldovans
Mongolia: Mongolian, Mongolians
Montenegro: Montenegrin, Montenegrins
Morocco: Moroccan, Moroccans
Mozambique: Mozambican, Mozambicans
Myanmar: Myanmar, Burmese
Namibia: Namibian, Namibians
Nepal: Nepali, Nepalis
Nicaragua: Nicaraguan, Nicaraguans
Niger: Nigerien, Nigeriens
Nigeria: Nigerian, Nigerians
Norway: Norwegian, Norwegians
Oman: Omani, Omanis
Pakistan: Pakistani, Pakistanis
Palestine: Palestinian, Palestinians
Panama: Panamanian, Panamanians
Paraguay: Paraguayan, Paraguayans
Peru: Peruvian, Peruvians
Poland: Polish, Poles
Portugal: Portuguese, Portuguese
Qatar: Qatari, Qataris
Romania: Romanian, Romanians
Russia: Russian, Russians
Rwanda: Rwandan, Rwandans
Scotland: Scottish, Scots
Senegal: Senegalese, Senegalese
Serbia: Serbian, Serbs
Singapore: Singaporean, Singaporeans
Slovakia: Slovak, Slovaks
Slovenia: Slovenian, Slovenes
Somalia: Somali, Somalis
Spain: Spanish, Spaniards
Sweden: Swedish, Swedes
Switzerland: Swiss, Swiss
Syria: Syrian, Syrians
Taiwan: Taiwanese, Taiwanese
Tajikistan: Tajik, Tajiks
Tanzania: Tanzanian, Tanzanians
Thailand: Thai, Thais
Togo: Togolese, Togolese
Tunisia: Tunisian, Tunisians
Turkey: Turkish, Turks
Turkmenistan: Turkmen, Turkmens
Uganda: Ugandan, Ugandans
Ukraine: Ukrainian, Ukrainians
Uruguay: Uruguayan, Uruguayans
Uzbekistan: Uzbek, Uzbeks
Venezuela: Venezuelan, Venezuelans
Vietnam: Vietnamese, Vietnamese
Wales: Welsh, Welsh
Zambia: Zambian, Zambians
Zimbabwe: Zimbabwean, Zimbabweans
"""


def _read(table: str) -> dict[str, tuple[str, str]]:
    rows = (line.split(": ") for line in table.strip().splitlines())
    return {country: (words.split(", ")[0], words.split(", ")[1]) for country, words in rows}


#: Country to (adjective, people): ``COUNTRIES["Ukraine"] == ("Ukrainian", "Ukrainians")``.
COUNTRIES: dict[str, tuple[str, str]] = _read(_TABLE)

# Often correct in lower case: `turkey`, `china`, `polish`, `french fries`, `swiss cheese`, `may`.
_ALSO_WORDS = frozenset(
    "Chad Chile China Danish English French Georgia Guinea Hungary Japan Jordan Lao Mali Malta Niger Oman Panama Poles "
    "Polish Scots Swedes Swiss Togo Turkey Turkish Turkmen Wales Welsh Palestine Greece Brazil Cuban Siamese".split()
)
_DAYS_AND_MONTHS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday "
    "January February April June July September October November December"
)
_CAPITALS = (
    "Kyiv Kiev Moscow London Paris Berlin Madrid Rome Beijing Tokyo Delhi Islamabad Tehran Baghdad Damascus Ankara "
    "Istanbul Cairo Athens Warsaw Vienna Brussels Budapest Bucharest Belgrade Washington Ottawa Canberra Jerusalem "
    "Kabul Seoul Pyongyang Taipei Jakarta Manila Nairobi Kampala Lagos Abuja Pretoria"
)

#: Names that edited text never writes in lower case in mid-sentence.
NAMES_ALWAYS_CAPITALISED: frozenset[str] = (
    frozenset(COUNTRIES)
    | {name for words in COUNTRIES.values() for name in words}
    | set(_DAYS_AND_MONTHS.split())
    | set(_CAPITALS.split())
) - _ALSO_WORDS
