//! Devices that post JSON of their own, and the ways to send a key.

use super::*;

async fn status_and_detail(response: Response) -> (u16, String) {
    let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().expect("ASCII").to_owned());
    let (status, body) = told(response).await;
    assert_eq!(challenge.as_deref(), (status == 401).then_some("Bearer, Token, Basic realm=\"station key\""));
    (status, body["detail"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_key_may_come_in_each_usual_way() {
    let door = AtTheDoor::new().await;
    let (other, other_key) = door.app.add_station("city-hall").await;
    let key = &door.key;
    let say = |scheme: &str, key: &str| door.knock().header("Authorization", format!("{scheme} {key}"));
    for request in [
        say("Bearer", key),
        say("token", key),
        door.knock().basic_auth("town-hall", Some(key)),
        door.knock().basic_auth("Town-Hall", Some(key)),
        door.knock().basic_auth("", Some(key)),
        door.knock().basic_auth("anybody", Some(key)),
        door.knock().header("X-API-Key", key),
        door.knock().header("X-API-Key", key).header("Authorization", ""),
        say("Digest", "x").header("X-API-Key", key),
    ] {
        assert_eq!(told(request.body("{\"co2\": 400}").send().await.expect("answered")).await.0, 201);
    }
    assert_eq!(door.app.storage.latest(other.id).await.expect("reads").len(), 0);
    let unknown = format!("stv_{}", "x".repeat(43));
    for (request, why) in [
        (door.knock(), "no key was sent"),
        (say("Bearer", "stv_wrong"), "has not the form of a key"),
        (say("Bearer", ""), "has not the form of a key"),
        (door.knock().header("Authorization", "Bearer"), "has not the form of a key"),
        (door.knock().header("X-API-Key", "wrong"), "has not the form of a key"),
        (say("Basic", "@@@"), "has not the form of a key"),
        (door.knock().basic_auth("town-hall", None::<&str>), "has not the form of a key"),
        (say("Bearer", &unknown), "no station has this key"),
        (door.knock().header("X-API-Key", &unknown), "no station has this key"),
        (door.knock().header("Authorization", key), "neither Bearer, nor Token, nor Basic"),
        (say("Digest", key), "neither Bearer, nor Token, nor Basic"),
        (door.knock().basic_auth("town-hall", Some(&other_key)), "not that of the station that the user's name says"),
    ] {
        let response = request.body("{\"co2\": 400}").send().await.expect("answered");
        let (status, detail) = status_and_detail(response).await;
        assert!(status == 401 && detail.contains(why), "{why}: {status} {detail}");
        assert!(!detail.contains(key.as_str()) && !detail.contains("wrong") && !detail.contains(&unknown), "{detail}");
    }
}

#[tokio::test]
async fn a_sensor_community_device_sends_to_its_own_api() {
    let door = AtTheDoor::new().await;
    let body = r#"{"esp8266id":"2392534","software_version":"NAMF-2020-35","sensordatavalues":[{"value_type":"SDS_P1","value":"15.23"},
        {"value_type":"BME280_temperature","value":"6.89"},{"value_type":"BME280_pressure","value":"98920.23"}]}"#;
    for path in ["/v1/push-sensor-data/", "/v1/push-sensor-data", "/api/v1/readings"] {
        let request = door
            .client
            .post(door.url(path))
            .basic_auth("town-hall", Some(&door.key))
            .header("X-Sensor", "esp8266-2392534");
        let response = request.header("Content-Type", "application/json").body(body).send().await.expect("answered");
        assert_eq!(told(response).await.0, 201, "{path}");
        let latest = door.latest().await;
        for value in ["temperature 6.89", "station_pressure 989.20", "pm10 15.23"] {
            assert!(latest.contains(&value.to_owned()), "{latest:?}");
        }
    }
    // A rule of Tasmota's, as it is sent.
    let tasmota = r#"{"software_version":"Tasmota","sensordatavalues":[{"value_type":"temperature","value":7.5}]}"#;
    for (pin, latest) in [("11", "temperature 7.50"), ("7", "dht22/temperature 7.50")] {
        let request = door.client.post(door.url("/v1/push-sensor-data/")).bearer_auth(&door.key).header("X-Pin", pin);
        assert_eq!(told(request.body(tasmota).send().await.expect("answered")).await.0, 201);
        assert!(door.latest().await.contains(&latest.to_owned()), "{latest}");
    }
    let broken =
        b"{\"sensordatavalues\":[{\"value_type\":\"SDS_P1\",\"value\":\"163290\"\xff_type\":\"min_micro\"},]}".to_vec();
    let request = door.client.post(door.url("/v1/push-sensor-data/")).bearer_auth(&door.key).body(broken);
    let (status, detail) = status_and_detail(request.send().await.expect("answered")).await;
    assert!(status == 400 && detail.ends_with("not UTF-8"), "{detail}");
}

#[tokio::test]
async fn a_thingsboard_device_has_the_key_in_its_address() {
    let door = AtTheDoor::new().await;
    let url = |key: &str| door.url(&format!("/api/v1/{key}/telemetry"));
    let now = chrono::Utc::now().timestamp_millis();
    for (body, status) in [
        (json!({"temperature": 42}), 200),
        (json!({"ts": now - 5_000, "values": {"temperature": 42}}), 200),
        (
            json!([{"ts": now - 9_000, "values": {"temperature": 1}}, {"ts": now - 8_000, "values": {"humidity": 2}}]),
            200,
        ),
        (json!({"ts": "noon", "values": {"temperature": 42}}), 400),
        (json!(7), 400),
    ] {
        let response = door.client.post(url(&door.key)).body(body.to_string()).send().await.expect("answered");
        assert_eq!(told(response).await.0, status, "{body}");
    }
    assert_eq!(door.app.storage.stats().reports_stored, 4);
    for key in ["stv_wrong", "", &format!("stv_{}", "x".repeat(43))] {
        let response = door.client.post(url(key)).bearer_auth(&door.key).body("{}").send().await.expect("answered");
        assert_eq!(status_and_detail(response).await.0, 401, "{key:?}");
    }
    assert_eq!(door.client.get(url(&door.key)).send().await.expect("answered").status(), 405);
}

#[tokio::test]
async fn the_main_sensor_of_a_tasmota_device_stays_the_same_when_it_fails() {
    let door = AtTheDoor::new().await;
    let both =
        json!({"Time": null, "DS18B20": {"Temperature": 20.0}, "AM2301": {"Temperature": 21.0}, "TempUnit": "C"});
    assert_eq!(door.post(both).await.0, 201);
    assert_eq!(door.latest().await, ["temperature 20.00", "am2301/temperature 21.00"]);
    let one = json!({"Time": null, "AM2301": {"Temperature": 22.0}, "TempUnit": "C"});
    assert_eq!(door.post(one).await.0, 201);
    assert_eq!(door.latest().await, ["temperature 20.00", "am2301/temperature 22.00"]);
}

#[tokio::test]
async fn a_backfill_whose_time_is_misspelt_is_not_stored_as_now() {
    let door = AtTheDoor::new().await;
    let then = chrono::Utc::now().timestamp() - 9_000;
    let (status, problem) = door.post(json!([{"timestmap": then, "temperature": 5}])).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!("[0].timestmap")));
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with("use observed_at")), "{problem}");
    assert_eq!(
        door.post(json!([{"timestamp": then, "temperature": 5}, {"time": then + 1, "temperature": 6}])).await.0,
        201
    );
    let latest = door.app.storage.latest(door.station.id).await.expect("reads");
    assert_eq!(latest[0].observed_at.0 / 1_000, then + 1);
}
