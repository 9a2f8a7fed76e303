//! Bare `NaN` and `Infinity`, which some languages print and JSON does not have. They are put in quotes.

/// A text whose bare words stand in quotes now.
pub(in crate::ingest) struct Quoted {
    pub text: String,
    /// Line and column of each quotation mark that was put in, from 1, in the new text.
    marks: Vec<(usize, usize)>,
}

/// Words that mean "no value", in lower case.
const WORDS: [&str; 3] = ["nan", "inf", "infinity"];

/// Puts bare words into quotes; `None` if there are none. Only what stands where a value stands is looked at: outside of
/// strings.
pub(in crate::ingest) fn quote(text: &str) -> Option<Quoted> {
    let (mut quoted, mut marks) = (String::new(), Vec::new());
    let (mut copied, mut at) = (0, 0);
    let (mut line, mut line_start, mut added) = (1, 0, 0);
    let bytes = text.as_bytes();
    let mut in_string = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => (line, line_start, added) = (line + 1, at + 1, 0),
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'+' | b'-' | b'a'..=b'z' | b'A'..=b'Z' => {
                let is_word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
                let end = at + bytes[at..].iter().take_while(is_word).count();
                let word = &text[at..end];
                if WORDS.iter().any(|known| word.trim_start_matches(['+', '-']).eq_ignore_ascii_case(known)) {
                    quoted.push_str(&text[copied..at]);
                    quoted.extend(["\"", word, "\""]);
                    marks.extend([(line, at - line_start + added + 1), (line, end - line_start + added + 2)]);
                    (copied, added) = (end, added + 2);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    quoted.push_str(&text[copied..]);
    (!marks.is_empty()).then_some(Quoted { text: quoted, marks })
}

impl Quoted {
    /// The column in the text as it was sent.
    pub(super) fn column_as_sent(&self, line: usize, column: usize) -> usize {
        let before = self.marks.iter().filter(|mark| mark.0 == line && mark.1 <= column).count();
        column - before.min(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bare_words_are_quoted_and_columns_are_those_of_the_sender() {
        let quoted = quote("{\"nan\": NaN, \"a\\\"inf\": -Infinity,\n\"b\": [nan,+inf, nano]}").expect("some");
        assert_eq!(quoted.text, "{\"nan\": \"NaN\", \"a\\\"inf\": \"-Infinity\",\n\"b\": [\"nan\",\"+inf\", nano]}");
        assert_eq!(quoted.column_as_sent(1, 12), 11, "the last letter of NaN");
        assert_eq!(quoted.column_as_sent(2, 12), 10, "the comma behind nan");
        assert_eq!(quoted.column_as_sent(2, 21), 17, "nano begins there");
        assert!(quote("{\"a\": null, \"b\": \"nan\", \"c\": nanometre, \"d\": 1e-5}").is_none());
        assert!(quote("\"\\").is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[nNaAiIfF\"\\\\ \n+,:-]{0,30}", line in 0usize..4, column in 0usize..60) {
            if let Some(quoted) = quote(&text) {
                prop_assert!(quoted.text.len() <= 2 * text.len());
                let _ = quoted.column_as_sent(line, column);
            }
        }
    }
}
