//! Whether the address that Discord speaks to refuses what Discord did not sign, and is the one that Discord knows.
//!
//! A good signature can only be made on a local stack, which has its own test key; in the cloud it was made by Discord, when it
//! took the address.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use shared::aws_code::code;
use shared::env::Env;
use shared::security::signature::PAST_WINDOW;
use testkit::signing::DiscordKey;

use super::config;
use super::deployment::Deployment;
use super::discord::{cause, client};
use super::finding::Finding;

/// What Discord asks first, with what every interaction has.
const PING: &str = r#"{"type":1,"id":"1","application_id":"1","token":"a","version":1}"#;
/// Where the HTTP API takes interactions.
const ROUTE: &str = "/discord/interactions";
/// A key that nobody trusts.
const FOREIGN: [u8; 32] = [3; 32];

/// How a ping is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Not at all.
    Unsigned,
    /// By somebody else.
    Forged,
    /// Too long ago.
    Stale,
    /// As Discord does.
    Good,
}

/// An answer, or why there was none.
type Answer = Result<(u16, String), &'static str>;

/// What was seen.
struct Seen {
    /// Where it is.
    url: String,
    /// What it answered.
    probes: Vec<(Kind, Answer)>,
    /// What Discord has as the address.
    registered: Result<Option<String>, Finding>,
}

/// Sends the pings, one after the other. They count as forgeries: three a run, where the alarm takes more than twenty.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let url = match address(deployment).await {
        Ok(url) => url,
        Err(finding) => return vec![finding],
    };
    let registered = match deployment.discord().await {
        Ok(discord) => discord.application().await.map(|application| application.interactions_endpoint_url),
        Err(finding) => Err(finding),
    };
    let key = deployment.local().and_then(|session| {
        let seed = hex::decode(&session.test_signing_key).ok()?;
        Some(DiscordKey::from_seed(seed.try_into().ok()?))
    });
    let probes = probe(&url, key.as_ref(), deployment.now).await;
    judge(&Seen { url, probes, registered })
}

async fn address(deployment: &Deployment) -> Result<String, Finding> {
    if let Some(session) = deployment.local() {
        return Ok(session.discord.clone());
    }
    let name = deployment.named("interactions");
    let untold = |code: &str| Finding::untold(&format!("the address of {name}"), code);
    let lambda = aws_sdk_lambda::Client::new(&deployment.sdk);
    let asked = lambda.get_function_url_config().function_name(&name).send().await;
    match asked.map_err(|error| code(&error)) {
        Ok(said) => Ok(said.function_url().to_owned()),
        // The function has no address of its own with `FrontDoor=httpapi`.
        Err(none) if none == "ResourceNotFoundException" => {
            let env = config::told_to(&lambda, &name).await.map_err(|code| untold(&code))?;
            route(&env).ok_or_else(|| untold(&none))
        }
        Err(code) => Err(untold(&code)),
    }
}

/// The route of the HTTP API, by what the function is told of the API's address.
fn route(env: &Env) -> Option<String> {
    Some(format!("{}{ROUTE}", env.get("PUBLIC_BASE_URL")?.trim_end_matches('/')))
}

async fn probe(url: &str, key: Option<&DiscordKey>, now: Timestamp) -> Vec<(Kind, Answer)> {
    let foreign = DiscordKey::from_seed(FOREIGN);
    let old = now.saturating_sub(PAST_WINDOW + SignedDuration::from_mins(55)).unwrap_or(Timestamp::MIN);
    let signed = |key: &DiscordKey, at: Timestamp| {
        (at.as_second().to_string(), key.sign(at.as_second(), PING.as_bytes()))
    };
    let mut pings = vec![
        (Kind::Unsigned, None),
        (Kind::Forged, Some(signed(&foreign, now))),
        (Kind::Stale, Some(signed(key.unwrap_or(&foreign), old))),
    ];
    pings.extend(key.map(|key| (Kind::Good, Some(signed(key, now)))));
    let mut probes = Vec::new();
    for (kind, headers) in pings {
        probes.push((kind, ping(url, headers).await));
    }
    probes
}

