"""The five factors once more: slow, row by row, in plain Python over lists of dictionaries.

Written from the description of the rules, to disagree with the pipeline when either is wrong. Standard
library only; nothing of the project is imported, and the code lists are typed in again.

A world is {"bef": {status day: [row, …]}, "udda": …, "akm": …, "kraf": …, "bol": …, "dream": …,
"omraader": [row, …], "omraade_adresser": […], "hfaudd": […]}; a row is a dict with the typed column names; a
blank is None.
"""

from datetime import date, timedelta

VARIANTS = (
    "sfi5-v1",
    "sfi5-v1-f1-mor",
    "sfi5-v1-f2-2aar",
    "sfi5-v1-f2-nogensinde",
    "sfi5-v1-f3-dream-enhver",
    "sfi5-v1-f3-dream26",
    "sfi5-v1-f3-efterfoelgere",
    "sfi5-v1-f4-mangler-ja",
    "sfi5-v1-f5-almen",
    "sfi5-v1-f5-trangt",
)
CONVICTIONS = {1, 2, 3, 4, 5, 6, 70, 81, 82, 83, 84, 86, 88}


def score(world, reference_date, variant="sfi5-v1"):
    """One dict per child: child_id, mother_id, kom, area_ids, earlier_date, earlier_area_ids, is_new,
    age_band, f1..f5, n_yes, n_known, state."""
    scored = []
    for child in world["bef"][reference_date]:
        age = completed_years(child["foed_dag"], reference_date)
        if child["civst"] == "D" or not 0 <= age <= 17:
            continue
        factors = [
            f1(world, reference_date, child, variant),
            f2(world, reference_date, child["mor_id"], variant),
            f3(world, reference_date, child["mor_id"], variant),
            f4(world, reference_date, child["mor_id"], variant),
            f5(world, reference_date, child["mor_id"], variant),
        ]
        n_yes = sum(1 for factor in factors if factor is True)
        n_known = sum(1 for factor in factors if factor is not None)
        if n_yes >= 3:
            state = "særlig"
        elif n_yes + (5 - n_known) <= 2:
            state = "ikke"
        else:
            state = "uafklaret"
        scored.append(
            {
                "child_id": child["pnr"],
                "mother_id": child["mor_id"],
                "kom": child["kom"],
                "area_ids": areas_of(world, reference_date, child["adresse_id"]),
                **earlier(world, reference_date, child),
                "age_band": age_band(age),
                "f1_ikke_kernefamilie": factors[0],
                "f2_doemt": factors[1],
                "f3_kontanthjaelp_pension": factors[2],
                "f4_ingen_uddannelse": factors[3],
                "f5_boligforhold": factors[4],
                "n_yes": n_yes,
                "n_known": n_known,
                "state": state,
            }
        )
    return scored


def completed_years(born, day):
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)


def age_band(age):
    if age <= 2:
        return "0-2"
    if age <= 5:
        return "3-5"
    if age <= 9:
        return "6-9"
    if age <= 14:
        return "10-14"
    return "15-17"


def f1(world, day, child, variant):
    mother = child["mor_id"]
    if variant == "sfi5-v1-f1-mor":
        row = living_row(world, day, mother)
        if row is None or row["familie_type"] is None:
            return None
        before_the_switch = day < date(2015, 12, 31)
        single = 5 if before_the_switch else 9
        others = {1, 2, 3, 4} if before_the_switch else {2, 3, 4, 7, 8, 10}
        if row["familie_type"] == single:
            return True
        return False if row["familie_type"] in others else None
    last_seen = None
    for status_day in sorted(world["bef"]):
        if status_day > day:
            break
        for row in world["bef"][status_day]:
            if mother is not None and row["pnr"] == mother:
                last_seen = row
    if last_seen is None or last_seen["civst"] == "D" or child["fm_mark"] is None:
        return None
    return child["fm_mark"] != 1


