"""What each way to header facts costs on each server, for one day of the simulated hospital, beside a bare loop.

Usage: ``python benchmarks/ways.py [--runs 3] [--fewer]``. The servers run in processes of their own: Orthanc, DCMTK's
dcmqrscp, and the embedded archive. The bare loop sends the same requests again, in the same order over one association,
with pynetdicom alone: it counts nothing, keeps no header and knows no rule. ``--fewer`` gives Orthanc and the embedded
archive fewer images, too: the same requests sooner.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import psutil
from pydicom.dataset import Dataset

import schedvisu_lib as sv
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.session import demo_site_file
from schedvisu_lib.pacs.retrieve import retrieve_day
from schedvisu_lib.pacs.source import Traffic
from schedvisu_lib.pacs.sources import open_sources
from schedvisu_lib.settings.pacs import DicomWeb, Receiver
from schedvisu_lib.tables import KEPT

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.parts.bare_loop import Bare, recorded
from tests.conftest import free_port
from tests.pacs.servers import DCMQRSCP, ORTHANC, FewerImages, NotInstalled, dcmqrscp, orthanc, write_images

DAY = date(2026, 5, 19)
KEPT_SERIES = 170
SAMPLE = 40
"""Images that are fetched in the old way, with an association each."""
WEB_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


@dataclass(frozen=True)
class Row:
    """One way on one server. Seconds are wall and CPU; ratios are to the bare loop of the same run."""

    server: str
    way: str
    traffic: Traffic
    wall: float
    cpu: float
    bare_wall: float
    bare_cpu: float
    wall_ratio: float
    cpu_ratio: float


@dataclass(frozen=True)
class Spent:
    """Seconds."""

    wall: float
    cpu: float


def timed(work: Callable[[], Any]) -> Spent:
    """Do something and tell what it took."""
    wall, cpu = perf_counter(), process_time()
    work()
    return Spent(perf_counter() - wall, process_time() - cpu)


# Ours


def retrieve(site: sv.Site) -> Traffic:
    """Retrieve the day as the weekly job does, and tell what went over the line."""
    with open_sources(site.pacs)() as source:
        rows = retrieve_day(source, site, DAY, lambda _issuer, patient_id, study_uid: patient_id or study_uid)
    n_kept = sum(row.verdict == KEPT for row in rows)
    if n_kept != KEPT_SERIES:
        raise SystemExit(f"{n_kept} series have times, {KEPT_SERIES} should")
    return source.traffic


# Servers


@contextmanager
def embedded(*, fewer: bool = False, **options: Any) -> Iterator[int]:
    """Run the embedded archive in a process of its own; give its port."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, fewer, options))
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join()


def serve(pipe: Any, fewer: bool, options: dict[str, Any]) -> None:
    """Serve until the other end of the pipe is closed."""
    with DemoArchive(hospital(fewer), port=0, **options) as archive:
        pipe.send(archive.port)
        try:
            pipe.recv()
        except EOFError:
            return


def hospital(fewer: bool) -> Hospital:
    """Return the simulated hospital, with all of its images or fewer of them."""
    return (FewerImages if fewer else Hospital)(sv.load_site(demo_site_file()))


def files(folder: Path, *, fewer: bool) -> Path:
    """Write the day's images into a folder."""
    folder.mkdir()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        studies = hospital(fewer).studies_on(DAY)
        list(pool.map(partial(write_images, folder=folder), [[study] for study in studies]))
    return folder


# The table


