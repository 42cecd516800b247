"""No patient in any byte of the store."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import pyarrow.parquet as pq

from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital, _file
from schedvisu_lib.pacs.pseudonym import load_pseudonymiser, make_key
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.sources import open_sources
from tests.store.conftest import MONDAY, rebuild


class Morning(Hospital):
    """The simulated hospital until the twelfth study."""

    def _simulate(self, day):
        return _file(self.seed, day, super()._simulate(day)[:12])


def test_no_patients_id_name_or_accession_number_lies_in_any_file_of_the_store(store, demo_site):
    make_key(demo_site.privacy.key_file)
    hospital = Morning(demo_site)
    with DemoArchive(hospital, port=0) as archive:
        pacs = demo_site.pacs.model_copy(update={"port": archive.port})
        site = demo_site.model_copy(update={"pacs": pacs})
        with open_sources(pacs)() as asked:
            rows = retrieve_day(asked, site, MONDAY, load_pseudonymiser(demo_site.privacy.key_file))
    with store.locked():
        store.write_day(MONDAY, pd.DataFrame([asdict(row) for row in rows]))
        rebuild(store, demo_site)
    files = [file for file in demo_site.store.folder.rglob("*") if file.is_file()]
    assert {file.name for file in files} >= {"20260511.parquet", "2026.parquet"}
    # Parquet pages are compressed: what they hold is searched as well as the bytes themselves.
    tables = [pq.read_table(file).to_pandas().to_csv() for file in files if file.suffix == ".parquet"]
    content = b"".join(file.read_bytes() for file in files) + "".join(tables).encode()
    key = demo_site.privacy.key_file.read_text().strip()
    assert hospital.studies_on(MONDAY)
    for study in hospital.studies_on(MONDAY):
        for secret in (
            study.patient.id,
            study.patient.name,
            study.accession,
            f"{study.patient.birth_date:%Y%m%d}",
            key,
        ):
            assert secret.encode() not in content
