//! The one gate (SPEC W1, W17, W22 to W27): address limit → route → credential → community → limit → containment →
//! permission → query. What the first of them refuses, the later ones do not see.

use jiff::Timestamp;
use shared::domain::containment::{Effect, Knowledge, Level};
use shared::http_error::{ErrorCode, HttpError};
use shared::http_event::{HeaderFault, HttpAnswer, HttpEvent};
use shared::ids::GuildId;
use shared::security::access::{self, Denied, Unreadable};
use shared::security::permissions::Role;
use shared::security::rate_limit::{Decision, Limit, LimitScope, Subject, Tier};
use shared::store::api_keys::KeyTenant;
use shared::telemetry::StoreOperation;

use crate::app::App;
use crate::body::{self, BODY_MAX};
use crate::caller::{Caller, NotCaller, authenticate};
use crate::handlers::{
    audit, guilds, incidents, keys, me, playback, privacy, public, queue, roles, sessions, settings, status,
};
use crate::rate_headers::Quota as Window;
use crate::reply::{Reply, guarded};
use crate::report::Report;
use crate::routes::{Found, Quota, Route, RouteId, Where, Who};
use crate::visit::{Community, Visit, forbidden, missing_community, unavailable};

/// The header that names a community.
const COMMUNITY: &str = "X-Community-ID";

/// What stands in the places of a path, by their names.
type Places<'a> = Vec<(&'a str, &'a str)>;

/// A request at the gate.
struct Door<'a> {
    app: &'a App,
    request: &'a HttpEvent,
    report: &'a Report,
    now: Timestamp,
}

/// What a request is answered with, and what its caller has left.
struct Outcome {
    answer: Result<Reply, HttpError>,
    window: Window,
}

/// Answers a request.
pub(crate) async fn answer(app: &App, request: &HttpEvent) -> HttpAnswer {
    let now = app.clock.now();
    let log = app.log(request.request_id(), now).await;
    let report = Report::new(log, request);
    let door = Door { app, request, report: &report, now };
    let Outcome { answer, window } = Box::pin(door.judge()).await;
    let answer = match answer {
        Ok(reply) => reply.into_answer(),
        Err(error) => door.refusal(&error, &window),
    };
    window.tell(guarded(answer), now)
}

impl<'a> Door<'a> {
    /// With what its status demands (RFC 9110, sections 11.6.1, 15.5.6 and 15.5.14; RFC 6585, section 4).
    fn refusal(&self, error: &HttpError, window: &Window) -> HttpAnswer {
        let answer = error.answer(self.request.request_id());
        match error.code() {
            ErrorCode::InvalidInput if error.status() == 405 => {
                answer.header("allow", self.methods().join(", "))
            }
            ErrorCode::InvalidToken => {
                answer.header("www-authenticate", "Bearer realm=\"TimmyBot\", error=\"invalid_token\"")
            }
            ErrorCode::Unauthorized => answer.header("www-authenticate", "Bearer realm=\"TimmyBot\""),
            ErrorCode::RateLimitExceeded => {
                answer.header("retry-after", window.wait_s(self.now).max(1).to_string())
            }
            _ => answer,
        }
    }

