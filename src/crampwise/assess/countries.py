"""English names of the countries whose emergency number is known, by ISO 3166-1 alpha-2 code."""

COUNTRIES = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BG": "Bulgaria", "CA": "Canada", "CH": "Switzerland",
    "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland",
    "FR": "France", "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland",
    "IN": "India", "IS": "Iceland", "IT": "Italy", "LI": "Liechtenstein", "LT": "Lithuania", "LU": "Luxembourg",
    "LV": "Latvia", "MT": "Malta", "MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand",
    "PL": "Poland", "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
    "US": "United States",
}  # fmt: skip
_WITH_ARTICLE = ("GB", "NL", "US")


def country_in_a_sentence(code: str) -> str:
    """Name a country as a sentence does, such as "the Netherlands"; an unknown code stays as it is."""
    name = COUNTRIES.get(code, code)
    return f"the {name}" if code in _WITH_ARTICLE else name
