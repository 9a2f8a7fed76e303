//! How all commands print. What cannot be written is an error; a reader that has had enough is none.

use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, ErrorKind, Write, stderr, stdout};

/// Prints a line.
macro_rules! say {
    ($($told:tt)*) => {
        $crate::cli::said::print(format!("{}\n", format_args!($($told)*)))
    };
}
pub(super) use say;

/// Prints a line beside what was asked for, on the standard error output.
macro_rules! hint {
    ($($told:tt)*) => {
        $crate::cli::said::aside(&format!("{}\n", format_args!($($told)*)))
    };
}
pub(super) use hint;

/// Prints.
pub(super) fn print(text: impl AsRef<[u8]>) -> Result<()> {
    match write(text.as_ref()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write"),
    }
}

/// Prints what must not get lost.
pub(super) fn write(text: &[u8]) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text)?;
    out.flush()
}

/// If nobody reads standard error, there is nobody to tell.
pub(super) fn aside(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}

/// An error if it is known that nobody will read the standard output: what must not get lost is not made then. A disk that is full
/// tells it at the writing only.
pub(super) fn must_have_reader() -> Result<()> {
    let out = stdout();
    let mut asked = [PollFd::new(&out, PollFlags::OUT)];
    // Where it cannot be asked, the writing tells.
    let told = poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0);
    if told && asked[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) {
        bail!("nobody reads the standard output, where the key would be shown; nothing was changed");
    }
    Ok(())
}
