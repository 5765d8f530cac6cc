//! The alarms of SPEC T25 and T26 over what the function really writes: one more than the threshold, and not one before.

use aws_local::cloudwatch::State;
use interactions::config::Config;
use interactions::{App, Machine, handle};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use serde_json::value::RawValue;
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::ids::{GuildId, UserId};
use shared::telemetry::Sink;
use testkit::signing::{COMMITTED_AT, DiscordKey};

use crate::world::{Sender, World, text};

/// The names of a stack that is not prod.
const UNAUTHORIZED: &str = "TimmyBot-UnauthorizedAccess-timmybot";
const FAILURES: &str = "TimmyBot-AuthFailures-timmybot";
const ATTACK: &str = "TimmyBot-UnderAttack-timmybot";

/// Somebody who tries, at a time of their choice.
struct Tries {
    world: World,
    begun: Timestamp,
    id: u64,
}

impl Tries {
    async fn begin() -> Self {
        // A minute that has just begun, since metrics are summed up by the minute.
        let begun = Timestamp::from_second(COMMITTED_AT - COMMITTED_AT.rem_euclid(60)).unwrap();
        Self { world: World::at(begun).await, begun, id: 1_456_000_000_000_000_000 }
    }

    fn after(&self, seconds: i64) -> Timestamp {
        self.begun + SignedDuration::from_secs(seconds)
    }

    /// Another person of another guild that nobody knows sends a command, so many seconds after the beginning; the function's
    /// own handler takes it, and what it writes is heard. The status that it answers.
    async fn once(&mut self, key: &DiscordKey, seconds: i64) -> u16 {
        self.id += 1;
        let now = self.after(seconds);
        let sender =
            Sender { user: UserId::new(self.id), guild: Some(GuildId::new(self.id)), permissions: 0 };
        let body = sender.commands("play", &json!([text("query", "Blue Monday")]), self.id);
        let mut event = json!({
            "headers": {}, "body": body.to_string(), "isBase64Encoded": false,
            "requestContext": { "http": { "method": "POST", "path": "/", "sourceIp": "192.0.2.33" } },
        });
        key.sign_event(&mut event, now.as_second());
        let (sink, written) = Sink::memory();
        let machine = Machine { sink, clock: Clock::fixed(now), rng: Rng::system() };
        let config = Config::from_env(&Env::of(self.world.environment())).unwrap();
        let app = App::new(config, self.world.aws.sdk_config(), &machine);
        let event = RawValue::from_string(event.to_string()).unwrap();
        let answer = Box::pin(handle(&app, &event)).await;
        for line in written.writes() {
            self.world.aws.cloudwatch().hear(&line);
        }
        answer.status()
    }

    /// The states of these alarms, so many seconds after the beginning.
    fn states<const N: usize>(&self, alarms: [&str; N], seconds: i64) -> [State; N] {
        self.world.aws.cloudwatch().evaluate(self.after(seconds));
        alarms.map(|alarm| self.world.aws.cloudwatch().state(alarm).unwrap())
    }
}

/// SPEC T25: ten attempts in 300 s are none too many, the eleventh is; when they are over, so is the alarm.
#[tokio::test]
async fn the_eleventh_refused_attempt_in_five_minutes_is_an_alarm() {
    let (mut tries, key) = (Tries::begin().await, DiscordKey::committed());
    for attempt in 0..10 {
        assert_eq!(tries.once(&key, attempt * 25).await, 200, "who is refused is told so");
    }
    assert_eq!(tries.states([UNAUTHORIZED], 299), [State::Ok], "ten");
    tries.once(&key, 299).await;
    assert_eq!(tries.states([UNAUTHORIZED, ATTACK], 299), [State::Alarm, State::Ok], "eleven; one of three");
    assert_eq!(tries.states([UNAUTHORIZED], 300), [State::Ok], "the first are five minutes old");
}

/// Eleven attempts in more than 300 s are no alarm at any moment.
#[tokio::test]
async fn attempts_that_are_spread_out_are_no_alarm() {
    let (mut tries, key) = (Tries::begin().await, DiscordKey::committed());
    for attempt in 0..20 {
        tries.once(&key, attempt * 30).await;
        assert_eq!(tries.states([UNAUTHORIZED], attempt * 30), [State::Ok], "{attempt}");
    }
}

/// SPEC T26: twenty in 900 s, and the twenty-first. With the other alarm it is an attack.
#[tokio::test]
async fn the_twenty_first_forgery_in_a_quarter_of_an_hour_is_an_alarm() {
    let (mut tries, forger) = (Tries::begin().await, DiscordKey::from_seed([9; 32]));
    for attempt in 0..20 {
        assert_eq!(tries.once(&forger, attempt * 45).await, 401);
    }
    assert_eq!(
        tries.states([FAILURES, UNAUTHORIZED], 899),
        [State::Ok, State::Ok],
        "twenty, and no server's"
    );
    tries.once(&forger, 899).await;
    assert_eq!(tries.states([FAILURES, ATTACK], 899), [State::Alarm, State::Ok]);
    for _ in 0..11 {
        tries.once(&DiscordKey::committed(), 899).await;
    }
    assert_eq!(tries.states([FAILURES, UNAUTHORIZED, ATTACK], 899), [State::Alarm; 3], "two of three");
    assert_eq!(tries.states([FAILURES], 1_800), [State::Ok]);
}
