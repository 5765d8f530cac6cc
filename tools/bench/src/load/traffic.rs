//! What people send, mixed: commands, suggestions, buttons, Discord's own checks, and rubbish that nobody has signed.

use anyhow::Result;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::ids::GuildId;
use shared::security::custom_id::{Action, CustomIds, Loop};

use super::ledger::Told;
use crate::world::{FIRST_ID, World, command, interaction, ping, signed};

/// The title of a song that we ask for, before its number.
const SONG: &str = "load song ";
/// Manage Server, as Discord writes it: whoever presses pause may.
const OWNER: &str = "32";

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Discord's liveness check.
    Ping,
    /// `/play`, each with a song of its own.
    Play,
    /// `/queue`.
    Queue,
    /// `/pause`.
    Pause,
    /// Suggestions while somebody types.
    Autocomplete,
    /// A button: another page, or another loop mode.
    Click,
    /// A body that somebody else signed.
    Rubbish,
}

use Kind::{Autocomplete, Click, Pause, Ping, Play, Queue, Rubbish};

/// The mixture, over and over.
const MIXTURE: [Kind; 20] = [
    Play,
    Queue,
    Autocomplete,
    Pause,
    Click,
    Rubbish,
    Play,
    Ping,
    Autocomplete,
    Queue,
    Play,
    Click,
    Pause,
    Autocomplete,
    Rubbish,
    Play,
    Queue,
    Click,
    Ping,
    Pause,
];

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With this status; whether only the caller sees it.
    Status(u64, bool),
    /// None.
    None,
}

impl Kind {
    /// Each of them.
    pub(crate) const ALL: [Self; 7] = [Ping, Play, Queue, Pause, Autocomplete, Click, Rubbish];

    /// What the request of this number is.
    pub(crate) fn of(number: u64) -> Self {
        let length = u64::try_from(MIXTURE.len()).unwrap_or(1);
        usize::try_from(number % length).map_or(Ping, |at| MIXTURE[at])
    }

    /// In the page.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Ping => "PING",
            Play => "`/play`",
            Queue => "`/queue`",
            Pause => "`/pause`",
            Autocomplete => "suggestions",
            Click => "buttons",
            Rubbish => "unsigned rubbish",
        }
    }

    /// What is wrong with the answers to all copies of one request: Discord's checks are always answered, what is not
    /// signed never is, and of everything else one copy is, and the other is as good as unsigned.
    pub(crate) fn wrong(self, answers: &[Answer]) -> Option<String> {
        let count = |wanted: u64| {
            answers.iter().filter(|one| matches!(one, Answer::Status(status, _) if *status == wanted)).count()
        };
        let (good, refused) = (count(200), count(401));
        let right = match self {
            Ping => good == answers.len(),
            Rubbish => refused == answers.len(),
            _ => good == 1 && refused + 1 == answers.len(),
        };
        (!right).then(|| format!("{} got {answers:?}", self.name()))
    }
}

impl Answer {
    /// What Lambda's answer says.
    pub(crate) fn of(answer: &Value) -> Self {
        let body: Value =
            serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or_default();
        let private = body["data"]["flags"].as_u64().is_some_and(|flags| flags & 64 != 0);
        answer["statusCode"].as_u64().map_or(Self::None, |status| Self::Status(status, private))
    }

    /// What it says about a song: only what all may see is a promise.
    pub(crate) const fn told(self) -> Told {
        match self {
            Self::Status(200, false) => Told::Queued,
            Self::Status(401, _) => Told::Repeated,
            Self::Status(..) => Told::Refused,
            Self::None => Told::Nothing,
        }
    }
}

/// The number of a song of ours.
pub(crate) fn song(title: &str) -> Option<u64> {
    title.strip_prefix(SONG)?.parse().ok()
}

/// Makes requests by their numbers; the same number is the same request, but signed when it is made.
pub(crate) struct Traffic {
    ids: CustomIds,
}

