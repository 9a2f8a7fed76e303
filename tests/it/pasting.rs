//! The blocks of README, OPERATING and TROUBLESHOOTING, pasted as they stand, one after the other, into two shells: one for the
//! server, one for everything else. The home is empty. Only the port differs, because tests share a machine.

mod shell;

use self::shell::Shell;
use crate::kit::program::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The addresses that the documents name.
const ADDRESS: &str = "127.0.0.1:8000";

/// The `sh` blocks of a document, each whole.
fn blocks(document: &str) -> Vec<String> {
    let text = fs::read_to_string(document).expect("the document");
    let fences = text.split("```sh\n").skip(1);
    fences.map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned()).collect()
}

/// An empty home with `stevenson` on the path, and two terminals.
struct Desk {
    home: tempfile::TempDir,
    server: Shell,
    other: Shell,
    /// Where the server listens, once it does.
    address: Option<String>,
}

impl Desk {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let bin = home.path().join("bin");
        fs::create_dir(&bin).expect("a folder");
        std::os::unix::fs::symlink(program().get_program(), bin.join("stevenson")).expect("a link");
        let [server, other] = [&[("STEVENSON_PORT", "0")][..], &[]].map(|more| Shell::open(home.path(), &bin, more));
        Self { home, server, other, address: None }
    }

    /// Pastes a block where it belongs; what it printed.
    fn pastes(&mut self, block: &str) -> String {
        let block = block.replace("cargo run --release -- ", "stevenson ");
        if block.starts_with("stevenson serve") { self.serves(&block) } else { self.other.pastes(&self.here(&block)) }
    }

    /// Ends the server that runs, starts this one, and waits until it listens.
    fn serves(&mut self, block: &str) -> String {
        if self.address.is_some() {
            self.server.presses_ctrl_c();
        }
        self.server.types(block);
        let line = self.server.waits_for("listening on http://");
        let port = line.rsplit(':').next().expect("a port").trim().to_owned();
        self.address = Some(format!("127.0.0.1:{port}"));
        line
    }

    /// The block with the address that holds here. The pretend station has its server's address as a default.
    fn here(&self, block: &str) -> String {
        let address = self.address.as_deref().unwrap_or(ADDRESS);
        block
            .replace(ADDRESS, address)
            .replace("stevenson simulate ", &format!("stevenson simulate --url http://{address} "))
    }
}

/// An upload of a console that nobody knows.
const CONSOLE: &str = "curl -fsS http://127.0.0.1:8000/data/report/ -d 'PASSKEY=0123456789ABCDEF0123456789ABCDEF&\
    stationtype=GW2000A_V3.1.5&dateutc=now&tempf=52.7&humidity=92'";

