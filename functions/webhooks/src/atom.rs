//! The few elements of a feed of `YouTube`'s that we read (RFC 4287; push notifications have one entry).
//!
//! The tokenizer reads and nothing more; here nothing is fetched, defined or expanded: a feed with a document type is
//! refused, and of entities there are the five of XML and numbers.

use xmlparser::{ElementEnd, StrSpan, Token, Tokenizer};

/// The most entries that are read, and the deepest that elements may be nested.
const ENTRIES_MAX: usize = 25;
const DEPTH_MAX: usize = 16;

/// A video, as its feed tells it. All of it is untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) video: String,
    pub(crate) channel: String,
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) published: String,
}

/// Not a feed that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a feed")]
pub(crate) struct BadFeed;

/// Prefix and name. Prefixes are read to the letter: `YouTube` writes `yt:`.
type Name<'a> = (&'a str, &'a str);

/// The entries of a feed.
pub(crate) fn entries(body: &[u8]) -> Result<Vec<Entry>, BadFeed> {
    let text = core::str::from_utf8(body).map_err(|_| BadFeed)?;
    let (mut open, mut found, mut was_feed) = (Vec::<Name>::new(), Vec::new(), false);
    for token in Tokenizer::from(text) {
        match token.map_err(|_| BadFeed)? {
            Token::ElementStart { prefix, local, .. } => {
                open.push((prefix.as_str(), local.as_str()));
                if open.len() > DEPTH_MAX {
                    return Err(BadFeed);
                }
                if open == [FEED, ENTRY] {
                    found.push(Entry::default());
                }
                was_feed |= open == [FEED];
            }
            Token::ElementEnd { end: ElementEnd::Empty, .. } => drop(open.pop()),
            Token::ElementEnd { end: ElementEnd::Close(prefix, local), .. } => {
                if open.pop() != Some((prefix.as_str(), local.as_str())) {
                    return Err(BadFeed);
                }
            }
            Token::Text { text } => take(&mut found, &open, &decoded(text)?),
            Token::Cdata { text, .. } => take(&mut found, &open, text.as_str()),
            Token::ElementEnd { end: ElementEnd::Open, .. }
            | Token::Attribute { .. }
            | Token::Comment { .. }
            | Token::Declaration { .. }
            | Token::ProcessingInstruction { .. } => {}
            Token::DtdStart { .. }
            | Token::EmptyDtd { .. }
            | Token::EntityDeclaration { .. }
            | Token::DtdEnd { .. } => return Err(BadFeed),
        }
        if found.len() > ENTRIES_MAX {
            return Err(BadFeed);
        }
    }
    if was_feed && open.is_empty() { Ok(found) } else { Err(BadFeed) }
}

const FEED: Name = ("", "feed");
const ENTRY: Name = ("", "entry");

/// Puts a text where it belongs, if it belongs anywhere.
fn take(found: &mut [Entry], open: &[Name], text: &str) {
    let Some(entry) = found.last_mut() else { return };
    let field = match open {
        [FEED, ENTRY, ("yt", "videoId")] => &mut entry.video,
        [FEED, ENTRY, ("yt", "channelId")] => &mut entry.channel,
        [FEED, ENTRY, ("", "title")] => &mut entry.title,
        [FEED, ENTRY, ("", "author"), ("", "name")] => &mut entry.author,
        [FEED, ENTRY, ("", "published")] => &mut entry.published,
        _ => return,
    };
    field.push_str(text);
}

fn decoded(text: StrSpan) -> Result<String, BadFeed> {
    let mut parts = text.as_str().split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').ok_or(BadFeed)?;
        out.push(character(entity).ok_or(BadFeed)?);
        out.push_str(rest);
    }
    Ok(out)
}

