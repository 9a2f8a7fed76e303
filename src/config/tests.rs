//! What the configuration does as a whole.

use super::*;
use std::path::Path;

/// The configuration in a test's own folder, which is the home, too.
fn load(file: Option<&str>, flags: Flags) -> Result<Config, Error> {
    let around = Surroundings::of_process().expect("a folder");
    let around = Surroundings {
        home: Some(around.working.clone().into()),
        ..Surroundings { data: around.data, working: around.working, ..Surroundings::default() }
    };
    Loaded::load(file.map(Path::new), flags, &around).map(|loaded| loaded.config)
}

/// What is wrong with the file `s.toml`.
fn wrong() -> String {
    load(Some("s.toml"), Flags::default()).expect_err("wrong").to_string()
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    figment::Jail::expect_with(|jail| {
        jail.create_file("s.toml", "port = 1\naddress = \"0.0.0.0\"\n[storage]\nqueue_rows = 7777\n")?;
        jail.set_env("STEVENSON_PORT", "2");
        jail.set_env("STEVENSON_STORAGE__DURABILITY", "normal");
        jail.set_env("STEVENSON_LOG", "debug");
        let load = |flags| load(Some("s.toml"), flags).map_err(|e| e.to_string());
        let config = load(Flags::default())?;
        assert_eq!((config.port, config.address.to_string().as_str()), (2, "0.0.0.0"));
        assert_eq!(config.storage.queue_rows, 7_777);
        assert_eq!(config.storage.durability, storage::Durability::Normal);
        assert_eq!(load(Flags::default().and("--port", "port", Some(3)))?.port, 3);
        Ok(())
    });
}

#[test]
fn the_keeper_is_found_under_its_old_name_too() {
    figment::Jail::expect_with(|jail| {
        jail.create_file("s.toml", "[robot]\nthink_max_ms = 77\n")?;
        let load = || load(Some("s.toml"), Flags::default()).map_err(|e| e.to_string());
        assert_eq!(load()?.keeper.think_max_ms, 77);
        jail.set_env("STEVENSON_ROBOT__THINK_MAX_MS", "78");
        assert_eq!(load()?.keeper.think_max_ms, 78);
        jail.set_env("STEVENSON_KEEPER__THINK_MAX_MS", "79");
        assert_eq!(load()?.keeper.think_max_ms, 79);
        Ok(())
    });
}

#[test]
fn a_wrong_value_is_told_once_with_its_key_and_its_line() {
    figment::Jail::expect_with(|jail| {
        let place = |line: usize| format!(" (line {line} of {}/s.toml)", jail.directory().display());
        for (text, line, what) in [
            ("\nport = \"many\"\n", 2, "port: \"many\" is not a whole number from 0 to 65535"),
            ("port = 70000\n", 1, "port: 70000 is not a whole number from 0 to 65535"),
            ("storage = []\n", 1, "storage: a list is not a section of keys"),
            ("\n[[storage]]\nreaders = 4\n", 2, "storage: a list is not a section of keys"),
            ("\ndata = 5\n", 2, "data: 5 is not a text in quotes"),
            ("port = 1.0\n", 1, "port: 1.0 is not a whole number from 0 to 65535"),
            ("port = -1\n", 1, "port: -1 is not a whole number from 0 to 65535"),
            ("demo = \"yes\"\n", 1, "demo: \"yes\" is not true or false"),
            ("address = \"localhost\"\n", 1, "address: \"localhost\" is not an IP address, such as 0.0.0.0"),
            ("storage = 5\n", 1, "storage: 5 is not a section of keys"),
            ("[storage]\nreaders = [1]\n", 2, "storage.readers: a list is not a whole number from 0 to 4294967295"),
            (
                "[storage]\ndurability = \"ful\"\n",
                2,
                "storage.durability: \"ful\" is none of \"full\", \"normal\"; did you mean full?",
            ),
            ("[storage]\n\nreaders = 0\n", 3, "storage.readers: 0 does not fit: it must be at least 1"),
            (
                "[web]\nmetrics_from = [\n \"127.0.0.1\",\n \"10.0.0.0/33\"]\n",
                4,
                "web.metrics_from.1: \"10.0.0.0/33\" is not a network: write 10.0.0.0/8 or a single address",
            ),
            (
                "[mqtt]\nbroker = \"b\"\nkeep_alive_s = 1\n[[mqtt.subscriptions]]\ntopic = \"a\"\n",
                3,
                "mqtt.keep_alive_s: 1 does not fit: it must be at least 5",
            ),
            ("[mqtt]\npassword = 12345\n", 2, "mqtt.password: put the password in quotes: \"…\""),
            (
                "[mqtt]\nbroker = \"b\"\n[[mqtt.subscriptions]]\ntopik = \"a\"\n",
                4,
                "mqtt.subscriptions.0.topik: there is no such key; did you mean topic?",
            ),
            ("prot = 1\n", 1, "prot: there is no such key; did you mean port?"),
            ("\n[stroage]\nreaders = 1\n", 2, "[stroage]: there is no such section; did you mean [storage]?"),
            ("[storage]\nreadres = 1\n", 2, "storage.readres: there is no such key; did you mean readers?"),
            ("readers = 1\n", 1, "readers: there is no such key here; it belongs into the section [storage]"),
            ("nonsense = 1\n", 1, "nonsense: there is no such key"),
            ("[storage]\nfile = \"x\"\n", 2, "storage.file: there is no such key"),
            ("[robot]\nthink_max_ms = true\n", 2, "keeper.think_max_ms: true is not a whole number from 0 on"),
        ] {
            jail.create_file("s.toml", text)?;
            assert_eq!(wrong(), format!("the configuration is wrong: {what}{}", place(line)));
        }
        jail.create_file("s.toml", "\nport = = 5\n")?;
        let error = wrong();
        assert!(error.starts_with("line 2 of ") && error.contains("s.toml is no TOML: "), "{error}");
        jail.create_file("s.toml", "port = 1\nport = 2\n")?;
        assert!(wrong().contains("line 2 of ") && wrong().contains("uplicate key"), "{}", wrong());
        Ok(())
    });
}

