"""What the sheets and columns of a staff book mean, one sentence each, for the template of a workbook."""

from __future__ import annotations

from collections.abc import Mapping

from schedvisu_lib.language import Language


def about_sheets(t: Language) -> Mapping[str, str]:
    """Return what each sheet holds."""
    return {
        "settings": t("Settings of the roster; those that are left out have the value shown here."),
        "departments": t("Departments that have people on duty. At least one."),
        "levels": t("What duties are for; add your own. At least one."),
        "shifts": t("Kinds of duties with begin and end. At least one."),
        "sequences": t("Shifts on days that follow each other, which nobody may have."),
        "contracts": t("Limits of people, under a name; all of them hold in the period of the roster."),
        "teams": t("Fixed groups that are on duty together."),
        "staff": t("People who do duties. At least one."),
        "exemptions": t("Times in which somebody does no nights, or no days."),
        "leave": t("Days on which somebody is not there."),
        "wishes": t("What people wish; no rule is broken for it."),
        "requests": t("How many persons, or teams, are wanted in a shift."),
        "duties": t("Duties that stand already: of this period, and of earlier ones."),
        "counts": t("What somebody did before the duties of this book, so that it is fair."),
        "debts": t("Duties that somebody owes to the one who stood in."),
    }


def about_columns(t: Language) -> Mapping[str, Mapping[str, str]]:
    """Return what each column means, by sheet."""
    name = t("Its name; names of a sheet differ.")
    person = t("The person, as in the sheet staff.")
    first, last = t("The first day."), t("The last day, included.")
    shift, level = t("The shift, as in the sheet shifts."), t("The level, as in the sheet levels.")
    pool_department = t("The department; empty where the level is the whole hospital's.")
    most = t("And at most; empty for any number.")
    return {
        "settings": {
            "rest_hours": t("Hours between the end of a duty and the start of the next one, at least."),
            "free_after_night": t("Whether no duty begins on the day after the one on which a night began."),
            "fair_nights": t("Weight of an even spread of nights; 0 if it does not matter."),
            "fair_weekends": t("Weight of an even spread of weekends."),
            "fair_holidays": t("Weight of an even spread of holidays."),
            "fair_total": t("Weight of an even spread of all duties."),
        },
        "departments": {"name": name, "rooms": t("Its rooms, separated by commas.")},
        "levels": {"name": name, "hospital": t("yes: all departments share one pool of people.")},
        "shifts": {
            "name": name,
            "start": t("When it begins, as in 07:00."),
            "end": t("When it ends; if not after its begin, on the next day: a night, unless it ends at 00:00."),
            "minutes": t("Working time in minutes; all of it if empty."),
            "levels": t("The only levels that have it, separated by commas; empty for all."),
            "not_next": t("Shifts that may not begin on the next day, separated by commas."),
        },
        "sequences": {
            "shifts": t("Shifts of one day after the other, separated by commas; off is a day without duty."),
            "levels": t("The only levels for which it counts; empty for all."),
        },
        "contracts": {
            "name": name,
            "least_shifts": t("Duties in the period, at least."),
            "most_shifts": most,
            "most_nights": t("Nights in the period, at most."),
            "least_minutes": t("Minutes of work in the period, at least."),
            "most_minutes": most,
            "most_in_row": t("Days with a duty that follow each other, at most."),
            "least_in_row": t("And at least; 1 if empty."),
            "most_nights_in_row": t("Nights that follow each other, at most."),
            "least_free_in_row": t("Free days between two duties that do not follow each other, at least."),
            "most_weekends": t("Weekends with a duty in the period, at most."),
        },
        "teams": {
            "name": name,
            "department": t("Its department."),
            "level": t("Its level."),
            "turn": t("Its place in the rotation; 1 if empty."),
        },
        "staff": {
            "name": t("Name or code."),
            "department": t("The department, as in the sheet departments."),
            "title": t("The title that requests may ask for, such as physician."),
            "position": t("What the person is, for the reader."),
            "levels": t("The levels that the person may do, separated by commas."),
            "day": t("no: only nights."),
            "night": t("no: never nights."),
            "team": t("The team; such a person is on duty only with it."),
            "contract": t("The limits, as in the sheet contracts; none if empty."),
            "skills": t("What requests may ask for, separated by commas."),
            "email": t("Mail address, to which --notify sends the person's duties."),
            "phone": t("How to call the person; printed with the duties of each day."),
        },
        "exemptions": {
            "person": person,
            "no": t("nights or days: what the person does not do."),
            "first": first,
            "last": last,
            "why": t("The reason, for the reader."),
        },
        "leave": {
            "person": person,
            "first": first,
            "last": last,
            "kind": t("leave, or absence if it was not foreseen; leave if empty."),
        },
        "wishes": {
            "person": person,
            "first": first,
            "last": last,
            "shift": t("The only shift for which it counts; empty for any."),
            "wants": t("on: to be on duty on each of these days; off: to be free."),
            "weight": t("How much it matters, 1 or more; 1 if empty."),
        },
        "requests": {
            "department": pool_department,
            "level": level,
            "shift": shift,
            "first": first,
            "last": last,
            "days": t("every, workdays, days off (weekends, holidays, closures), or weekdays such as mon, tue."),
            "by": t("number: of persons; team: of teams; number if empty."),
            "required": t("How many there must be; 1 if empty."),
            "preferred": t("How many are better; those required if empty."),
            "title": t("The only title that will do; empty for any."),
            "skill": t("A skill that some of them need."),
            "skilled": t("How many of them need it."),
            "too_few": t("Weight of an empty seat; 100 if empty."),
            "too_many": t("Weight of a person too many; 1 if empty."),
        },
        "duties": {
            "date": t("The day on which it begins."),
            "shift": shift,
            "level": level,
            "department": pool_department,
            "person": person,
            "team": t("The team, if it was on duty as one."),
            "locked": t("yes: it never moves."),
            "made_by": t("Who planned it."),
            "counts_for": t("For whom it counts, after a swap; the person if empty."),
        },
        "counts": {
            "person": person,
            "level": level,
            "nights": t("Number of nights."),
            "weekends": t("Number of weekends with a duty."),
            "holidays": t("Number of duties on holidays."),
            "total": t("Number of all duties."),
        },
        "debts": {
            "debtor": t("Who owes a duty."),
            "creditor": t("Who stood in."),
            "date": t("The day of the duty that the other one did."),
            "shift": shift,
            "level": level,
            "paid": t("The day of the duty that paid it; empty while it is owed."),
        },
    }
