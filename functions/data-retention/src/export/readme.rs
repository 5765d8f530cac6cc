//! The page that lies on top.

use jiff::Timestamp;
use shared::privacy::{BACKUP_DAYS, DataSubject};

/// What each file is, what is in none, and how to have it erased.
pub(super) fn text(subject: DataSubject, now: Timestamp) -> String {
    let (whose, erase) = match subject {
        DataSubject::User(user) => (
            format!("the Discord user {user}"),
            "Write /privacy delete to the bot, in a community or in a direct message.",
        ),
        DataSubject::Guild(guild) => (
            format!("the Discord community {guild}"),
            "Send the bot away, or ask its operator: the community's data is erased then.",
        ),
    };
    format!(
        "\
WHAT TIMMYBOT STORES ABOUT YOU
==============================

This is everything that the bot stored about {whose}
at {now} (UTC).

THE FILES

  account-links.json  accounts at other services that you linked, and channels that a community hears
  api-keys.json       API keys that you made or revoked, without the keys
  deferred.json       answers that the bot owed you at that moment
  exports.json        exports like this one that were still there
  flags.json          the bot was paused or resumed by you (operators only)
  guild-access.json   communities for which you asked for the bot, or about which you decided
  guild-queues.json   tracks that you asked for, those that wait and those that were played last
  guild-state.json    votes that you gave, voice channels in which the bot saw you listen
  playlists.json      playlists that you saved, each followed by its tracks
  rate-limits.json    when you used commands in the last minutes
  replay.json         commands that were seen in the last minutes, so that none is done twice
  roles.json          roles at the API that you have, or that you gave
  sessions.json       your sign-ins at the API, without their tokens
  tombstones.json     your requests about your data
  users.json          services that gave the bot a token for you, without the token
  data-map.json       what each field is for, how much of you is in it, and when it is deleted

A file that holds an empty list, [], is about something that the bot does not have of you. Times are in UTC;
\"expires_at\" and other bare numbers of that size are seconds, or milliseconds, since 1970. Ids are Discord's.

WHAT IS NOT IN THEM

  Tokens, keys, and digests of them: who holds this file could act as you.
  Other people: of what you share with them there is only your part.
  The log and the record of what was administered: they hold pseudonyms, from which we cannot find you
  without comparing, and are deleted after 30 and 400 days.
  What the bot never stores: e-mail, real names, locations, voice, the content of messages.

TO HAVE IT ERASED

  {erase}
  It takes a few minutes. You get a receipt that anybody can check. Backups reach back {BACKUP_DAYS} days and are used
  for nothing else; if one is ever restored, what you had erased is erased again.
"
    )
}

#[cfg(test)]
mod tests {
    use shared::ids::{GuildId, UserId};
    use shared::privacy::Place;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn it_names_each_file_and_reads_well() {
        let text = text(DataSubject::User(UserId::new(5001)), now());
        for place in Place::ALL {
            assert!(text.contains(&format!("\n  {place}.json ")), "{place}");
        }
        assert!(text.lines().all(|line| line.len() <= 120), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_community_is_told_its_own_way_to_erase() {
        let text = text(DataSubject::Guild(GuildId::new(42)), now());
        assert!(text.contains("the Discord community 42") && text.contains("Send the bot away"), "{text}");
    }
}
