//! Text that is what it looks like: without characters that nobody sees and that change what others look like.

/// True for control characters, for those without a width, for tags, and for those that turn the direction of writing: `U+202E`
/// shows `gpj.exe` as `exe.jpg`. The two joiners, of which some scripts and faces are made, are none of them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        )
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// True for letters and signs that are blank, though they are no white space: fillers of Hangul, and Braille without a dot.
pub fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// True for marks that only change the character before them, of the scripts in which that is all that they do.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}')
        || matches!(c, '\u{64b}'..='\u{65f}' | '\u{180b}'..='\u{180f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
        || matches!(c, '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}')
}

/// True if a reader sees something of the text.
pub fn shows(text: &str) -> bool {
    let is_unseen = |c: char| c.is_whitespace() || is_hidden(c) || is_joiner(c) || is_filler(c) || is_combining(c);
    !text.chars().all(is_unseen)
}

/// The text with escapes in place of what is not seen, for a terminal or a log: it stays one line, and moves no cursor.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_odd(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// True for what [`escaped`] escapes.
pub fn is_odd(c: char) -> bool {
    is_hidden(c) || is_joiner(c) || is_filler(c)
}

/// True for the zero-width joiner and non-joiner.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// The text without hidden characters. Control characters stay: they show nothing, and lines are made of them; but not NUL, which is part
/// of no line, and which some databases do not keep.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| *c != '\0' && (c.is_control() || !is_hidden(*c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_left_out() {
        for hidden in ["\0", "\u{202e}", "\u{2066}", "\u{200f}", "\u{61c}", "\u{200b}", "\u{feff}"] {
            assert_eq!(visible(&format!("ab{hidden}cd")), "abcd", "{hidden:?}");
        }
        assert!(is_hidden('\u{1b}') && is_hidden('\n'), "a name is one line");
        for unseen in
            ["", " \u{a0}", "\u{2028}", "\u{e0041}", "\u{3164}", "\u{2800}", "\u{301}\u{302}", "\u{ad}\u{200d}"]
        {
            assert!(!shows(unseen), "{unseen:?}");
        }
        assert!(["ä", "a\u{301}", "東", "👩\u{200d}🏫", "-"].into_iter().all(shows));
        let odd = "a\u{9b}2J\u{85}\u{2028}\u{200d}\u{e0041}\u{3164}\u{61c}b";
        assert_eq!(escaped(odd), r"a\u{9b}2J\u{85}\u{2028}\u{200d}\u{e0041}\u{3164}\u{61c}b");
        for whole in ["below 0 °C?\n\tyes", "شکریه می\u{200c}خواهم", "👩\u{200d}🏫 東京", "עברית"]
        {
            assert_eq!(visible(whole), whole);
        }
    }
}
