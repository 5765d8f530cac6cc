//! `timmy status`: how the bot does, as members are told, and for operators how far it is contained, by whom, why, and
//! what goes on. From the tables themselves: the page that members see is made of the same.

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde_json::json;
use shared::domain::containment::{By, Containment, RESUME_OPEN_FOR, Raised};
use shared::domain::incident::Incident;
use shared::domain::status::{Overall, State, StatusDocument};
use shared::store::Db;
use shared::store::flags::FlagStore;
use shared::store::incidents::IncidentStore;

use crate::incidents::{self, instant};
use crate::say;
use crate::stack::Stack;

/// How many of the latest incidents are looked through for what has been.
const LATEST: usize = 100;

/// How it is looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: Stack,
}

/// What there is to say.
struct Found {
    flag: Containment,
    document: StatusDocument,
    open: Vec<Incident>,
    now: Timestamp,
}

impl Status {
    /// Looks and says it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let sdk = self.stack.sdk();
        let db = Db::new(shared::store::client(&sdk), &self.stack.table_prefix);
        let found = Found::read(&db, now).await?;
        say::line(&if self.json { serde_json::to_string_pretty(&found.json())? } else { found.words() });
        Ok(())
    }
}

impl Found {
    async fn read(db: &Db, now: Timestamp) -> Result<Self> {
        let store = IncidentStore::new(db.clone());
        let flag = FlagStore::new(db.clone()).read().await.context("reading the flag")?;
        let open = incidents::open(&store).await?;
        let mut all = store.recent(LATEST, None, now).await.context("reading the latest incidents")?;
        let older = open.iter().filter(|open| all.iter().all(|known| known.id != open.id));
        let older: Vec<_> = older.cloned().collect();
        all.extend(older);
        let document = StatusDocument::of(&all, flag.level(), now);
        Ok(Self { flag, document, open, now })
    }

    fn json(&self) -> serde_json::Value {
        let raised = self.flag.raised();
        json!({
            "level": self.flag.level().number(),
            "raised_at": raised.map(|raised| raised.act().at),
            "raised_by": raised.map(|raised| by(raised.act().by)),
            "reason": raised.map(|raised| raised.reason().as_str()),
            "resume_asked_at": raised.and_then(Raised::resume).map(|asked| asked.at),
            "status": self.document,
            "open": self.open,
        })
    }

    fn words(&self) -> String {
        let mut lines = vec![overall(self.document.overall).to_owned(), self.contained()];
        lines.extend(self.asked());
        lines.push(String::new());
        lines.extend(
            self.document
                .components
                .iter()
                .map(|part| format!("{:<26}{}", part.component.name(), state(part.state))),
        );
        lines.push(String::new());
        lines.push(incidents::list(&self.open, false));
        lines.join("\n")
    }

    fn contained(&self) -> String {
        let level = self.flag.level().number();
        self.flag.raised().map_or_else(
            || "Nothing is contained (L0).".to_owned(),
            |raised| {
                let act = raised.act();
                let reason: String = raised.reason().as_str().chars().filter(|c| !c.is_control()).collect();
                format!("Contained to L{level} since {} by {}: {reason}", instant(act.at), by(act.by))
            },
        )
    }

    /// Whether somebody waits for a second person.
    fn asked(&self) -> Option<String> {
        let asked = self.flag.raised().and_then(Raised::resume)?;
        let until = asked.at.saturating_add(RESUME_OPEN_FOR).unwrap_or(Timestamp::MAX);
        let who = by(asked.by);
        (self.now < until).then(|| {
            format!("To resume, {who} asked; a second operator can say yes until {}.", instant(until))
        })
    }
}

fn by(by: By) -> String {
    by.person().map_or_else(|| "the alarms".to_owned(), |user| format!("operator {user}"))
}

const fn overall(overall: Overall) -> &'static str {
    match overall {
        Overall::Operational => "Everything works.",
        Overall::Disturbed => "Something does not work as it should.",
        Overall::Paused => "The bot is paused.",
        Overall::LockedDown => "The bot is locked down.",
        Overall::Unknown => "It cannot be told just now.",
    }
}

const fn state(state: State) -> &'static str {
    match state {
        State::Works => "works",
        State::Disturbed => "disturbed",
        State::Paused => "paused",
        State::Unknown => "unknown",
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
