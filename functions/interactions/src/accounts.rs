//! The way to members' accounts at other services: what is linked, one-time addresses of the page that links, and the
//! oauth function, which alone has the tokens (SPEC W12, W13).

use aws_config::SdkConfig;
use shared::clock::NoEntropy;
use shared::discord::cards::{Tone, notice_text};
use shared::discord::response::{Answer, Card};
use shared::discord::words::{Message, Words};
use shared::domain::accounts::Provider;
use shared::domain::settings::LocaleTag;
use shared::env::{BadEnv, Env};
use shared::ids::UserId;
use shared::invoke::Oauth;
use shared::messages::AccountJob;
use shared::security::oauth::one_time::OneTime;
use shared::store::Db;
use shared::store::deferred::{Purpose, ReplyKind};
use shared::store::linkings::{LinkingStore, Wanted};
use shared::store::links::{Link, LinkStore};
use shared::telemetry::StoreOperation;

use crate::app::App;
use crate::refused::Refused;
use crate::report::Report;
use crate::visit::Visit;

const FUNCTION: &str = "OAUTH_FUNCTION";
const BASE: &str = "PUBLIC_BASE_URL";

/// Where the page and the function are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountsConfig {
    /// `OAUTH_FUNCTION`: the name of the function.
    pub function: String,
    /// `PUBLIC_BASE_URL`: where browsers reach the page.
    pub base: String,
    /// `LINK_SERVICES`: whose accounts can be linked.
    pub services: Vec<Provider>,
}

impl AccountsConfig {
    /// `None` where nothing is set; half of it is a mistake that stops the start.
    pub(crate) fn from_env(env: &Env) -> Result<Option<Self>, BadEnv> {
        if [FUNCTION, BASE].iter().all(|name| env.get(name).is_none()) {
            return Ok(None);
        }
        Ok(Some(Self {
            function: env.required(FUNCTION)?.to_owned(),
            base: env.required(BASE)?.trim_end_matches('/').to_owned(),
            services: env.list("LINK_SERVICES")?,
        }))
    }
}

/// The clients. What they may touch is listed in [`crate::grants`].
#[derive(Debug)]
pub(crate) struct Accounts {
    links: LinkStore,
    linkings: LinkingStore,
    oauth: Oauth,
    base: String,
    services: Vec<Provider>,
}

impl Accounts {
    /// As configured, over the tables of `db`.
    pub(crate) fn new(config: &AccountsConfig, sdk: &SdkConfig, db: &Db) -> Self {
        Self {
            links: LinkStore::new(db.clone()),
            linkings: LinkingStore::new(db.clone()),
            oauth: Oauth::new(sdk, &config.function),
            base: config.base.clone(),
            services: config.services.clone(),
        }
    }

    /// Whether accounts of this service can be linked.
    pub(crate) fn offers(&self, provider: Provider) -> bool {
        self.services.contains(&provider)
    }

    /// An address that links the caller's account at a service. It is stored as its hash.
    pub(crate) async fn address(&self, visit: &Visit<'_>, provider: Provider) -> Result<String, Refused> {
        let link = OneTime::new(visit.app.rng).map_err(|NoEntropy| Refused::Unavailable)?;
        let actor = visit.interaction.actor();
        let wanted = Wanted {
            user: visit.caller.user(),
            name: actor.map(|user| user.name().to_owned()).unwrap_or_default(),
            provider,
            locale: LocaleTag::try_from(visit.words.locale().code().to_owned()).ok(),
            at: visit.now,
        };
        visit.wrote(self.linkings.offer(&link.digest(), &wanted).await)?;
        Ok(format!("{}/oauth/link/{}", self.base, link.to_text()))
    }

    /// Owes the caller a reply, and asks the oauth function for it. If it cannot be asked, the reply is not owed either.
    pub(crate) async fn ask(&self, visit: &Visit<'_>, purpose: Purpose) -> Result<Answer, Refused> {
        if !visit.owe(purpose, ReplyKind::Ephemeral).await? {
            return Err(Refused::Unavailable);
        }
        let job = AccountJob::new(visit.caller.user(), visit.interaction.id);
        if let Err(error) = self.oauth.ask(job).await {
            visit.report.fault("oauth.ask", error.code());
            return Err(Refused::Unavailable);
        }
        visit.debt.made();
        visit.debt.deferral().ok_or(Refused::Unavailable)
    }
}

/// What somebody has to know of their links at their next answer that only they see (SPEC T12): each that is over is said
/// once. A table that fails costs them the news and nothing else.
pub(crate) async fn news(app: &App, user: UserId, words: Words, report: &Report) -> Option<Card> {
    let links = &app.accounts.as_ref()?.links;
    let linked =
        links.of(user).await.map_err(|error| report.store_failed(StoreOperation::Read, &error)).ok()?;
    let mut said = Vec::new();
    for link in linked.into_iter().filter(Link::has_to_be_told) {
        said.push(words.say(&Message::AccountLapsed { provider: link.provider }));
        mark(links, user, link, report).await;
    }
    (!said.is_empty()).then(|| notice_text(Tone::Refusal, said.join("\n")))
}

/// Somebody has read that a link is over.
async fn mark(links: &LinkStore, user: UserId, link: Link, report: &Report) {
    if let Err(error) = links.put(user, Some(&link), link.clone().told()).await {
        report.store_failed(StoreOperation::Write, &error);
    }
}

impl Visit<'_> {
    /// The way to accounts, where there is one.
    pub(crate) fn accounts(&self) -> Result<&Accounts, Refused> {
        self.app.accounts.as_ref().ok_or(Refused::Because(Message::LinkingOff))
    }

    /// The caller reads how their links stand, and needs no news of it any more.
    pub(crate) async fn has_read(&self, read: Vec<Link>) {
        let Ok(accounts) = self.accounts() else { return };
        for link in read.into_iter().filter(Link::has_to_be_told) {
            mark(&accounts.links, self.caller.user(), link, self.report).await;
        }
    }

    /// What the caller has linked.
    pub(crate) async fn links(&self) -> Result<Vec<Link>, Refused> {
        self.read(self.accounts()?.links.of(self.caller.user()).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&str, &str); 2] = [(FUNCTION, "timmybot-oauth"), (BASE, "https://bot.example.org/")];

    #[test]
    fn all_of_it_switches_linking_on_and_none_of_it_leaves_it_off() {
        let services = [("LINK_SERVICES", "spotify, twitch")];
        let config = AccountsConfig::from_env(&Env::of(ALL.into_iter().chain(services))).unwrap().unwrap();
        assert_eq!(config.base, "https://bot.example.org");
        assert_eq!(config.services, [Provider::Spotify, Provider::Twitch]);
        assert_eq!(AccountsConfig::from_env(&Env::of(ALL)).unwrap().unwrap().services, []);
        assert_eq!(AccountsConfig::from_env(&Env::of(services)).unwrap(), None);
    }

    #[test]
    fn half_of_it_and_nonsense_are_mistakes_that_are_named() {
        for (missing, _) in ALL {
            let rest = ALL.into_iter().filter(|(name, _)| *name != missing);
            assert_eq!(AccountsConfig::from_env(&Env::of(rest)).unwrap_err(), BadEnv::Missing(missing));
        }
        let odd = Env::of(ALL.into_iter().chain([("LINK_SERVICES", "myspace")]));
        assert!(matches!(
            AccountsConfig::from_env(&odd),
            Err(BadEnv::Malformed { name: "LINK_SERVICES", .. })
        ));
    }
}
