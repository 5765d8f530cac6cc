//! What a month of a usage costs at given prices. Pure.

use super::prices::Prices;
use super::usage::{Month, Usage};

/// Keys of KMS that the template makes.
const KEYS: u32 = 4;
/// Secrets that the template makes. Those of webhooks, clients at services, channels and members come on top.
const SECRETS: u32 = 4;
/// Counters that workers publish once a minute.
const VOICE_COUNTERS: f64 = 3.0;
/// Requests with which a track is put into S3 in parts.
const PUTS: f64 = 3.0;
const MILLION: f64 = 1e6;

/// US dollars of a month, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bill {
    /// What is paid while nothing happens: keys, secrets, alarms.
    pub(super) floor: f64,
    /// Requests and execution of functions.
    pub(super) functions: f64,
    /// Reading and writing tables.
    pub(super) tables: f64,
    /// Requests of queues.
    pub(super) queues: f64,
    /// Cores, memory and addresses of workers.
    pub(super) workers: f64,
    /// Sound that leaves for Discord.
    pub(super) traffic: f64,
    /// Kept tracks.
    pub(super) audio: f64,
    /// Log lines and counters of workers.
    pub(super) logs: f64,
    /// Secrets of members with linked accounts.
    pub(super) linked: f64,
}

impl Bill {
    /// Its parts with their names, in the order in which they are shown.
    pub(super) const fn parts(&self) -> [(&'static str, f64); 9] {
        [
            ("floor", self.floor),
            ("functions", self.functions),
            ("tables", self.tables),
            ("queues", self.queues),
            ("workers", self.workers),
            ("traffic", self.traffic),
            ("audio", self.audio),
            ("logs", self.logs),
            ("linked", self.linked),
        ]
    }

    /// All of it.
    pub(super) fn total(&self) -> f64 {
        self.parts().iter().map(|(_, usd)| usd).sum()
    }
}

/// What a month of this usage costs.
pub(super) fn estimate(usage: &Usage, prices: &Prices) -> Bill {
    let month = usage.month();
    Bill {
        floor: f64::from(KEYS) * prices.key + f64::from(SECRETS) * prices.secret + prices.alarms,
        functions: month.requests / MILLION * prices.million_requests + month.gb_seconds * prices.gb_second,
        tables: (month.writes * prices.million_writes + month.reads * prices.million_reads) / MILLION,
        queues: month.messages / MILLION * prices.million_messages,
        workers: month.worker_hours * worker_hour(&month, prices),
        traffic: prices.traffic(month.traffic_gb),
        audio: (month.fetched * PUTS * prices.million_puts + month.found * prices.million_gets) / MILLION
            + month.stored_gb * prices.stored_gb,
        logs: month.log_gb * prices.log_gb + month.counted * VOICE_COUNTERS * prices.counter,
        linked: f64::from(usage.linked) * prices.secret,
    }
}

fn worker_hour(month: &Month, prices: &Prices) -> f64 {
    month.size.vcpu * prices.vcpu_hour + month.size.gb * prices.gb_hour + prices.address_hour
}

#[cfg(test)]
mod tests {
    use testkit::template::{OURS, Template};

    use super::*;
    use crate::cost::prices::LIST;
    use crate::cost::tests::{USED, close};

    #[test]
    fn keys_and_secrets_are_those_of_the_template() {
        let template = Template::parse(OURS).unwrap();
        let count = |kind: &str| u32::try_from(template.of_type(kind).count()).unwrap();
        assert_eq!(count("AWS::KMS::Key"), KEYS);
        assert_eq!(count("AWS::SecretsManager::Secret"), SECRETS);
    }

    #[test]
    fn nothing_costs_the_floor() {
        let idle = estimate(&Usage { commands: 0, minutes: 0, ..USED }, &LIST);
        assert!(close(idle.total(), 7.50), "{idle:?}");
        assert!(close(idle.total(), idle.floor));
    }

    #[test]
    fn parts_are_the_whole() {
        let bill = estimate(&Usage { guilds: 1_000, linked: 10, ..USED }, &LIST);
        let sum: f64 = bill.parts().iter().map(|(_, usd)| usd).sum();
        assert!(close(bill.total(), sum) && close(bill.linked, 4.0));
        assert!(bill.parts().iter().all(|(_, usd)| *usd > 0.0), "{bill:?}");
    }

    /// By hand: a server, a day's 20 commands, no music.
    #[test]
    fn commands_alone_are_as_computed_by_hand() {
        let bill = estimate(&Usage { guilds: 1, minutes: 0, ..USED }, &LIST);
        // 600 commands and 1,200 suggestions, 40 ms of a quarter of a gibibyte each.
        assert!(close(bill.functions, 1_800.0 * 0.000_000_2 + 1_800.0 * 0.01 * 0.000_016_666_7));
        let (writes, reads) =
            (300.0 * 14.0 + 300.0 * 4.0 + 1_200.0 * 2.0, 300.0 * 6.0 + 300.0 * 15.0 + 1_200.0 * 4.0);
        assert!(close(bill.tables, (writes * 0.625 + reads * 0.125) / 1e6));
        assert!(close(bill.queues, 900.0 * 0.000_000_4));
        assert!(close(bill.workers + bill.traffic + bill.audio + bill.logs, 0.0));
    }

    #[test]
    fn more_of_anything_is_never_cheaper() {
        let total = |usage: Usage| estimate(&usage, &LIST).total();
        let mut before = 0.0;
        for guilds in [1, 10, 450, 451, 1_000, 2_500, 2_501, 100_000, 1_000_000, 10_000_000] {
            let base = Usage { guilds, ..USED };
            for more in [
                Usage { commands: base.commands + 1, ..base },
                Usage { minutes: base.minutes + 1, ..base },
                Usage { linked: base.linked + 1, ..base },
            ] {
                assert!(total(more) > total(base), "{more:?}");
            }
            assert!(total(base) > before, "{base:?}");
            before = total(base);
        }
    }
}
