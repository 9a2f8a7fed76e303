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

/// A process by its place below `/proc`.
#[derive(Debug, Clone)]
pub(super) struct Process(String);

impl Process {
    pub(super) fn new(pid: u32) -> Self {
        Self(format!("/proc/{pid}"))
    }

    pub(super) fn myself() -> Self {
        Self("/proc/self".to_owned())
    }

    /// Memory in bytes, shared pages counted in proportion (PSS).
    pub(super) fn pss_bytes(&self) -> Result<u64, Error> {
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
        assert_eq!((pss("nothing"), cpu("nothing")), (None, None));
    }

    #[test]
    fn a_process_that_is_not_there_is_named() {
        let error = Process("/proc/none".to_owned()).cpu_s().expect_err("no such process").to_string();
        assert_eq!(error, "cannot read /proc/none/stat");
    }
}
