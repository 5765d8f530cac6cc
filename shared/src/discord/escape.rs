//! Untrusted text on its way into Discord's markdown (SPEC T19): nothing is stripped that a person can read.
//!
//! Threat: a title such as `[free](https://evil.example)`, `@everyone`, `# BIG`, `<@1>` or `` `…` `` that turns
//! into a link, a mention, a heading or a way out of our own layout. Discord reads `\` before any ASCII
//! punctuation as "this character itself", so "Don't Stop", "R&B" and "Guns N' Roses" stay as they are.
//! Pings are stopped a second time by `allowed_mentions`, which every answer leaves empty.

use core::fmt;

use unicode_segmentation::UnicodeSegmentation;

/// What marks a text that was cut.
const ELLIPSIS: char = '…';
/// First strong isolate and its end: the text keeps its own direction and moves nothing around it.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// One line of untrusted text, safe to stand anywhere in a text display (SPEC T19).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Escaped(String);

impl Escaped {
    /// Escapes all of `raw`; the result is at most about twice as long.
    pub fn new(raw: &str) -> Self {
        Self::within(raw, usize::MAX)
    }

    /// Escapes `raw` and ends it with an ellipsis where it would pass `max` UTF-16 units, whole graphemes only.
    pub fn within(raw: &str, max: usize) -> Self {
        let line = one_line(raw);
        let isolated = line.chars().any(is_right_to_left);
        let max = if isolated { max.saturating_sub(2) } else { max };
        let escaped = cut(&line, max, escape_grapheme);
        if isolated { Self(format!("{}{escaped}{}", ISOLATE.0, ISOLATE.1)) } else { Self(escaped) }
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Untrusted text where Discord reads no markdown: button labels, choices, alternative texts. One line, without
/// control and bidi characters, at most `max` UTF-16 units.
pub fn plain(raw: &str, max: usize) -> String {
    cut(&one_line(raw), max, |_, _, grapheme, out| out.push_str(grapheme))
}

/// Length as Discord's clients count it; never less than the number of characters.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Control characters become a space, runs of space one, and what only changes direction or shows nothing goes.
fn one_line(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars().filter(|c| !is_invisible(*c)) {
        let c = if c.is_control() || c.is_whitespace() { ' ' } else { c };
        if c != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Bidi controls could reorder our own words; the others hide text from readers. Joiners stay: emoji need them.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        || matches!(c, '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Writes grapheme after grapheme and stops with an ellipsis before `max` is passed.
///
/// `write` gets the line before the grapheme, the line from it on, and the grapheme.
fn cut(line: &str, max: usize, write: impl Fn(&str, &str, &str, &mut String)) -> String {
    let mut out = String::with_capacity(line.len());
    let mut length = 0;
    let mut room_for_ellipsis = 0;
    for (at, grapheme) in line.grapheme_indices(true) {
        let before = out.len();
        write(&line[..at], &line[at..], grapheme, &mut out);
        length += units(&out[before..]);
        if length > max {
            out.truncate(room_for_ellipsis);
            if max > 0 {
                out.push(ELLIPSIS);
            }
            return out;
        }
        if length < max {
            room_for_ellipsis = out.len();
        }
    }
    out
}

/// Some marks count only at the start of a line, the colon only where an address would become a link.
fn escape_grapheme(before: &str, rest: &str, grapheme: &str, out: &mut String) {
    let opens_block = starts_a_block(before);
    let opens_link = rest.starts_with("://");
    for c in grapheme.chars() {
        if is_markup(c) || (opens_block && is_line_markup(c)) || (opens_link && c == ':') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Emphasis, code, spoilers, quotes, links, mentions, custom emoji, timestamps, headings.
const fn is_markup(c: char) -> bool {
    matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '#' | '@')
}

/// List items and small print: `- x`, `+ x`, `1. x`, `1) x`, `-# x`.
const fn is_line_markup(c: char) -> bool {
    matches!(c, '-' | '+' | '.' | ')')
}

/// Nothing, or only the number of a list item, stands before.
fn starts_a_block(before: &str) -> bool {
    before.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
#[path = "escape_tests.rs"]
mod tests;
