//! Words with an answer, by the index of them: each database knows it by its own words.

/// Those who said the most, with how much is kept of them.
pub(super) const LOUDEST: &str = "\
    SELECT talker, count(*) AS words FROM word WHERE answered = 1 GROUP BY talker ORDER BY words DESC LIMIT $1";
/// Somebody's oldest go.
pub(super) const CUT: &str = "\
    DELETE FROM word WHERE seq IN (SELECT seq FROM word WHERE talker = $1 AND answered = 1 ORDER BY seq LIMIT $2)";
/// How many there are.
pub(super) const ANSWERED: &str = "SELECT count(*) FROM word WHERE answered = 1";
