//! What a service answers when accounts are linked. It is somebody else's server, and may be anybody's.

use core::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use shared::domain::accounts::{Provider, Subject};
use shared::providers::answer::{self, ANSWER_MAX, LONGEST_WAIT, NotGranted};
use shared::providers::{identity, library};
use shared::security::secret::Secret;

const CLIENT: &str = "client-1";

/// Two bytes choose service and status, the rest is the body. Promises: nothing panics; tokens are never empty and never
/// come with a refusal's status; nobody waits longer than [`LONGEST_WAIT`]; an account is 1 to 255 visible characters, and
/// an ID token that is believed names the account that was asked about.
pub(super) fn service_answer(data: &[u8]) {
    let [service, status, body @ ..] = data else { return };
    let provider = Provider::ALL[usize::from(*service) % Provider::ALL.len()];
    let status = [200, 400, 401, 403, 404, 429, 500, 503][usize::from(*status % 8)];
    let retry_after = Some(u64::from(*service) * 7_919);
    let read = answer::read(provider, status, retry_after, body);
    match &read {
        Ok(granted) => {
            assert!(status == 200 && body.len() <= ANSWER_MAX && !granted.access.is_empty());
            assert!(granted.refresh.as_ref().is_none_or(|token| !token.is_empty()));
        }
        Err(NotGranted::Later { after, .. }) => assert!(after.unwrap_or(Duration::ZERO) <= LONGEST_WAIT),
        Err(NotGranted::InvalidGrant | NotGranted::Refused(_)) => assert!(status < 500 && status != 429),
    }
    let revoked = answer::read_revoked(provider, status, retry_after, body);
    assert!(revoked.is_err() || status < 429);
    let subject = identity::subject(provider, CLIENT, body);
    let expected: Subject = match subject {
        Ok(subject) => {
            assert!((1..=255).contains(&subject.as_str().len()) && subject.as_str().is_ascii());
            subject
        }
        Err(_) => match "108".parse() {
            Ok(subject) => subject,
            Err(_) => return,
        },
    };
    // What is on a playlist: names only, and the next page is never an address of theirs.
    let _ = library::read_name(provider, body);
    if let Ok(page) = library::read_tracks(provider, body) {
        assert!(page.tracks.iter().all(|track| !track.title().as_str().is_empty()));
    }
    let now = Timestamp::UNIX_EPOCH;
    // As it came, and as the claims of an ID token.
    let _ = identity::confirm(provider, CLIENT, &Secret::new(body), &expected, now);
    let id_token = Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(body)));
    let confirmed = identity::confirm(provider, CLIENT, &id_token, &expected, now);
    // Without a signature of ours there is nothing more to hold it to than that a service without an issuer gives none.
    assert!(confirmed.is_err() || shared::providers::spec::spec(provider).issuer.is_some());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_short_or_nonsense_is_harmless() {
        for data in [
            &b""[..],
            b"\0",
            b"\0\0",
            b"\x01\x00{\"access_token\":\"\"}",
            b"\x03\x01{\"message\":\"invalid token\"}",
        ] {
            service_answer(data);
        }
    }
}
