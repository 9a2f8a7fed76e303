//! The machine, and what a process on it uses: read from Linux' `/proc`.

use super::error::Error;
use serde::Serialize;
use std::fs;

/// The machine that figures belong to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machine {
    /// The processor's model.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Operating system and kernel.
    pub system: String,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model =
            info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map(|(_, name)| name);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            cpu: model.unwrap_or("unknown processor").trim().to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {} {}", std::env::consts::OS, std::env::consts::ARCH, kernel.trim()),
        }
    }
}

/// What the kernel's own objects take on this machine, bytes: sockets, files and all else.
pub(super) fn slab_bytes() -> Option<u64> {
    slab(&fs::read_to_string("/proc/meminfo").ok()?)
}

fn slab(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("Slab:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

/// The processes of a server, such as nginx and its workers; there may be none.
#[derive(Debug)]
pub(super) struct Processes(Vec<Process>);

impl Processes {
    pub(super) fn new(pids: &[u32]) -> Self {
        Self(pids.iter().map(|pid| Process::new(*pid)).collect())
    }

    /// Their memory together, see [`Process::pss_bytes`]; `None` of none.
    pub(super) fn pss_bytes(&self) -> Result<Option<u64>, Error> {
        self.0.iter().map(Process::pss_bytes).sum::<Result<u64, Error>>().map(|sum| self.some(sum))
    }

    /// Their processor time together, see [`Process::cpu_s`]; `None` of none.
    pub(super) fn cpu_s(&self) -> Result<Option<f64>, Error> {
        self.0.iter().map(Process::cpu_s).sum::<Result<f64, Error>>().map(|sum| self.some(sum))
    }

    fn some<T>(&self, sum: T) -> Option<T> {
        if self.0.is_empty() { None } else { Some(sum) }
    }
}

/// The processor time of the server and of the load generator, over a stretch of time.
pub(super) struct Stretch<'a> {
    server: &'a Processes,
    started: std::time::Instant,
    server_before: Option<f64>,
    driver_before: Option<f64>,
}

/// What a [`Stretch`] came to.
pub(super) struct Used {
    /// Its length, seconds.
    pub(super) seconds: f64,
    /// The server's processor time, seconds.
    pub(super) server_s: Option<f64>,
    /// Cores that the load generator kept busy. It has one thread: near 1, it measures itself.
    pub(super) driver_share: Option<f64>,
}

impl<'a> Stretch<'a> {
    pub(super) fn start(server: &'a Processes) -> Result<Self, Error> {
        let (server_before, driver_before) = (server.cpu_s()?, Process::myself().cpu_s().ok());
        Ok(Self { server, started: std::time::Instant::now(), server_before, driver_before })
    }

    pub(super) fn elapsed(&self) -> std::time::Duration {
        self.started.elapsed()
    }

    pub(super) fn end(&self) -> Result<Used, Error> {
        let seconds = self.elapsed().as_secs_f64();
        let since = |before: Option<f64>, now: Option<f64>| before.zip(now).map(|(before, now)| now - before);
        Ok(Used {
            seconds,
            server_s: since(self.server_before, self.server.cpu_s()?),
            driver_share: since(self.driver_before, Process::myself().cpu_s().ok()).map(|used| used / seconds),
        })
    }
}

/// A process by its place below `/proc`.
#[derive(Debug, Clone)]
pub(super) struct Process(String);

impl Process {
    fn new(pid: u32) -> Self {
        Self(format!("/proc/{pid}"))
    }

    pub(super) fn myself() -> Self {
        Self("/proc/self".to_owned())
    }

    /// Memory in bytes, shared pages counted in proportion (PSS).
    fn pss_bytes(&self) -> Result<u64, Error> {
        self.read("smaps_rollup", pss)
    }

    /// Processor time so far in seconds, all threads, user and system; it ticks a hundred times a second.
    pub(super) fn cpu_s(&self) -> Result<f64, Error> {
        self.read("stat", cpu)
    }

    fn read<T>(&self, name: &str, understand: fn(&str) -> Option<T>) -> Result<T, Error> {
        let path = format!("{}/{name}", self.0);
        let text = fs::read_to_string(&path);
        let odd = || std::io::Error::new(std::io::ErrorKind::InvalidData, "not as Linux writes it");
        text.and_then(|text| understand(&text).ok_or_else(odd)).map_err(|source| Error::Process { path, source })
    }
}

fn pss(smaps_rollup: &str) -> Option<u64> {
    let line = smaps_rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

fn cpu(stat: &str) -> Option<f64> {
    /// `USER_HZ`: Linux shows a hundred ticks a second on every common machine, whatever its kernel counts in.
    const TICKS_PER_S: f64 = 100.0;
    // The second field is the program's name, which may hold spaces and parentheses; the third starts after the last ")".
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) as f64 / TICKS_PER_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_linux_are_understood() {
        let rollup =
            "55d0-7ffd ---p 00000000 00:00 0  [rollup]\nRss:   2000 kB\nPss:                1234 kB\nPss_Dirty: 9 kB\n";
        assert_eq!(pss(rollup), Some(1234 * 1024));
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 7 8 20 0 1 0 999 0 0";
        assert_eq!(cpu(stat), Some(2.0));
        assert_eq!(slab("MemFree: 1 kB\nSlab:      12 kB\nSReclaimable: 3 kB\n"), Some(12 * 1024));
        assert_eq!((pss("nothing"), cpu("nothing"), slab("nothing")), (None, None, None));
    }

    #[test]
    fn a_process_that_is_not_there_is_named() {
        let error = Process("/proc/none".to_owned()).cpu_s().expect_err("no such process").to_string();
        assert_eq!(error, "cannot read /proc/none/stat");
    }
}
