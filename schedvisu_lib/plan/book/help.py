"""What the sheets and columns of a book mean, one sentence each, for the template of a workbook."""

from __future__ import annotations

from collections.abc import Mapping

from schedvisu_lib.language import Language


def about_sheets(t: Language) -> Mapping[str, str]:
    """Return what each sheet holds."""
    return {
        "settings": t("Settings of the plan; those that are left out have the value shown here."),
        "groups": t("Where resources lie, such as floors of buildings. At least one."),
        "travel": t("Minutes on foot between two groups, in either direction; 0 for pairs that are not here."),
        "resources": t("Scanners, rooms, devices and physicians. At least one."),
        "closures": t("Days, or a part of each, on which resources are closed. The site's holidays are known already."),
        "procedures": t("What is done: how long, where, under which conditions. At least one."),
        "orders": t("Procedures of one sheet that come before others."),
        "incompatible": t("Procedures of one patient that do not go together."),
        "exceptions": t("What is allowed or forbidden in spite of the rules. Nothing allows what is forbidden."),
        "patients": t("Those who have prescriptions; a code is enough."),
        "busy": t("Times at which patients are elsewhere."),
        "prescriptions": t("What is to be planned: positions of the patients' sheets."),
        "bookings": t("What stands already, and stays as it is."),
    }


def about_columns(t: Language) -> Mapping[str, Mapping[str, str]]:
    """Return what each column means, by sheet; the weekdays are one."""
    patient = t("The patient, as in the sheet patients.")
    only_patient = t("The only patient for whom it counts; empty for all.")
    return {
        "settings": {
            "grid": t("Minutes from one possible start to the next one, counted from midnight: 1 to 60."),
            "depth_course": t("Days that are looked through for courses, the first one included."),
            "depth_once": t("Days that are looked through for what is done once, the first one included."),
        },
        "groups": {
            "name": t("Its name; names of a sheet differ."),
            "building": t("Its building; two groups without one are two buildings."),
        },
        "travel": {
            "a": t("The one group."),
            "b": t("The other group."),
            "minutes": t("Minutes, 0 or more."),
        },
        "resources": {
            "name": t("Its name; names of a sheet differ."),
            "group": t("The group in which it lies."),
            "capacity": t("Appointments that it can have at once; 1 if empty."),
            "scanner": t("The site's scanner that it is; it has that one's hours if it has none of its own."),
            "hours": t("Opening hours, as in 08:00-12:00, 13:00-17:00; empty: closed on this weekday."),
            "starts": t("The only times at which something may begin, as in 08:00, 10:00; empty for any."),
        },
        "closures": {
            "resource": t("The resource that is closed; empty for all."),
            "first": t("The first day."),
            "last": t("The last day, included."),
            "hours": t("The part of each day that is closed, as in 08:00-10:00; empty for the whole day."),
        },
        "procedures": {
            "name": t("Its name; names of a sheet differ."),
            "minutes": t("Duration without preparation and exit; with an exam type, what counts below 20 exams."),
            "exam_type": t("The site's exam type whose measured durations tell how long it takes."),
            "percentile": t("Share of exams, in percent, that took no longer than planned; 80 if empty."),
            "resources": t("The resources that can do it, the preferred one first, separated by commas."),
            "preparation": t("Minutes before, for the patient to get ready; 0 if empty."),
            "exit": t("Minutes after, for the patient to leave; 0 if empty."),
            "hours": t("Hours within which the whole appointment lies, as in 08:00-12:00; empty for any."),
            "indications": t("Conditions of which the patient must have one, separated by commas; empty for none."),
            "contraindications": t("Conditions of which the patient may have none, separated by commas."),
        },
        "orders": {
            "before": t("The procedure that comes first."),
            "after": t("The procedure that comes then."),
            "least": t("Minutes from the end of the one to the start of the other, at least; 0 if empty."),
            "most": t("And at most; empty for any number."),
        },
        "incompatible": {
            "a": t("The one procedure."),
            "b": t("The other procedure."),
            "rule": t("same day: never on one day; within: so many minutes lie between the two."),
            "minutes": t("Minutes of within."),
        },
        "exceptions": {
            "kind": t("allow or forbid."),
            "a": t("The one procedure."),
            "b": t("The other procedure, where it is about two."),
            "patient": only_patient,
            "resource": t("The only resource on which it counts; empty for all."),
        },
        "patients": {
            "name": t("Name or code."),
            "conditions": t("What indications and contraindications ask for, separated by commas."),
        },
        "busy": {"patient": patient, "start": t("From when: day and time."), "end": t("Until when: day and time.")},
        "prescriptions": {
            "sheet": t("The sheet; it is one patient's."),
            "patient": patient,
            "position": t("Number on the sheet, 1 or more."),
            "procedure": t("What is prescribed, as in the sheet procedures."),
            "kind": t("once, or course: several sessions on different days; once if empty."),
            "sessions": t("Number of sessions of a course; 1 if empty."),
            "least_days": t("Days from one session to the next one, at least; 1 if empty."),
            "most_days": t("And at most; empty for any number."),
            "priority": t("From 1, the most urgent, to 9; 5 if empty."),
            "resources": t("Those resources of the procedure that may be used, separated by commas; empty for all."),
            "depth": t("Days that are looked through; empty for those of the settings."),
            "mode": t(
                "early: ends by 12:00; late: from 12:00 on; near: close to the time in at; any; empty: the run's."
            ),
            "at": t("The time of near, as in 14:00."),
        },
        "bookings": {
            "resource": t("The resource, as in the sheet resources."),
            "start": t("From when: day and time."),
            "end": t("Until when: day and time."),
            "patient": t("The patient; empty: the resource is simply taken."),
            "procedure": t("What is done, as in the sheet procedures."),
            "sheet": t("The sheet, if it is a session of one."),
            "position": t("The position of the sheet."),
            "session": t("The session of a course, from 1; empty: in order of time."),
            "locked": t("yes: it never moves."),
            "origin": t("auto: by this planner; manual: by hand; given: it came with the book, also if empty."),
        },
    }