#[test]
fn the_blocks_of_the_readme_can_be_pasted_in_their_order() {
    let mut desk = Desk::new();
    let mut said = String::new();
    for block in blocks("README.md") {
        if block == "scripts/test" {
            continue; // It runs this test.
        }
        if block.contains("station unclaimed") {
            desk.pastes(CONSOLE);
        }
        said += &desk.pastes(&block);
    }
    for part in ["uploads of that device are those of garden now, with 1 report", "password = \"stv_", "\"stored\""] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let page = desk.pastes("curl -fsS http://127.0.0.1:8000/");
    for name in ["Garden", "Roof", "Desk", "Meadow"] {
        assert!(page.contains(name), "{name} is on the overview");
    }
    let kept: Vec<_> =
        fs::read_dir(desk.home.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(kept.len() <= 2, "one folder beside the program: {kept:?}");
}

#[test]
fn the_blocks_on_troubles_can_be_pasted_in_their_order() {
    let mut desk = Desk::new();
    desk.pastes("stevenson serve --enrol");
    desk.pastes("stevenson station add garden --name Garden --zone Europe/Berlin");
    let mut said = String::new();
    for block in blocks("docs/TROUBLESHOOTING.md") {
        said += &desk.pastes(&block);
    }
    assert!(said.contains("200\n"), "{said}");
    assert!(said.contains("removed trial"), "{said}");
}

/// A machine that is not this one: the folders of the system lie in a folder, and what only root can do is played.
struct Machine {
    desk: Desk,
    root: PathBuf,
}

/// Folders that the document names.
const SYSTEM: [&str; 4] = ["/usr/local/", "/etc/", "/var/lib/", "/var/backups"];

impl Machine {
    fn new() -> Self {
        let mut desk = Desk::new();
        let root = desk.home.path().join("root");
        for folder in
            ["usr/local/bin", "usr/local/share/man", "etc/systemd/system", "etc/caddy", "var/lib", "var/backups"]
        {
            fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        fs::create_dir_all(root.join("etc/bash_completion.d")).expect("a folder");
        let played = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/pasting/played.sh");
        let here = env!("CARGO_MANIFEST_DIR");
        let binary = program().get_program().to_string_lossy().into_owned();
        desk.other.pastes(&format!("cd {here}; ROOT={} BINARY={binary}; . {}", root.display(), played.display()));
        Self { desk, root }
    }

    fn pastes(&mut self, block: &str) -> String {
        let root = self.root.display().to_string();
        let block =
            SYSTEM.iter().fold(block.to_owned(), |block, folder| block.replace(folder, &format!("{root}{folder}")));
        let said = self.desk.pastes(&block);
        // The played systemctl leaves the address of the server that it starts.
        self.desk.address = fs::read_to_string(self.root.join("address")).ok();
        said
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The shell has left it behind if a command failed. It fails if the server has ended, which is wanted.
        if let Ok(pid) = fs::read_to_string(self.root.join("pid")) {
            let _ = std::process::Command::new("kill").args(["-KILL", pid.trim()]).stderr(Stdio::null()).status();
        }
    }
}

#[test]
fn the_blocks_for_operators_can_be_pasted_in_their_order() {
    let mut machine = Machine::new();
    let mut said = String::new();
    for block in blocks("docs/OPERATING.md") {
        said += &machine.pastes(&block);
    }
    for part in ["added garden", "weather.example.org", "MiB, whole; 1 station"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let backups = fs::read_dir(machine.root.join("var/backups/stevenson")).expect("the folder").flatten();
    let backups: Vec<_> = backups.filter(|entry| entry.path().extension().is_some_and(|end| end == "db")).collect();
    assert_eq!(backups.len(), 1, "{backups:?}");
    assert!(machine.root.join("var/lib/stevenson/stevenson.db").exists(), "readings stay");
    assert!(!machine.root.join("usr/local/bin/stevenson").exists(), "the program is removed");
}

#[test]
fn the_unit_for_systemd_is_as_tight_as_the_page_says() {
    let unit = Path::new("packaging/stevenson.service");
    let output = std::process::Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
        .arg(unit)
        .output()
        .expect("systemd-analyze");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let level = said.lines().find(|line| line.contains("Overall exposure level")).expect("a level");
    let page = fs::read_to_string("docs/OPERATING.md").expect("the page");
    let points =
        page.split(" of 10 points of exposure").next().and_then(|text| text.rsplit(' ').next()).expect("points");
    assert!(level.contains(&format!(": {points} ")), "{level}, and the page says {points}");
}

#[tokio::test]
async fn every_metric_that_is_to_be_watched_is_there() {
    let house = tempfile::tempdir().expect("a folder");
    let server = crate::kit::program::Program::start(house.path());
    let metrics = reqwest::get(format!("{}/metrics", server.url)).await.expect("answer").text().await.expect("text");
    let texts = ["docs/OPERATING.md", "packaging/alerts.yml"].map(|file| fs::read_to_string(file).expect("the file"));
    let mut seen = 0;
    for text in &texts {
        for at in text.match_indices("stevenson_").map(|(at, _)| at) {
            let name: String = text[at..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            // `stevenson_` alone stands in a command.
            assert!(name == "stevenson_" || metrics.contains(&format!("# HELP {name} ")), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}