    /// What the path takes.
    fn methods(&self) -> Vec<&'static str> {
        let path = self.app.config.public.own_part(self.request.path()).unwrap_or_default();
        match self.app.table.find(self.request.method(), path) {
            Found::OtherMethods(methods) => methods,
            Found::Route(..) | Found::Nothing => Vec::new(),
        }
    }

    async fn judge(&self) -> Outcome {
        let (limited, credential) = tokio::join!(self.address(), Box::pin(self.credential()));
        let (window, admitted) = limited;
        if let Err(error) = admitted.or_else(|error| self.in_spite_of(error)) {
            return Outcome { answer: Err(error), window };
        }
        let (route, places) = match self.route() {
            Ok(found) => found,
            Err(error) => return Outcome { answer: Err(error), window },
        };
        if route.quota == Quota::Credentials {
            let (window, admitted) = self.credentials().await;
            if let Err(error) = admitted {
                return Outcome { answer: Err(error), window };
            }
        }
        if route.who == Who::Anybody {
            return Outcome { answer: self.open(route, places).await, window };
        }
        match self.believed(credential) {
            Ok(caller) => Box::pin(self.known(route, places, caller, window)).await,
            Err(error) => Outcome { answer: Err(error), window },
        }
    }

    /// Without a known address or a limiter nobody gets further (SPEC W1, W25).
    async fn address(&self) -> (Window, Result<(), HttpError>) {
        let subject = self.report.address().map(Subject::address);
        self.window("address", LimitScope::Address, subject, Limit::ADDRESS).await
    }

    /// Where people look when nothing works does not need the limiter: it costs a reading in ten seconds, whoever asks.
    fn in_spite_of(&self, error: HttpError) -> Result<(), HttpError> {
        let alive = self.route().is_ok_and(|(route, _)| route.alive);
        if alive && error.code() == ErrorCode::Unavailable { Ok(()) } else { Err(error) }
    }

    async fn credentials(&self) -> (Window, Result<(), HttpError>) {
        let subject = self.report.address().map(Subject::credentials);
        self.window("credentials", LimitScope::Address, subject, Limit::CREDENTIALS).await
    }

    async fn window(
        &self,
        policy: &'static str,
        scope: LimitScope,
        subject: Option<Subject>,
        limit: Limit,
    ) -> (Window, Result<(), HttpError>) {
        let unknown = Window::unknown(policy, limit, self.now);
        let Some(subject) = subject else {
            self.report.fault("address", "unknown");
            return (unknown, Err(unavailable()));
        };
        match self.app.limits.check(&subject, limit, self.now).await {
            Ok(decision) => {
                let window = Window::decided(policy, limit, decision);
                let Decision::Refused { .. } = decision else { return (window, Ok(())) };
                let wait = window.wait_s(self.now).max(1);
                self.report.limited(policy, wait, scope, self.now);
                let said = format!("Too many requests. Come back in {wait} s.");
                (window, Err(HttpError::new(ErrorCode::RateLimitExceeded, said)))
            }
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                (unknown, Err(unavailable()))
            }
        }
    }

    /// The path's route; its own prefix is the deployment's address.
    fn route(&self) -> Result<(Route, Places<'a>), HttpError> {
        let nothing = || {
            HttpError::new(
                ErrorCode::NotFound,
                "There is nothing at this address. /openapi.json lists what there is.",
            )
        };
        let path = self.app.config.public.own_part(self.request.path()).ok_or_else(nothing)?;
        match self.app.table.find(self.request.method(), path) {
            Found::Route(..) if self.request.body().len() > BODY_MAX => Err(HttpError::too_large(BODY_MAX)),
            Found::Route(route, places) => Ok((route, places)),
            Found::OtherMethods(methods) => Err(HttpError::method(&methods.join(", "))),
            Found::Nothing => Err(nothing()),
        }
    }

    /// A credential is looked at beside the address's limit, but only where one is wanted.
    async fn credential(&self) -> Option<Result<Caller, NotCaller>> {
        let (route, _) = self.route().ok()?;
        if route.who == Who::Anybody {
            return None;
        }
        Some(Box::pin(authenticate(self.app, self.request, self.report, self.now)).await)
    }

    fn believed(&self, credential: Option<Result<Caller, NotCaller>>) -> Result<Caller, HttpError> {
        let unauthorized = "Send an API key as X-API-Key, or an access token as Authorization: Bearer.";
        let invalid = "The access token is not good, or not any more. Refresh it, or sign in again.";
        match credential {
            Some(Ok(caller)) => Ok(caller),
            Some(Err(NotCaller::Unauthorized(reason, detail))) => {
                self.report.not_believed(reason, detail, self.now);
                Err(HttpError::new(ErrorCode::Unauthorized, unauthorized))
            }
            Some(Err(NotCaller::InvalidToken(reason, detail))) => {
                self.report.not_believed(reason, detail, self.now);
                Err(HttpError::new(ErrorCode::InvalidToken, invalid))
            }
            Some(Err(NotCaller::Unavailable)) | None => Err(unavailable()),
        }
    }

    /// A route that needs no credential.
    async fn open(&self, route: Route, places: Vec<(&'a str, &'a str)>) -> Result<Reply, HttpError> {
        body::known_query(self.request, route.query)?;
        let visit = self.visit(route, places, None, None);
        Box::pin(dispatch(&visit)).await
    }

    async fn known(&self, route: Route, places: Places<'a>, caller: Caller, before: Window) -> Outcome {
        self.report.key_used(&route, &caller, self.now);
        let stands = self.stands(&route, &caller).await;
        let premium = stands.as_ref().is_ok_and(|stands| stands.community.is_some_and(|there| there.premium));
        let (window, admitted) = self.tier(&caller, premium).await;
        let window = if admitted.is_ok() || window.reset_at > self.now { window } else { before };
        let answer = match admitted.and(stands) {
            Ok(stands) => Box::pin(self.enter(route, places, caller, stands)).await,
            Err(error) => Err(error),
        };
        Outcome { answer, window }
    }

    /// The tier is from our own rows and configuration (SPEC W23).
    async fn tier(&self, caller: &Caller, premium: bool) -> (Window, Result<(), HttpError>) {
        let (subject, operator) = match caller {
            Caller::Person(person) => (Subject::api_user(person.access.user), person.operator),
            Caller::Key(key) => (Subject::api_key(&key.id), key.tenant == KeyTenant::Deployment),
        };
        let limit = Tier::of(premium, operator).limit();
        self.window("caller", LimitScope::User, Some(subject), limit).await
    }

    async fn enter(
        &self,
        route: Route,
        places: Places<'a>,
        caller: Caller,
        stands: Stands,
    ) -> Result<Reply, HttpError> {
        Self::contained(&route, &caller, stands.flag)?;
        let visit = self.visit(route, places, Some(caller), stands.community);
        self.permitted(&visit)?;
        body::known_query(self.request, route.query)?;
        Box::pin(dispatch(&visit)).await
    }

    fn visit(
        &self,
        route: Route,
        places: Places<'a>,
        caller: Option<Caller>,
        community: Option<Community>,
    ) -> Visit<'a> {
        let Self { app, request, report, now } = *self;
        Visit { app, request, route, places, report, caller, community, now }
    }

    /// Above L3 no key is believed, whatever it may (SPEC T33).
    fn contained(route: &Route, caller: &Caller, flag: Knowledge) -> Result<(), HttpError> {
        let keys_off =
            matches!(flag, Knowledge::Level(level) if level >= Level::L4) && matches!(caller, Caller::Key(_));
        if keys_off || flag.effect(route.touch) == Effect::Paused {
            let said = "The bot is locked down by its operators. Its status page says more.";
            return Err(HttpError::new(ErrorCode::LockedDown, said));
        }
        Ok(())
    }

    fn permitted(&self, visit: &Visit<'_>) -> Result<(), HttpError> {
        let caller = visit.caller()?;
        let Who::Holder { needs, at, people } = visit.route.who else {
            return if visit.route.who == Who::Person { visit.person().map(drop) } else { Ok(()) };
        };
        if people && matches!(caller, Caller::Key(_)) {
            self.report.refused(&visit.route, caller, "people_only", self.now);
            return Err(forbidden("An API key cannot do this. Sign in."));
        }
        let deployment = at == Where::Deployment || (at == Where::Either && visit.community.is_none());
        let own = match caller {
            Caller::Key(key) => key.tenant == KeyTenant::Deployment,
            Caller::Person(person) => person.operator,
        };
        if visit.may(needs) && (!deployment || own) {
            return Ok(());
        }
        self.report.not_permitted(&visit.route, caller, needs, self.now);
        let place = if deployment { "the deployment" } else { "this community" };
        Err(forbidden(&format!("This needs the permission {needs} in {place}.")))
    }

    /// The community that the request is about, and the flag.
    async fn stands(&self, route: &Route, caller: &Caller) -> Result<Stands, HttpError> {
        let Some(guild) = self.named(route, caller)? else {
            let flag = self.app.flag(self.report.log(), self.now).await;
            return Ok(Stands { community: None, flag });
        };
        let (admitted, role) = tokio::join!(self.admitted(route, guild), self.role(caller, guild));
        let role = role?;
        // Whether a community uses the bot is nothing that a stranger is told.
        let stranger = matches!(caller, Caller::Person(person) if !person.operator) && role.is_none();
        if stranger {
            self.report.refused(route, caller, "stranger", self.now);
            return Err(none_of_yours());
        }
        let (premium, flag) = admitted?;
        Ok(Stands { community: Some(Community { guild, role, premium }), flag })
    }

    /// The credential says which community; a header can only narrow it (SPEC W17).
    fn named(&self, route: &Route, caller: &Caller) -> Result<Option<GuildId>, HttpError> {
        let wanted = match route.who {
            Who::Holder { at, .. } => at,
            Who::Caller => Where::Either,
            Who::Person if route.id == RouteId::TakeRole => Where::Community,
            Who::Person | Who::Anybody => Where::Deployment,
        };
        if wanted == Where::Deployment {
            return Ok(None);
        }
        let header = match self.request.header_once(COMMUNITY) {
            Ok(text) => {
                let bad = |_| HttpError::field(COMMUNITY, "a Discord server id, such as 290926798626357999");
                Some(text.parse::<GuildId>().map_err(bad)?)
            }
            Err(HeaderFault::Missing) => None,
            Err(HeaderFault::Repeated) => return Err(HttpError::field(COMMUNITY, "may be there once")),
        };
        let own = match caller {
            Caller::Key(key) => match key.tenant {
                KeyTenant::Guild(guild) => Some(guild),
                KeyTenant::Deployment => None,
            },
            Caller::Person(_) => None,
        };
        match (own, header) {
            (Some(own), Some(header)) if own != header => {
                self.report.refused(route, caller, "other_community", self.now);
                Err(forbidden("The API key is another community's."))
            }
            (Some(guild), _) | (None, Some(guild)) => Ok(Some(guild)),
            (None, None) if wanted == Where::Community => Err(missing_community()),
            (None, None) => Ok(None),
        }
    }

    /// The guild's own standing comes before anything of it is shown (SPEC T15).
    async fn admitted(&self, route: &Route, guild: GuildId) -> Result<(bool, Knowledge), HttpError> {
        let known = (self.app.standings.guild(guild, self.now), self.app.standings.level(self.now));
        let (view, flag) = match known {
            (Some(view), Some(level)) => (Ok(view), Knowledge::Level(level)),
            _ => match self.app.access.read(guild).await {
                Ok(read) => {
                    self.app.standings.put_guild(read.guild.clone(), self.now);
                    self.app.standings.put_level(read.containment, self.now);
                    (Ok(read.guild), Knowledge::Level(read.containment))
                }
                Err(error) => {
                    self.report.store_failed(StoreOperation::Guard, &error);
                    (Err(Unreadable), self.app.standings.last_level())
                }
            },
        };
        match access::judge(view.as_ref().map_err(|unreadable| *unreadable), self.now) {
            Ok(allowed) => Ok((allowed.premium(), flag)),
            Err(Denied::Unreadable) => Err(unavailable()),
            Err(denied) => {
                self.report.denied(route, guild, denied, self.now);
                Err(none_of_yours())
            }
        }
    }

    async fn role(&self, caller: &Caller, guild: GuildId) -> Result<Option<Role>, HttpError> {
        let Caller::Person(person) = caller else { return Ok(None) };
        match self.app.roles.find(guild, person.access.user).await {
            Ok(found) => Ok(found.given.map(|given| given.role)),
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                Err(unavailable())
            }
        }
    }
}

