//! All sessions: who may log in, and who is told what.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Close;
use super::frame::{Identify, Resume};
use super::session::Session;
use crate::config::{ApplicationConfig, GatewayRules};
use crate::ids::{ApplicationId, UserId};
use crate::world::{Audience, Dispatch};

/// `GUILD_MEMBERS`, `GUILD_PRESENCES` and `MESSAGE_CONTENT`: Discord gives them on application only.
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;

/// Something for a socket to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    /// Send this.
    Text(String),
    /// Hang up.
    Close(u16),
}

/// The sessions of all bots.
#[derive(Debug)]
pub(crate) struct Hub {
    applications: Vec<ApplicationConfig>,
    rules: GatewayRules,
    sessions: BTreeMap<String, Session>,
    identified: u32,
    refuse_resume: bool,
    reset_at: Option<Timestamp>,
}

impl Hub {
    pub(crate) fn new(applications: Vec<ApplicationConfig>, rules: GatewayRules) -> Self {
        Self {
            applications,
            rules,
            sessions: BTreeMap::new(),
            identified: 0,
            refuse_resume: false,
            reset_at: None,
        }
    }

    /// Whose token it is. The prefix `Bot ` is optional here, as it is at Discord's gateway.
    pub(crate) fn application(&self, token: &str) -> Option<ApplicationId> {
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        self.applications.iter().find(|one| one.token == token).map(|one| one.id)
    }

    /// Op 2. Whoever has used up the day's IDENTIFYs finds the token reset, as Discord does.
    pub(super) fn identify(
        &mut self,
        identify: &Identify,
        id: &str,
        line: &mpsc::Sender<Out>,
    ) -> Result<ApplicationId, Close> {
        let application = self.application(&identify.token).ok_or(Close::AuthenticationFailed)?;
        self.check_intents(identify.intents)?;
        if self.rules.identifies == 0 {
            return Err(Close::AuthenticationFailed);
        }
        self.rules.identifies -= 1;
        self.identified += 1;
        self.sessions.insert(id.to_owned(), Session::new(application, identify.intents, line.clone()));
        Ok(application)
    }

    fn check_intents(&self, intents: u64) -> Result<(), Close> {
        let beyond = intents & !(GatewayRules::BASE_INTENTS | self.rules.further_intents);
        if beyond & PRIVILEGED != 0 {
            return Err(Close::DisallowedIntents);
        }
        if beyond != 0 { Err(Close::InvalidIntents) } else { Ok(()) }
    }

    /// Op 6. None: the client has to identify (op 9).
    pub(super) fn resume(&mut self, resume: &Resume, line: &mpsc::Sender<Out>) -> Option<ApplicationId> {
        let application = self.application(&resume.token)?;
        if self.refuse_resume {
            return None;
        }
        let session =
            self.sessions.get_mut(&resume.session_id).filter(|one| one.application == application)?;
        session.resume(resume.seq, line.clone())?;
        Some(application)
    }

    /// Sends an event to one session.
    pub(super) fn tell(&mut self, session: &str, event: &str, data: &Value) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.dispatch(event, data);
        }
    }

    /// Sends what happened to all whom it concerns.
    pub(crate) fn dispatch(&mut self, dispatches: &[Dispatch]) {
        for dispatch in dispatches {
            for session in self.sessions.values_mut().filter(|session| concerns(dispatch, session)) {
                session.dispatch(dispatch.event, &session.reads(dispatch));
            }
        }
    }

    /// The socket is gone. Whether the session waits for a resume.
    pub(super) fn disconnected(&mut self, session: &str, line: &mpsc::Sender<Out>) -> bool {
        let Some(found) =
            self.sessions.get_mut(session).filter(|one| one.talks_on(line) || !one.is_connected())
        else {
            return false;
        };
        found.disconnect();
        true
    }

    /// Forgets a session that nobody resumed. Whose it was.
    pub(crate) fn expire(&mut self, session: &str) -> Option<ApplicationId> {
        if self.sessions.get(session)?.is_connected() {
            return None;
        }
        self.sessions.remove(session).map(|one| one.application)
    }

    /// Hangs up on everybody.
    pub(crate) fn hang_up(&mut self, code: u16) {
        self.sessions.values_mut().for_each(|session| session.hang_up(code));
    }

    /// Whether a bot is logged in.
    pub(crate) fn is_online(&self, bot: UserId) -> bool {
        self.sessions.values().any(|session| session.application.cast() == bot && session.is_connected())
    }

    /// How many IDENTIFYs were accepted.
    pub(crate) fn identified(&self) -> u32 {
        self.identified
    }

    pub(crate) fn refuse_resume(&mut self, refuse: bool) {
        self.refuse_resume = refuse;
    }

    pub(crate) fn set_identifies(&mut self, left: u32) {
        self.rules.identifies = left;
    }

    /// What `GET /gateway/bot` says (Discord: "Session Start Limit").
    pub(crate) fn start_limit(&mut self, now: Timestamp) -> Value {
        let day = Duration::from_hours(24);
        let reset = *self.reset_at.get_or_insert(now + day);
        json!({
            "total": GatewayRules::IDENTIFIES_PER_DAY,
            "remaining": self.rules.identifies,
            "reset_after": (reset.as_millisecond() - now.as_millisecond()).max(0),
            "max_concurrency": self.rules.max_concurrency,
        })
    }
}

