use std::time::Instant;

use serde_json::json;

use super::*;
use crate::accounts::{AccountsFault, AccountsFaultKind, Endpoint, FaultAt};
use crate::fault::Fault;

impl Wire {
    /// Something goes wrong, told over the control API.
    async fn fault(&self, fault: &Fault) {
        let request = self.http.post(format!("{}/fault", self.simulator.control_url())).json(fault);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }

    async fn once(&self, service: Service, kind: AccountsFaultKind) {
        let fault = AccountsFault { service, at: FaultAt::Token, times: Some(1), kind };
        self.fault(&Fault::Accounts(fault)).await;
    }
}

#[tokio::test]
async fn a_limit_says_when_to_come_back_and_has_done_nothing() {
    let wire = Wire::start();
    for service in Service::ALL {
        let code = wire.code(service).await;
        wire.once(service, AccountsFaultKind::RateLimited(7)).await;
        let said = wire.exchange(service, &code).await;
        assert_eq!(said.status, 429, "{service:?}");
        assert_eq!(said.headers["retry-after"], "7");
        wire.once(service, AccountsFaultKind::Status(503)).await;
        assert_eq!(wire.exchange(service, &code).await.status, 503);
        assert_eq!(wire.exchange(service, &code).await.status, 200, "{service:?}");
        assert_eq!(wire.simulator.accounts().token_calls(service), 3);
    }
}

#[tokio::test]
async fn an_answer_that_never_arrives_whole_has_been_given_all_the_same() {
    let wire = Wire::start();
    let service = Service::Discord;
    let refresh = wire.linked(service).await.text("refresh_token");
    wire.once(service, AccountsFaultKind::Cut).await;
    let ClientConfig { id, secret, .. } = ClientConfig::of_the_bot(service, BASE);
    let request = wire.http.post(wire.url(service, service.habits().token)).basic_auth(id, Some(secret));
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = form(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]);
    let response = request.body(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err(), "it breaks off");
    let again = wire.refresh(service, &refresh).await;
    assert_eq!((again.status, again.text("error")), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn an_answer_may_be_no_json_or_late() {
    let wire = Wire::start();
    let service = Service::YouTube;
    let refresh = wire.linked(service).await.text("refresh_token");
    wire.once(service, AccountsFaultKind::Malformed).await;
    let said = wire.refresh(service, &refresh).await;
    assert_eq!((said.status, said.body), (200, Value::Null));
    wire.once(service, AccountsFaultKind::Hang(300)).await;
    let began = Instant::now();
    assert_eq!(wire.refresh(service, &refresh).await.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_token_may_be_said_to_be_worth_nothing() {
    let wire = Wire::start();
    for (service, words) in [
        (Service::Discord, "invalid_grant"),
        (Service::Slack, "invalid_refresh_token"),
        (Service::Spotify, "Refresh token revoked"),
        (Service::Twitch, "Invalid refresh token"),
        (Service::YouTube, "Token has been expired or revoked."),
    ] {
        let refresh = wire.linked(service).await.text("refresh_token");
        wire.once(service, AccountsFaultKind::InvalidGrant).await;
        let said = wire.refresh(service, &refresh).await;
        assert!(said.body.to_string().contains(words), "{service:?}: {said:?}");
        assert!(wire.refresh(service, &refresh).await.body.get("access_token").is_some());
    }
}

#[tokio::test]
async fn a_service_may_be_down_until_it_is_mended_while_the_others_are_not() {
    let wire = Wire::start();
    let token = wire.linked(Service::Spotify).await.text("access_token");
    let kind = AccountsFaultKind::Status(503);
    let down = AccountsFault { service: Service::Spotify, at: FaultAt::Everywhere, times: None, kind };
    wire.fault(&Fault::Accounts(down)).await;
    for path in ["/v1/me", "/v1/me/playlists", "/authorize"] {
        assert_eq!(wire.get(Service::Spotify, path, Some(&token)).await.status, 503, "{path}");
    }
    wire.linked(Service::Twitch).await;
    wire.fault(&Fault::Mend).await;
    assert!(wire.lives(Service::Spotify, &token).await);
    let accounts = wire.simulator.accounts();
    let counts = Endpoint::ALL.map(|endpoint| accounts.calls(Service::Spotify, endpoint));
    assert_eq!(counts, [2, 1, 0, 2, 1]);
}

#[tokio::test]
async fn the_timeline_shows_calls_and_no_token() {
    let wire = Wire::start();
    let given = wire.linked(Service::Slack).await;
    let timeline = wire.http.get(format!("{}/timeline", wire.simulator.control_url())).send().await.unwrap();
    let entries: Vec<Value> = timeline.json().await.unwrap();
    let own: Vec<_> = entries.iter().filter(|one| one["kind"] == "account").collect();
    assert_eq!(own.len(), 2);
    assert_eq!(own[1]["title"], "Slack POST /api/openid.connect.token → 200");
    let text = json!(entries).to_string();
    for secret in ["access_token", "refresh_token", "id_token"] {
        assert!(!text.contains(&given.text(secret)), "{secret}");
    }
    assert!(!text.contains("simulated-slack-secret") && !text.contains("the state"));
}
