//! What can go wrong, switched on and off while everything runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::accounts::AccountsFault;
use crate::ids::{GuildId, UserId};
use crate::voice::UdpFault;

/// Something that goes wrong. Tagged by `fault` in JSON: `{"fault": "close_voice", "guild": "1000", …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// The voice server hangs up on a bot. After 4006, 4009, 4011, 4014 and 4022 its session is gone, too.
    CloseVoice {
        /// In which guild.
        guild: GuildId,
        /// On whom.
        bot: UserId,
        /// With which code.
        code: u16,
    },
    /// The main gateway hangs up on everybody.
    CloseGateway {
        /// With which code.
        code: u16,
    },
    /// Bots are put out of voice by a moderator.
    Kick {
        /// In which guild.
        guild: GuildId,
        /// Whom.
        user: UserId,
    },
    /// Bots are told that a guild is gone (`GUILD_DELETE`): it sent them away, or Discord has an outage. Whoever logs in
    /// later sees it as before.
    GuildGone {
        /// Which guild.
        guild: GuildId,
        /// Whether it is an outage.
        outage: bool,
    },
    /// Another voice server takes the guild over (a new `VOICE_SERVER_UPDATE`).
    MoveRegion {
        /// Which guild.
        guild: GuildId,
        /// Who is told.
        bot: UserId,
    },
    /// A bad network between clients and voice servers.
    Udp(UdpFault),
    /// Bots are let into no voice channel, as where a permission is missing; Discord says nothing to them.
    ShutOut {
        /// On or off.
        on: bool,
    },
    /// Voice servers choose DAVE version 0 for whoever joins from now on.
    RefuseDave {
        /// On or off.
        on: bool,
    },
    /// The gateway answers every RESUME with an invalid session.
    RefuseResume {
        /// On or off.
        on: bool,
    },
    /// That many IDENTIFYs are left for today.
    Identifies {
        /// 0: the next one finds the token reset (4004).
        left: u32,
    },
    /// REST fails.
    Rest(RestFault),
    /// A service whose accounts are linked fails.
    Accounts(AccountsFault),
    /// REST works again, and so do UDP and the services; nothing else is taken back.
    Mend,
}

/// How REST fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestFault {
    /// Only requests whose method and path contain this, as in `PATCH /webhooks`; empty: all.
    #[serde(default)]
    pub only: String,
    /// How often; none: until mended.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub kind: RestFaultKind,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestFaultKind {
    /// 429.
    RateLimited {
        /// How many seconds to wait.
        retry_after: f64,
        /// Whether it is the limit of the whole bot.
        #[serde(default)]
        global: bool,
    },
    /// An error of Discord's own, such as 500 or 503.
    Status(u16),
    /// No answer for so many seconds.
    Hang(u64),
}

/// All faults of REST, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct RestFaults(Vec<RestFault>);

impl RestFaults {
    pub(crate) fn add(&mut self, fault: RestFault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What happens to this request; it counts against the fault's times.
    pub(crate) fn hit(&mut self, method: &str, path: &str) -> Option<RestFaultKind> {
        let request = format!("{method} {path}");
        self.0.retain(|fault| fault.times != Some(0));
        let fault = self.0.iter_mut().find(|fault| request.contains(&fault.only))?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.kind)
    }
}

impl RestFaultKind {
    /// How long a request hangs.
    pub(crate) fn hang(self) -> Option<Duration> {
        match self {
            Self::Hang(seconds) => Some(Duration::from_secs(seconds)),
            Self::RateLimited { .. } | Self::Status(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_hits_what_it_names_as_often_as_it_says() {
        let mut faults = RestFaults::default();
        let kind = RestFaultKind::Status(500);
        faults.add(RestFault { only: "PATCH /webhooks".into(), times: Some(2), kind });
        assert_eq!(faults.hit("GET", "/webhooks/1/t"), None);
        let hits = (0..3).filter(|_| faults.hit("PATCH", "/webhooks/1/t").is_some()).count();
        assert_eq!(hits, 2);
        faults.add(RestFault { only: String::new(), times: None, kind });
        assert_eq!(faults.hit("GET", "/"), Some(kind));
        faults.clear();
        assert_eq!(faults.hit("GET", "/"), None);
    }

    #[test]
    fn faults_are_written_as_flat_json() {
        let read = |value| serde_json::from_value::<Fault>(value).unwrap();
        let close = json!({ "fault": "close_voice", "guild": "1000", "bot": "9001", "code": 4006 });
        let expected = Fault::CloseVoice { guild: GuildId::new(1000), bot: UserId::new(9001), code: 4006 };
        assert_eq!(read(close), expected);
        let udp = json!({ "fault": "udp", "drop_percent": 5 });
        assert_eq!(read(udp), Fault::Udp(UdpFault { drop_percent: 5, ..UdpFault::default() }));
        let rest = json!({ "fault": "rest", "kind": { "rate_limited": { "retry_after": 0.5 } } });
        let kind = RestFaultKind::RateLimited { retry_after: 0.5, global: false };
        assert_eq!(read(rest), Fault::Rest(RestFault { only: String::new(), times: None, kind }));
        assert_eq!(read(json!({ "fault": "mend" })), Fault::Mend);
    }
}
