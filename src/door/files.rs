//! Open files: each connection is one.

/// Files that are kept for other things than connections: the database with its readers, the log, the listener.
const OTHER_FILES: u64 = 96;

/// Raises the limit of open files as far as the system lets this process; returns it.
pub(crate) fn raise() -> u64 {
    match rlimit::increase_nofile_limit(rlimit::INFINITY) {
        Ok(limit) => limit,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            rlimit::Resource::NOFILE.get_soft().unwrap_or(1_024)
        }
    }
}

/// How many connections so many open files allow.
pub(crate) fn for_connections(open_files: u64) -> usize {
    let most = open_files.saturating_sub(OTHER_FILES).max(open_files / 2);
    usize::try_from(most).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_kept_for_other_things() {
        assert_eq!([64, 1_024, u64::MAX].map(for_connections), [32, 928, usize::MAX - 96]);
    }
}
