//! From what people do to what AWS counts. Pure; the assumptions are the constants, and `docs/COST.md` says them in words.

/// How a deployment is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    /// Approved servers.
    pub(super) guilds: u32,
    /// Commands of a server in a day.
    pub(super) commands: u32,
    /// Minutes of music of a server in a day.
    pub(super) minutes: u32,
    /// Members who have linked an account.
    pub(super) linked: u32,
}

/// What is counted in a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Month {
    /// Requests of functions.
    pub(super) requests: f64,
    /// Memory times time of functions, in gibibyte-seconds.
    pub(super) gb_seconds: f64,
    /// Write units of tables.
    pub(super) writes: f64,
    /// Read units of tables.
    pub(super) reads: f64,
    /// Requests of queues.
    pub(super) messages: f64,
    /// How large each worker is.
    pub(super) size: Size,
    /// Hours of all workers together.
    pub(super) worker_hours: f64,
    /// The share of the month in which counters of voice are published.
    pub(super) counted: f64,
    /// Gigabytes to the internet.
    pub(super) traffic_gb: f64,
    /// Tracks that are fetched and kept.
    pub(super) fetched: f64,
    /// Tracks that were kept already.
    pub(super) found: f64,
    /// Gigabytes of kept tracks, at any time.
    pub(super) stored_gb: f64,
    /// Gigabytes of log lines.
    pub(super) log_gb: f64,
}

/// A size that `VoiceCpu` and `VoiceMemory` can have, in cores and gibibytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    pub(super) vcpu: f64,
    pub(super) gb: f64,
}

/// `DynamoDB` calls of a request, when the process remembers nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) batch_get: u32,
    pub(super) get: u32,
    pub(super) put: u32,
    pub(super) query: u32,
    pub(super) transact: u32,
    pub(super) update: u32,
}

/// A `/play`, as `docs/BENCHMARKS.md` has measured it.
pub(super) const CHANGE: Calls = Calls { batch_get: 1, get: 1, put: 1, query: 1, transact: 1, update: 3 };
/// A `/queue`, likewise.
pub(super) const LOOK: Calls = Calls { batch_get: 2, get: 1, put: 1, query: 1, transact: 0, update: 3 };
/// A suggestion while somebody types. By the code: nobody has measured it.
const KEYSTROKE: Calls = Calls { batch_get: 1, get: 1, put: 1, query: 0, transact: 0, update: 1 };

/// Write units of a `/play`'s transaction: twice those of its rows, which are the operation's, the head's two, the
/// segment's and the entry's.
const TRANSACTION: u32 = 10;
/// Rows that say whether a server may do anything: its own, its ban, the flag.
const STANDING: u32 = 3;
/// Entries that a page of the queue shows.
const SHOWN: u32 = 10;
/// After a change somebody looks whether there is a worker.
const LEASE_LOOK: f64 = 1.0;
/// A change is a message that is sent, received and deleted.
const MESSAGES: f64 = 3.0;
/// Suggestions before a change.
const KEYSTROKES: f64 = 4.0;

pub(super) const DAYS: f64 = 30.0;
const DAY_S: f64 = 86_400.0;
const HOUR_S: f64 = 3_600.0;
const MINUTES: f64 = 1_440.0;
/// A request takes so long, with its calls. Assumed: nobody has measured it in the cloud.
const REQUEST_S: f64 = 0.040;
/// `MemorySize` by default.
pub(super) const MEMORY_GB: f64 = 0.25;

/// The busiest hour has so many times the load of the mean one.
pub(super) const PEAK: f64 = 4.0;
/// Discord's most for a shard, which is a worker.
pub(super) const GUILDS_PER_SHARD: u32 = 2_500;
/// Players of a core when 85 of 100 pass through and the others are transcoded.
pub(super) const PLAYERS_PER_VCPU: f64 = 300.0;
/// A worker stays so long after the music.
const IDLE_MIN: f64 = 10.0;
/// A track's length in seconds.
const TRACK_S: f64 = 210.0;
/// A second of a track at 128 kbit/s.
const TRACK_GB_S: f64 = 0.000_016;
/// A second of sound in a voice channel: 50 packets of 400 bytes, headers and both encryptions included.
pub(super) const SENT_GB_S: f64 = 0.000_02;
/// Every other track was played within the week for which it is kept.
const FOUND: f64 = 0.5;
const KEPT_DAYS: f64 = 7.0;
/// A worker's lines of an hour.
const LOG_GB_H: f64 = 0.000_1;