async fn ping(url: &str, headers: Option<(String, String)>) -> Answer {
    let request = client(url).ok_or("tls")?.post(url).header("content-type", "application/json").body(PING);
    let request = match headers {
        Some((at, signature)) => {
            request.header("x-signature-timestamp", at).header("x-signature-ed25519", signature)
        }
        None => request,
    };
    let answer = request.send().await.map_err(|error| cause(&error))?;
    let status = answer.status().as_u16();
    Ok((status, answer.text().await.map_err(|error| cause(&error))?))
}

fn judge(seen: &Seen) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for finding in seen.probes.iter().filter_map(|(kind, answer)| amiss(*kind, answer)) {
        // An address that nobody is behind is one finding, not four.
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found.extend(elsewhere(&seen.url, &seen.registered));
    found
}

fn amiss(kind: Kind, answer: &Answer) -> Option<Finding> {
    let (status, body) = match answer {
        Ok((status, body)) => (*status, body.as_str()),
        Err(cause) => return Some(Finding::untold("the address for interactions", cause)),
    };
    match (kind, status) {
        (Kind::Good, 200) if is_pong(body) => None,
        (Kind::Good, _) => Some(Finding::broken(
            format!("a ping with a good signature is answered {status} instead of 200"),
            "look at this machine's clock and at DISCORD_PUBLIC_KEYS, then at the function's log",
        )),
        (_, 401) if body.is_empty() => None,
        (_, 401) => Some(Finding::broken(
            format!("{} is refused with words; they help whoever forges", told(kind)),
            "something stands before the function and answers for it: take it away, or deploy again",
        )),
        (_, 200..=299) => Some(Finding::broken(
            format!("{} is answered {status}: signatures are not verified", told(kind)),
            "take the address out of Discord's portal now, and find out what answers there",
        )),
        (_, 403) => Some(Finding::broken(
            "nobody may call the address for interactions (403), so Discord may not either",
            "deploy again: the permission that lets everybody call it is missing",
        )),
        _ => Some(Finding::broken(
            format!("the function for interactions fails ({status} to {})", told(kind)),
            "docs/runbooks/function-errors.md",
        )),
    }
}

fn is_pong(body: &str) -> bool {
    serde_json::from_str::<Value>(body).is_ok_and(|body| body["type"] == 1)
}

const fn told(kind: Kind) -> &'static str {
    match kind {
        Kind::Unsigned => "a ping without a signature",
        Kind::Forged => "a ping with a forged signature",
        Kind::Stale => "a ping that was signed an hour ago",
        Kind::Good => "a ping with a good signature",
    }
}

fn elsewhere(url: &str, registered: &Result<Option<String>, Finding>) -> Option<Finding> {
    let mend = format!("enter {url} as Interactions Endpoint URL in Discord's developer portal");
    match registered {
        Err(finding) => Some(finding.clone()),
        Ok(Some(known)) if known.trim_end_matches('/') == url.trim_end_matches('/') => None,
        Ok(Some(known)) => Some(Finding::broken(format!("Discord sends interactions to {known}"), mend)),
        Ok(None) => Some(Finding::broken("Discord does not know where to send interactions", mend)),
    }
}

#[cfg(test)]
mod tests {
    use testkit::template::{OURS, Template};

    use super::super::finding::Severity;
    use super::*;

    const URL: &str = "https://abc.lambda-url.eu-central-1.on.aws/";

    fn well() -> Vec<(Kind, Answer)> {
        let refused = || Ok((401, String::new()));
        vec![
            (Kind::Unsigned, refused()),
            (Kind::Forged, refused()),
            (Kind::Stale, refused()),
            (Kind::Good, Ok((200, PING.to_owned()))),
        ]
    }

    fn seen(probes: Vec<(Kind, Answer)>) -> Vec<Finding> {
        judge(&Seen { url: URL.to_owned(), probes, registered: Ok(Some(URL.to_owned())) })
    }

    #[test]
    fn the_ping_is_one_that_the_function_takes() {
        let ping = shared::discord::envelope::Interaction::parse(PING.as_bytes());
        assert!(ping.is_ok(), "{ping:?}");
    }

