//! One interaction from the signature to its answer: who asks and what for, the gate, the command, the words.

use core::time::Duration;

use jiff::Timestamp;
use shared::discord::envelope::{Interaction, Kind};
use shared::discord::response::{Answer, Visibility};
use shared::discord::words::{Message, Words};
use shared::domain::queue::QueueView;
use shared::ids::GuildId;
use shared::security::access::Allowed;
use shared::security::custom_id::CustomIds;
use shared::security::permissions::Permission;
use shared::security::support_id::SupportId;
use shared::store::StoreError;
use shared::telemetry::StoreOperation;
use tokio::time::{Instant, timeout_at};

use crate::app::{App, Keys};
use crate::ask::Ask;
use crate::caller::Caller;
use crate::debt::Debt;
use crate::gate::{Pass, Visitor};
use crate::refused::Refused;
use crate::report::Report;
use crate::voice::Voice;
use crate::{accounts, autocomplete, cards, commands, components};

/// Discord waits 3 s for the answer, the network included; keys and answer together take 2.2 s at most.
const ANSWER_BUDGET: Duration = Duration::from_millis(1_700);

/// There is nothing to say to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The id was seen before.
    Replayed,
    /// No user is named: not an interaction that Discord sends.
    Nobody,
}

/// Everything that a command works with.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) app: &'a App,
    pub(crate) interaction: &'a Interaction,
    pub(crate) caller: Caller,
    pub(crate) report: &'a Report,
    pub(crate) pass: Pass,
    pub(crate) words: Words,
    pub(crate) custom_ids: Option<&'a CustomIds>,
    /// The tenant as custom ids are bound to it.
    pub(crate) tenant: String,
    /// What the person may quote.
    pub(crate) support: SupportId,
    /// The reply that a worker owes, once there is one.
    pub(crate) debt: &'a Debt,
    pub(crate) now: Timestamp,
}

/// Answers an interaction that Discord has signed.
pub(crate) async fn answer(
    app: &App,
    interaction: &Interaction,
    request_id: Option<&str>,
) -> Result<Answer, NoAnswer> {
    let now = app.now();
    let caller = Caller::of(interaction, &app.config.operators).ok_or(NoAnswer::Nobody)?;
    let keys = app.keys_in_time(now).await;
    let support = SupportId::derive(&keys.pseudonyms, interaction.id);
    let report = Report::new(app.log(request_id, keys.pseudonyms.clone()));
    let debt = Debt::default();
    let room = Room { app, interaction, caller, report: &report, keys: &keys, support, debt: &debt, now };
    let due = Instant::now() + ANSWER_BUDGET;
    let outcome = match timeout_at(due, Box::pin(room.enter())).await {
        Ok(deferred @ Ok(Answer::Deferred(_))) => deferred,
        Ok(direct) => {
            debt.cancel(app, &report, due).await;
            room.with_news(direct, due).await
        }
        // A reply that is owed without a change is ended at its deadline.
        Err(_elapsed) => {
            report.out_of_time();
            debt.deferral_if_made().ok_or(Refused::Unavailable)
        }
    };
    outcome.or_else(|refused| room.refuse(&refused))
}

/// What is known before the gate.
struct Room<'a> {
    app: &'a App,
    interaction: &'a Interaction,
    caller: Caller,
    report: &'a Report,
    keys: &'a Keys,
    support: SupportId,
    debt: &'a Debt,
    now: Timestamp,
}

impl<'a> Room<'a> {
    async fn enter(&self) -> Result<Answer, Refused> {
        let ask = Ask::read(self.interaction, self.keys.custom_ids.as_ref());
        let visitor = Visitor {
            interaction: self.interaction,
            caller: self.caller,
            route: ask.route(),
            subcommand: ask.subcommand(),
            report: self.report,
            now: self.now,
        };
        let judged = Box::pin(visitor.judge(self.app)).await;
        self.app.judged(self.interaction.id, judged.as_ref().err());
        let visit = self.visit(judged?);
        match ask {
            Ask::Command(_, command) => commands::run(&visit, command).await,
            Ask::Complete(_, command) => Ok(autocomplete::run(&visit, command).await),
            Ask::Press(_, action) => components::run(&visit, action).await,
            Ask::Submit(_, action, modal) => components::submitted(&visit, action, modal).await,
            Ask::Unknown(refused) => Err(refused),
        }
    }

