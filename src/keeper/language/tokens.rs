//! A sentence as words and numbers: case, punctuation, glued units and small typing errors gone.

use super::spelling;
use chrono::NaiveDate;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A word in lower case, as the vocabulary spells it if it is in there.
    Word(String),
    /// A number; `minus 3` and `-3` are one.
    Number(f64),
    /// `2026-11-14`.
    Date(NaiveDate),
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tokens {
    /// The tokens with typing errors corrected.
    pub all: Vec<Token>,
    /// The same as it was typed, for names; numbers as text.
    pub typed: Vec<String>,
}

/// Most tokens that are looked at: nobody asks a longer question.
const TOKENS_MAX: usize = 200;
/// Longest word that is looked at, characters.
const WORD_MAX_CHARS: usize = 40;

/// Words for small numbers.
const NUMBERS: [(&str, f64); 14] = [
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("twelve", 12.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
];

impl Tokens {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let text: Vec<char> = text.chars().flat_map(char::to_lowercase).filter_map(plain).collect();
        let mut tokens = Self::default();
        let mut at = 0;
        while at < text.len() && tokens.all.len() < TOKENS_MAX {
            at += tokens.take(&text, at);
        }
        tokens
    }

    /// Takes what starts at `at`; returns how many characters that were, at least one.
    fn take(&mut self, text: &[char], at: usize) -> usize {
        let rest = &text[at..];
        let before = at.checked_sub(1).map(|before| text[before]);
        let signed = matches!(rest[0], '-' | '+')
            && rest.get(1).is_some_and(|c| c.is_ascii_digit() || *c == '.')
            && !before.is_some_and(|c| c.is_alphanumeric());
        if signed || rest[0].is_ascii_digit() || (rest[0] == '.' && rest.get(1).is_some_and(char::is_ascii_digit)) {
            return self.number(rest);
        }
        match rest[0] {
            '°' | 'º' => self.word("degrees"),
            '%' => self.word("percent"),
            '<' if is_limit(rest) => self.word("below"),
            // Behind a `<` it is the end of a tag.
            '>' if is_limit(rest) && !text[..at].contains(&'<') => self.word("above"),
            c if c.is_alphabetic() => {
                let inner = |place: usize| {
                    let (c, next) = (rest[place], rest.get(place + 1));
                    c.is_alphanumeric()
                        || (matches!(c, '/' | '.') && next.is_some_and(|next| next.is_alphanumeric()))
                            && (c == '/' || next.is_some_and(char::is_ascii_digit))
                };
                let length = (1..rest.len()).find(|&place| !inner(place)).unwrap_or(rest.len());
                self.word(&rest[..length.min(WORD_MAX_CHARS)].iter().collect::<String>());
                return length;
            }
            _ => {}
        }
        1
    }

    fn word(&mut self, typed: &str) {
        let word = match self.all.last() {
            // Behind a number it is no lowest value.
            Some(Token::Number(_)) if matches!(typed, "min" | "mins") => "minutes",
            _ => spelling::correct(typed),
        };
        let token = NUMBERS.iter().find(|(name, _)| *name == word).map_or_else(
            || Token::Word(word.to_owned()),
            |(_, number)| if self.minus() { Token::Number(-number) } else { Token::Number(*number) },
        );
        self.push(token, typed.to_owned());
    }

    fn number(&mut self, rest: &[char]) -> usize {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
        let length = 1 + rest[1..].iter().take_while(|c| is_part(**c)).count();
        let typed: String = rest[..length.min(WORD_MAX_CHARS)].iter().collect();
        if let Ok(date) = typed.trim_end_matches(['.', ',', '-']).parse::<NaiveDate>() {
            self.push(Token::Date(date), typed);
            return length;
        }
        // A dash inside ends the number: `20-30`.
        let length = 1 + rest[1..length].iter().take_while(|c| **c != '-').count();
        let typed: String = rest[..length.min(WORD_MAX_CHARS)].iter().collect();
        if let Some(number) = decimal(typed.trim_end_matches(['.', ','])) {
            let number = if self.minus() { -number } else { number };
            self.push(Token::Number(number), typed);
        }
        length
    }

    /// Takes a `minus` back that stands before a number.
    fn minus(&mut self) -> bool {
        let minus = self.all.last().is_some_and(|token| *token == Token::Word("minus".to_owned()));
        if minus {
            self.all.pop();
            self.typed.pop();
        }
        minus
    }

    fn push(&mut self, token: Token, typed: String) {
        self.all.push(token);
        self.typed.push(typed);
    }

    /// The word at a place.
    pub fn at(&self, place: usize) -> Option<&str> {
        match self.all.get(place) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The number at a place.
    pub fn number_at(&self, place: usize) -> Option<f64> {
        match self.all.get(place) {
            Some(Token::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Where the first of these words stands.
    pub fn find(&self, words: &[&str]) -> Option<usize> {
        (0..self.all.len()).find(|&place| self.at(place).is_some_and(|word| words.contains(&word)))
    }

    /// True if one of these words is there.
    pub fn any(&self, words: &[&str]) -> bool {
        self.find(words).is_some()
    }

    /// True if one of these words is there; a blank stands between two of them.
    pub fn any_of(&self, words: &str) -> bool {
        words.split(' ').any(|word| (0..self.all.len()).any(|place| self.at(place) == Some(word)))
    }

    /// Where these words stand one after another.
    pub fn find_phrase(&self, phrase: &[&str]) -> Option<usize> {
        (0..self.all.len()).find(|&place| phrase.iter().zip(place..).all(|(word, at)| self.at(at) == Some(word)))
    }

    /// True if they do.
    pub fn phrase(&self, phrase: &[&str]) -> bool {
        self.find_phrase(phrase).is_some()
    }

    /// All numbers.
    pub fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.all.len()).filter_map(|place| self.number_at(place))
    }
}

/// True if a number follows: `< 30`, `>= -5`, not `<b>`.
fn is_limit(rest: &[char]) -> bool {
    let next = rest[1..].iter().find(|c| !c.is_whitespace() && **c != '=');
    next.is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
}

/// A character as the grammar knows it; none for those that say nothing.
fn plain(c: char) -> Option<char> {
    match c {
        '\'' | '’' | '‘' | '`' | '´' => None,
        '−' | '–' | '—' | '‐' | '‑' => Some('-'),
        '²' => Some('2'),
        '³' => Some('3'),
        '₂' => Some('2'),
        'µ' | 'μ' => Some('u'),
        '．' => Some('.'),
        c => Some(c),
    }
}

/// Reads `1,013` as a thousand, `0,5` as a half: a comma with three digits behind it and a number before it that does
/// not start with 0 is a thousands mark, any other a decimal one.
fn decimal(typed: &str) -> Option<f64> {
    let digits = typed.trim_start_matches(['+', '-']);
    let parts: Vec<&str> = digits.split(',').collect();
    let grouped = parts.len() > 1
        && !parts[0].is_empty()
        && !parts[0].starts_with('0')
        && parts[0].len() <= 3
        && parts[1..].iter().all(|part| part.split('.').next().is_some_and(|whole| whole.len() == 3));
    let text = if grouped { typed.replace(',', "") } else { typed.replacen(',', ".", 1) };
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let show = |token: &Token| match token {
            Token::Word(word) => word.clone(),
            Token::Number(number) => format!("{number}"),
            Token::Date(date) => format!("d{date}"),
        };
        Tokens::of(text).all.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_sentence_is_words_and_numbers() {
        for (text, tokens) in [
            ("What's the TEMPERATURE?!", "whats the temperature"),
            ("warn me below 0°C", "warn me below 0 degrees c"),
            ("below −3,5 °C", "below -3.5 degrees c"),
            ("below minus three", "below -3"),
            ("wind > 60km/h", "wind above 60 km/h"),
            ("20 m/s.", "20 m/s"),
            ("pressure below 1,013 hPa", "pressure below 1013 hpa"),
            ("1,013.5", "1013.5"),
            ("humidity<30%", "humidity below 30 percent"),
            ("<b>5</b>", "b 5 b"),
            ("wind >= 60", "wind above 60"),
            ("PM2.5 now", "pm2.5 now"),
            ("on 2026-11-14.", "on d2026-11-14"),
            ("forget #2", "forget 2"),
            ("20-30", "20 30"),
            ("temprature", "temperature"),
            ("yesterdy", "yesterday"),
            ("presure fallling", "pressure falling"),
            ("harbour", "harbour"),
            ("", ""),
            ("…?!", ""),
        ] {
            assert_eq!(said(text), tokens, "{text:?}");
        }
    }

    #[test]
    fn a_flood_of_words_is_cut() {
        assert_eq!(Tokens::of(&"rain ".repeat(10_000)).all.len(), TOKENS_MAX);
        assert_eq!(Tokens::of(&"9".repeat(10_000)).typed[0].len(), WORD_MAX_CHARS);
    }
}
