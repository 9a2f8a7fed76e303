//! A real broker of MQTT: Debian's mosquitto, on a free port of this machine, and its client.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use tempfile::TempDir;

/// How long the broker may take to say something.
const PATIENCE: Duration = Duration::from_secs(60);

/// A broker that runs; it ends on drop. What it keeps for its clients lies in a folder, and outlives a restart.
pub struct Broker {
    folder: TempDir,
    port: u16,
    running: Option<(Child, Receiver<String>)>,
}

impl Broker {
    /// Starts a broker that lets everybody in.
    pub fn start() -> Self {
        Self::with("allow_anonymous true\n")
    }

    /// Starts one for a single user.
    pub fn for_user(user: &str, password: &str) -> Self {
        let mut broker = Self::stopped();
        let file = broker.folder.path().join("passwords");
        let made = Command::new("mosquitto_passwd").args(["-b", "-c"]).arg(&file).args([user, password]).status();
        assert!(made.expect("mosquitto_passwd").success());
        broker.configure(&format!("allow_anonymous false\npassword_file {}\n", file.display()));
        broker.run();
        broker
    }

    /// Starts one that speaks TLS only, with a certificate for this address. The file [`Broker::ca_file`] vouches for it.
    pub fn with_tls() -> Self {
        let mut broker = Self::stopped();
        let openssl = |arguments: &str| {
            let made = Command::new("openssl")
                .args(arguments.split(' '))
                .current_dir(broker.folder.path())
                .stderr(Stdio::null())
                .status();
            assert!(made.expect("openssl: install the Debian package openssl").success(), "{arguments}");
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=Authority -days 2"));
        openssl(&format!(
            "req -x509 {key} -CA ca.pem -CAkey ca.key -keyout broker.key -out broker.pem -subj /CN=Broker -days 2 \
            -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE"
        ));
        let folder = broker.folder.path().display();
        broker.configure(&format!("allow_anonymous true\ncertfile {folder}/broker.pem\nkeyfile {folder}/broker.key\n"));
        broker.run();
        broker
    }

    /// The certificate that vouches for the broker's.
    pub fn ca_file(&self) -> String {
        self.folder.path().join("ca.pem").display().to_string()
    }

    fn with(access: &str) -> Self {
        let mut broker = Self::stopped();
        broker.configure(access);
        broker.run();
        broker
    }

    fn stopped() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        Self { folder, port: free.expect("a port").port(), running: None }
    }

    fn configure(&self, access: &str) {
        let folder = self.folder.path().display();
        // The tests may run as root, and the broker would become another user, who cannot write there.
        let text = format!(
            "user root\nlistener {} 127.0.0.1\npersistence true\npersistence_location {folder}/\nautosave_interval 1\n\
            autosave_on_changes true\nlog_dest stderr\nlog_type all\n{access}",
            self.port
        );
        fs::write(self.folder.path().join("mosquitto.conf"), text).expect("written");
    }

    /// Runs the broker, after a stop again.
    pub fn run(&mut self) {
        let mut child = Command::new("/usr/sbin/mosquitto")
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("mosquitto starts: install the Debian package mosquitto");
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                // Nobody may listen any more.
                let _ = tell.send(line);
            }
        });
        self.running = Some((child, told));
        self.until_says("running");
    }

    /// Waits until the broker's log has another line with this text.
    pub fn until_says(&self, text: &str) -> String {
        let (_, told) = self.running.as_ref().expect("it runs");
        loop {
            let line = told.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("the broker never said {text:?}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Stops the broker; it keeps what it holds for its clients.
    pub fn stop(&mut self) {
        let Some((mut child, _)) = self.running.take() else { return };
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        child.wait().expect("an end");
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A program of mosquitto's clients, with the broker's address.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        command
    }

    /// Publishes a message with more arguments: `-q 1`, `-r`.
    pub fn publish(&self, topic: &str, message: &str, more: &[&str]) {
        let sent = self.client("mosquitto_pub").args(["-t", topic, "-m", message]).args(more).status();
        assert!(sent.expect("mosquitto_pub: install the Debian package mosquitto-clients").success(), "{topic}");
    }

    /// Publishes each line as a message.
    pub fn publish_lines(&self, topic: &str, lines: &str, more: &[&str]) {
        let mut client = self.client("mosquitto_pub");
        let client = client.args(["-t", topic, "-l"]).args(more).stdin(Stdio::piped()).spawn();
        let mut client = client.expect("mosquitto_pub");
        client.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("written");
        assert!(client.wait().expect("an end").success());
    }

    /// Where the broker keeps what it holds.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some((mut child, _)) = self.running.take() {
            // Both fail if it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