    #[test]
    fn a_door_that_opens_to_discord_alone_is_well() {
        assert_eq!(seen(well()), []);
        let mut cloud = well();
        cloud.truncate(3);
        assert_eq!(seen(cloud), [], "nobody but Discord can sign there");
    }

    #[test]
    fn each_wrong_answer_to_a_wrong_signature_is_told() {
        for (at, (kind, _)) in well().into_iter().enumerate().take(3) {
            for (status, body, what) in [
                (401, "no", "refused with words"),
                (200, PING, "not verified"),
                (204, "", "not verified"),
                (403, "", "may call"),
                (404, "", "fails"),
                (502, "", "fails"),
            ] {
                let mut probes = well();
                probes[at].1 = Ok((status, body.to_owned()));
                let found = seen(probes);
                assert_eq!(found.len(), 1, "{kind:?} {status}: {found:?}");
                assert!(found[0].what.contains(what), "{kind:?} {status}: {found:?}");
                assert_eq!(found[0].severity, Severity::Broken);
            }
        }
    }

    #[test]
    fn a_good_signature_has_to_be_answered() {
        for (status, body) in [(401, ""), (200, ""), (200, r#"{"type":4}"#), (500, "")] {
            let mut probes = well();
            probes[3].1 = Ok((status, body.to_owned()));
            let found = seen(probes);
            assert!(found.len() == 1 && found[0].what.contains("good signature"), "{status}: {found:?}");
        }
    }

    #[test]
    fn the_other_door_is_a_route_of_the_template() {
        let template = Template::parse(OURS).unwrap();
        let key = &template.resource("InteractionsRoute")["Properties"]["RouteKey"];
        assert_eq!(key.as_str(), Some(format!("POST {ROUTE}").as_str()));
        let expected = Some("https://bot.example.org/discord/interactions".to_owned());
        for base in ["https://bot.example.org", "https://bot.example.org/"] {
            assert_eq!(route(&Env::of([("PUBLIC_BASE_URL", base)])), expected);
        }
        assert_eq!(route(&Env::default()), None);
    }

    #[test]
    fn nobody_at_home_is_said_once() {
        let found = seen(well().into_iter().map(|(kind, _)| (kind, Err("connect"))).collect());
        assert!(found.len() == 1 && found[0].what.contains("(connect)"), "{found:?}");
    }

    #[test]
    fn discord_knows_this_address_and_no_other() {
        let known = |url: &str| elsewhere(URL, &Ok(Some(url.to_owned())));
        assert_eq!(known(URL), None);
        assert_eq!(known(URL.trim_end_matches('/')), None, "with or without the last slash");
        let other = known("https://elsewhere.example/").unwrap();
        assert!(other.what.contains("elsewhere.example") && other.mend.contains(URL), "{other:?}");
        assert!(elsewhere(URL, &Ok(None)).unwrap().what.contains("does not know"));
        let silent = Finding::untold("the application at Discord", "timeout");
        assert_eq!(elsewhere(URL, &Err(silent.clone())), Some(silent));
    }

    /// What is sent is what it is called.
    #[tokio::test]
    async fn the_pings_are_signed_as_they_say() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let router = axum::Router::new().fallback(|headers: axum::http::HeaderMap| async move {
            let said = |name: &'static str| {
                headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
            };
            let (at, signature) = (said("x-signature-timestamp"), said("x-signature-ed25519"));
            format!("{} {}", at.unwrap_or("-"), signature.unwrap_or("-"))
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        let key = DiscordKey::from_seed([7; 32]);
        let probes = probe(&url, Some(&key), now).await;
        let sign = |key: &DiscordKey, at: Timestamp| {
            format!("{} {}", at.as_second(), key.sign(at.as_second(), PING.as_bytes()))
        };
        let hour = now - SignedDuration::from_hours(1);
        let expected = [
            (Kind::Unsigned, "- -".to_owned()),
            (Kind::Forged, sign(&DiscordKey::from_seed(FOREIGN), now)),
            (Kind::Stale, sign(&key, hour)),
            (Kind::Good, sign(&key, now)),
        ];
        assert_eq!(probes, expected.map(|(kind, said)| (kind, Answer::Ok((200, said)))));
        assert_eq!(probe(&url, None, now).await.len(), 3);
    }
}
