"""Invented patients; no person is meant."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np

from schedvisu_lib.demo.records import Patient

_FIRST_NAMES: Final = {
    "F": ("ANNE", "BÉATRICE", "CLAIRE", "DENISE", "ÉLISE", "FRANÇOISE", "GABRIELLE", "HÉLÈNE", "INÈS", "JEANNE"),
    "M": ("ALAIN", "BENOÎT", "CHRISTIAN", "DAVID", "ÉRIC", "FRANÇOIS", "GASTON", "HUGO", "IVAN", "JÉRÔME"),
}
_FAMILY_NAMES: Final = ("DEMO", "EXEMPLE", "MODELE", "SPECIMEN", "ESSAI-FICTIF", "INVENTE")
_POPULATION: Final = 60_000
_OLDEST: Final = date(1932, 1, 1)


def patient(number: int) -> Patient:
    """Return the invented patient of a number; the same number is always the same person."""
    sex = "F" if number % 2 else "M"
    names = _FIRST_NAMES[sex]
    name = f"{_FAMILY_NAMES[number // 7 % len(_FAMILY_NAMES)]}^{names[number // 3 % len(names)]}"
    born = _OLDEST + timedelta(days=number * 7919 % 27_000)
    return Patient(f"D{1_000_000 + number * 137}", name, born, sex)


def draw_patients(rng: np.random.Generator, n: int) -> list[Patient]:
    """Draw n different patients."""
    return [patient(int(number)) for number in rng.choice(_POPULATION, n, replace=False)]


PHANTOM: Final = Patient("PHANTOM-NEMA-01", "PHANTOM^NEMA", date(2010, 1, 1), "O")
QUALITY_CONTROL: Final = Patient("D9000001", "QUALITE^CONTROLE", date(2010, 1, 1), "O")