/// A player writes where it is this often, in seconds; a worker its lease and its gateway session as often.
pub(super) const CHECKPOINT_S: f64 = 5.0;
/// Everything is read again this often, in seconds.
pub(super) const REREAD_S: f64 = 15.0;
/// Read units of that: the queue twice, settings, two entries, and replies.
const REREAD_READS: f64 = 6.0;
/// A server's standing is believed for so long, in seconds.
pub(super) const STANDING_S: f64 = 60.0;
/// The flag is believed for so long, in seconds; it is read together with a standing.
const FLAG_S: f64 = 4.0;
/// Its write units: the queue's head is kept from being forgotten.
const REREAD_WRITES: f64 = 2.0;
/// Write units of the step to the next track: twice those of six rows.
const STEP_WRITES: f64 = 12.0;
/// A long poll of a queue, in seconds.
const POLL_S: f64 = 20.0;

const SIZES: [Size; 4] = [
    Size { vcpu: 0.25, gb: 0.5 },
    Size { vcpu: 0.5, gb: 1.0 },
    Size { vcpu: 1.0, gb: 2.0 },
    Size { vcpu: 2.0, gb: 4.0 },
];

impl Calls {
    fn writes(self) -> f64 {
        f64::from(self.put + self.update + TRANSACTION * self.transact)
    }

    /// The first batch is the standing, a second one what is shown.
    fn reads(self) -> f64 {
        let shown = SHOWN * self.batch_get.saturating_sub(1);
        f64::from(self.get + self.query + STANDING * self.batch_get.min(1) + shown)
    }
}

impl Usage {
    /// How many workers there can be.
    pub(super) fn shards(&self) -> u32 {
        self.guilds.div_ceil(GUILDS_PER_SHARD).max(1)
    }

    /// Requests of a server in a day, suggestions included: every other command changes something.
    fn requests(&self) -> f64 {
        f64::from(self.commands) * (1.0 + KEYSTROKES / 2.0)
    }

    /// Requests of a server in a second of the busiest hour.
    pub(super) fn peak_requests(&self) -> f64 {
        self.requests() / DAY_S * PEAK
    }

    /// How many servers of one hear music at once in the busiest hour.
    pub(super) fn peak_players(&self) -> f64 {
        f64::from(self.minutes) / MINUTES * PEAK
    }

    /// The smallest size that is enough for the busiest hour; the largest one if none is.
    pub(super) fn size(&self) -> Size {
        let players = f64::from(self.guilds) / f64::from(self.shards()) * self.peak_players();
        let enough = SIZES.into_iter().find(|size| players <= size.vcpu * PLAYERS_PER_VCPU);
        enough.unwrap_or(SIZES[SIZES.len() - 1])
    }

    /// The share of the day in which somebody of a shard listens or has just listened, if each server does so once a day
    /// at any time: that of a queue with infinitely many servers that is not empty.
    fn awake(&self) -> f64 {
        if self.minutes == 0 {
            return 0.0;
        }
        let a_day = (f64::from(self.minutes) + IDLE_MIN) / MINUTES;
        1.0 - (-f64::from(self.guilds) / f64::from(self.shards()) * a_day).exp()
    }

