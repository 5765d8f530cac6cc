//! ID tokens (`OpenID` Connect Core 1.0, section 2). The signature is none: whoever takes them from the token endpoint
//! itself need not look at it (section 3.1.3.7, number 6), and there is no key here that anybody could believe.

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::book::Grant;
use super::people::TEAM;
use super::service::Service;

/// How long one is good, in seconds (Google: an hour; Slack: five minutes).
fn life(service: Service) -> i64 {
    if service == Service::Slack { 300 } else { 3600 }
}

/// Who it is, if the service says that and was asked to.
pub(super) fn id_token(grant: &Grant, now: Timestamp) -> Option<String> {
    let issuer = grant.service.habits().id_issuer?;
    if !grant.scopes.iter().any(|scope| scope == "openid") {
        return None;
    }
    let at = now.as_second();
    let mut claims = json!({
        "iss": issuer, "sub": grant.account, "aud": grant.client, "azp": grant.client,
        "iat": at, "exp": at + life(grant.service),
    });
    if grant.service == Service::Slack {
        claims["https://slack.com/user_id"] = json!(grant.account);
        claims["https://slack.com/team_id"] = json!(TEAM);
    }
    let head = json!({ "alg": "RS256", "kid": "simulated", "typ": "JWT" });
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    // As long as RSA's with 2048 bits.
    Some(format!("{}.{}.{}", part(&head), part(&claims), BASE64URL_NOPAD.encode(&[0x5a; 256])))
}

#[cfg(test)]
mod tests {
    use shared::domain::accounts::Provider;
    use shared::providers::identity::{NotIdentified, confirm};
    use shared::security::secret::Secret;

    use super::*;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn grant(service: Service, scope: &str) -> Grant {
        Grant {
            id: 1,
            service,
            client: "c".into(),
            account: "104882915730216648091".into(),
            scopes: vec![scope.into()],
            since: noon(),
        }
    }

    #[test]
    fn the_bot_believes_it_for_itself_alone() {
        for (service, provider) in [(Service::YouTube, Provider::YouTube), (Service::Slack, Provider::Slack)]
        {
            let token = Secret::new(id_token(&grant(service, "openid"), noon()).unwrap());
            let subject = "104882915730216648091".parse().unwrap();
            assert_eq!(confirm(provider, "c", &token, &subject, noon()), Ok(()));
            let other = "104882915730216648092".parse().unwrap();
            assert_eq!(confirm(provider, "c", &token, &other, noon()), Err(NotIdentified::Differs));
            let foreign = confirm(provider, "d", &token, &subject, noon());
            assert_eq!(foreign, Err(NotIdentified::Foreign));
        }
    }

    #[test]
    fn who_did_not_ask_or_cannot_say_gets_none() {
        assert_eq!(id_token(&grant(Service::YouTube, "email"), noon()), None);
        assert_eq!(id_token(&grant(Service::Twitch, "openid"), noon()), None);
    }
}
