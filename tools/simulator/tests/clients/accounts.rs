//! The bot's own client of the five services links, refreshes and revokes at the simulated ones.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::providers::answer::{Granted, NotGranted};
use shared::providers::authorize::{Asking, authorize_url};
use shared::providers::client::{Bases, Patience, Providers, Revoked};
use shared::providers::request::Registration;
use shared::providers::spec::spec;
use shared::security::oauth::callback::{Begun, Callback, judge};
use shared::security::oauth::one_time::OneTime;
use shared::security::oauth::pkce::Verifier;
use shared::security::secret::Secret;
use simulator::{AccountsFault, AccountsFaultKind, ClientConfig, Config, Fault, FaultAt, Service, Simulator};
use url::Url;

const BASE: &str = "http://127.0.0.1:8787";

struct Bot {
    simulator: Simulator,
    providers: Providers,
    bases: Bases,
    browser: Client,
    clock: Clock,
}

impl Bot {
    fn new() -> Self {
        let simulator = Simulator::start(Config::default()).unwrap();
        let bases = Bases::below(&simulator.accounts_url().parse().unwrap()).unwrap();
        let patience = Patience { connect: Duration::from_secs(5), total: Duration::from_secs(5) };
        Self {
            providers: Providers::new(bases.clone(), patience).unwrap(),
            bases,
            browser: Client::builder().no_proxy().redirect(Policy::none()).build().unwrap(),
            clock: Clock::system(),
            simulator,
        }
    }

    fn registration(provider: Provider) -> (Registration, Url) {
        let client = ClientConfig::of_the_bot(service(provider), BASE);
        let secret = Secret::new(client.secret);
        (Registration { client: client.id, secret }, client.redirects[0].parse().unwrap())
    }

    /// From the first click to tokens; the account is the service's first.
    async fn link(&self, provider: Provider) -> Granted {
        let (registration, redirect) = Self::registration(provider);
        let rng = Rng::system();
        let (state, browser) = (OneTime::new(rng).unwrap(), OneTime::new(rng).unwrap());
        let verifier = Verifier::of(&browser, &state);
        let asking = Asking {
            provider,
            client: &registration.client,
            redirect: &redirect,
            state: &state,
            verifier: &verifier,
        };
        let page = authorize_url(asking, self.bases.of(provider)).unwrap();
        let click = self.browser.post(page).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let click = click.body(format!("account={}", self.person(provider))).send().await.unwrap();
        let back = Url::parse(click.headers()[LOCATION].to_str().unwrap()).unwrap();
        let pair =
            |name: &str| back.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned());
        assert_eq!(pair("state"), Some(state.to_text()));
        let (issuer, code) = (pair("iss"), pair("code"));
        let begun = Begun { provider, browser: browser.digest(), at: self.clock.now() };
        let callback = Callback {
            provider: Some(provider),
            browser: Some(browser.digest()),
            issuer: issuer.as_deref(),
            error: None,
            code: code.as_deref(),
        };
        let code = judge(&begun, &callback, spec(provider).issuer, self.clock.now()).unwrap();
        self.providers.exchange(provider, &registration, code, &redirect, &verifier).await.unwrap()
    }

    fn person(&self, provider: Provider) -> &str {
        let people = &self.simulator.config().accounts.accounts;
        &people.iter().find(|one| one.service == service(provider)).unwrap().id
    }

    async fn refresh(&self, provider: Provider, granted: &Granted) -> Result<Granted, NotGranted> {
        let (registration, _) = Self::registration(provider);
        self.providers.refresh(provider, &registration, granted.refresh.as_ref().unwrap()).await
    }

    async fn is_known(&self, provider: Provider, granted: &Granted) -> bool {
        let (registration, _) = Self::registration(provider);
        let known = self.providers.identify(provider, &registration, granted, self.clock.now()).await;
        known.is_ok_and(|subject| subject.as_str() == self.person(provider))
    }
}

fn service(provider: Provider) -> Service {
    Service::ALL.into_iter().find(|service| service.code() == provider.code()).unwrap()
}

