//! What comes after the door, in this order: replay → access → containment → rate → permission (SPEC T15, W20, W24).
//! One parallel wave asks everything; the judgement is in the fixed order, whatever answered first.

use jiff::Timestamp;
use shared::discord::envelope::{Interaction, Kind};
use shared::domain::access::Tenant;
use shared::domain::containment::{Effect, Knowledge};
use shared::domain::incident::Alert;
use shared::domain::queue::QueueView;
use shared::domain::settings::GuildSettings;
use shared::ids::GuildId;
use shared::messages::Order;
use shared::security::access::{self, Allowed, Denied, GuildView, Place, Unreadable, works_without_approval};
use shared::security::permissions::Holder;
use shared::security::replay::FirstSight;
use shared::store::StoreError;
use shared::store::access::DenialOutcome;
use shared::telemetry::StoreOperation;

use crate::App;
use crate::caller::Caller;
use crate::limits::{self, Verdict};
use crate::orders;
use crate::refused::Refused;
use crate::report::Report;
use crate::routes::Route;

/// Somebody at the gate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor<'a> {
    pub(crate) interaction: &'a Interaction,
    pub(crate) caller: Caller,
    pub(crate) route: &'static Route,
    pub(crate) subcommand: Option<&'a str>,
    pub(crate) report: &'a Report,
    pub(crate) now: Timestamp,
}

/// Past the gate: who they are here, and what the wave has read on the way.
#[derive(Debug)]
pub(crate) struct Pass {
    /// The proof of an approved guild; `None` where the command works without one.
    pub(crate) allowed: Option<Allowed<GuildId>>,
    pub(crate) holder: Holder,
    pub(crate) settings: GuildSettings,
    /// The queue as the wave saw it, where the route reads it.
    pub(crate) queue: Option<QueueView>,
}

/// What the rows say about the tenant: `view` is `None` outside of guilds.
struct Standing {
    view: Option<Result<GuildView, Unreadable>>,
    flag: Knowledge,
}

/// Everything that the wave brought back.
struct Wave {
    seen: Result<FirstSight, StoreError>,
    standing: Standing,
    rate: Result<Verdict, StoreError>,
    settings: Result<GuildSettings, StoreError>,
    queue: Option<Result<QueueView, StoreError>>,
}