def f2(world, day, mother, variant):
    if mother is None:
        return None
    kraf_years = sorted(status_day.year for status_day in world["kraf"])
    last_covered = max(status_day for status_day in world["kraf"] if status_day.year <= day.year)
    last_day = min(day, last_covered)
    if variant == "sfi5-v1-f2-nogensinde":
        start = date(kraf_years[0] - 1, 12, 31)
    else:
        start = same_day_earlier(last_day, 2 if variant == "sfi5-v1-f2-2aar" else 5)
    for rows in world["kraf"].values():
        for row in rows:
            if row["pnr"] == mother and is_conviction(row) and start < row["afg_dato"] <= last_day:
                return True
    year_ends = [d.year for d in world["bef"] if (d.month, d.day) == (12, 31)]
    first_year = start.year
    if variant == "sfi5-v1-f2-nogensinde" and year_ends:
        first_year = max(first_year, min(year_ends))
    own_rows = [
        (status_day, row)
        for status_day in sorted(world["bef"])
        for row in world["bef"][status_day]
        if row["pnr"] == mother and status_day <= day
    ]
    if not own_rows:
        return None
    first_year = max(first_year, own_rows[-1][1]["foed_dag"].year)
    years = [year for year in range(first_year, last_day.year + 1) if date(year, 12, 31) <= last_day]
    seen = {status_day for status_day, _ in own_rows}
    if years and all(date(year, 12, 31) in seen for year in years):
        return False
    return None


def is_conviction(row):
    if row["afg_ger7"] is None or row["afg_afgtypko"] is None or row["afg_dato"] is None:
        return False
    offence = str(row["afg_ger7"])
    by_law = offence.startswith("1") or offence.startswith("3210") or offence.startswith("3410")
    return by_law and row["afg_afgtypko"] in CONVICTIONS


def f3(world, day, mother, variant):
    if variant == "sfi5-v1-f3-dream26":
        return weeks_on_benefit(world, day, mother, 26)
    if variant == "sfi5-v1-f3-dream-enhver":
        return weeks_on_benefit(world, day, mother, 1)
    status_day, rows = latest(world["akm"], day)
    benefits = {330, 321, 322}
    if variant == "sfi5-v1-f3-efterfoelgere" and status_day >= date(2013, 1, 1):
        benefits = benefits | {220}
    row = row_of(rows, "pnr", mother)
    if row is None or row["socio13"] is None:
        return None
    return row["socio13"] in benefits


def weeks_on_benefit(world, day, mother, needed):
    """Walk back day by day: 52 Sundays, and what the oldest file that has the week says of it."""
    if mother is None:
        return None
    year_ends = [date(day.year - 1, 12, 31)] + ([day] if (day.month, day.day) == (12, 31) else [])
    was_here = all(row_of(world["bef"].get(d, []), "pnr", mother) is not None for d in year_ends)
    certain = possible = sundays = 0
    walk = day
    while sundays < 52:
        if walk.weekday() == 6:
            sundays += 1
            monday = walk - timedelta(days=6)
            iso_year, iso_week, _ = monday.isocalendar()
            name = f"y_{iso_year % 100:02d}{iso_week:02d}"
            for status_day in sorted(world["dream"]):
                rows = world["dream"][status_day]
                if rows and name in rows[0]:
                    row = row_of(rows, "pnr", mother)
                    break
            code = row[name] if row is not None else None
            if code is None:
                possible += 0 if was_here else 1
            elif code in (997, 999):
                possible += 1
            elif is_benefit_week(code, monday):
                certain += 1
        walk -= timedelta(days=1)
    if certain >= needed:
        return True
    return None if certain + possible >= needed else False


def is_benefit_week(code, monday):
    if 140 <= code <= 148:
        return monday.year >= 2014
    if 810 <= code <= 818:
        return monday.year >= 2013
    return 130 <= code <= 138 or 730 <= code <= 738 or code in (781, 783, 998)


