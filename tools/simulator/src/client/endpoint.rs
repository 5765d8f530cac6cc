//! Where an application wants its interactions, and how they get there: signed, and waited for no longer than Discord
//! waits (Discord: "Receiving and Responding").

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::Value;
use url::Url;

use super::{Key, probe};
use crate::core::Core;
use crate::ids::ApplicationId;
use crate::machine;

/// How long a bot may take to answer.
const DEADLINE: Duration = Duration::from_secs(3);
/// More than any answer of a bot.
const ANSWER_MAX: usize = 1024 * 1024;

/// The endpoints of all applications.
#[derive(Debug, Default)]
pub(crate) struct Endpoints(Mutex<BTreeMap<ApplicationId, Endpoint>>);

/// One of them. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    url: Url,
    client: Client,
    key: Key,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("no answer within 3 s")]
    Late,
    #[error("the endpoint cannot be reached")]
    Unreachable,
    #[error("the endpoint's answer is too long")]
    TooLong,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Endpoints {
    /// Where an application's interactions go.
    pub(crate) fn url(&self, application: ApplicationId) -> Option<Url> {
        self.get(application).map(|endpoint| endpoint.url)
    }

    pub(super) fn get(&self, application: ApplicationId) -> Option<Endpoint> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&application).cloned()
    }

    pub(super) fn all(&self) -> Vec<(ApplicationId, Endpoint)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(application, endpoint)| (*application, endpoint.clone())).collect()
    }

    fn set(&self, application: ApplicationId, endpoint: Endpoint) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(application, endpoint);
    }
}

/// Takes an endpoint if it answers a PING and refuses what is not signed; the error says what it did instead.
pub(crate) async fn take_endpoint(core: &Core, application: ApplicationId, url: Url) -> Result<(), String> {
    let key = core.key(application).ok_or("there is no such application")?;
    // Redirects are not followed, and no proxy stands between.
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(DEADLINE);
    let client = client.build().map_err(|error| error.to_string())?;
    let endpoint = Endpoint { url, client, key };
    probe::probe(core, application, &endpoint).await?;
    core.endpoints.set(application, endpoint);
    Ok(())
}

impl Endpoint {
    pub(super) fn sign(&self, at: &str, body: &[u8]) -> String {
        self.key.sign(at, body)
    }

    /// Sends an interaction as Discord does.
    pub(super) async fn send(&self, body: &[u8]) -> Result<Answer, Unanswered> {
        let at = machine::now().as_second().to_string();
        let signature = self.sign(&at, body);
        self.send_signed(body, &at, &signature).await
    }

    /// The same with a signature of the caller's.
    pub(super) async fn send_signed(
        &self,
        body: &[u8],
        at: &str,
        signature: &str,
    ) -> Result<Answer, Unanswered> {
        let request = self.client.post(self.url.clone()).header("content-type", "application/json");
        let request = request.header("user-agent", "Discord-Interactions/1.0 (+https://discord.com)");
        let request = request.header("x-signature-timestamp", at).header("x-signature-ed25519", signature);
        let failed = |error: reqwest::Error| {
            if error.is_timeout() { Unanswered::Late } else { Unanswered::Unreachable }
        };
        let mut response = request.body(body.to_vec()).send().await.map_err(failed)?;
        let (status, mut read) = (response.status(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            read.extend_from_slice(&chunk);
            if read.len() > ANSWER_MAX {
                return Err(Unanswered::TooLong);
            }
        }
        Ok(Answer { status, body: serde_json::from_slice(&read).unwrap_or_default() })
    }
}
