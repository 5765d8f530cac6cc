//! What is held about people, as the data map says it, and what they can do about it (SPEC P1 `/privacy what`).

use crate::{
    discord::{
        components::{container, text},
        escape::Escaped,
        response::Card,
        words::{Message, Words},
    },
    privacy::{
        BACKUP_DAYS,
        map::{End, Held, Purpose, Since, about_people},
    },
};

use super::colour;

/// A line for each purpose: what, why, and for how long at most.
pub fn privacy(words: Words) -> Card {
    let lines: Vec<String> = about_people().map(|held| line(words, &held)).collect();
    let rights = Message::PrivacyRights { backups: BACKUP_DAYS.into() };
    let parts =
        vec![text(words.say(&Message::PrivacyWhat)), text(lines.join("\n")), text(words.say(&rights))];
    Card::new(vec![container(colour::CALM, parts)])
}

fn line(words: Words, held: &Held) -> String {
    let what = format!("• {}", words.say(&purpose(held.purpose)));
    match held.ends.last() {
        Some(latest) => format!("{what} · {}", kept(words, *latest)),
        // Of what is held, there is an end: a test of the map says so.
        None => what,
    }
}

const fn purpose(purpose: Purpose) -> Message {
    match purpose {
        Purpose::Playing => Message::PrivacyForPlaying,
        Purpose::Playlists => Message::PrivacyForPlaylists,
        Purpose::Settings => Message::PrivacyForSettings,
        Purpose::Access => Message::PrivacyForAccess,
        Purpose::Accounts => Message::PrivacyForAccounts,
        Purpose::Api => Message::PrivacyForApi,
        Purpose::Replies => Message::PrivacyForReplies,
        Purpose::Limits => Message::PrivacyForLimits,
        Purpose::Security => Message::PrivacyForSecurity,
        Purpose::Audit => Message::PrivacyForAudit,
        Purpose::Operations => Message::PrivacyForOperations,
        Purpose::Privacy => Message::PrivacyForPrivacy,
    }
}

fn kept(words: Words, end: End) -> String {
    words.say(&match end {
        End::After { seconds, since: Since::Used } => Message::PrivacyKeptUsed { time: time(words, seconds) },
        End::After { seconds, .. } => Message::PrivacyKept { time: time(words, seconds) },
        End::Unlinked => Message::PrivacyKeptUnlinked,
        End::Removed => Message::PrivacyKeptRemoved,
        End::Erased => Message::PrivacyKeptErased,
        End::Operator | End::Never => Message::PrivacyKeptOperator,
    })
}

/// In the largest unit that is not smaller than one, rounded up: nobody is told too short a time.
fn time(words: Words, seconds: u32) -> Escaped {
    const MINUTE: u32 = 60;
    const HOUR: u32 = 60 * MINUTE;
    const DAY: u32 = 24 * HOUR;
    let count = |unit: u32| u64::from(seconds.div_ceil(unit));
    let said = if seconds <= HOUR {
        Message::PrivacyMinutes { count: count(MINUTE) }
    } else if seconds <= DAY {
        Message::PrivacyHours { count: count(HOUR) }
    } else {
        Message::PrivacyDays { count: count(DAY) }
    };
    Escaped::new(&words.say(&said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::{components::assert_valid, words::Locale};

    fn shown(locale: Locale) -> String {
        let card = privacy(Words::new(locale));
        assert_valid(card.components());
        let body: serde_json::Value = serde_json::from_slice(&card.message_body()).unwrap();
        let parts = body["components"][0]["components"].as_array().unwrap();
        let said: Vec<&str> = parts.iter().map(|part| part["content"].as_str().unwrap()).collect();
        said.join("\n\n")
    }

    #[test]
    fn it_is_said_in_every_language() {
        for locale in Locale::ALL {
            insta::assert_snapshot!(format!("privacy_{}", locale.code()), shown(locale));
        }
    }

    #[test]
    fn each_purpose_of_the_map_has_a_line_and_no_other() {
        for locale in Locale::ALL {
            let lines = shown(locale).lines().filter(|line| line.starts_with('•')).count();
            assert_eq!(lines, about_people().count(), "{locale:?}");
        }
    }

    #[test]
    fn no_time_is_said_too_short() {
        for (seconds, said) in [
            (1, "1 minute"),
            (60, "1 minute"),
            (61, "2 minutes"),
            (3_600, "60 minutes"),
            (4_200, "2 hours"),
            (86_400, "24 hours"),
            (86_401, "2 days"),
            (400 * 86_400, "400 days"),
        ] {
            assert_eq!(time(Words::new(Locale::English), seconds).as_str(), said);
        }
    }

    #[test]
    fn every_end_has_its_words() {
        let said = |end| kept(Words::new(Locale::English), end);
        assert_eq!(said(End::days(7)), "at most 7 days");
        assert_eq!(said(End::hours(24).since(Since::Used)), "at most 24 hours after the last use");
        assert_eq!(said(End::Unlinked), "until you unlink them");
        assert_eq!(said(End::Removed), "until they are deleted");
        assert_eq!(said(End::Erased), "until you delete your data");
        assert_eq!(said(End::Operator), "until an operator deletes it");
    }
}