class Bench:
    """Measures ways and collects the rows of the table."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.rows: list[Row] = []
        self.apart: list[str] = []
        self._site = sv.load_site(demo_site_file())

    def measure(self, server: str, ways: dict[str, tuple[str, ...] | None], **settings: Any) -> None:
        """Measure ways on a server: first once to note the requests, then ours and the bare loop in turn."""
        for way, names in ways.items():
            self._measure(server, way, self._at(ways=names, **settings))

    def _measure(self, server: str, way: str, site: sv.Site) -> None:
        with recorded() as sent:
            traffic = retrieve(site)
        bare = Bare(site)
        runs = [(timed(lambda: retrieve(site)), timed(lambda: bare.send(sent))) for _ in range(self.runs)]
        row = Row(
            server,
            way,
            replace(traffic, received=traffic.received + bare.moved),
            wall=median(ours.wall for ours, _ in runs),
            cpu=median(ours.cpu for ours, _ in runs),
            bare_wall=median(other.wall for _, other in runs),
            bare_cpu=median(other.cpu for _, other in runs),
            wall_ratio=median(ours.wall / other.wall for ours, other in runs),
            cpu_ratio=median(ours.cpu / other.cpu for ours, other in runs),
        )
        self.rows.append(row)

    def measure_apart(self, server: str, **settings: Any) -> None:
        """Fetch some images with an association each, beside all of them with one."""
        site = self._at(ways=("get",), **settings)
        with recorded() as sent:
            retrieve(site)
        uids = [name for method, query, _ in sent if method == "send_c_get" for name in named_images(query)]
        sample = uids[:: max(len(uids) // SAMPLE, 1)][:SAMPLE]
        runs = [(timed(lambda: retrieve(site)), timed(lambda: Bare(site).send_apart(sample))) for _ in range(self.runs)]
        ours = 1000 * median(one.wall for one, _ in runs) / len(uids)
        apart = 1000 * median(other.wall for _, other in runs) / len(sample)
        apart_cpu = 1000 * median(other.cpu for _, other in runs) / len(sample)
        ours_cpu = 1000 * median(one.cpu for one, _ in runs) / len(uids)
        ratio = median(other.wall / len(sample) / (one.wall / len(uids)) for one, other in runs)
        self.apart.append(
            f"{server}: {apart:.0f} ms for an image ({apart_cpu:.0f} ms of CPU); in lists, with all that goes before, "
            f"{ours:.0f} ms ({ours_cpu:.0f} ms of CPU): {ratio:.1f} times as long"
        )

    def _at(self, **settings: Any) -> sv.Site:
        return self._site.model_copy(
            update={"pacs": self._site.pacs.model_copy(update={"host": "127.0.0.1"} | settings)}
        )


def named_images(query: Dataset) -> list[tuple[str, str, str]]:
    """Return study, series and SOP Instance UID of each image that a retrieval names."""
    known = hospital(fewer=False)
    names = []
    for uid in query["SOPInstanceUID"].value if query["SOPInstanceUID"].VM > 1 else [query.SOPInstanceUID]:
        study, address = known.find_study(uid) or sys.exit(f"{uid} is nobody's")
        names.append((study.uid, study.series[address.series - 1].uid, str(uid)))
    return names


def print_table(bench: Bench) -> None:
    """Print what was measured as Markdown."""
    print(f"\n{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| server | ways | requests | images | MB | wall s | bare loop | ratio | CPU s | bare loop | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for row in bench.rows:
        megabytes = (row.traffic.sent + row.traffic.received) / 1e6
        print(
            f"| {row.server} | {row.way} | {row.traffic.requests} | {row.traffic.images} | {megabytes:.2f} "
            f"| {row.wall:.2f} | {row.bare_wall:.2f} | {row.wall_ratio:.2f} "
            f"| {row.cpu:.2f} | {row.bare_cpu:.2f} | {row.cpu_ratio:.2f} |"
        )
    print("\nAn association for each image, as it was done before:\n")
    print("\n".join(f"- {line}" for line in bench.apart))


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--fewer", action="store_true")
    options = parser.parse_args()
    bench = Bench(options.runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = files(folder / "few", fewer=True)
        measure_orthanc(bench, folder, few if options.fewer else files(folder / "all", fewer=False))
        measure_dcmqrscp(bench, folder, few)
    measure_embedded(bench, fewer=options.fewer)
    print_table(bench)


def measure_orthanc(bench: Bench, folder: Path, images: Path) -> None:
    """Measure each way to Orthanc, web services included where they are installed."""
    receiver, web_port = Receiver(port=free_port()), free_port()
    web = {
        "HttpServerEnabled": True,
        "HttpPort": web_port,
        "AuthenticationEnabled": False,
        "Plugins": [str(WEB_PLUGIN)],
    }
    (folder / "orthanc").mkdir()
    server = orthanc(
        folder / "orthanc", images, move_port=receiver.port, sending=("-q",), **(web if WEB_PLUGIN.exists() else {})
    )
    with ExitStack() as running:
        try:
            port = running.enter_context(server)
        except NotInstalled as error:
            print(error, file=sys.stderr)
            return
        settings = {"port": port, "ae_title": ORTHANC}
        bench.measure(
            "Orthanc",
            {
                "SERIES and IMAGE answers": None,
                "C-GET": ("get",),
                "C-MOVE": ("move",),
            },
            receiver=receiver,
            **settings,
        )
        bench.measure_apart("Orthanc", **settings)
        if WEB_PLUGIN.exists():
            url = f"http://127.0.0.1:{web_port}/dicom-web"
            bench.measure("Orthanc", {"web services alone": None}, host="", dicomweb=DicomWeb(url=url))


def measure_dcmqrscp(bench: Bench, folder: Path, images: Path) -> None:
    """Measure each way to dcmqrscp."""
    receiver = Receiver(port=free_port())
    (folder / "dcmqrscp").mkdir()
    with ExitStack() as running:
        try:
            port = running.enter_context(dcmqrscp(folder / "dcmqrscp", images, move_port=receiver.port))
        except NotInstalled as error:
            print(error, file=sys.stderr)
            return
        settings = {"port": port, "ae_title": DCMQRSCP}
        bench.measure("dcmqrscp", {"C-GET": None, "C-MOVE": ("move",)}, receiver=receiver, **settings)
        bench.measure_apart("dcmqrscp", **settings)


def measure_embedded(bench: Bench, *, fewer: bool) -> None:
    """Measure each way to the embedded archive; with fewer images where it has to list all of them."""
    with embedded(fewer=fewer, without_bulk_data=True) as port:
        bench.measure(
            "embedded", {"SERIES and IMAGE answers": None, "C-GET without bulk data": ("headers",)}, port=port
        )
    with embedded(fewer=True, attributes=False) as port:
        bench.measure("embedded, bare", {"C-GET": None}, port=port)


if __name__ == "__main__":
    main()