fn character(entity: &str) -> Option<char> {
    let code = match entity {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => entity.strip_prefix('#')?,
    };
    let is_sane = (1..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let number = match code.strip_prefix('x') {
        Some(hex) if is_sane => u32::from_str_radix(hex, 16).ok()?,
        None if is_sane => code.parse().ok()?,
        _ => return None,
    };
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As `YouTube` documents it
    /// (<https://developers.google.com/youtube/v3/guides/push_notifications>).
    const FEED_OF_ONE: &str = r#"<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
  <link rel="hub" href="https://pubsubhubbub.appspot.com"/>
  <link rel="self" href="https://www.youtube.com/xml/feeds/videos.xml?channel_id=CHANNEL_ID"/>
  <title>YouTube video feed</title>
  <updated>2015-04-01T19:05:24.552394234+00:00</updated>
  <entry>
    <id>yt:video:VIDEO_ID</id>
    <yt:videoId>VIDEO_ID</yt:videoId>
    <yt:channelId>CHANNEL_ID</yt:channelId>
    <title>Cats &amp; dogs &#x1F600;&#33;</title>
    <link rel="alternate" href="http://www.youtube.com/watch?v=VIDEO_ID"/>
    <author>
     <name>Channel title</name>
     <uri>http://www.youtube.com/channel/CHANNEL_ID</uri>
    </author>
    <published>2015-03-06T21:40:57+00:00</published>
    <updated>2015-03-09T19:05:24.552394234+00:00</updated>
  </entry>
</feed>"#;

    #[test]
    fn a_notification_is_read() {
        let expected = Entry {
            video: "VIDEO_ID".to_owned(),
            channel: "CHANNEL_ID".to_owned(),
            title: "Cats & dogs \u{1f600}!".to_owned(),
            author: "Channel title".to_owned(),
            published: "2015-03-06T21:40:57+00:00".to_owned(),
        };
        assert_eq!(entries(FEED_OF_ONE.as_bytes()), Ok(vec![expected]));
    }

    #[test]
    fn a_title_may_be_character_data_and_a_feed_may_be_empty() {
        let feed = "<feed><entry><title><![CDATA[a <b> &amp;]]></title></entry></feed>";
        assert_eq!(entries(feed.as_bytes()).unwrap()[0].title, "a <b> &amp;");
        assert_eq!(entries(b"<feed/>"), Ok(vec![]));
        let deleted = "<feed><at:deleted-entry ref='yt:video:X' when='2016'/></feed>";
        assert_eq!(entries(deleted.as_bytes()), Ok(vec![]));
    }

    #[test]
    fn what_stands_elsewhere_is_not_taken_for_an_entry() {
        for feed in [
            "<feed><title>a</title><x><entry><title>b</title></entry></x></feed>",
            "<feed><entry><media:group><title>b</title></media:group></entry></feed>",
            "<feed><entry><videoId>b</videoId></entry></feed>",
        ] {
            let found = entries(feed.as_bytes()).unwrap();
            assert!(found.iter().all(|entry| *entry == Entry::default()), "{feed}");
        }
    }

    #[test]
    fn nothing_is_defined_expanded_or_left_open() {
        let deep = format!("<feed>{}{}</feed>", "<a>".repeat(20), "</a>".repeat(20));
        let many = format!("<feed>{}</feed>", "<entry></entry>".repeat(ENTRIES_MAX + 1));
        for feed in [
            "",
            "text",
            "<rss></rss>",
            "<feed><entry></feed>",
            "<feed><entry></feed></entry>",
            "<feed>",
            "<!DOCTYPE feed><feed/>",
            "<!DOCTYPE feed [<!ENTITY a \"aaaa\">]><feed><entry><title>&a;</title></entry></feed>",
            "<!DOCTYPE feed SYSTEM \"file:///etc/passwd\"><feed/>",
            "<feed><entry><title>&nbsp;</title></entry></feed>",
            "<feed><entry><title>&#xD800;</title></entry></feed>",
            "<feed><entry><title>&#99999999999;</title></entry></feed>",
            "<feed><entry><title>&#+33;</title></entry></feed>",
            "<feed><entry><title>&</title></entry></feed>",
            &deep,
            &many,
        ] {
            assert_eq!(entries(feed.as_bytes()), Err(BadFeed), "{feed}");
        }
        assert_eq!(entries(&[0xff, 0xfe]), Err(BadFeed));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = entries(&body);
        }

        #[test]
        fn any_text_that_is_escaped_comes_back(title in "[^\u{0}-\u{1f}\u{7f}-\u{9f}\u{fffe}\u{ffff}]{1,40}") {
            let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let feed = format!("<feed><entry><title>{escaped}</title></entry></feed>");
            prop_assert_eq!(&entries(feed.as_bytes()).unwrap()[0].title, &title);
        }

        #[test]
        fn edits_of_a_real_feed_are_read_or_refused(at in 0..FEED_OF_ONE.len(), with in any::<u8>()) {
            let mut body = FEED_OF_ONE.as_bytes().to_vec();
            body[at] = with;
            let _ = entries(&body);
        }
    }
}
