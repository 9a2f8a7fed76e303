//! The six fleets: one program and one table.