#[test]
fn a_wrong_variable_or_flag_is_called_by_its_own_name() {
    for (name, value, what) in [
        ("STEVENSON_PORT", "many", "STEVENSON_PORT: \"many\" is not a whole number from 0 to 65535"),
        ("STEVENSON_PROT", "1", "STEVENSON_PROT: there is no such key; did you mean STEVENSON_PORT?"),
        (
            "STEVENSON_STORAGE__READRES",
            "1",
            "STEVENSON_STORAGE__READRES: there is no such key; did you mean STEVENSON_STORAGE__READERS?",
        ),
        (
            "STEVENSON_WEB__METRICS_FROM",
            "[\"10.0.0.0/33\"]",
            "STEVENSON_WEB__METRICS_FROM: \"10.0.0.0/33\" is not a network: write 10.0.0.0/8 or a single address",
        ),
    ] {
        figment::Jail::expect_with(|jail| {
            jail.set_env(name, value);
            let error = load(None, Flags::default()).expect_err(name).to_string();
            assert_eq!(error, format!("the configuration is wrong: {what}"));
            Ok(())
        });
    }
    figment::Jail::expect_with(|_| {
        let error = load(None, Flags::default().and("--port", "port", Some("many"))).expect_err("many").to_string();
        assert_eq!(error, "the configuration is wrong: --port: \"many\" is not a whole number from 0 to 65535");
        let error = load(Some("none.toml"), Flags::default()).expect_err("no file").to_string();
        assert!(error.starts_with("there is no configuration file /") && error.ends_with("/none.toml"), "{error}");
        Ok(())
    });
}

#[test]
fn a_path_for_uploads_that_cannot_be_one_is_named() {
    figment::Jail::expect_with(|jail| {
        let load = |text: &str| {
            jail.create_file("s.toml", text).expect("written");
            self::load(Some("s.toml"), Flags::default()).map_err(|error| error.to_string())
        };
        let good = load("[ingest]\npaths = { \"/my/weather\" = \"ecowitt\", \"/w\" = \"wow\" }\n").expect("good");
        assert!(good.ingest.target("/my/weather").is_some() && good.ingest.target("/x").is_none());
        for (paths, why) in [
            ("\"my\" = \"ecowitt\"", "ingest.paths: \"my\" is no path"),
            ("\"/s/x\" = \"ecowitt\"", "is a path of this server's own"),
            ("\"/my\" = \"ecovit\"", "ecovit"),
        ] {
            let error = load(&format!("[ingest]\npaths = {{ {paths} }}\n")).expect_err(paths);
            assert!(error.contains(why), "{error}");
        }
        let error = load("[web]\nbase = \"/up\"\n[ingest]\npaths = { \"/up/here\" = \"wow\" }\n").expect_err("hidden");
        assert!(error.contains("ingest.paths: \"/up/here\" begins as the base does"), "{error}");
        load("[web]\nbase = \"/up\"\n[ingest]\npaths = { \"/upper\" = \"wow\" }\n").expect("beside it");
        Ok(())
    });
}

#[test]
fn a_host_that_no_request_could_name_is_refused_with_what_to_write() {
    figment::Jail::expect_with(|jail| {
        for (wrong, advice) in [
            ("a.b:8000", "write \"a.b\""),
            ("https://a.b", "write \"a.b\""),
            ("https://a.b:8000/lab", "write \"a.b\""),
            ("a.b/lab", "write \"a.b\""),
            (" a.b", "write \"a.b\""),
            ("", "write a name such as"),
            (" ", "write a name such as"),
            ("a b", "write a name such as"),
            ("*.a.b", "write a name such as"),
            ("a..b", "write a name such as"),
            ("wetter-münchen.example", "write a name such as"),
        ] {
            jail.create_file("s.toml", &format!("[web]\nhosts = [\"a.b\", \"{wrong}\"]\n"))?;
            let error = self::load(Some("s.toml"), Flags::default()).expect_err(wrong).to_string();
            let names = [&format!("web.hosts.1: \"{wrong}\""), advice, "s.toml"].map(|part| error.contains(part));
            assert_eq!(names, [true; 3], "{error}");
        }
        jail.create_file(
            "s.toml",
            "[web]\nhosts = [\"A.b.\", \"pi\", \"xn--wtter-kva.example\", \"192.168.1.7\", \"[fd00::7]\"]",
        )?;
        assert!(self::load(Some("s.toml"), Flags::default()).is_ok());
        Ok(())
    });
}
