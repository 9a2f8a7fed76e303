//! `stevenson config`, and what is said of mistakes.

use super::{Home, SERVE_NOWHERE, said};
use crate::kit::program::make_database;

#[test]
fn a_mistake_is_one_sentence_with_key_value_file_and_line() {
    let home = Home::new();
    let file = home.write("s.toml", "\nport = \"many\"\n");
    let refused = |text: &str| {
        home.write("s.toml", text);
        home.refused(&[&SERVE_NOWHERE[..], &["--config", &file]].concat())
    };
    let wrong = |what: &str, line: usize| format!("the configuration is wrong: {what} (line {line} of {file})");
    assert_eq!(refused("\nport = \"many\"\n"), wrong("port: \"many\" is not a whole number from 0 to 65535", 2));
    assert_eq!(refused("prot = 1\n"), wrong("prot: there is no such key; did you mean port?", 1));
    assert_eq!(
        refused("[storge]\nreaders = 1\n"),
        wrong("[storge]: there is no such section; did you mean [storage]?", 1)
    );
    assert_eq!(
        refused("[mqtt]\nbroker = \"b\"\n\n[[mqtt.subscriptions]]\ntopic = \"a\"\nstation = \"A B\"\n")
            .rsplit_once(" (")
            .map(|(_, end)| end.to_owned()),
        Some(format!("line 6 of {file})"))
    );
    let no_toml = refused("port = 1\n[web\n");
    assert!(no_toml.starts_with(&format!("line 2 of {file} is no TOML: ")), "{no_toml}");
    std::fs::write(home.at("s.toml"), b"# \xff\n").expect("written");
    let no_text = home.refused(&["config", "--config", &file]);
    assert_eq!(no_text, format!("cannot read the configuration file {file}: it is no text in UTF-8"));
    home.write("s.toml", &"#".repeat(1_100_000));
    let large = home.refused(&["config", "--config", &file]);
    assert!(large.ends_with("it is larger than 1 MiB, so it is no configuration"), "{large}");
    let none = home.refused(&[&SERVE_NOWHERE[..], &["--config", "none.toml"]].concat());
    assert_eq!(none, format!("there is no configuration file {}", home.at("work/none.toml").display()));
    let folder = home.refused(&[&SERVE_NOWHERE[..], &["--config", "."]].concat());
    assert!(
        folder.starts_with(&format!("cannot read the configuration file {}", home.at("work").display())),
        "{folder}"
    );

    let mut variable = home.command(&SERVE_NOWHERE);
    let variable = said(variable.env("STEVENSON_PORT", "many"));
    assert_eq!(
        variable.error,
        "stevenson: the configuration is wrong: STEVENSON_PORT: \"many\" is not a whole number from 0 to 65535\n"
    );
}

#[test]
fn the_whole_configuration_is_printed_with_where_each_value_comes_from_and_can_be_fed_back() {
    let home = Home::new();
    let text = "port = 8123\n[mqtt]\nbroker = \"b\"\nuser = \"u\"\npassword = \"s3cret\"\n\
        [[mqtt.subscriptions]]\ntopic = \"a\"\nstation = \"x\"\n[ingest]\npaths = { \"/w\" = \"wow\" }\n[web]\nmetrics_token = \"t0ken\"\n";
    let file = home.write("s.toml", text);
    let print = |arguments: &[&str]| {
        let mut command = home.command(&[&["config"], arguments].concat());
        let said = said(command.env("STEVENSON_STORAGE__READERS", "3"));
        assert!(said.is_good, "{}", said.error);
        said.out
    };
    let whole = print(&["--config", &file, "--address", "0.0.0.0"]);
    for line in [
        "address = \"0.0.0.0\"  # --address".to_owned(),
        format!("port = 8123  # line 1 of {file}"),
        format!("data = \"{}\"  # default, from HOME", home.usual().display()),
        "readers = 3  # STEVENSON_STORAGE__READERS".to_owned(),
        "batch_rows = 1000  # default".to_owned(),
        format!("# password is set, and not printed  (line 5 of {file})"),
        format!("# metrics_token is set, and not printed  (line 12 of {file})"),
    ] {
        assert!(whole.lines().any(|printed| printed == line), "{line}\n{whole}");
    }
    assert!(!whole.contains("s3cret") && !whole.contains("t0ken"), "{whole}");

    let again = home.write("again.toml", &whole);
    let values = |text: &str| -> Vec<String> {
        let value = |line: &str| line.split("  #").next().unwrap_or_default().to_owned();
        text.lines().filter(|line| !line.starts_with('#')).map(value).collect()
    };
    // The password is for its owner to write: without it there may be no user either.
    let fed = home.run(&["config", "--config", &again]);
    assert!(fed.is_good, "{}", fed.error);
    assert_eq!(
        values(&fed.out)
            .iter()
            .filter(|line| !line.starts_with("password") && !line.starts_with("metrics_token"))
            .collect::<Vec<_>>(),
        values(&whole).iter().collect::<Vec<_>>()
    );

    let changed = print(&["--config", &file, "--changed"]);
    assert!(changed.contains("port = 8123") && changed.contains("[ingest]\npaths = { \"/w\" = \"wow\" }"), "{changed}");
    assert!(!changed.contains("batch_rows") && !changed.contains("[door]") && !changed.contains("data ="), "{changed}");
}

#[test]
fn the_configuration_needs_no_database_and_finds_the_file_in_the_data_folder() {
    let home = Home::new();
    let none = home.run(&["config"]);
    assert!(none.is_good && none.out.contains("# There is no configuration file."), "{}{}", none.out, none.error);
    make_database(&home.usual());
    let file = home.write(".local/share/stevenson/stevenson.toml", "demo = true\n");
    let found = home.run(&["config", "--changed"]).out;
    assert!(found.contains(&format!("the file {file}")) && found.contains("demo = true  # line 1 of "), "{found}");
}

#[test]
fn only_a_file_that_is_there_is_a_configuration() {
    let home = Home::new();
    make_database(&home.usual());
    let file = home.usual().join("stevenson.toml");
    let cannot = format!("cannot read the configuration file {}: ", file.display());
    std::os::unix::fs::symlink(home.at("gone.toml"), &file).expect("a link");
    assert_eq!(home.refused(&["config"]), format!("{cannot}it is a link to a file that is not there"));
    std::fs::remove_file(&file).expect("removed");
    std::os::unix::fs::symlink(&file, &file).expect("a link");
    assert!(home.refused(&["config"]).starts_with(&cannot), "a link to itself");
    let pipe = home.at("pipe").display().to_string();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let said = home.refused(&["config", "--config", &pipe]);
    assert_eq!(said, format!("cannot read the configuration file {pipe}: it is no file"));
}

#[test]
fn knobs_that_contradict_each_other_are_named() {
    let home = Home::new();
    let file = home.write("s.toml", "[dock]\npark_min_ms = 9000\npark_max_ms = 8000\n");
    let said = home.refused(&["config", "--config", &file]);
    let why = "dock.park_max_ms: 8000 does not fit: it must not be below park_min_ms, which is 9000";
    assert_eq!(said, format!("the configuration is wrong: {why} (line 3 of {file})"));
}
