"""How the simulated department words what it does: study descriptions and protocols of each exam type."""

from __future__ import annotations

from typing import Final

import numpy as np

_DESCRIPTIONS: Final[dict[tuple[str, int], tuple[str, ...]]] = {
    ("FDG STAND.", 0): ("PET^CT_FDG corps entier", "PET-CT FDG", "PET_CT FDG STANDARD", "TEP-CT FDG oncologie"),
    ("FDG CERV.", 0): ("PET-CT cerveau", "PET_CT_FDG_CERVEAU (demence)", "PET^CT FDG cerebral"),
    ("PSMA", 0): ("PET-CT 68Ga-PSMA", "PET^CT_18F_PSMA 1007", "PET_CT PSMA"),
    ("DOTATATE", 0): ("PET-CT 68Ga-DOTATATE", "PET^CT_DOTATOC"),
    ("FET", 0): ("PET-CT 18F-FET", "PET_CT FET cerveau"),
    ("COEUR RB", 0): ("PET-CT coeur rubidium", "PET^CT_RUBIDIUM-82 (repos + stress)"),
    ("OS", 0): ("Scintigraphie osseuse 3 phases", "SCINTIGRAPHIE_OSSEUSE"),
    ("OS", 1): ("Scintigraphie osseuse corps entier", "SPECT-CT os"),
    ("MYOCARDE", 0): ("Scintigraphie myocardique stress", "SPECT_MYOCARDE"),
    ("V/P POUMON", 0): ("Scintigraphie pulmonaire : ventilation", "SCINTIGRAPHIE_PULMONAIRE_VENTILATION"),
    ("V/P POUMON", 1): ("Scintigraphie pulmonaire : perfusion", "SCINTIGRAPHIE_PULMONAIRE_PERFUSION"),
    ("REIN DYN.", 0): ("Scintigraphie renale MAG3", "NEPHROGRAMME + furosemide"),
    ("THYROIDE", 0): ("Scintigraphie de la thyroide", "SCINTIGRAPHIE_THYROIDE"),
    ("PARATHYR.", 0): ("Scintigraphie parathyroides", "SCINTIGRAPHIE^PARATHYROIDES double isotope"),
    ("GANGL. SENT.", 0): ("Recherche du ganglion sentinelle", "GANGLION_SENTINELLE sein"),
    ("DATSCAN", 0): ("SPECT-CT cerveau DaTSCAN", "SPECT_DATSCAN"),
}

_UNMAPPED: Final[dict[str, tuple[str, ...]]] = {
    "PT": ("PET-CT protocole étude 12", "PET_CT THORAX (recherche)"),
    "NM": ("Scintigraphie hépatobiliaire", "Recherche de saignement digestif", "SCINTIGRAPHIE_LEUCOCYTES"),
}

_PROTOCOLS: Final = {
    "FDG STAND.": "PET WB",
    "FDG CERV.": "PET BRAIN",
    "PSMA": "PET WB PSMA",
    "DOTATATE": "PET WB DOTA",
    "FET": "PET BRAIN DYN",
    "COEUR RB": "RB82 REST STRESS",
    "OS": "BONE",
    "MYOCARDE": "MYO GSPECT",
    "V/P POUMON": "LUNG",
    "REIN DYN.": "RENAL MAG3",
    "THYROIDE": "THYROID",
    "PARATHYR.": "PARATHYROID",
    "GANGL. SENT.": "SENTINEL",
    "DATSCAN": "DATSCAN",
}


def description(exam_type: str, part: int, rng: np.random.Generator) -> str:
    """Draw a study description of an exam type, in one of the spellings that technologists use."""
    return _draw(_DESCRIPTIONS[exam_type, part], rng)


def unmapped_description(modality: str, rng: np.random.Generator) -> str:
    """Draw a study description that no exam type of the demo site knows."""
    return _draw(_UNMAPPED[modality], rng)


def protocol(exam_type: str) -> str:
    """Return the protocol's name of an exam type."""
    return _PROTOCOLS[exam_type]


def _draw(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
