//! Discord's routes for commands. Their answers are longer, and may be waited for longer, than what functions ask.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, redirect::Policy};
use serde_json::Value;
use shared::discord::rest::ApiBase;
use shared::security::secret::Secret;

/// For one attempt.
const ATTEMPT: Duration = Duration::from_secs(20);
/// The longest that Discord may make us wait before the next one.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How often we are told to wait before we give up.
const ATTEMPTS: u32 = 5;

/// Asks as the bot of a token.
#[derive(Clone, Debug)]
pub(crate) struct Rest {
    http: Client,
    base: String,
    authorization: HeaderValue,
}

impl Rest {
    /// `base` is https, or on this machine: a token never travels in the clear. Redirects would carry it away.
    pub(crate) fn new(base: &str, token: &Secret) -> Result<Self> {
        base.parse::<ApiBase>().with_context(|| format!("{base} cannot be asked"))?;
        let bytes = [b"Bot ", token.expose()].concat();
        let mut authorization = HeaderValue::from_bytes(&bytes).context("the bot's token is malformed")?;
        authorization.set_sensitive(true);
        let http = Client::builder().redirect(Policy::none()).timeout(ATTEMPT);
        let http = if base.starts_with("https:") { http } else { http.no_proxy() };
        Ok(Self {
            http: http.build().context("making the HTTP client")?,
            base: base.trim_end_matches('/').to_owned(),
            authorization,
        })
    }

    /// The id of the application that the token belongs to.
    pub(super) async fn application(&self) -> Result<String> {
        let application = self.call(Method::GET, "/applications/@me", None).await?;
        let id =
            application["id"].as_str().filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
        id.map(str::to_owned).context("Discord did not say which application the token is of")
    }

    /// The commands of an application, with all their languages.
    pub(crate) async fn commands(&self, at: &Place) -> Result<Vec<Value>> {
        let path = format!("{}?with_localizations=true", at.path());
        list(self.call(Method::GET, &path, None).await?)
    }

    /// Replaces them all at once, and says what they are then.
    pub(crate) async fn overwrite(&self, at: &Place, commands: &Value) -> Result<Vec<Value>> {
        list(self.call(Method::PUT, &at.path(), Some(commands)).await?)
    }

    /// Asks; what is asked has to be harmless when it is done twice.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        for _ in 0..ATTEMPTS {
            let request = self.http.request(method.clone(), format!("{}{path}", self.base));
            let request = request.header(AUTHORIZATION, self.authorization.clone());
            let request = if let Some(body) = body { request.json(body) } else { request };
            let response = request.send().await.context("Discord cannot be reached")?;
            if response.status() != StatusCode::TOO_MANY_REQUESTS {
                return answer(response).await;
            }
            let wait = wait(response).await;
            if wait > LONGEST_WAIT {
                bail!("Discord wants no request for {} s: run it again then", wait.as_secs());
            }
            tokio::time::sleep(wait).await;
        }
        bail!("Discord told us {ATTEMPTS} times to wait: run it again later")
    }
}

/// Whose commands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The application's.
    pub(crate) application: String,
    /// Those of one server; else those of all.
    pub(crate) guild: Option<String>,
}

impl Place {
    fn path(&self) -> String {
        let application = &self.application;
        self.guild.as_ref().map_or_else(
            || format!("/applications/{application}/commands"),
            |guild| format!("/applications/{application}/guilds/{guild}/commands"),
        )
    }
}

fn list(value: Value) -> Result<Vec<Value>> {
    match value {
        Value::Array(commands) => Ok(commands),
        _ => bail!("Discord answered something else than a list of commands"),
    }
}

async fn answer(response: Response) -> Result<Value> {
    let status = response.status();
    let body = response.bytes().await.context("Discord's answer broke off")?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    let (said, errors) = (body["message"].as_str().unwrap_or("nothing more"), &body["errors"]);
    match status {
        StatusCode::UNAUTHORIZED => {
            bail!(
                "Discord does not take the bot's token (401): store the one that is valid with ./timmy rotate bot-token"
            )
        }
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            bail!(
                "Discord refused ({status}: {said}): is the bot on that server, invited with applications.commands?"
            )
        }
        _ if errors.is_null() => bail!("Discord answered {status}: {said}"),
        _ => bail!("Discord answered {status}: {said}: {errors}"),
    }
}

/// How long Discord wants to be left alone. The body has fractions, the header whole seconds.
async fn wait(response: Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body: Value = response.json().await.unwrap_or_default();
    let seconds: Option<f64> = body["retry_after"].as_f64().or(header);
    let wait = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    wait.unwrap_or(Duration::from_secs(1))
}
