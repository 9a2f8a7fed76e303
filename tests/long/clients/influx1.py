"""Writes two points with the client of InfluxDB 1, as a program of its users would: influx1.py HOST PORT KEY."""

import sys

from influxdb import InfluxDBClient

host, port, key = sys.argv[1:]
client = InfluxDBClient(host=host, port=int(port), username="any", password=key, database="weather")
client.ping()
client.create_database("weather")
client.switch_database("weather")
points = [
    {"measurement": "weather", "fields": {"temperature": 21.5, "humidity": 40}},
    {"measurement": "weather", "tags": {"sensor": "greenhouse"}, "fields": {"temperature": 24.5}},
]
assert client.write_points(points)
