#!/bin/sh
# Runs WeeWX with its simulator and its uploads to Weather Underground, until it is ended: weewx.sh FOLDER BIN URL SLUG KEY
set -eu
folder=$1 bin=$2 url=$3 slug=$4 key=$5
"$bin/weectl" station create "$folder" --no-prompt --driver=weewx.drivers.simulator >/dev/null
"$bin/python" - "$folder/weewx.conf" "$url" "$slug" "$key" <<'PYTHON'
import sys

import configobj

path, url, slug, key = sys.argv[1:]
config = configobj.ConfigObj(path, encoding="utf-8", file_error=True)
config["StdRESTful"]["Wunderground"].update(
    {"enable": "true", "station": slug, "password": key, "rapidfire": "true", "server_url": url}
)
config["Simulator"]["loop_interval"] = "0.5"
config["StdReport"]["SeasonsReport"]["enable"] = "false"
config.write()
PYTHON
exec "$bin/weewxd" "$folder/weewx.conf"
