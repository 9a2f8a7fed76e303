//! The query of a request: each name is known, each value is read once, and all that is wrong is told together.

use crate::web::error::Problem;
use crate::web::head::Head;
use weather::report::Warning;
use weather::typed::nearest;

/// So many mistakes are told at once: whoever mends them reads no more.
const WRONG_MAX: usize = 10;

/// What was given, and what is wrong with it.
pub(super) struct Query {
    given: Vec<(String, String)>,
    wrong: Vec<Warning>,
}

impl Query {
    /// The query of a head. Other names than these are wrong.
    pub(super) fn of(head: &dyn Head, known: &[&'static str]) -> Self {
        let mut query = Self { given: Vec::new(), wrong: Vec::new() };
        for (name, value) in form_urlencoded::parse(head.query().unwrap_or_default().as_bytes()) {
            if known.contains(&&*name) {
                query.given.push((name.into_owned(), value.into_owned()));
                continue;
            }
            let near = nearest(&name, known.iter().copied()).map(|near| format!("; did you mean {near}?"));
            let all = || match known {
                [] => "; nothing is asked for here".to_owned(),
                _ => format!("; use {}", known.join(", ")),
            };
            query.note(&name, &value, format!("not known here{}", near.unwrap_or_else(all)));
        }
        query
    }

    /// Notes what is wrong with a value.
    pub(super) fn note(&mut self, name: &str, value: &str, why: impl Into<String>) {
        if self.wrong.len() < WRONG_MAX {
            self.wrong.push(Warning::new(name, value, why));
        }
    }

    /// The value of a name, read by this function; `None` if it is not there, or wrong.
    pub(super) fn take<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let values: Vec<String> = self.values(name);
        let [value] = &values[..] else {
            if let [_, second, ..] = &values[..] {
                self.note(name, second, "it is there twice");
            }
            return None;
        };
        read(value).map_err(|why| self.note(name, value, why)).ok()
    }

    /// Each value of a name that may be there several times, also with commas between them.
    pub(super) fn each(&self, name: &str) -> Vec<String> {
        let values = self.values(name);
        values.iter().flat_map(|value| value.split(',')).map(|value| value.trim().to_owned()).collect()
    }

    fn values(&self, name: &str) -> Vec<String> {
        self.given.iter().filter(|(given, _)| given == name).map(|(_, value)| value.clone()).collect()
    }

    /// All has been read.
    ///
    /// # Errors
    /// 400 that names all that is wrong.
    pub(super) fn finish(self) -> Result<(), Problem> {
        match self.wrong.first() {
            None => Ok(()),
            Some(first) => Err(Problem::bad_request(first.to_string(), self.wrong)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    fn query(path: &'static str) -> Query {
        Query::of(&Made { path, headers: Vec::new(), peer: None }, &["from", "points"])
    }

    #[test]
    fn all_that_is_wrong_is_told_together() {
        let mut query = query("/?form=1&points=x&from=a&from=b&zzzz=2");
        query.take("points", |text| text.parse::<u32>().map_err(|_| "no number".to_owned()));
        query.take("from", |text| Ok(text.to_owned()));
        let problem = query.finish().expect_err("wrong");
        let told: Vec<String> = problem.errors().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "form = \"1\": not known here; did you mean from?",
                "zzzz = \"2\": not known here; use from, points",
                "points = \"x\": no number",
                "from = \"b\": it is there twice",
            ]
        );
    }

    #[test]
    fn a_list_may_have_commas_or_come_in_parts() {
        assert_eq!(query("/?from=a,b&from=c").each("from"), ["a", "b", "c"]);
        assert!(query("/?points=1").finish().is_ok() && query("/").each("from").is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_so_often() {
        let many: &'static str = String::leak(format!("/?{}", "x=1&".repeat(1_000)));
        assert_eq!(query(many).finish().expect_err("wrong").errors().len(), WRONG_MAX);
    }
}
