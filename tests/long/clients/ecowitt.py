"""Reads a console's form from standard input as Home Assistant does, and prints what it means as JSON."""

import json
import sys
from urllib.parse import parse_qsl

from aioecowitt.server import EcoWittListener

listener = EcoWittListener()
listener.process_data({"model": "GW2000A", "freq": "868M", "dateutc": "2026-11-30 08:00:00", **dict(parse_qsl(sys.stdin.read()))})
values = {sensor.key: sensor.value for sensor in listener.sensors.values()}
print(json.dumps(values, default=str))
