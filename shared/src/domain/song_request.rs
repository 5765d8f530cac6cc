//! Rule: what a viewer does on Twitch is a request for a song only where the guild takes requests, by the one reward or
//! the one command that was chosen for it, and by the same text that `/play` would take (SPEC P11, T17, T18). Each viewer
//! has the guild's limit per person, over ten minutes.
//! Threat: strangers in a chat are nobody's members: whoever types there must not reach hosts that `/play` does not reach,
//! fill the queue, or turn every redemption of a channel into music.
//! Refusal: [`NotARequest`]. Nobody is told in the chat, so that a refusal cannot be used to make the bot talk there.

use core::num::NonZeroU32;

use crate::domain::settings::{GuildSettings, TwitchSettings};
use crate::security::rate_limit::Limit;
use crate::security::track_url::{Query, QueryError, UrlPolicy};

/// How long a viewer's requests are remembered, in seconds.
pub const WINDOW_S: u32 = 600;
/// What chat programs put behind a message that is the same as the one before, so that Twitch takes it. It shows nothing.
const FILLER: char = '\u{e0000}';

/// What a viewer did. All of it is untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    /// They redeemed channel points.
    Redemption {
        /// Twitch's id of the reward.
        reward: &'a str,
        /// What the streamer calls it.
        title: &'a str,
        /// What they typed.
        input: &'a str,
    },
    /// They wrote something in the chat.
    Chat {
        /// The whole message.
        text: &'a str,
    },
}

/// Why it is no request for a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARequest {
    /// The guild takes none.
    #[error("requests_off")]
    Off,
    /// Another reward, or none was chosen.
    #[error("other_reward")]
    OtherReward,
    /// Another command, or none.
    #[error("other_command")]
    OtherCommand,
    /// It asks for nothing that could be played.
    #[error("bad_query")]
    Query(#[from] QueryError),
}

impl NotARequest {
    /// For the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "requests_off",
            Self::OtherReward => "other_reward",
            Self::OtherCommand => "other_command",
            Self::Query(_) => "bad_query",
        }
    }
}

/// What is to be played.
pub fn wanted(deed: Deed<'_>, settings: &TwitchSettings, policy: UrlPolicy) -> Result<Query, NotARequest> {
    if !settings.enabled {
        return Err(NotARequest::Off);
    }
    let text = match deed {
        Deed::Redemption { reward, title, input } => {
            let chosen = settings.reward.as_ref().is_some_and(|chosen| chosen.is(reward, title));
            if chosen { Ok(input) } else { Err(NotARequest::OtherReward) }
        }
        Deed::Chat { text } => after_word(text, settings.command.as_str()).ok_or(NotARequest::OtherCommand),
    }?;
    Ok(Query::parse(text.trim_end_matches(|c: char| c == FILLER || c.is_whitespace()), policy)?)
}

/// How often one viewer may ask: as many tracks as a member may have in the queue, in ten minutes.
pub fn viewer_limit(settings: &GuildSettings) -> Limit {
    let [tracks, window] = [u32::from(settings.per_user.get()), WINDOW_S]
        .map(|number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
    Limit::new(tracks, window)
}

/// What stands behind `!word`; the word ends where a space is.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let command = text.trim_start().strip_prefix('!')?;
    let (said, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    said.eq_ignore_ascii_case(word).then_some(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REWARD: &str = "92af127c-7326-4483-a52b-b0da0be61c01";

    fn settings() -> TwitchSettings {
        TwitchSettings { enabled: true, reward: "Song request".parse().ok(), ..TwitchSettings::default() }
    }

    fn chat(text: &str) -> Result<Query, NotARequest> {
        wanted(Deed::Chat { text }, &settings(), UrlPolicy::HTTPS_ONLY)
    }

    fn redeemed(title: &str, input: &str) -> Result<Query, NotARequest> {
        wanted(Deed::Redemption { reward: REWARD, title, input }, &settings(), UrlPolicy::HTTPS_ONLY)
    }

    fn search(words: &str) -> Query {
        Query::Search(words.parse().unwrap())
    }

    #[test]
    fn the_chosen_reward_and_the_chosen_command_are_requests() {
        assert_eq!(redeemed("song REQUEST", "Blue Monday"), Ok(search("Blue Monday")));
        for text in ["!sr Blue Monday", " !SR   Blue Monday ", "!sr\tBlue Monday \u{e0000}"] {
            assert_eq!(chat(text), Ok(search("Blue Monday")), "{text}");
        }
        assert!(matches!(chat("!sr https://media.example.com/a.opus"), Ok(Query::Url(_))));
        assert_eq!(chat("!sr Drop It Like It's Hot"), Ok(search("Drop It Like It's Hot")));
    }

    #[test]
    fn everything_else_in_a_channel_is_none() {
        for text in
            ["sr Blue Monday", "!srx Blue Monday", "!s r", "!play x", "hello !sr x", "!", "", "! sr x"]
        {
            assert_eq!(chat(text), Err(NotARequest::OtherCommand), "{text:?}");
        }
        assert_eq!(redeemed("Hydrate!", "water"), Err(NotARequest::OtherReward));
        let none = TwitchSettings { reward: None, ..settings() };
        let deed = Deed::Redemption { reward: REWARD, title: "Song request", input: "x" };
        assert_eq!(wanted(deed, &none, UrlPolicy::HTTPS_ONLY), Err(NotARequest::OtherReward));
    }

    #[test]
    fn a_guild_that_takes_none_gets_none() {
        let off = TwitchSettings { enabled: false, ..settings() };
        for deed in [
            Deed::Chat { text: "!sr x" },
            Deed::Redemption { reward: REWARD, title: "Song request", input: "x" },
        ] {
            assert_eq!(wanted(deed, &off, UrlPolicy::HTTPS_ONLY), Err(NotARequest::Off));
        }
    }

    #[test]
    fn a_viewer_reaches_nothing_that_play_would_refuse() {
        let long = format!("!sr {}", "x".repeat(201));
        for text in [
            "!sr",
            "!sr  ",
            "!sr http://media.example.com/a.opus",
            "!sr https://127.0.0.1/a",
            "!sr https://user@example.com/a",
            "!sr ftp://example.com/a",
            "!sr \u{202e}x",
            &long,
        ] {
            assert!(matches!(chat(text), Err(NotARequest::Query(_))), "{text:?}");
        }
        assert!(matches!(redeemed("Song request", ""), Err(NotARequest::Query(_))));
    }

    #[test]
    fn a_viewer_has_the_limit_of_a_member_over_ten_minutes() {
        let settings: GuildSettings = serde_json::from_str(r#"{"per_user":7}"#).unwrap();
        let limit = viewer_limit(&settings);
        assert_eq!((limit.max(), limit.window().as_secs()), (7, 600));
        assert_eq!(viewer_limit(&GuildSettings::default()).max(), 3);
    }

    proptest! {
        /// Whatever a viewer types: what is taken, `/play` takes as well.
        #[test]
        fn a_viewer_can_ask_for_what_play_takes_and_for_nothing_else(text in any::<String>()) {
            if let Ok(query) = chat(&format!("!sr {text}")) {
                let trimmed = text.trim_end_matches(|c: char| c == FILLER || c.is_whitespace());
                prop_assert_eq!(Query::parse(trimmed, UrlPolicy::HTTPS_ONLY), Ok(query));
            }
        }

        #[test]
        fn no_text_without_the_mark_is_a_request(text in "[^!\\s]\\PC{0,60}") {
            prop_assert_eq!(chat(&text), Err(NotARequest::OtherCommand));
        }
    }
}
