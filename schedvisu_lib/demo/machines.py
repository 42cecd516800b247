"""The machines of the simulated hospital, and devices that belong to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schedvisu_lib.config import squeeze_model
from schedvisu_lib.demo.records import Device
from schedvisu_lib.settings.scanners import Scanner


@dataclass(frozen=True)
class Machine:
    """One scanner: an emission device, with or without a CT, how busy it is, and its share of each exam type."""

    emission: Device
    ct: Device | None
    utilisation: float
    programme: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Room:
    """A machine as the site file speaks of it: name, hours and slots."""

    machine: Machine
    scanner: Scanner


_GE, _SIEMENS = "GE MEDICAL SYSTEMS", "SIEMENS"

MACHINES: Final = (
    Machine(
        Device("PT", _GE, "Discovery 690", "HDDPT690"),
        Device("CT", _GE, "Discovery 690", "HDDCT690"),
        0.72,
        (("FDG STAND.", 0.61), ("FDG CERV.", 0.11), ("PSMA", 0.10), ("DOTATATE", 0.08), ("COEUR RB", 0.10)),
    ),
    Machine(
        Device("PT", _SIEMENS, "Biograph64_Vision 600", "HDDVISION", "micro"),
        Device("CT", _SIEMENS, "Biograph64", "HDDVISIONCT", "micro"),
        0.78,
        (("FDG STAND.", 0.60), ("FDG CERV.", 0.12), ("PSMA", 0.14), ("DOTATATE", 0.06), ("FET", 0.08)),
    ),
    Machine(
        Device("NM", _GE, "Tandem_Discovery_670", "HDDNM670", "tenths"),
        Device("CT", _GE, "BrightSpeed", "HDDCT670"),
        0.70,
        (
            ("OS", 0.32),
            ("MYOCARDE", 0.20),
            ("V/P POUMON", 0.14),
            ("THYROIDE", 0.10),
            ("PARATHYR.", 0.08),
            ("GANGL. SENT.", 0.10),
            ("DATSCAN", 0.06),
        ),
    ),
    Machine(
        Device("NM", _SIEMENS, "Symbia Intevo 16", "HDDSYMBIA", "micro"),
        Device("CT", _SIEMENS, "Encore2", "HDDSYMBIACT", "micro"),
        0.62,
        (
            ("OS", 0.34),
            ("MYOCARDE", 0.22),
            ("V/P POUMON", 0.12),
            ("REIN DYN.", 0.10),
            ("PARATHYR.", 0.06),
            ("GANGL. SENT.", 0.09),
            ("DATSCAN", 0.07),
        ),
    ),
    Machine(
        Device("NM", _GE, "MILLENNIUM MPR", "HDDMPR"),
        None,
        0.50,
        (("OS", 0.35), ("REIN DYN.", 0.30), ("THYROIDE", 0.25), ("GANGL. SENT.", 0.10)),
    ),
)
"""Real model names; stations, shares and utilisations are invented."""

WORKSTATION: Final = Device("OT", "Example Software", "Reading Station", "HDDREAD1")
"""Where fused captures come from."""

FOREIGN_SCANNER: Final = (
    Device("PT", "Philips Medical Systems", "Ingenuity TF PET/CT", "CHEXPT1"),
    Device("CT", "Philips Medical Systems", "Ingenuity TF PET/CT", "CHEXCT1"),
)
"""Another hospital's scanner, whose exams are imported now and then."""

FOREIGN_CT: Final = Device("CT", _SIEMENS, "SOMATOM Force", "RADCT2", "micro")
"""The radiology department's CT: one of its series in a study makes the study mixed."""

FOREIGN_INSTITUTION: Final = "Centre hospitalier d'Exemple"


def rooms_of(scanners: tuple[Scanner, ...]) -> tuple[Room, ...]:
    """Return the scanners that the simulated hospital owns: those that name the emission model of a machine."""
    return tuple(
        Room(machine, scanner)
        for scanner in scanners
        for machine in MACHINES
        if squeeze_model(machine.emission.model) in {squeeze_model(model) for model in scanner.models}
    )