fn none_of_yours() -> HttpError {
    forbidden("This community may not use the bot, or it is none of yours.")
}

/// What a request is about, and how far the bot is shut down.
struct Stands {
    community: Option<Community>,
    flag: Knowledge,
}

async fn dispatch(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    match visit.route.id {
        RouteId::Health => Ok(public::health()),
        RouteId::Status => Ok(public::status(visit).await),
        RouteId::StatusPage => Ok(status::page(visit).await),
        RouteId::StatusJson => Ok(status::json(visit).await),
        RouteId::SecurityTxt => Ok(public::security_txt(visit)),
        RouteId::SigningKeys => public::signing_keys(visit).await,
        RouteId::OpenApi => Ok(public::openapi(visit)),
        RouteId::BeginSession => Box::pin(sessions::begin(visit)).await,
        RouteId::RefreshSession => Box::pin(sessions::refresh(visit)).await,
        RouteId::EndSession => sessions::end(visit).await,
        RouteId::EndSessions => sessions::end_all(visit).await,
        RouteId::WhoAmI => me::show(visit),
        RouteId::ListKeys => keys::list(visit).await,
        RouteId::MakeKey => Box::pin(keys::make(visit)).await,
        RouteId::RotateKey => Box::pin(keys::rotate(visit)).await,
        RouteId::RevokeKey => Box::pin(keys::revoke(visit)).await,
        RouteId::ListRoles => roles::list(visit).await,
        RouteId::GiveRole => Box::pin(roles::give(visit)).await,
        RouteId::TakeRole => Box::pin(roles::take(visit)).await,
        RouteId::ListGuilds => guilds::list(visit).await,
        RouteId::ApproveGuild => Box::pin(guilds::approve(visit)).await,
        RouteId::DenyGuild => Box::pin(guilds::deny(visit)).await,
        RouteId::RevokeGuild => Box::pin(guilds::revoke(visit)).await,
        RouteId::EraseGuild => Box::pin(guilds::erase(visit)).await,
        RouteId::ViewQueue => queue::view(visit).await,
        RouteId::AddTrack => Box::pin(queue::add(visit)).await,
        RouteId::RemoveTrack => Box::pin(queue::remove(visit)).await,
        RouteId::Control => Box::pin(playback::control(visit)).await,
        RouteId::ViewSettings => settings::view(visit).await,
        RouteId::ChangeSettings => Box::pin(settings::change(visit)).await,
        RouteId::ReadAudit => Box::pin(audit::read(visit)).await,
        RouteId::VerifyAudit => Box::pin(audit::verify(visit)).await,
        RouteId::ListIncidents => incidents::list(visit).await,
        RouteId::LookAtIncident => incidents::look(visit).await,
        RouteId::AskForData => privacy::ask(visit).await,
        RouteId::LookAtRequest => privacy::look(visit).await,
    }
}
