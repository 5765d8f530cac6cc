//! The server, our tables and secrets on this machine, and our own code between them.

use std::sync::Arc;

use jiff::{Span, Timestamp};
use serde_json::json;
use shared::clock::{Clock, Rng};
use shared::domain::accounts::{Provider, Subject};
use shared::ids::UserId;
use shared::linking::{Linker, NotLinked, Setup};
use shared::machine::Machine;
use shared::providers::answer::{Granted, NotGranted};
use shared::providers::authorize::{Asking, authorize_url};
use shared::providers::client::{Bases, NotKnown, Patience};
use shared::providers::refresher::ServiceRefresher;
use shared::providers::request::Registration;
use shared::security::oauth::callback::Callback;
use shared::security::oauth::one_time::OneTime;
use shared::security::oauth::pkce::Verifier;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::linkings::Wanted;
use shared::store::links::Link;
use shared::telemetry::Telemetry;
use shared::vault::{AccessTokens, Tokens};
use testkit::Aws;
use testkit::browser::Browser;
use testkit::oidc_provider::{self, CLIENT, Consent, OidcProvider, TEST_SECRET};
use url::Url;

pub(crate) const ADA: UserId = UserId::new(5001);
pub(crate) const GRACE: UserId = UserId::new(5002);
/// An account at the service.
pub(crate) const ACCOUNT: &str = "110169484474386276334";

/// What a token is told that is worth nothing.
pub(crate) const NOT_HONOURED: Result<Subject, NotKnown> =
    Err(NotKnown::Failed(NotGranted::Refused("request")));

pub(crate) struct Scene {
    pub(crate) linker: Linker,
    pub(crate) server: OidcProvider,
    pub(crate) redirect: Url,
    pub(crate) provider: Provider,
    _aws: Aws,
}

/// A linking that was sent to the service, in the browser of whoever wants it.
pub(crate) struct Begun {
    state: OneTime,
    cookie: OneTime,
}

impl Begun {
    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::of(&self.cookie, &self.state)
    }
}

impl Scene {
    /// A service at which nobody has linked anything.
    pub(crate) async fn new(provider: Provider) -> Self {
        let redirect: Url = format!("https://bot.example/oauth/callback/{provider}").parse().unwrap();
        let server = OidcProvider::start(provider.code(), &redirect).await.unwrap();
        let aws = Aws::start().await;
        let client = json!({ "client_id": CLIENT, "client_secret": TEST_SECRET }).to_string();
        let create = aws.secrets().create_secret().name(format!("/timmybot/oauth-clients/{provider}"));
        create.secret_string(client).send().await.unwrap();
        let bases: Bases = format!("{provider}={}", server.address()).parse().unwrap();
        let db = Db::new(aws.dynamodb(), aws.prefix());
        let setup = Setup { secret_prefix: "/timmybot", bases, ..Setup::default() };
        // The server's own tokens are of now.
        let machine = Machine::real(Patience::STANDARD);
        let log = Telemetry::new(machine.sink.clone(), "test", machine.clock);
        let linker = Linker::new(setup, aws.sdk_config(), db, &machine, &log).unwrap();
        Self { linker, server, redirect, provider, _aws: aws }
    }

    /// A service at which Ada has linked [`ACCOUNT`].
    pub(crate) async fn linked(provider: Provider) -> Self {
        let scene = Self::new(provider).await;
        assert_eq!(scene.link(ADA, &mut Browser::new().unwrap()).await, Ok(ADA));
        scene
    }

    /// From the link that somebody is given to its end, with consent to all.
    pub(crate) async fn link(&self, user: UserId, browser: &mut Browser) -> Result<UserId, NotLinked> {
        let begun = self.begin(user).await;
        let answer = self.answer(browser, &begun, Consent::Given).await;
        self.finish(&begun, &answer).await
    }

    pub(crate) async fn begin(&self, user: UserId) -> Begun {
        let [link, state, cookie] = [(); 3].map(|()| OneTime::new(Rng::system()).unwrap());
        let at = self.linker.clock.now();
        let wanted = Wanted { user, name: "somebody".into(), provider: self.provider, locale: None, at };
        self.linker.linkings.offer(&link.digest(), &wanted).await.unwrap();
        let begun =
            self.linker.linkings.begin(&link.digest(), &wanted, &state.digest(), &cookie.digest()).await;
        assert_eq!(begun, Ok(true));
        Begun { state, cookie }
    }