impl Traffic {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { ids: World::custom_ids()? })
    }

    /// The request of this number, signed now.
    pub(crate) fn request(&self, number: u64, guild: GuildId) -> Value {
        let (id, kind) = (FIRST_ID + number, Kind::of(number));
        let mut event = signed(id, &self.body(id, kind, number, guild));
        if kind == Rubbish {
            let at = Clock::system().now().as_second();
            event["headers"]["x-signature-ed25519"] =
                testkit::signing::DiscordKey::from_seed([7; 32]).sign(at, b"rubbish").into();
        }
        event
    }

    fn body(&self, id: u64, kind: Kind, number: u64, guild: GuildId) -> Value {
        let of = |kind: u8, data: &Value| interaction(kind, id, guild, OWNER, data);
        match kind {
            Ping => ping(id),
            Play | Rubbish => of(2, &command("play", &query(&format!("{SONG}{number}"), false))),
            Queue => of(2, &command("queue", &json!([]))),
            Pause => of(2, &command("pause", &json!([]))),
            Autocomplete => of(4, &command("play", &query("load", true))),
            Click => {
                let action =
                    if number.is_multiple_of(2) { Action::QueuePage(0) } else { Action::Loop(Loop::Queue) };
                let custom_id = self.ids.sign(&action, &guild.to_string());
                of(3, &json!({ "component_type": 2, "custom_id": custom_id }))
            }
        }
    }
}

fn query(value: &str, is_typed: bool) -> Value {
    let mut option = json!({ "type": 3, "name": "query", "value": value });
    if is_typed {
        option["focused"] = true.into();
    }
    json!([option])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::value::RawValue;

    use super::*;
    use crate::world::send;

    #[test]
    fn the_mixture_has_all_kinds_and_songs_have_numbers() {
        let kinds: BTreeSet<Kind> = (0..20).map(Kind::of).collect();
        assert_eq!(kinds, BTreeSet::from(Kind::ALL));
        assert_eq!((song("load song 17"), song("load song x"), song("a song")), (Some(17), None, None));
    }

    #[test]
    fn of_two_copies_one_is_answered() {
        let (good, refused, private) =
            (Answer::Status(200, false), Answer::Status(401, false), Answer::Status(200, true));
        for (kind, answers, is_right) in [
            (Play, vec![good], true),
            (Play, vec![refused, good], true),
            (Play, vec![private, refused], true),
            (Play, vec![good, good], false),
            (Play, vec![refused, refused], false),
            (Play, vec![Answer::None], false),
            (Play, vec![Answer::Status(500, false)], false),
            (Ping, vec![good, good], true),
            (Ping, vec![good, refused], false),
            (Rubbish, vec![refused, refused], true),
            (Rubbish, vec![good], false),
        ] {
            assert_eq!(kind.wrong(&answers).is_none(), is_right, "{kind:?} {answers:?}");
        }
    }

    #[test]
    fn only_what_all_may_see_is_a_promise() {
        let answer = |flags: u32| {
            let body = json!({ "type": 4, "data": { "flags": flags } }).to_string();
            Answer::of(&json!({ "statusCode": 200, "body": body })).told()
        };
        assert_eq!((answer(0), answer(64)), (Told::Queued, Told::Refused));
        assert_eq!(Answer::of(&json!({ "statusCode": 401, "body": "" })).told(), Told::Repeated);
        assert_eq!(Answer::of(&json!({ "errorMessage": "x" })).told(), Told::Nothing);
    }

    /// Each kind does in the function what its name says.
    #[tokio::test]
    async fn the_function_answers_each_kind_as_it_is_due() {
        let world = World::of(2).await.unwrap();
        let (app, traffic) = (world.app(world.sdk_config()).unwrap(), Traffic::new().unwrap());
        for number in 0..20 {
            let event = traffic.request(number, world.guild(0));
            let event = RawValue::from_string(event.to_string()).unwrap();
            let answer = send(&app, &event).await;
            let got = Answer::of(&json!({ "statusCode": answer.status(), "body": answer.body() }));
            let kind = Kind::of(number);
            assert_eq!(kind.wrong(&[got]), None, "{number}: {}", answer.body());
            match kind {
                Play => assert_eq!(got.told(), Told::Queued, "{}", answer.body()),
                // The card changes in place: the press is not refused.
                Click => assert!(answer.body().contains("\"type\":7"), "{}", answer.body()),
                _ => {}
            }
        }
    }
}
