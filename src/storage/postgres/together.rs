//! Statements that change different tables, as one: each of them alone would wait for the network, while others wait for the gate.

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, Encode, PgConnection, Postgres, Type};

/// Statements that are done at once. All of them see what was there before the first, and no two may change the same table.
#[derive(Default)]
pub(super) struct Together {
    texts: Vec<String>,
    arguments: PgArguments,
}

impl Together {
    /// Adds a statement, whose parameters count from 1. Its arguments come next, each by [`Together::bind`].
    pub(super) fn add(&mut self, text: &str) -> &mut Self {
        self.texts.push(counted_on(text, self.arguments.len()));
        self
    }

    /// Adds an argument of the statement that was added last.
    pub(super) fn bind<'q, T: Encode<'q, Postgres> + Type<Postgres> + 'q>(
        &mut self,
        value: T,
    ) -> Result<&mut Self, sqlx::Error> {
        self.arguments.add(value).map_err(sqlx::Error::Encode)?;
        Ok(self)
    }

    /// Does all of them, in one trip; nothing if there are none.
    pub(super) async fn execute(self, db: &mut PgConnection) -> Result<(), sqlx::Error> {
        let Self { texts, arguments } = self;
        if texts.is_empty() {
            return Ok(());
        }
        // Texts of ours, which hold parameters and never values. What stations send makes few of them, and a connection keeps the newest
        // hundred: who sends another set of quantities each time costs one more trip a batch.
        sqlx::query_with(AssertSqlSafe(as_one(&texts)), arguments).execute(db).await?;
        Ok(())
    }
}

/// Statements as one: the last of them in full, and those before as parts of it.
fn as_one(texts: &[String]) -> String {
    let Some((last, parts)) = texts.split_last() else { return String::new() };
    if parts.is_empty() {
        return last.clone();
    }
    let parts: Vec<_> = parts.iter().enumerate().map(|(number, text)| format!("part{number} AS ({text})")).collect();
    format!("WITH {} {last}", parts.join(", "))
}

/// A statement whose parameters follow so many others.
fn counted_on(text: &str, before: usize) -> String {
    let mut pieces = text.split('$');
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let (number, rest) = piece.split_at(end);
        all.push('$');
        match number.parse::<usize>() {
            Ok(number) => all.push_str(&(number + before).to_string()),
            Err(_) => all.push_str(number),
        }
        all.push_str(rest);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_count_on_from_statement_to_statement() -> Result<(), sqlx::Error> {
        let mut together = Together::default();
        together.add("INSERT INTO a VALUES ($1::bigint, $2)").bind(1_i64)?.bind("two")?;
        together.add("INSERT INTO b SELECT $1, ($2), $10").bind(3_i64)?;
        let one = "WITH part0 AS (INSERT INTO a VALUES ($1::bigint, $2)) INSERT INTO b SELECT $3, ($4), $12";
        assert_eq!(as_one(&together.texts), one);
        assert_eq!(together.arguments.len(), 3);
        Ok(())
    }

    #[test]
    fn a_single_statement_stays_as_it_is() {
        let mut together = Together::default();
        together.add("DELETE FROM a WHERE b = $1");
        assert_eq!(as_one(&together.texts), "DELETE FROM a WHERE b = $1");
    }
}
