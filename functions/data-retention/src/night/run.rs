//! One run, page by page, until it is over or our time is.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::messages::RetentionRun;
use shared::store::walk::Page;
use shared::store::{Item, StoreError, Table};
use shared::telemetry::Telemetry;

use super::apply::apply;
use super::checkpoint::{BadCheckpoint, Checkpoint, Place, tables};
use super::plan::{Found, plan};
use super::policy::Policy;
use super::store::Store;
use super::tally::Tally;
use super::{logs, summary, users};
use crate::app::App;
use crate::checkpoint::{self, CheckpointError, Written};

/// What is left of our time when we stop: enough for what is under way.
const SPARE: SignedDuration = SignedDuration::from_secs(60);
/// Users' secrets that are judged together.
const SOME: usize = 50;

/// What a run says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Night {
    /// Whether it only says what it would do.
    pub dry_run: bool,
    /// What was signed at its beginning; not by a dry run, nor by whoever goes on.
    pub checkpoint: Option<Written>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// Rows that ended until then had to go.
    pub ended_by: Timestamp,
    /// Whether nothing is left; else another invocation goes on.
    pub over: bool,
    /// What was done so far.
    pub tally: Tally,
}

/// Why a run could not go on. It begins again where it was; what was done is not there any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NightError {
    /// Nothing goes before it is signed where the audit chains end.
    #[error(transparent)]
    Unsigned(#[from] CheckpointError),
    /// A table could not be read.
    #[error(transparent)]
    Rows(#[from] StoreError),
    /// The log groups could not be listed to the end.
    #[error("log groups cannot be listed: {code}")]
    Logs {
        /// For the log.
        code: String,
    },
    /// Users' secrets could not be listed to the end, so none was touched.
    #[error("secrets cannot be listed: {code}")]
    Users {
        /// For the log.
        code: String,
    },
    /// What was handed on is none of ours.
    #[error(transparent)]
    Handed(#[from] BadCheckpoint),
    /// We could not invoke ourselves.
    #[error("the run cannot be continued: {code}")]
    Continue {
        /// For the log.
        code: String,
    },
    /// It has gone on for too long.
    #[error("the run has gone on for too many rounds")]
    Endless,
}

impl NightError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Unsigned(_) => "unsigned",
            Self::Rows(error) => error.code(),
            Self::Logs { code } | Self::Users { code } | Self::Continue { code } => code,
            Self::Handed(_) => "checkpoint",
            Self::Endless => "too_many_rounds",
        }
    }
}

/// Runs from its beginning or from where it was; hands over to ourselves when the time is over, and sums up at the end.
pub(crate) async fn run(
    app: &App,
    run: &RetentionRun,
    deadline: Timestamp,
    log: &Telemetry,
) -> Result<Night, NightError> {
    let checkpoint = match run.checkpoint() {
        Some(handed) => Checkpoint::read(handed)?,
        None => Checkpoint::new(app.clock.now()),
    };
    let is_first = checkpoint.round == 0 && !run.is_dry();
    let signed = if is_first { Some(checkpoint::write(app, log).await?) } else { None };
    let until = deadline.saturating_sub(SPARE).unwrap_or(Timestamp::MIN);
    Walker { app, log, until, signed, dry_run: run.is_dry(), run: checkpoint }.walk().await
}

struct Walker<'a> {
    app: &'a App,
    log: &'a Telemetry,
    until: Timestamp,
    signed: Option<Written>,
    dry_run: bool,
    run: Checkpoint,
}

