//! The leases at `YouTube`'s hub (`WebSub`, section 5.1): a subscription lasts ten days at most, and is asked for again each
//! night. The hub then asks our door whether we meant it.

use core::time::Duration;

use jiff::Timestamp;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use shared::discord::rest::NoClient;
use shared::security::secret::Secret;
use shared::security::webhook::WebhookSource;
use shared::telemetry::Telemetry;
use url::{Url, form_urlencoded};

use crate::app::App;
use crate::config::Hub;
use crate::handle::HandleError;
use crate::known::{Unknown, keys};
use crate::report::Report;

/// What is asked for; the hub may give less.
const LEASE_S: u32 = 864_000;
/// The longest secret that the standard allows, in bytes, is shorter than 200.
const SECRET_MAX: usize = 199;

/// A client of one hub.
#[derive(Debug)]
pub(crate) struct HubClient {
    http: Client,
    hub: Hub,
}

impl HubClient {
    /// Redirects are not followed: they would carry the secret away.
    pub(crate) fn new(hub: Hub, home: &str, patience: Duration) -> Result<Self, NoClient> {
        let http = Client::builder()
            .user_agent(format!("TimmyBot ({home}, {})", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .https_only(hub.url().scheme() == "https")
            .timeout(patience)
            .build()
            .map_err(|_| NoClient)?;
        Ok(Self { http, hub })
    }

    /// Asks for a subscription. An error is a constant word or the status.
    async fn subscribe(&self, callback: &Url, topic: &str, secret: &Secret) -> Result<(), String> {
        let secret = core::str::from_utf8(secret.expose()).ok().filter(|text| text.len() <= SECRET_MAX);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.callback", callback.as_str())
            .append_pair("hub.topic", topic)
            .append_pair("hub.secret", secret.ok_or("secret_too_long")?)
            .append_pair("hub.lease_seconds", &LEASE_S.to_string())
            // Of the standard's forerunner, which Google's hub still speaks as well.
            .append_pair("hub.verify", "async")
            .finish();
        let post = self.http.post(self.hub.url().clone());
        let sent = post.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form).send().await;
        // `reqwest`'s own words quote the address.
        let status = sent.map_err(|error| if error.is_timeout() { "timeout" } else { "transport" })?.status();
        if status.is_success() { Ok(()) } else { Err(format!("http_{}", status.as_u16())) }
    }
}

/// Subscribes all channels; the last failure is told when all were tried.
pub(crate) async fn run(app: &App, log: &Telemetry, now: Timestamp) -> Result<(), HandleError> {
    if app.channels.is_empty() {
        return Ok(());
    }
    let source = WebhookSource::YouTube;
    let keys = match keys(app, source, now).await {
        Ok(keys) => keys,
        Err(Unknown::Unavailable) => return Err(HandleError::later("webhook_secret", "unavailable")),
        Err(Unknown::Unconfigured | Unknown::Refused(_)) => {
            Report::new(log.clone(), source).unconfigured();
            return Err(HandleError::later("webhook_secret", "unconfigured"));
        }
    };
    // A set of keys is never empty.
    let Some(secret) = keys.newest() else { return Ok(()) };
    let callback = app.public.below(&["webhooks", source.code()]);
    let mut done = Ok(());
    for channel in &app.channels {
        if let Err(code) = app.hub.subscribe(&callback, &channel.topic(), secret).await {
            done = Err(HandleError::later("websub.subscribe", &code));
        }
    }
    done
}
