//! Requests with a credential; an access token that is over is refreshed once.

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::credentials::{Credentials, Tokens};

/// A request to the API.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: String,
    path: String,
    body: Option<Value>,
}

impl Request {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), body: None }
    }

    pub(super) fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// With a query.
    pub(super) fn asking<'a>(self, query: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let path = if query.is_empty() { self.path } else { format!("{}?{query}", self.path) };
        Self { path, ..self }
    }

    #[cfg(test)]
    pub(super) fn method(&self) -> &str {
        &self.method
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    #[cfg(test)]
    pub(super) const fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }
}

/// One deployment's API.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    credentials: Credentials,
    key: Option<String>,
    community: Option<String>,
}

struct Answer {
    status: u16,
    body: Value,
}

impl Client {
    pub(super) fn new(
        base: String,
        credentials: Credentials,
        key: Option<String>,
        community: Option<String>,
    ) -> Result<Self> {
        let url: Url = base.parse().with_context(|| format!("{base} is no address"))?;
        let local = url.host_str().is_some_and(|host| host == "127.0.0.1" || host == "localhost");
        if url.scheme() != "https" && !local {
            bail!("{base}: a credential travels over https only");
        }
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .user_agent(concat!("timmy/", env!("CARGO_PKG_VERSION")));
        Ok(Self { http: http.build()?, base, credentials, key, community })
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(super) fn forget(&self) -> Result<()> {
        self.credentials.forget()
    }

    pub(super) fn keep(&self, tokens: &Tokens) -> Result<()> {
        self.credentials.save(tokens)
    }

    /// Sends it, and once more if the access token was over.
    pub(super) async fn send(&mut self, request: &Request) -> Result<Value> {
        let tokens = self.credentials.load();
        let answer = self.try_once(request, tokens.as_ref()).await?;
        let over = answer.status == 401 && answer.body["error"]["code"] == "invalid_token";
        match tokens.filter(|_| over && self.key.is_none()) {
            Some(tokens) => {
                let renewed = self.refresh(&tokens).await?;
                told(self.try_once(request, Some(&renewed)).await?)
            }
            None => told(answer),
        }
    }

    /// A code or a refresh token for two tokens.
    pub(super) async fn redeem(&self, path: &str, body: Value) -> Result<Tokens> {
        let answer = self.try_once(&Request::new("POST", path).with(body), None).await?;
        let tokens: Tokens = serde_json::from_value(told(answer)?).context("the answer is no sign-in")?;
        self.keep(&tokens)?;
        Ok(tokens)
    }

    async fn refresh(&self, tokens: &Tokens) -> Result<Tokens> {
        let body = json!({ "refresh_token": tokens.refresh_token });
        let renewed = self.redeem("/api/v1/sessions/refresh", body).await;
        renewed.context("the sign-in is over: ./timmy api login")
    }

    async fn try_once(&self, request: &Request, tokens: Option<&Tokens>) -> Result<Answer> {
        let method: Method =
            request.method.parse().with_context(|| format!("{} is no method", request.method))?;
        let mut call = self.http.request(method, format!("{}{}", self.base, request.path));
        match (&self.key, tokens) {
            (Some(key), _) => call = call.header("x-api-key", key),
            (None, Some(tokens)) => call = call.bearer_auth(&tokens.access_token),
            (None, None) => {}
        }
        if let Some(community) = &self.community {
            call = call.header("x-community-id", community);
        }
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        let answer = call.send().await.with_context(|| format!("{} does not answer", self.base))?;
        let status = answer.status().as_u16();
        let text = answer.text().await.context("the answer broke off")?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, body })
    }
}

/// What the API says is wrong is what its user reads.
fn told(answer: Answer) -> Result<Value> {
    let Answer { status, body } = answer;
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let error = &body["error"];
    let message = error["message"].as_str().unwrap_or("it is not TimmyBot that answers there");
    let hint = match error["code"].as_str() {
        Some("unauthorized" | "invalid_token") => "\nSign in: ./timmy api login",
        Some("missing_community_id") => "\nHere: --community ID",
        _ => "",
    };
    let id = error["request_id"].as_str().filter(|id| !id.is_empty() && status >= 500);
    let id = id.map(|id| format!("\nRequest id: {id}")).unwrap_or_default();
    bail!("{message}{hint}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: Value) -> String {
        told(Answer { status, body }).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        let error = |code: &str| json!({ "error": { "code": code, "message": "No.", "request_id": "r-1" } });
        assert_eq!(said(401, error("invalid_token")), "No.\nSign in: ./timmy api login");
        assert_eq!(said(400, error("missing_community_id")), "No.\nHere: --community ID");
        assert_eq!(said(503, error("unavailable")), "No.\nRequest id: r-1");
        assert_eq!(said(404, json!("<html>")), "it is not TimmyBot that answers there");
        assert_eq!(told(Answer { status: 204, body: Value::Null }).unwrap(), Value::Null);
    }

    #[test]
    fn a_credential_travels_over_tls() {
        let at = |base: &str| {
            let folder = std::path::Path::new("/nonexistent");
            Client::new(base.to_owned(), Credentials::of(Some(folder), base).unwrap(), None, None)
        };
        assert!(at("https://bot.example.org").is_ok() && at("http://127.0.0.1:8787").is_ok());
        assert!(at("http://bot.example.org").is_err() && at("bot.example.org").is_err());
    }
}