impl Walker<'_> {
    async fn walk(mut self) -> Result<Night, NightError> {
        loop {
            if self.is_late() && self.run.place != Place::Over {
                return self.go_on().await;
            }
            match self.run.place.clone() {
                Place::Rows { table: Store::Table(table), after } if tables().any(|one| one == table) => {
                    let page = self.app.walk.page(table, after.as_ref()).await?;
                    let next = page.next.clone();
                    let found = self.settings(table, page).await?;
                    self.saw(found.len());
                    self.judge(found).await;
                    self.run.after_page(table, next);
                }
                // Only what was handed on could say so.
                Place::Rows { .. } => return Err(BadCheckpoint.into()),
                Place::Logs => {
                    let found = logs::found(self.app).await.map_err(|code| NightError::Logs { code })?;
                    self.saw(found.len());
                    self.judge(found).await;
                    self.run.place = Place::Users { after: None };
                }
                Place::Users { .. } => self.users().await?,
                Place::Over => {
                    summary::tell(&self.run, self.dry_run, self.log);
                    return Ok(self.said(true));
                }
            }
        }
    }

    fn is_late(&self) -> bool {
        self.app.clock.now() >= self.until
    }

    /// What this is judged by. A clock that was set back meanwhile makes less due.
    fn at(&self) -> Timestamp {
        self.run.started_at.min(self.app.clock.now())
    }

    /// Rows as they are, but settings with what they depend on.
    async fn settings(&self, table: Table, page: Page) -> Result<Vec<Found>, StoreError> {
        let mut found = Vec::with_capacity(page.items.len());
        for item in page.items {
            let is_settings = table == Table::GuildState && is(&item, "sk", "settings");
            let Some(guild) = item.get("guild").filter(|_| is_settings).and_then(|guild| guild.as_s().ok())
            else {
                found.push(Found::Row(table, item));
                continue;
            };
            let access = self.app.walk.partition(Table::GuildAccess, guild, None).await?.items;
            found.push(Found::Settings(item, access.into_iter().find(|row| is(row, "sk", "access"))));
        }
        Ok(found)
    }

    fn saw(&mut self, more: usize) {
        self.run.tally.seen = self.run.tally.seen.saturating_add(more as u64);
    }

    async fn judge(&mut self, found: Vec<Found>) {
        let policy = Policy::STANDARD;
        let plan = plan(self.at(), found, &policy, self.run.tally.left_of(policy.room));
        let tally = apply(self.app, plan, self.dry_run, self.log).await;
        self.run.tally.add(tally);
    }

    /// All secrets are listed first, by each invocation anew; then those that are old enough are judged.
    async fn users(&mut self) -> Result<(), NightError> {
        let listed = users::listed(self.app).await.map_err(|code| NightError::Users { code })?;
        if self.run.place == (Place::Users { after: None }) {
            self.saw(listed.len());
        }
        let (at, policy) = (self.at(), Policy::STANDARD);
        let done = |user| matches!(self.run.place, Place::Users { after: Some(after) } if user <= after);
        let old: Vec<_> = listed
            .into_iter()
            .filter(|(user, changed_at)| !done(*user) && policy.is_old_enough(*changed_at, at))
            .collect();
        for some in old.chunks(SOME) {
            if self.is_late() {
                return Ok(());
            }
            let found = users::found(self.app, some).await?;
            self.judge(found).await;
            self.run.place = Place::Users { after: some.last().map(|(user, _)| *user) };
        }
        self.run.place = Place::Over;
        Ok(())
    }

    async fn go_on(self) -> Result<Night, NightError> {
        let said = self.said(false);
        let next = self.run.next_round().ok_or(NightError::Endless)?;
        let next = RetentionRun::new(self.dry_run).after(next.to_map()?);
        let sent = self.app.itself.run(&next).await;
        sent.map(|()| said).map_err(|error| NightError::Continue { code: error.code().to_owned() })
    }

    fn said(&self, over: bool) -> Night {
        Night {
            dry_run: self.dry_run,
            checkpoint: self.signed,
            started_at: self.run.started_at,
            ended_by: Policy::STANDARD.ended_by(self.run.started_at),
            over,
            tally: self.run.tally.clone(),
        }
    }
}

fn is(item: &Item, attribute: &str, text: &str) -> bool {
    item.get(attribute).and_then(|value| value.as_s().ok()).is_some_and(|value| value == text)
}
