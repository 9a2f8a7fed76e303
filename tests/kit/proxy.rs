//! Real proxies, as Debian configures them, with a site of the test's.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a proxy may take to start.
const START_MAX: Duration = Duration::from_secs(60);

/// A proxy that runs; it ends on drop.
pub struct Proxy {
    pub name: &'static str,
    child: Child,
    pub address: SocketAddr,
}

impl Proxy {
    /// Waits until it listens.
    pub fn wait_for(&self) {
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(began.elapsed() < START_MAX, "{} does not listen", self.name);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Asked, and not killed: it takes its workers with it. It may have ended already.
        drop(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status());
        drop(self.child.wait());
    }
}

/// A port that was free just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Starts a proxy that listens at a port.
pub fn start(name: &'static str, port: u16, command: &mut Command) -> Proxy {
    let child = command.stdin(Stdio::null()).spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
    Proxy { name, child, address: SocketAddr::from(([127, 0, 0, 1], port)) }
}

/// nginx with this site.
pub fn nginx_for(folder: &Path, port: u16, site: &str) -> Proxy {
    let file = folder.join("nginx.conf");
    let here = folder.display();
    let config = fs::read_to_string("/etc/nginx/nginx.conf")
        .expect("nginx's configuration")
        .replace("/run/nginx.pid", &format!("{here}/nginx.pid"))
        .replace("/var/log/nginx", &here.to_string())
        .replace("/etc/nginx/conf.d/*.conf", &format!("{here}/nginx-site.conf"))
        .replace("include /etc/nginx/sites-enabled/*;", "");
    fs::write(&file, config).expect("a file");
    fs::write(folder.join("nginx-site.conf"), site).expect("a file");
    start("nginx", port, Command::new("nginx").arg("-c").arg(file).args(["-g", "daemon off;"]))
}

/// HAProxy with these parts of a configuration.
pub fn haproxy_for(folder: &Path, port: u16, site: &str) -> Proxy {
    let file = folder.join("haproxy.cfg");
    let config = fs::read_to_string("/etc/haproxy/haproxy.cfg")
        .expect("HAProxy's configuration")
        .replace("/run/haproxy/admin.sock", &format!("{}/haproxy.sock", folder.display()))
        .replace("\tdaemon\n", "");
    fs::write(&file, format!("{config}\n{site}")).expect("a file");
    start("HAProxy", port, Command::new("haproxy").arg("-db").arg("-f").arg(file))
}

/// Caddy with this site.
pub fn caddy_for(folder: &Path, port: u16, site: &str) -> Proxy {
    let file = folder.join("Caddyfile");
    fs::write(&file, format!("{{\n    admin off\n}}\n{site}")).expect("a file");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file).stderr(Stdio::null());
    start("Caddy", port, command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder))
}
