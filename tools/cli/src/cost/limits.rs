//! What breaks first when more servers come: our own limits, Discord's, and AWS's default quotas. Pure; `docs/SCALE.md` says
//! what is to be done about each.

use super::usage::{CHECKPOINT_S, GUILDS_PER_SHARD, PLAYERS_PER_VCPU, REREAD_S, STANDING_S, Usage};

/// A limit, and with how many servers it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wall {
    /// What cannot grow any more.
    pub(super) what: &'static str,
    /// Whose limit it is.
    pub(super) limit: &'static str,
    /// The most servers with which it holds.
    pub(super) guilds: u32,
}

/// A card is drawn this often while music plays, in seconds.
const CARD_S: f64 = 10.0;
/// Discord's most requests with a bot's token in a second.
const REST: f64 = 50.0;
/// Read units of a partition of a table in a second.
const PARTITION_READS: f64 = 3_000.0;
/// Read units and write units of a table in a second, each.
const TABLE: f64 = 40_000.0;
/// Read units of `guild-queues` each time a player reads its server again: the queue twice, and two entries.
const QUEUE_READS: f64 = 4.0;
/// And of a request, in the mean: a change reads the queue, a look ten entries besides, a suggestion nothing.
const QUEUE_READS_OF_REQUEST: f64 = 2.0;
/// Requests in a second for each execution that Lambda admits at once.
const REQUESTS_PER_EXECUTION: f64 = 10.0;
/// Cores of Fargate that a new account may use at full price.
const CORES: f64 = 6.0;
/// Identifies of a day that are used up: four fifths of Discord's 1000, one for each shard.
const IDENTIFIES: u32 = 800;

/// All of them, the nearest first. One that this usage never meets is as far away as can be.
pub(super) fn walls(usage: &Usage) -> Vec<Wall> {
    let (players, requests) = (usage.peak_players(), usage.peak_requests());
    let wall = |what, limit, guilds| Wall { what, limit, guilds };
    let mut walls = vec![
        wall("approved servers", "`GuildCap`, 50 by default", 50),
        wall("servers of an unverified application", "Discord: 100", 100),
        wall("the smallest worker", "`VoiceCpu`, 256 by default", most(0.25 * PLAYERS_PER_VCPU, players)),
        wall("one shard", "`ShardCount`, 1 at most; Discord: 2,500 servers a shard", GUILDS_PER_SHARD),
        wall("edits of cards", "Discord: 50 requests a second and bot", most(REST * CARD_S, players)),
        wall("workers of a new account", "Fargate: 6 cores", new_account(usage)),
        wall("approved servers", "`GuildCap`, 10,000 at most", 10_000),
        wall(
            "commands of a new account",
            "Lambda: 10 executions at once",
            most(10.0 * REQUESTS_PER_EXECUTION, requests),
        ),
        wall("a number of shards of our own", "Discord: 150,000 servers", 150_000),
        wall(
            "the row of the containment flag",
            "DynamoDB: 3,000 read units a second and partition",
            most(PARTITION_READS, players / STANDING_S + requests),
        ),
        wall(
            "reading queues",
            "DynamoDB: 40,000 read units a second and table",
            most(TABLE, players * QUEUE_READS / REREAD_S + requests * QUEUE_READS_OF_REQUEST),
        ),
        wall(
            "checkpoints of positions",
            "DynamoDB: 40,000 write units a second and table",
            most(TABLE * CHECKPOINT_S, players),
        ),
        wall(
            "one identify a day for each shard",
            "Discord: 1000 a day, of which four fifths are used",
            IDENTIFIES * GUILDS_PER_SHARD,
        ),
        wall(
            "commands",
            "Lambda: 1,000 executions at once",
            most(1_000.0 * REQUESTS_PER_EXECUTION, requests),
        ),
    ];
    walls.sort_by_key(|wall| wall.guilds);
    walls
}

/// How many servers fill the shards whose workers a new account may run.
fn new_account(usage: &Usage) -> u32 {
    let full = Usage { guilds: GUILDS_PER_SHARD, ..*usage };
    most(CORES, full.size().vcpu) * GUILDS_PER_SHARD
}

/// How many servers there can be if each takes `share` of what there is.
fn most(there_is: f64, share: f64) -> u32 {
    // A millionth of a server more, so that a whole number stays one.
    let guilds = (there_is / share + 1e-6).floor();
    // A float's cast saturates: what nobody uses lasts for ever.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and saturation is meant"
    )]
    let guilds = guilds as u32;
    guilds
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use testkit::template::{OURS, Template};

    use super::*;
    use crate::cost::tests::USED;

    fn at(usage: &Usage, limit: &str) -> u32 {
        let found = walls(usage).into_iter().find(|wall| wall.limit.contains(limit));
        found.unwrap_or_else(|| panic!("no wall {limit}")).guilds
    }

    #[test]
    fn ours_are_those_of_the_template() {
        let template = Template::parse(OURS).unwrap();
        let parameters = template.section("Parameters");
        let number = |name: &str, what: &str| match &parameters[name][what] {
            Value::String(text) => text.parse::<u64>().unwrap(),
            other => other.as_u64().unwrap(),
        };
        assert_eq!(number("GuildCap", "Default"), 50);
        assert_eq!(number("GuildCap", "MaxValue"), 10_000);
        assert_eq!(number("ShardCount", "MaxValue"), 1);
        assert_eq!(number("VoiceCpu", "Default"), 256);
    }

    /// A sixth of the servers listens at once, and each sends 60 requests a day.
    #[test]
    fn they_are_reached_where_the_load_is() {
        for (limit, guilds) in [
            ("256 by default", 450),
            ("50 requests a second", 3_000),
            ("6 cores", 7_500),
            ("10 executions", 36_000),
            ("3,000 read units", 540_000),
            ("40,000 read units", 800_000),
            ("40,000 write units", 1_200_000),
            ("1000 a day", 2_000_000),
            ("1,000 executions", 3_600_000),
        ] {
            assert_eq!(at(&USED, limit), guilds, "{limit}");
        }
    }

    #[test]
    fn the_nearest_is_first_and_silence_meets_only_what_is_counted_by_the_server() {
        let far = walls(&USED);
        assert!(far.is_sorted_by_key(|wall| wall.guilds));
        let silent = Usage { commands: 0, minutes: 0, ..USED };
        assert_eq!(at(&silent, "50 requests a second"), u32::MAX);
        assert_eq!(at(&silent, "GuildCap`, 50"), 50);
    }
}