    /// What only the caller sees may say something more.
    async fn with_news(&self, answer: Result<Answer, Refused>, due: Instant) -> Result<Answer, Refused> {
        let Ok(Answer::Message(card, Visibility::Private)) = answer else { return answer };
        let news = accounts::news(self.app, self.caller.user(), self.words(None), self.report);
        Ok(Answer::private(match timeout_at(due, Box::pin(news)).await {
            Ok(Some(news)) => card.above(news),
            Ok(None) | Err(_) => card,
        }))
    }

    fn visit(&self, pass: Pass) -> Visit<'a> {
        let words = self.words(pass.settings.locale.as_ref().map(|tag| tag.as_str().to_owned()).as_deref());
        Visit {
            app: self.app,
            interaction: self.interaction,
            caller: self.caller,
            report: self.report,
            pass,
            words,
            custom_ids: self.keys.custom_ids.as_ref(),
            tenant: self.caller.tenant().to_string(),
            support: self.support,
            debt: self.debt,
            now: self.now,
        }
    }

    /// A language that the guild has set comes first, then the user's, then the guild's own in Discord.
    fn words(&self, set: Option<&str>) -> Words {
        let user = set.or(self.interaction.locale.as_deref());
        Words::for_locale(user, self.interaction.guild_locale.as_deref())
    }

    fn refuse(&self, refused: &Refused) -> Result<Answer, NoAnswer> {
        if *refused == Refused::Replayed {
            return Err(NoAnswer::Replayed);
        }
        if *refused == Refused::Unavailable {
            self.report.support(self.support);
        }
        let words = self.words(None);
        Ok(match self.interaction.kind {
            Kind::Autocomplete => autocomplete::refused(words, refused),
            _ => cards::refusal(words, &refused.message(self.support)),
        })
    }
}

impl Visit<'_> {
    /// The approved guild that this is about.
    pub(crate) fn guild(&self) -> Result<GuildId, Refused> {
        self.pass.allowed.map(Allowed::id).ok_or(Refused::GuildOnly)
    }

    /// The way to a worker, where voice is switched on.
    pub(crate) fn voice(&self) -> Option<&Voice> {
        self.app.voice.as_ref()
    }

    /// The queue that the wave has read.
    pub(crate) fn queue(&self) -> Result<&QueueView, Refused> {
        self.pass.queue.as_ref().ok_or(Refused::GuildOnly)
    }

    /// A sentence that everybody in the channel sees.
    pub(crate) fn say(&self, message: &Message) -> Answer {
        cards::said(self.words, message)
    }

    /// A sentence that only the caller sees.
    pub(crate) fn whisper(&self, message: &Message) -> Answer {
        cards::whispered(self.words, message)
    }

    /// The caller lacks a permission that depends on what they asked for.
    pub(crate) fn not_permitted(&self, needs: Permission) -> Refused {
        self.report.not_permitted(&self.caller, "option", needs, self.now);
        Refused::NotPermitted { needs, dj_role: self.pass.settings.dj_role }
    }

    /// A read that failed becomes "try again".
    pub(crate) fn read<T>(&self, read: Result<T, StoreError>) -> Result<T, Refused> {
        read.map_err(|error| self.failed(StoreOperation::Read, &error))
    }

    /// A write that failed becomes "try again", one that lost every race "busy".
    pub(crate) fn wrote<T>(&self, wrote: Result<T, StoreError>) -> Result<T, Refused> {
        wrote.map_err(|error| self.failed(StoreOperation::Write, &error))
    }

    /// What a failed store means to the person.
    pub(crate) fn failure(&self, error: &StoreError) -> Refused {
        self.failed(StoreOperation::Write, error)
    }

    fn failed(&self, operation: StoreOperation, error: &StoreError) -> Refused {
        self.report.store_failed(operation, error);
        match error {
            StoreError::Contended { .. } => Refused::Busy,
            StoreError::Unavailable { .. } | StoreError::Corrupt { .. } => Refused::Unavailable,
        }
    }
}
