"""A year of weather as records and climate, computed from the file by itself: real_year.py FILE AIRPORT prints JSON.

docs/CLIMATE.md says what each figure is. A line's rain fell in the hour that ends with it. Two values do not count: see MARKED in moving.rs.
"""

import csv
import json
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

path, airport = sys.argv[1:]
ZONE = ZoneInfo("America/New_York")
UNCOUNTED = ("JFK", "2013-05-09T02:00:00Z")
# Of 24 hours: 80 % of them are 19.2.
WHOLE_HOURS = 20


def number(row, name, convert):
    return None if row[name] == "NA" else convert(float(row[name]))


rows = []
with open(path) as file:
    for row in csv.DictReader(file):
        if row["origin"] != airport:
            continue
        at = datetime.strptime(row["time_hour"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        celsius = number(row, "temp", lambda f: (f - 32) * 5 / 9)
        if (airport, row["time_hour"]) == UNCOUNTED:
            celsius = None
        gust = number(row, "wind_gust", lambda mph: mph * 0.44704)
        rows.append((at, celsius, number(row, "precip", lambda inch: inch * 25.4), gust, number(row, "pressure", float)))
rows.sort()


def extreme(place, best):
    """The value with its first time."""
    known = [(row[place], row[0]) for row in rows if row[place] is not None]
    value = best(value for value, _ in known)
    # Units are converted with noise: what differs by less than it is the same value.
    at = min(at for other, at in known if abs(other - value) < 1e-6)
    return {"value": value, "at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")}


temperatures, rain = {}, {}
for at, celsius, fallen, _, _ in rows:
    local = at.astimezone(ZONE)
    if celsius is not None:
        temperatures.setdefault(local.date(), []).append((celsius, at))
    if fallen is not None:
        # The instant at midnight ends the day before.
        day = (local - timedelta(microseconds=1)).date()
        rain[day] = rain.get(day, 0.0) + fallen


def is_whole(day):
    return len({at for _, at in temperatures.get(day, [])}) >= WHOLE_HOURS


def tenths(value):
    """As it is printed: half away from zero."""
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) * 10 + 0.5 + 1e-9) / 10


low = {day: min(values)[0] for day, values in temperatures.items()}
high = {day: max(value for value, _ in values) for day, values in temperatures.items()}
whole = [day for day in temperatures if is_whole(day)]
counts = {
    "Frost days": [day for day in low if tenths(low[day]) < 0],
    "Ice days": [day for day in whole if tenths(high[day]) < 0],
    "Summer days": [day for day in high if tenths(high[day]) >= 25],
    "Hot days": [day for day in high if tenths(high[day]) >= 30],
    "Tropical nights": [day for day in whole if tenths(low[day]) >= 20],
}


def months(days):
    return [sum(day.month == month for day in days if day.year == 2013) for month in range(1, 13)]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def month(number):
    days = [day for day in temperatures if (day.year, day.month) == (2013, number)]
    degrees = [(high[day] + low[day]) / 2 for day in days]
    return {
        "mean_temperature": mean(mean(value for value, _ in temperatures[day]) for day in days),
        "highest_temperature": max(high[day] for day in days),
        "lowest_temperature": min(low[day] for day in days),
        "heating_degree_days": sum(max(0.0, 18 - each) for each in degrees),
        "cooling_degree_days": sum(max(0.0, each - 18) for each in degrees),
        "rain": sum(fallen for day, fallen in rain.items() if (day.year, day.month) == (2013, number)),
    }


wettest = max(rain.values())
print(
    json.dumps(
        {
            "highest_temperature": extreme(1, max),
            "lowest_temperature": extreme(1, min),
            "strongest_gust": extreme(3, max),
            "highest_pressure": extreme(4, max),
            "lowest_pressure": extreme(4, min),
            "highest_low": max(low[day] for day in whole),
            "lowest_high": min(high[day] for day in whole),
            "wettest_day": {"value": wettest, "date": min(day for day in rain if rain[day] > wettest - 1e-6).isoformat()},
            "rain": sum(rain.values()),
            "kinds": {name: months(days) for name, days in counts.items()},
            "months": [month(number) for number in range(1, 13)],
        }
    )
)
