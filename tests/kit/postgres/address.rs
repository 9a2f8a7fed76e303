//! Where a database is, when that changes.

use super::Cluster;

/// An address that moves to the cluster that has taken over, as a virtual IP or a name does.
pub struct MovingAddress(tempfile::TempDir);

impl MovingAddress {
    /// It leads to this one first.
    pub fn of(cluster: &Cluster) -> Self {
        let address = Self(tempfile::tempdir().expect("a folder"));
        address.lead_to(cluster);
        address
    }

    /// New connections go there.
    pub fn lead_to(&self, cluster: &Cluster) {
        let name = format!(".s.PGSQL.{}", cluster.port);
        let new = self.0.path().join("new");
        std::os::unix::fs::symlink(cluster.folder.path().join(&name), &new).expect("a link");
        std::fs::rename(new, self.0.path().join(name)).expect("a link");
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.0.path().display())
    }
}
