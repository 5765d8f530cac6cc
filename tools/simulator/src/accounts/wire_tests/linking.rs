use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

use super::*;

#[tokio::test]
async fn each_service_answers_with_its_own_fields() {
    let wire = Wire::start();
    for service in Service::ALL {
        let said = wire.linked(service).await;
        let mut fields: Vec<_> = said.body.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        let expected: &[&str] = match service {
            Service::Discord | Service::Spotify | Service::Twitch => {
                &["access_token", "expires_in", "refresh_token", "scope", "token_type"]
            }
            Service::Slack => {
                &["access_token", "expires_in", "id_token", "ok", "refresh_token", "token_type"]
            }
            Service::YouTube => {
                &["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]
            }
        };
        assert_eq!(fields, expected, "{service:?}");
        assert_eq!(said.headers["cache-control"], "no-store");
        let (life, kind) = match service {
            Service::Discord => (604_800, "Bearer"),
            Service::Slack => (43_200, "Bearer"),
            Service::Spotify => (3600, "Bearer"),
            Service::Twitch => (14_400, "bearer"),
            Service::YouTube => (3599, "Bearer"),
        };
        assert_eq!((&said.body["expires_in"], &said.body["token_type"]), (&json!(life), &json!(kind)));
        let scopes = match service {
            Service::Slack => Value::Null,
            Service::Twitch => scope(service).split(' ').collect(),
            service => json!(scope(service)),
        };
        assert_eq!(said.body["scope"], scopes, "{service:?}");
    }
}

#[tokio::test]
async fn without_rotation_slack_gives_one_token_for_ever() {
    let wire = Wire::with(Config::default());
    let said = wire.linked(Service::Slack).await;
    assert_eq!((said.body.get("refresh_token"), said.body.get("expires_in")), (None, None));
    wire.simulator.accounts().age(Duration::from_hours(24 * 365));
    assert!(wire.lives(Service::Slack, &said.text("access_token")).await);
}

#[tokio::test]
async fn a_token_says_whose_it_is() {
    let wire = Wire::start();
    for service in Service::ALL {
        let access = wire.linked(service).await.text("access_token");
        let said = wire.whose(service, Some(&access)).await;
        let name = match service {
            Service::Discord | Service::Spotify => "id",
            Service::Slack | Service::YouTube => "sub",
            Service::Twitch => "user_id",
        };
        assert_eq!((said.status, said.text(name)), (200, wire.person(service, 0)), "{service:?}");
        if service == Service::Twitch {
            assert_eq!(
                (said.text("client_id"), said.text("login")),
                ("timmy-at-twitch".into(), "adaplays".into())
            );
            assert!((14_390..=14_400).contains(&said.body["expires_in"].as_i64().unwrap()), "{said:?}");
        }
    }
}

#[tokio::test]
async fn an_id_token_has_three_parts_and_names_the_account() {
    let wire = Wire::start();
    for service in [Service::Slack, Service::YouTube] {
        let text = wire.linked(service).await.text("id_token");
        let parts: Vec<_> =
            text.split('.').map(|part| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).collect();
        let [head, claims, signature] = &parts[..] else { panic!("{} parts", parts.len()) };
        let head: Value = serde_json::from_slice(head).unwrap();
        let claims: Value = serde_json::from_slice(claims).unwrap();
        assert_eq!((&head["alg"], signature.len()), (&json!("RS256"), 256));
        assert_eq!(claims["sub"], wire.person(service, 0));
        assert_eq!(
            (&claims["aud"], &claims["azp"]),
            (&claims["azp"], &json!(format!("timmy-at-{}", service.code())))
        );
        assert_eq!(claims["iss"].as_str(), service.habits().id_issuer);
        assert!(claims["exp"].as_i64() > claims["iat"].as_i64());
    }
}

#[tokio::test]
async fn a_token_that_opens_nothing_is_told_so_in_the_services_words() {
    let wire = Wire::start();
    for service in Service::ALL {
        let access = wire.linked(service).await.text("access_token");
        let none = wire.whose(service, None).await;
        let unknown = wire.whose(service, Some("none of ours")).await;
        wire.simulator.accounts().age(Duration::from_hours(24 * 30));
        let expired = wire.whose(service, Some(&access)).await;
        let grant = wire.simulator.accounts().grants(service)[0].id;
        assert!(wire.simulator.accounts().end_grant(grant) && !wire.simulator.accounts().end_grant(grant));
        let revoked = wire.whose(service, Some(&access)).await;
        let words = match service {
            Service::Discord => ["401: Unauthorized"; 4],
            Service::Slack => ["not_authed", "invalid_auth", "token_expired", "token_revoked"],
            Service::Spotify => [
                "No token provided",
                "Invalid access token",
                "The access token expired",
                "Invalid access token",
            ],
            Service::Twitch => [
                "missing authorization token",
                "invalid access token",
                "invalid access token",
                "invalid access token",
            ],
            Service::YouTube => ["Invalid Credentials"; 4],
        };
        let status = if service == Service::Slack { 200 } else { 401 };
        for (said, words) in [none, unknown, expired, revoked].iter().zip(words) {
            assert_eq!(said.status, status, "{service:?}");
            assert!(said.body.to_string().contains(words), "{service:?}: {words}: {said:?}");
        }
    }
}

#[tokio::test]
async fn who_was_not_asked_for_it_is_told_to_nobody() {
    let wire = Wire::start();
    for (service, scope, status) in [
        (Service::Discord, "guilds", 401),
        (Service::YouTube, "https://www.googleapis.com/auth/youtube.readonly", 403),
    ] {
        let code = wire.code_for(service, scope, &wire.person(service, 0)).await;
        let access = wire.exchange(service, &code).await.text("access_token");
        assert_eq!(wire.whose(service, Some(&access)).await.status, status, "{service:?}");
    }
}