def f4(world, day, mother, variant):
    if mother is None:
        return None
    _, rows = latest(world["udda"], day)
    row = row_of(rows, "pnr", mother)
    level = row_of(world["hfaudd"], "hfaudd", row["hfaudd"]) if row is not None else None
    if level is None or level["hovedomraade"] is None or level["hovedomraade"] == 90:
        return True if variant == "sfi5-v1-f4-mangler-ja" else None
    return level["hovedomraade"] == 10


def f5(world, day, mother, variant):
    row = living_row(world, day, mother)
    if row is None:
        return None
    _, dwellings = latest(world["bol"], day)
    dwelling = row_of(dwellings, "adresse_id", row["adresse_id"])
    if dwelling is None:
        return None
    if variant == "sfi5-v1-f5-almen":
        return None if dwelling["ejerforhold"] is None else dwelling["ejerforhold"] == 20
    if variant == "sfi5-v1-f5-trangt":
        residents = 0
        for person in world["bef"][day]:
            if person["adresse_id"] == row["adresse_id"] and person["civst"] != "D":
                residents += 1
        if not dwelling["antal_vaerelser"]:
            return None
        return residents / dwelling["antal_vaerelser"] > 1
    return {1: True, 2: False}.get(dwelling["udlejningfh"])


def living_row(world, day, person):
    row = row_of(world["bef"][day], "pnr", person)
    return None if row is None or row["civst"] == "D" else row


def row_of(rows, column, value):
    if value is None:
        return None
    for row in rows:
        if row[column] == value:
            return row
    return None


def latest(vintages, day):
    newest = max(status_day for status_day in vintages if status_day <= day)
    return newest, vintages[newest]


def same_day_earlier(day, years):
    if (day.month, day.day) == (2, 29):
        return date(day.year - years, 2, 28)
    return date(day.year - years, day.month, day.day)


def areas_of(world, day, address):
    found = set()
    for listed in world["omraade_adresser"]:
        if address is None or listed["adresse_id"] != address or not is_valid(listed, day):
            continue
        area = area_at(world, day, listed["area_id"])
        if area is None:
            continue
        found.add(area["area_id"])
        if area["level"] == "afdeling":
            area = area_at(world, day, area["parent"])
            found.add(area["area_id"])
        if area["level"] == "omraade" and area_at(world, day, area["plan"]) is not None:
            found.add(area["plan"])
    return sorted(found)


def earlier(world, day, child):
    """Where the dwelling lay by the list of the 31 December before, and whether the child came there
    since."""
    before = [d for d in sorted(world["bef"]) if d < day and (d.month, d.day) == (12, 31)]
    if not before or not hangs_together(world, before[-1]):
        return {"earlier_date": None, "earlier_area_ids": [], "is_new": False}
    there = areas_of(world, before[-1], child["adresse_id"])
    lived = [row for row in world["bef"][before[-1]] if row["pnr"] == child["pnr"]]
    then = areas_of(world, before[-1], lived[0]["adresse_id"]) if lived else []
    is_new = bool(there) and not set(there) & set(then)
    return {"earlier_date": before[-1], "earlier_area_ids": there, "is_new": is_new}


def hangs_together(world, day):
    """Every area's parent is one of the level above."""
    for area in world["omraader"]:
        if not is_valid(area, day) or area["level"] == "kommune":
            continue
        above = area_at(world, day, area["parent"])
        if above is None or above["level"] != ("omraade" if area["level"] == "afdeling" else "kommune"):
            return False
    return True


def area_at(world, day, area_id):
    for area in world["omraader"]:
        if area_id is not None and area["area_id"] == area_id and is_valid(area, day):
            return area
    return None


def is_valid(row, day):
    has_begun = row["valid_from"] is None or row["valid_from"] <= day
    return has_begun and (row["valid_to"] is None or day <= row["valid_to"])
