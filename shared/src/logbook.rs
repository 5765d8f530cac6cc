//! A function's log: its own, and that of each request with the platform's id and the pseudonyms in it (SPEC T22).

use aws_config::SdkConfig;
use jiff::Timestamp;

use crate::machine::Machine;
use crate::secrets::AppSecrets;
use crate::telemetry::Telemetry;

/// The log of a function and the secrets that its key comes from.
#[derive(Debug)]
pub struct Logbook {
    own: Telemetry,
    secrets: AppSecrets,
    log_key: String,
}

impl Logbook {
    /// Of this function, on this machine, with the pseudonyms' key in the secret `log_key`.
    pub fn new<P>(function: &'static str, machine: &Machine<P>, sdk: &SdkConfig, log_key: &str) -> Self {
        let own = Telemetry::new(machine.sink.clone(), function, machine.clock);
        let secrets = AppSecrets::new(sdk).with_telemetry(own.clone());
        Self { own, secrets, log_key: log_key.to_owned() }
    }

    /// What the function says outside of any request.
    pub const fn own(&self) -> &Telemetry {
        &self.own
    }

    /// The application's secrets; failed fetches are told in the function's own log.
    pub const fn secrets(&self) -> &AppSecrets {
        &self.secrets
    }

    /// The log of one request. Without the log key its pseudonyms say `unavailable`.
    pub async fn of(&self, request_id: &str, now: Timestamp) -> Telemetry {
        // On the heap: a fetch of a secret would be the largest part of every handler's future.
        let pseudonyms = Box::pin(self.secrets.pseudonyms(&self.log_key, now)).await;
        self.own.with_correlation(request_id).with_pseudonyms(pseudonyms)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::clock::{Clock, Rng};
    use crate::fake_http::{Answer, FakeHttp};
    use crate::telemetry::Sink;

    const REQUEST: &str = "c2d8f0e4-7c3a-4c5e-9b47-0f5f0f4b7a11";
    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    /// What two logs say, and how often the service was asked.
    async fn said(answer: Answer) -> (Vec<serde_json::Value>, [bool; 2], usize) {
        let service = FakeHttp::start([answer]).await;
        let (sink, captured) = Sink::memory();
        let machine = Machine { sink, clock: Clock::fixed(now()), rng: Rng::system(), patience: () };
        let sdk = testkit::sdk_config(&service.url());
        let logbook = Logbook::new("oauth", &machine, &sdk, "/timmybot/log-key");
        let log = logbook.of(REQUEST, now()).await;
        for log in [&log, logbook.own()] {
            log.fault("test", "code");
        }
        let known = [&log, logbook.own()].map(|log| log.pseudonyms().is_available());
        (captured.lines(), known, service.requests().len())
    }

    #[tokio::test]
    async fn the_log_of_a_request_has_its_id_and_the_pseudonyms() {
        let key = json!({ "keys": [{ "kid": "k1", "key": KEY }] }).to_string();
        let (lines, known, asked) = said(Answer::json(StatusCode::OK, &json!({ "SecretString": key }))).await;
        let ids: Vec<_> = lines.iter().map(|line| line["correlation_id"].clone()).collect();
        assert_eq!(ids, [REQUEST, "none"], "the function's own log stays as it is");
        assert_eq!((known, asked), ([true, false], 1));
    }

    #[tokio::test]
    async fn a_request_has_a_log_even_without_a_key() {
        let broken = json!({ "__type": "InternalServiceError", "Message": "it broke" });
        let (lines, known, _) = said(Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &broken)).await;
        let ours: Vec<_> = lines.iter().filter(|line| line["correlation_id"] == REQUEST).collect();
        assert_eq!((ours.len(), known), (1, [false, false]));
        assert!(lines.len() > 2, "that the key could not be fetched is told as well");
    }
}