fn concerns(dispatch: &Dispatch, session: &Session) -> bool {
    let addressed = match dispatch.to {
        Audience::Guild => true,
        Audience::Bot(bot) => session.application.cast() == bot,
    };
    addressed && session.wants(dispatch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::ids::GuildId;

    const TOKEN: &str = "simulated.bot.token";

    fn hub() -> (Hub, mpsc::Sender<Out>, mpsc::Receiver<Out>) {
        let config = Config::default();
        let (line, out) = mpsc::channel(16);
        (Hub::new(config.applications, config.gateway), line, out)
    }

    fn identify(intents: u64) -> Identify {
        Identify { token: format!("Bot {TOKEN}"), intents }
    }

    #[test]
    fn only_the_right_token_and_modest_intents_get_in() {
        let (mut hub, line, _out) = hub();
        let wrong = Identify { token: "x".into(), intents: 1 };
        assert_eq!(hub.identify(&wrong, "s", &line), Err(Close::AuthenticationFailed));
        assert_eq!(hub.identify(&identify(1 << 15), "s", &line), Err(Close::DisallowedIntents));
        assert_eq!(hub.identify(&identify(1 << 9), "s", &line), Err(Close::InvalidIntents));
        assert_eq!(hub.identify(&identify(129), "s", &line), Ok(ApplicationId::new(9001)));
        assert!(hub.is_online(UserId::new(9001)));
    }

    #[test]
    fn the_days_identifies_run_out() {
        let (mut hub, line, _out) = hub();
        hub.set_identifies(1);
        hub.identify(&identify(1), "s", &line).unwrap();
        assert_eq!(hub.identify(&identify(1), "t", &line), Err(Close::AuthenticationFailed));
        let noon = "2026-01-02T12:00:00Z".parse().unwrap();
        assert_eq!(hub.start_limit(noon)["remaining"], 0);
        assert_eq!(hub.start_limit(noon)["reset_after"], 86_400_000);
        assert_eq!(hub.identified(), 1);
    }

    #[test]
    fn a_session_is_resumed_by_its_own_bot_and_only_if_allowed() {
        let (mut hub, line, _out) = hub();
        hub.identify(&identify(1), "s", &line).unwrap();
        let resume = |id: &str| Resume { token: TOKEN.into(), session_id: id.into(), seq: 0 };
        assert!(hub.resume(&resume("unknown"), &line).is_none());
        assert!(hub.resume(&resume("s"), &line).is_some());
        hub.refuse_resume(true);
        assert!(hub.resume(&resume("s"), &line).is_none());
    }

    #[test]
    fn a_voice_server_is_told_to_its_bot_alone() {
        let (mut hub, line, mut out) = hub();
        hub.identify(&identify(1), "s", &line).unwrap();
        let to = |to| Dispatch { guild: GuildId::new(1000), to, event: "X", data: json!({}) };
        hub.dispatch(&[to(Audience::Bot(UserId::new(5)))]);
        assert!(out.try_recv().is_err());
        hub.dispatch(&[to(Audience::Bot(UserId::new(9001)))]);
        assert!(out.try_recv().is_ok());
    }

    #[test]
    fn without_the_intent_a_bot_hears_of_its_own_voice_state_only() {
        let (mut hub, line, mut out) = hub();
        hub.identify(&identify(1), "s", &line).unwrap();
        let state = |user: &str| Dispatch {
            guild: GuildId::new(1000),
            to: Audience::Guild,
            event: "VOICE_STATE_UPDATE",
            data: json!({ "user_id": user }),
        };
        hub.dispatch(&[state("5001")]);
        assert!(out.try_recv().is_err());
        hub.dispatch(&[state("9001")]);
        assert!(out.try_recv().is_ok());
    }

    #[test]
    fn a_session_that_was_taken_over_is_not_ended_by_its_old_socket() {
        let (mut hub, line, _out) = hub();
        hub.identify(&identify(1), "s", &line).unwrap();
        let (newer, _newer_out) = mpsc::channel(16);
        hub.resume(&Resume { token: TOKEN.into(), session_id: "s".into(), seq: 0 }, &newer).unwrap();
        assert!(!hub.disconnected("s", &line));
        assert!(hub.expire("s").is_none());
        assert!(hub.disconnected("s", &newer));
        assert!(hub.expire("s").is_some());
    }
}