impl Visitor<'_> {
    /// Asks everything at once and judges in order.
    pub(crate) async fn judge(&self, app: &App) -> Result<Pass, Refused> {
        let wave = Box::pin(self.gather(app)).await;
        self.first_sight(wave.seen)?;
        let allowed = self.access(app, &wave.standing).await?;
        if wave.standing.flag.effect(self.route.touch) == Effect::Paused {
            return Err(Refused::Paused);
        }
        limits::judge(self, app, wave.rate)?;
        let settings = self.read(wave.settings)?;
        let holder = self.permission(&settings)?;
        let queue = wave.queue.map(|queue| self.read(queue)).transpose()?;
        Ok(Pass { allowed, holder, settings, queue })
    }

    /// Autocompletion fires at each keystroke: it is no command and counts for neither bans nor command limits.
    pub(crate) fn is_autocomplete(&self) -> bool {
        self.interaction.kind == Kind::Autocomplete
    }

    async fn gather(&self, app: &App) -> Wave {
        let (seen, standing, rate, settings, queue) = tokio::join!(
            app.replay.first_sight(self.caller.tenant(), self.interaction.id, self.now),
            self.standing(app),
            limits::ask(self, app),
            self.settings(app),
            self.queue(app),
        );
        Wave { seen, standing, rate, settings, queue }
    }

    async fn settings(&self, app: &App) -> Result<GuildSettings, StoreError> {
        match self.caller.guild() {
            Some(guild) => Ok(app.settings.load(guild).await?.settings),
            None => Ok(GuildSettings::default()),
        }
    }

    async fn queue(&self, app: &App) -> Option<Result<QueueView, StoreError>> {
        let guild = self.caller.guild().filter(|_| self.route.queue && !self.is_autocomplete())?;
        Some(app.queue.view(guild, self.now).await)
    }

    fn first_sight(&self, seen: Result<FirstSight, StoreError>) -> Result<(), Refused> {
        match seen.map_err(|error| self.guard_failed(&error))? {
            FirstSight::Fresh => Ok(()),
            FirstSight::SeenBefore => Err(Refused::Replayed),
        }
    }

    async fn standing(&self, app: &App) -> Standing {
        let Tenant::Guild(guild) = self.caller.tenant() else {
            return Standing { view: None, flag: app.flag(self.report, self.now).await };
        };
        if let (Some(view), Some(level)) =
            (app.standings.guild(guild, self.now), app.standings.level(self.now))
        {
            return Standing { view: Some(Ok(view)), flag: Knowledge::Level(level) };
        }
        match app.access.read(guild).await {
            Ok(read) => {
                app.standings.put_guild(read.guild.clone(), self.now);
                app.standings.put_level(read.containment, self.now);
                Standing { view: Some(Ok(read.guild)), flag: Knowledge::Level(read.containment) }
            }
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                Standing { view: Some(Err(Unreadable)), flag: app.standings.last_level() }
            }
        }
    }

    async fn access(&self, app: &App, standing: &Standing) -> Result<Option<Allowed<GuildId>>, Refused> {
        let (place, verdict) = match &standing.view {
            None => (Place::Dm, None),
            Some(view) => {
                // An app that only the user installed is theirs wherever they use it (SPEC T15).
                let installed = &self.interaction.installed_by;
                let own = installed.by_user() && !installed.by_guild();
                let manage_guild = self.caller.manages_guild();
                let place = if own { Place::Dm } else { Place::Guild { manage_guild } };
                (place, Some(access::judge(view.as_ref().map_err(|unreadable| *unreadable), self.now)))
            }
        };
        let operator = self.caller.is_operator();
        let open = works_without_approval(self.route.command, self.subcommand, place, operator);
        match verdict {
            Some(Ok(allowed)) => Ok(Some(allowed)),
            _ if open => Ok(None),
            None => Err(Refused::GuildOnly),
            Some(Err(denied)) => Err(self.deny(app, denied).await),
        }
    }

    /// A denial is logged and counted; too many make a ban, and each ban is told once (SPEC T15, T16).
    async fn deny(&self, app: &App, denied: Denied) -> Refused {
        self.report.denied(&self.caller, self.route.command, denied, self.now);
        let counts = denied.counts() && !self.is_autocomplete();
        let Some(guild) = self.caller.guild().filter(|_| counts) else { return Refused::Access(denied) };
        match app.access.count_denial(guild, self.now).await {
            Ok(DenialOutcome::Counted { .. }) => Refused::Access(denied),
            Ok(DenialOutcome::Banned { until, newly }) => {
                app.standings.forget(guild);
                if newly {
                    self.report.banned(guild, self.now);
                    // The ban stands without it; that nobody was told is in the log.
                    let raise = Order::Raise { alert: Alert::GuildBanned, label: None };
                    let _ = orders::give(app, self.report, raise, self.now).await;
                }
                Refused::Access(Denied::Banned { until })
            }
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                Refused::Access(denied)
            }
        }
    }

    fn permission(&self, settings: &GuildSettings) -> Result<Holder, Refused> {
        let holder = self.caller.holder(self.interaction, settings);
        let needs = self.route.permission;
        if holder.may(needs) {
            return Ok(holder);
        }
        self.report.not_permitted(&self.caller, self.route.command, needs, self.now);
        Err(Refused::NotPermitted { needs, dj_role: settings.dj_role })
    }

    fn read<T>(&self, read: Result<T, StoreError>) -> Result<T, Refused> {
        read.map_err(|error| {
            self.report.store_failed(StoreOperation::Read, &error);
            Refused::Unavailable
        })
    }

    /// What guards the bot failed: nothing goes on (SPEC W1).
    pub(crate) fn guard_failed(&self, error: &StoreError) -> Refused {
        self.report.store_failed(StoreOperation::Guard, error);
        Refused::Unavailable
    }
}