#[tokio::test]
async fn every_service_links_and_says_whose_the_account_is() {
    let bot = Bot::new();
    for provider in Provider::ALL {
        let granted = bot.link(provider).await;
        assert!(bot.is_known(provider, &granted).await, "{provider}");
        let wanted = spec(provider).scopes;
        assert_eq!(granted.scopes.is_empty(), provider == Provider::Slack, "{provider}");
        assert!(
            granted.scopes.is_empty() || wanted.iter().all(|one| granted.scopes.iter().any(|has| has == one))
        );
        assert_eq!(bot.simulator.accounts().token_calls(service(provider)), 1);
        assert_eq!(bot.simulator.accounts().grants(service(provider)).len(), 1);
    }
}

#[tokio::test]
async fn every_service_refreshes_and_says_when_it_is_over() {
    let bot = Bot::new();
    bot.simulator.accounts().set_token_life(Service::Slack, Some(Duration::from_hours(12)));
    for provider in Provider::ALL {
        let mut granted = bot.link(provider).await;
        bot.simulator.accounts().age(Duration::from_hours(24 * 30));
        assert!(!bot.is_known(provider, &granted).await, "{provider}");
        let next = bot.refresh(provider, &granted).await.unwrap();
        granted.access = next.access;
        granted.refresh = next.refresh.or(granted.refresh);
        granted.id_token = None;
        assert!(bot.is_known(provider, &granted).await, "{provider}");
        let grant = bot.simulator.accounts().grants(service(provider))[0].id;
        assert!(bot.simulator.accounts().end_grant(grant));
        assert_eq!(bot.refresh(provider, &granted).await, Err(NotGranted::InvalidGrant), "{provider}");
    }
}

#[tokio::test]
async fn what_fails_for_now_is_told_from_what_is_over() {
    let bot = Bot::new();
    for provider in [Provider::Discord, Provider::Spotify, Provider::Twitch, Provider::YouTube] {
        let granted = bot.link(provider).await;
        let once = async |kind| {
            let fault =
                AccountsFault { service: service(provider), at: FaultAt::Token, times: Some(1), kind };
            bot.simulator.fault(Fault::Accounts(fault)).unwrap();
            bot.refresh(provider, &granted).await.unwrap_err()
        };
        let later = |code, after| NotGranted::Later { code, after };
        let seven = Some(Duration::from_secs(7));
        assert_eq!(once(AccountsFaultKind::RateLimited(7)).await, later("rate_limited", seven), "{provider}");
        assert_eq!(once(AccountsFaultKind::Status(500)).await, later("status_5xx", None), "{provider}");
        assert_eq!(once(AccountsFaultKind::InvalidGrant).await, NotGranted::InvalidGrant, "{provider}");
        assert_eq!(once(AccountsFaultKind::Cut).await, later("cut", None), "{provider}");
    }
}

#[tokio::test]
async fn an_account_that_is_taken_back_is_taken_back_at_the_service() {
    let bot = Bot::new();
    for provider in [Provider::Discord, Provider::Slack, Provider::YouTube] {
        let granted = bot.link(provider).await;
        let (registration, _) = Bot::registration(provider);
        let token = granted.refresh.as_ref().unwrap_or(&granted.access);
        assert_eq!(
            bot.providers.revoke(provider, &registration, token).await,
            Ok(Revoked::Done),
            "{provider}"
        );
        assert_eq!(bot.simulator.accounts().grants(service(provider)), [], "{provider}");
    }
}

/// <https://dev.twitch.tv/docs/authentication/revoke-tokens>: the access token is what it takes.
#[tokio::test]
async fn twitch_takes_an_access_token_back() {
    let bot = Bot::new();
    let granted = bot.link(Provider::Twitch).await;
    let (registration, _) = Bot::registration(Provider::Twitch);
    let revoked = bot.providers.revoke(Provider::Twitch, &registration, &granted.access).await;
    assert_eq!(revoked, Ok(Revoked::Done));
    assert_eq!(bot.simulator.accounts().grants(Service::Twitch), []);
}
