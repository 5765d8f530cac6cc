//! What the bot may do on a server: the least that the enabled features need, each with its reason (SPEC P13).
//!
//! Answers to interactions need no permission at all; these are for the voice worker. No privileged intent, no
//! managing of anything, no mentions, no external emoji.

use twilight_model::guild::Permissions;

use super::words::{Message, Words};
use crate::ids::ApplicationId;

/// Something that an operator can switch on and that needs permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Music in voice channels.
    Voice,
    /// The player card and announcements in text channels, which outlive an interaction's token.
    Messages,
}

/// Each permission, the feature that needs it, and what to tell people.
const REASONS: [(Permissions, Feature, Message); 5] = [
    (Permissions::VIEW_CHANNEL, Feature::Voice, Message::PermissionView),
    (Permissions::CONNECT, Feature::Voice, Message::PermissionConnect),
    (Permissions::SPEAK, Feature::Voice, Message::PermissionSpeak),
    (Permissions::SEND_MESSAGES, Feature::Messages, Message::PermissionSend),
    (Permissions::SEND_MESSAGES_IN_THREADS, Feature::Messages, Message::PermissionSendThreads),
];

/// What these features need together.
pub fn needed(features: &[Feature]) -> Permissions {
    let of_features = REASONS.iter().filter(|(_, feature, _)| features.contains(feature));
    of_features.fold(Permissions::empty(), |all, (permission, _, _)| all | *permission)
}

/// The link with which somebody adds the bot to a server.
pub fn link(application: ApplicationId, features: &[Feature]) -> String {
    let permissions = needed(features).bits();
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands\
         &permissions={permissions}"
    )
}

/// What is missing of `needed` in a channel where the application may do `granted` (the payload's
/// `app_permissions`). An administrator misses nothing.
pub fn missing(granted: Permissions, needed: Permissions) -> Permissions {
    if granted.contains(Permissions::ADMINISTRATOR) { Permissions::empty() } else { needed - granted }
}

/// Says what is missing and why it is needed; `None` if nothing is.
pub fn explain(missing: Permissions, words: Words) -> Option<String> {
    let reasons = REASONS.iter().filter(|(permission, _, _)| missing.contains(*permission));
    let lines: Vec<_> = reasons.map(|(_, _, reason)| format!("- {}", words.say(reason))).collect();
    (!lines.is_empty()).then(|| format!("{}\n{}", words.say(&Message::PermissionsMissing), lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::words::Locale;

    const ALL: [Feature; 2] = [Feature::Voice, Feature::Messages];

    /// A change here is a change of what every server is asked for.
    #[test]
    fn the_set_is_the_least() {
        assert_eq!(needed(&[]), Permissions::empty());
        assert_eq!(needed(&[Feature::Voice]).bits(), (1 << 10) | (1 << 20) | (1 << 21));
        assert_eq!(needed(&ALL).bits(), (1 << 10) | (1 << 20) | (1 << 21) | (1 << 11) | (1 << 38));
    }

    #[test]
    fn the_link_asks_for_it_and_no_more() {
        assert_eq!(
            link(ApplicationId::new(7), &[Feature::Voice]),
            "https://discord.com/oauth2/authorize?client_id=7&scope=bot+applications.commands&permissions=3146752"
        );
    }

    #[test]
    fn what_is_missing_is_said_with_its_reason() {
        let words = Words::new(Locale::English);
        let gap = missing(Permissions::VIEW_CHANNEL | Permissions::CONNECT, needed(&[Feature::Voice]));
        assert_eq!(gap, Permissions::SPEAK);
        assert_eq!(
            explain(gap, words).unwrap(),
            "I am missing permissions in this channel. Please ask somebody who manages roles to give me:\n\
             - **Speak**, to be heard"
        );
        assert_eq!(explain(Permissions::empty(), words), None);
        assert_eq!(missing(Permissions::ADMINISTRATOR, needed(&ALL)), Permissions::empty());
    }

    #[test]
    fn every_permission_has_its_own_reason_in_every_language() {
        for words in Locale::ALL.map(Words::new) {
            let text = explain(needed(&ALL), words).unwrap();
            assert_eq!(text.lines().count(), 1 + REASONS.len());
        }
    }
}
