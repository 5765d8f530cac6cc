//! The services over HTTP, as a browser and a client see them.

mod eventsub;
mod faults;
mod linking;
mod music;
mod revoking;
mod tokens;
mod visiting;

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{ClientConfig, Service};
use crate::config::Config;
use crate::simulator::Simulator;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BASE: &str = "http://127.0.0.1:8787";

/// A simulator and who calls it.
struct Wire {
    simulator: Simulator,
    http: Client,
}

/// An answer that was read.
#[derive(Debug)]
struct Said {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Said {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        Self { status, headers, body }
    }

    /// A token or another text in it.
    fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }
}

impl Wire {
    /// Slack's tokens end here, so that they can be refreshed.
    fn start() -> Self {
        let mut config = Config::default();
        config.accounts.token_life.insert(Service::Slack, Some(Duration::from_hours(12)));
        Self::with(config)
    }

    fn with(config: Config) -> Self {
        let http = Client::builder().no_proxy().redirect(Policy::none()).timeout(Duration::from_secs(10));
        Self { simulator: Simulator::start(config).unwrap(), http: http.build().unwrap() }
    }

    fn url(&self, service: Service, path: &str) -> String {
        format!("{}/{}{path}", self.simulator.accounts_url(), service.code())
    }

    /// Where a browser is sent to link an account.
    fn link(&self, service: Service, scope: &str) -> Url {
        let client = ClientConfig::of_the_bot(service, BASE);
        let mut url = Url::parse(&self.url(service, service.habits().authorize)).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &client.id),
            ("redirect_uri", &client.redirects[0]),
            ("scope", scope),
            ("state", "the state"),
        ]);
        if service.habits().pkce {
            let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
            url.query_pairs_mut().extend_pairs(challenge);
        }
        if service == Service::YouTube {
            url.query_pairs_mut().extend_pairs([("access_type", "offline"), ("prompt", "consent")]);
        }
        url
    }

    async fn click(&self, page: Url, name: &str, value: &str) -> Response {
        let body = form(&[(name, value)]);
        let request = self.http.post(page).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap()
    }

    /// Somebody consents, and the code comes back.
    async fn code_for(&self, service: Service, scope: &str, account: &str) -> String {
        let response = self.click(self.link(service, scope), "account", account).await;
        assert_eq!(response.status(), 303, "{service:?}");
        let back = Url::parse(response.headers()[LOCATION].to_str().unwrap()).unwrap();
        pair(&back, "code").unwrap()
    }

    /// The first account consents.
    async fn code(&self, service: Service) -> String {
        self.code_for(service, scope(service), &self.person(service, 0)).await
    }

    /// An account's id.
    fn person(&self, service: Service, n: usize) -> String {
        let people = &self.simulator.config().accounts.accounts;
        people.iter().filter(|one| one.service == service).nth(n).unwrap().id.clone()
    }

    /// A form to an endpoint that wants to know which client asks.
    async fn ask(&self, service: Service, path: &str, fields: &[(&str, &str)]) -> Said {
        let ClientConfig { id, secret, .. } = ClientConfig::of_the_bot(service, BASE);
        let mut fields = fields.to_vec();
        let mut basic = None;
        if matches!(service, Service::Discord | Service::Spotify) {
            basic = Some((id, secret));
        } else {
            fields.extend([("client_id", id.as_str()), ("client_secret", secret.as_str())]);
        }
        let mut request = self.http.post(self.url(service, path)).body(form(&fields));
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        if let Some((id, secret)) = &basic {
            request = request.basic_auth(id, Some(secret));
        }
        Said::of(request.send().await.unwrap()).await
    }

    async fn token(&self, service: Service, fields: &[(&str, &str)]) -> Said {
        self.ask(service, service.habits().token, fields).await
    }

    async fn exchange(&self, service: Service, code: &str) -> Said {
        let redirect = &ClientConfig::of_the_bot(service, BASE).redirects[0];
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect)];
        if service.habits().pkce {
            fields.push(("code_verifier", VERIFIER));
        }
        self.token(service, &fields).await
    }

    async fn refresh(&self, service: Service, token: &str) -> Said {
        self.token(service, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The first account's tokens.
    async fn linked(&self, service: Service) -> Said {
        let said = self.exchange(service, &self.code(service).await).await;
        assert_eq!(said.status, 200, "{said:?}");
        said
    }

    async fn get(&self, service: Service, path: &str, token: Option<&str>) -> Said {
        let mut request = self.http.get(self.url(service, path));
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        Said::of(request.send().await.unwrap()).await
    }

    async fn whose(&self, service: Service, token: Option<&str>) -> Said {
        self.get(service, service.habits().identity, token).await
    }

    /// Whether a token still says whose it is.
    async fn lives(&self, service: Service, token: &str) -> bool {
        let said = self.whose(service, Some(token)).await;
        said.status == 200 && said.body["ok"] != false
    }
}

/// What the bot asks for.
fn scope(service: Service) -> &'static str {
    match service {
        Service::YouTube => "openid https://www.googleapis.com/auth/youtube.readonly",
        Service::Twitch => "channel:read:redemptions channel:bot user:bot user:read:chat",
        service => service.habits().scopes[0].0,
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn pair(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned())
}
