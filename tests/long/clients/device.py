"""A device that publishes with paho-mqtt as it is told: device.py PORT. Its last will says that it is gone.

Each line of standard input is a message as JSON: topic, payload, qos, retain. The device says "sent" when the message is on its way
to the broker (of quality of service 0), or acknowledged (of 1). With "later" it says "queued" at once; "rest" waits for all of those.
"""

import json
import sys
import threading

import paho.mqtt.client as mqtt

PATIENCE_S = 60
WILL = "tele/roof/LWT"

arrived = set()
change = threading.Condition()


def hello(client, *_):
    client.publish(WILL, "Online", qos=1, retain=True)


def note(client, userdata, mid, *_):
    with change:
        arrived.add(mid)
        change.notify_all()


def settle(mids):
    with change:
        assert change.wait_for(lambda: arrived.issuperset(mids), PATIENCE_S), "the broker did not take a message"


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="roof", clean_session=False)
client.will_set(WILL, "Offline", qos=1, retain=True)
client.reconnect_delay_set(min_delay=1, max_delay=1)
client.on_connect = hello
client.on_publish = note
client.connect("127.0.0.1", int(sys.argv[1]), keepalive=5)
client.loop_start()

queued = []
for line in sys.stdin:
    told = json.loads(line)
    if told == "rest":
        settle(queued)
        print("sent", flush=True)
        continue
    mid = client.publish(told["topic"], told["payload"], qos=told["qos"], retain=told["retain"]).mid
    if told["later"]:
        queued.append(mid)
        print("queued", flush=True)
    else:
        settle([mid])
        print("sent", flush=True)