    /// Where the browser is sent.
    pub(crate) fn address(&self, begun: &Begun) -> Url {
        let asking = Asking {
            provider: self.provider,
            client: CLIENT,
            redirect: &self.redirect,
            state: &begun.state,
            verifier: &begun.verifier(),
        };
        authorize_url(asking, self.linker.providers.bases().of(self.provider)).unwrap()
    }

    /// What the service says to that, once the owner of [`ACCOUNT`] has.
    pub(crate) async fn answer(&self, browser: &mut Browser, begun: &Begun, consent: Consent) -> Url {
        let address = self.address(begun);
        let answer = oidc_provider::consent(browser, &address, ACCOUNT, consent).await.unwrap();
        let to = self.redirect.as_str();
        assert!(answer.as_str().starts_with(&format!("{to}?")), "{answer} is not ours");
        assert_eq!(said(&answer, "state"), Some(begun.state.to_text()));
        answer
    }

    /// The answer comes to us, in the browser that began.
    pub(crate) async fn finish(&self, begun: &Begun, answer: &Url) -> Result<UserId, NotLinked> {
        let (code, error, issuer) = (said(answer, "code"), said(answer, "error"), said(answer, "iss"));
        let callback = Callback {
            provider: Some(self.provider),
            browser: None,
            issuer: issuer.as_deref(),
            error: error.as_deref(),
            code: code.as_deref(),
        };
        let asked = self.linker.finish(&begun.state, Some(&begun.cookie), callback, &self.redirect).await?;
        Ok(asked.wanted.user)
    }

    pub(crate) async fn registration(&self) -> Arc<Registration> {
        self.linker.registrations.get(self.provider, self.linker.clock.now()).await.unwrap()
    }

    /// The code in `answer`, exchanged with this verifier.
    pub(crate) async fn exchange(&self, answer: &Url, verifier: &Verifier) -> Result<Granted, NotGranted> {
        let (code, registration) = (said(answer, "code").unwrap(), self.registration().await);
        let providers = &self.linker.providers;
        providers.exchange(self.provider, &registration, &code, &self.redirect, verifier).await
    }

    pub(crate) async fn refresh(&self, tokens: &Tokens) -> Result<Granted, NotGranted> {
        let (refresh, registration) = (tokens.refresh.as_ref().unwrap(), self.registration().await);
        self.linker.providers.refresh(self.provider, &registration, refresh).await
    }

    /// Whose an access token is, as the service says.
    pub(crate) async fn whose(&self, access: &Secret) -> Result<Subject, NotKnown> {
        let granted = Granted {
            access: access.clone(),
            refresh: None,
            expires_in: None,
            scopes: vec![],
            id_token: None,
        };
        let registration = self.registration().await;
        self.linker.providers.identify(self.provider, &registration, &granted, self.now()).await
    }

    pub(crate) async fn tokens(&self, user: UserId) -> Option<Tokens> {
        let stored = self.linker.vault.read(user).await.unwrap()?;
        stored.document.tokens(self.provider).cloned()
    }

    pub(crate) async fn link_of(&self, user: UserId) -> Option<Link> {
        self.linker.links.of(user).await.unwrap().into_iter().next()
    }

    /// As a function of its own has them, so long after now.
    pub(crate) fn access_tokens(&self, after: Span) -> AccessTokens<ServiceRefresher> {
        let clock = Clock::fixed(self.now() + after);
        let Linker { providers, registrations, vault, leases, rng, .. } = &self.linker;
        let refresher = ServiceRefresher::new(providers.clone(), Arc::clone(registrations), clock);
        AccessTokens::new(vault.clone(), leases.clone(), refresher, clock, *rng)
    }

    pub(crate) async fn calls(&self, what: &str) -> u64 {
        self.server.calls(what).await.unwrap()
    }

    fn now(&self) -> Timestamp {
        self.linker.clock.now()
    }
}

/// A parameter of an answer.
pub(crate) fn said(answer: &Url, name: &str) -> Option<String> {
    answer.query_pairs().find(|(said, _)| said == name).map(|(_, value)| value.into_owned())
}
