//! Text that is what it looks like: without characters that nobody sees and that change what others look like.

/// True for control characters, for those without a width, and for those that turn the direction of writing: `U+202E` shows
/// `gpj.exe` as `exe.jpg`. The two joiners, of which some scripts and faces are made, are none of them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// True for the zero-width joiner and non-joiner.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// The text without hidden characters. Control characters stay: they show nothing, and lines are made of them.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| c.is_control() || !is_hidden(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_left_out() {
        for hidden in ["\u{202e}", "\u{2066}", "\u{200f}", "\u{61c}", "\u{200b}", "\u{feff}"] {
            assert_eq!(visible(&format!("ab{hidden}cd")), "abcd", "{hidden:?}");
        }
        assert!(is_hidden('\u{1b}') && is_hidden('\n'), "a name is one line");
        for whole in ["below 0 °C?\n\tyes", "شکریه می\u{200c}خواهم", "👩\u{200d}🏫 東京", "עברית"]
        {
            assert_eq!(visible(whole), whole);
        }
    }
}
