//! Titles and artists from outside: cut, freed of what nobody can see, otherwise as they came (SPEC T19, T20).

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::security::input::{is_bidi_control, is_control, is_zero_width};

/// Longest title or artist, in graphemes; a longer one ends in an ellipsis (SPEC T20).
pub const TITLE_MAX: usize = 200;
/// Longest title in bytes, ellipsis not counted: a grapheme has no bound of its own, marks can be stacked for ever.
pub const TITLE_BYTES_MAX: usize = 2048;

const ELLIPSIS: char = '…';
const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// A title or an artist. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

/// Nothing visible is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing visible is in it")]
pub struct Invisible;

impl Title {
    /// Cleans and cuts `text`; `None` when nothing visible remains. Control characters become spaces, so that a
    /// title stays on its line.
    pub fn parse(text: &str) -> Option<Self> {
        let visible = visible(text);
        let trimmed = visible.trim();
        (!trimmed.is_empty()).then(|| Self(cut(trimmed)))
    }

    /// The text; escape it before it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For what has no name at all.
    pub(super) fn untitled() -> Self {
        Self("?".to_owned())
    }
}

impl TryFrom<String> for Title {
    type Error = Invisible;

    fn try_from(text: String) -> Result<Self, Invisible> {
        Self::parse(&text).ok_or(Invisible)
    }
}

impl From<Title> for String {
    fn from(title: Title) -> Self {
        title.0
    }
}

/// Without direction marks and zero-width characters; a joiner stays where it does its work.
fn visible(text: &str) -> String {
    let plain = |c: &char| !is_bidi_control(*c) && (!is_zero_width(*c) || is_joiner(*c));
    let mut rest = text.chars().filter(plain).peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        if !is_joiner(c) || joins(&out, c, rest.peek().copied()) {
            out.push(if is_control(c) { ' ' } else { c });
        }
    }
    out
}

const fn is_joiner(c: char) -> bool {
    matches!(c, ZWNJ | ZWJ)
}

/// In Persian or Hindi a joiner is spelling; in an emoji sequence it is what makes one grapheme out of two.
fn joins(before: &str, joiner: char, after: Option<char>) -> bool {
    if before.chars().next_back().is_some_and(is_joining_script) {
        return true;
    }
    let (ZWJ, Some(base), Some(after)) = (joiner, before.graphemes(true).next_back(), after) else {
        return false;
    };
    let graphemes = |text: String| text.graphemes(true).count();
    graphemes(format!("{base}{ZWJ}{after}")) == 1 && graphemes(format!("{base}{after}")) == 2
}

/// Arabic, Syriac and their neighbours; the scripts of India; Myanmar, Khmer, Mongolian.
const fn is_joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
}

fn cut(text: &str) -> String {
    let mut end = 0;
    for (count, (start, grapheme)) in text.grapheme_indices(true).enumerate() {
        if count == TITLE_MAX || start + grapheme.len() > TITLE_BYTES_MAX {
            return format!("{}{ELLIPSIS}", text[..end].trim_end());
        }
        end = start + grapheme.len();
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn title(text: &str) -> String {
        Title::parse(text).map(String::from).unwrap_or_default()
    }

    #[test]
    fn what_can_be_seen_stays() {
        for text in [
            "Don't Stop",
            "Guns N' Roses",
            "R&B",
            "**bold** `code` @everyone <b>&list=</b>",
            "שיר עברי",
            "أغنية عربية",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👩🏽\u{200d}🚀",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "Cafe\u{301}",
            "日本語の歌",
        ] {
            assert_eq!(title(text), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_goes() {
        assert_eq!(title("a\u{200b}b\u{200c}c\u{200d}d\u{feff}e\u{2060}f"), "abcdef");
        assert_eq!(title("\u{202e}evil\u{202c} \u{2066}x\u{2069}\u{200f}"), "evil x");
        assert_eq!(title("e\u{200d}\u{301}"), "e\u{301}");
        assert_eq!(title("👨\u{200d}x"), "👨x");
        assert_eq!(title("👨\u{200d}\u{200b}👩"), "👨\u{200d}👩");
        assert_eq!(title("x\u{200d}"), "x");
        assert_eq!(Title::parse(" \u{200b}\u{202e}\n"), None);
    }

    #[test]
    fn a_title_stays_on_its_line() {
        assert_eq!(title("one\ntwo\u{85}three\u{1b}[0m\n"), "one two three [0m");
    }

    #[test]
    fn two_hundred_graphemes_fit_and_one_more_is_cut() {
        let fits = "é".repeat(TITLE_MAX);
        assert_eq!(title(&fits), fits);
        assert_eq!(title(&format!("{fits}é")), format!("{fits}…"));
        assert_eq!(title(&format!("{} {}", "a".repeat(199), "b".repeat(9))), format!("{}…", "a".repeat(199)));
    }

    #[test]
    fn a_cut_never_goes_through_an_emoji() {
        let astronaut = "👩🏽\u{200d}🚀";
        let whole = TITLE_BYTES_MAX / astronaut.len();
        assert_eq!(title(&astronaut.repeat(300)), format!("{}…", astronaut.repeat(whole)));
        assert_eq!(title(&"🎵".repeat(201)), format!("{}…", "🎵".repeat(200)));
    }

    #[test]
    fn stacked_marks_have_an_end() {
        let zalgo = format!("a{}b", "\u{301}".repeat(5000));
        assert_eq!(title(&zalgo), "…");
    }

    proptest! {
        #[test]
        fn within_its_limits_and_stable(text in any::<String>()) {
            if let Some(title) = Title::parse(&text) {
                prop_assert!(title.as_str().graphemes(true).count() <= TITLE_MAX + 1);
                prop_assert!(title.as_str().len() <= TITLE_BYTES_MAX + ELLIPSIS.len_utf8());
                prop_assert!(!title.as_str().chars().any(|c| is_control(c) || is_bidi_control(c)));
                prop_assert_eq!(Title::parse(title.as_str()), Some(title));
            }
        }
    }
}