    /// What is counted in a month of it.
    pub(super) fn month(&self) -> Month {
        let guild_days = f64::from(self.guilds) * DAYS;
        let changes = guild_days * f64::from(self.commands) / 2.0;
        let looks = changes;
        let keystrokes = changes * KEYSTROKES;
        let requests = guild_days * self.requests();

        let played_s = guild_days * f64::from(self.minutes) * 60.0;
        let tracks = played_s / TRACK_S;
        let awake = self.awake();
        let worker_hours = f64::from(self.shards()) * awake * DAYS * 24.0;
        let worker_s = worker_hours * HOUR_S;

        let asked = changes * CHANGE.writes() + looks * LOOK.writes() + keystrokes * KEYSTROKE.writes();
        let played = played_s * (1.0 / CHECKPOINT_S + REREAD_WRITES / REREAD_S) + tracks * STEP_WRITES;
        let held = worker_s * 2.0 / CHECKPOINT_S;
        let standing = f64::from(STANDING);
        let heard = played_s * (REREAD_READS / REREAD_S + standing / STANDING_S);
        let watched = worker_s * (1.0 / REREAD_S + standing / FLAG_S);
        let answered =
            changes * (CHANGE.reads() + LEASE_LOOK) + looks * LOOK.reads() + keystrokes * KEYSTROKE.reads();

        Month {
            requests,
            gb_seconds: requests * REQUEST_S * MEMORY_GB,
            writes: asked + played + held,
            reads: answered + heard + watched,
            messages: changes * MESSAGES + worker_s / POLL_S,
            size: self.size(),
            worker_hours,
            counted: awake,
            traffic_gb: played_s * SENT_GB_S,
            fetched: tracks * (1.0 - FOUND),
            found: tracks * FOUND,
            stored_gb: tracks * (1.0 - FOUND) * TRACK_S * TRACK_GB_S * KEPT_DAYS / DAYS,
            log_gb: worker_hours * LOG_GB_H,
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::template::{OURS, Template};

    use super::*;
    use crate::cost::tests::{USED, close, document};

    /// `| what | empty | 8 (1 BatchGetItem, …)`: the figure of the page that a program has written.
    fn measured(what: &str) -> Calls {
        let page = document("BENCHMARKS.md");
        let row = page.lines().find(|line| line.starts_with(what) && line.contains("| empty |"));
        let row = row.unwrap_or_else(|| panic!("docs/BENCHMARKS.md has no {what}")).to_owned();
        let inside = row.split_once('(').and_then(|(_, rest)| rest.split_once(')')).unwrap().0.to_owned();
        let of = |operation: &str| -> u32 {
            let parts = inside.split(", ").filter_map(|part| part.split_once(' '));
            parts.filter(|(_, name)| *name == operation).map(|(count, _)| count.parse::<u32>().unwrap()).sum()
        };
        Calls {
            batch_get: of("BatchGetItem"),
            get: of("GetItem"),
            put: of("PutItem"),
            query: of("Query"),
            transact: of("TransactWriteItems"),
            update: of("UpdateItem"),
        }
    }

    #[test]
    fn calls_are_those_that_were_measured() {
        assert_eq!(measured("| `/play`: the wave"), CHANGE);
        assert_eq!(measured("| `/queue`: the wave"), LOOK);
    }

    #[test]
    fn sizes_and_memory_are_those_of_the_template() {
        let template = Template::parse(OURS).unwrap();
        let parameters = template.section("Parameters");
        assert!(close(parameters["MemorySize"]["Default"].as_f64().unwrap() / 1024.0, MEMORY_GB));
        let ceilings = &template.section("Mappings")["CeilingVoice"];
        for size in SIZES {
            let (cpu, memory) = (format!("{:.0}", size.vcpu * 1024.0), format!("{:.0}", size.gb * 1024.0));
            assert!(ceilings[&cpu][&memory].is_string(), "{cpu} {memory}");
        }
    }

    #[test]
    fn units_are_counted_by_the_row() {
        assert!(close(CHANGE.writes(), 14.0) && close(CHANGE.reads(), 5.0));
        assert!(close(LOOK.writes(), 4.0) && close(LOOK.reads(), 15.0));
        assert!(close(KEYSTROKE.writes(), 2.0) && close(KEYSTROKE.reads(), 4.0));
    }

    #[test]
    fn a_shard_has_2500_servers_at_most() {
        let shards = |guilds| Usage { guilds, ..USED }.shards();
        assert_eq!([0, 1, 2_500, 2_501, 10_000_000].map(shards), [1, 1, 1, 2, 4_000]);
    }

    #[test]
    fn a_worker_is_as_large_as_its_busiest_hour() {
        // A sixth of the servers listens at once.
        let size = |guilds| Usage { guilds, ..USED }.size().vcpu;
        for (guilds, vcpu) in [(450, 0.25), (451, 0.5), (900, 0.5), (1_800, 1.0), (2_500, 2.0)] {
            assert!(close(size(guilds), vcpu), "{guilds}");
        }
    }

    #[test]
    fn a_worker_that_nobody_wants_does_not_run() {
        let silent = Usage { minutes: 0, ..USED }.month();
        assert!(close(silent.worker_hours + silent.traffic_gb + silent.stored_gb, 0.0));
        let alone = Usage { guilds: 1, ..USED }.month();
        // 70 minutes of a day, if nobody else is there.
        assert!(alone.worker_hours > 33.0 && alone.worker_hours < 35.0, "{}", alone.worker_hours);
        let crowd = Usage { guilds: 2_500, ..USED }.month();
        assert!(close(crowd.worker_hours, 720.0));
    }

    #[test]
    fn an_hour_of_music_is_72_megabytes() {
        let month = Usage { guilds: 1, ..USED }.month();
        assert!(close(month.traffic_gb, 30.0 * 0.072), "{}", month.traffic_gb);
    }
}
