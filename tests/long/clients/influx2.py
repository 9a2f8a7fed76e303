"""Writes two points with the client of InfluxDB 2, plain and compressed: influx2.py URL KEY. A wrong line is an error."""

import sys

from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

url, key = sys.argv[1:]
for sensor, gzip in (("plain", False), ("packed", True)):
    with InfluxDBClient(url=url, token=key, org="any", enable_gzip=gzip) as client:
        assert client.ping()
        api = client.write_api(write_options=SYNCHRONOUS)
        point = Point("weather").tag("sensor", sensor).field("temperature", 18.5).field("humidity", 55.0)
        api.write(bucket="any", record=point)
        try:
            api.write(bucket="any", record="weather temperature=")
        except ApiException as error:
            print(error.status, error.body)
        else:
            sys.exit("a wrong line was taken")
