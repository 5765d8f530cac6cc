//! From a link to its end, in somebody's browser.

use jiff::SignedDuration;
use shared::domain::accounts::Provider;
use shared::linking::NotLinked;
use shared::providers::answer::NotGranted;
use shared::security::oauth::callback::Refusal;
use shared::store::links::LinkStatus;
use shared::vault::MARGIN_S;
use testkit::browser::Browser;
use testkit::oidc_provider::{self, Consent};
use url::Url;

use super::scene::{ACCOUNT, ADA, GRACE, Scene, said};

const GOOGLE: Provider = Provider::YouTube;

/// The address without its challenge, or with another one.
fn with_challenge(address: &Url, challenge: &[(&str, &str)]) -> Url {
    let all = address.query_pairs().into_owned();
    let others: Vec<_> = all.filter(|(name, _)| !name.starts_with("code_challenge")).collect();
    let mut address = address.clone();
    address.query_pairs_mut().clear().extend_pairs(others).extend_pairs(challenge);
    address
}

#[tokio::test]
async fn whoever_logs_in_and_consents_has_linked_that_account() {
    for (provider, issuer) in
        [(GOOGLE, "https://accounts.google.com"), (Provider::Discord, "https://discord.com")]
    {
        let scene = Scene::new(provider).await;
        let begun = scene.begin(ADA).await;
        let answer = scene.answer(&mut Browser::new().unwrap(), &begun, Consent::Given).await;
        assert_eq!(said(&answer, "iss").as_deref(), Some(issuer));
        assert_eq!(scene.finish(&begun, &answer).await, Ok(ADA), "{provider}");

        let (link, tokens) = (scene.link_of(ADA).await.unwrap(), scene.tokens(ADA).await.unwrap());
        assert_eq!((link.status, link.subject.as_str()), (LinkStatus::Linked, ACCOUNT));
        assert_eq!((tokens.subject.as_str(), tokens.refresh.is_some()), (ACCOUNT, true));
        let life = tokens.expires_at.unwrap().duration_since(tokens.linked_at);
        assert_eq!(life, SignedDuration::from_hours(1));
        assert_eq!(
            link.due_at.map(jiff::Timestamp::as_second),
            tokens.expires_at.map(|end| end.as_second() - MARGIN_S)
        );
        assert_eq!(scene.whose(&tokens.access).await, Ok(tokens.subject.clone()));

        assert_eq!(scene.finish(&begun, &answer).await, Err(NotLinked::Unknown), "a state is used once");
    }
}

#[tokio::test]
async fn an_answer_in_the_name_of_another_issuer_is_not_exchanged() {
    let scene = Scene::new(GOOGLE).await;
    let begun = scene.begin(ADA).await;
    let answer = scene.answer(&mut Browser::new().unwrap(), &begun, Consent::Given).await;
    let mixed_up = answer.as_str().replace("accounts.google.com", "accounts.example").parse().unwrap();
    assert_eq!(scene.finish(&begun, &mixed_up).await, Err(NotLinked::Refused(Refusal::MixUp)));
    assert_eq!(scene.calls("POST /token").await, 0);
    assert_eq!(scene.finish(&begun, &answer).await, Ok(ADA));
}

/// RFC 7636, section 4.6. That the right one is taken afterwards shows that it was the verifier that was refused.
#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier() {
    let scene = Scene::new(GOOGLE).await;
    let (begun, other) = (scene.begin(ADA).await, scene.begin(ADA).await);
    let answer = scene.answer(&mut Browser::new().unwrap(), &begun, Consent::Given).await;
    let refused = scene.exchange(&answer, &other.verifier()).await;
    assert_eq!(refused, Err(NotGranted::InvalidGrant));
    assert!(scene.exchange(&answer, &begun.verifier()).await.is_ok());
}

/// A code that leaked, brought to us in a linking of the thief's own.
#[tokio::test]
async fn a_code_of_another_linking_is_refused_and_nothing_is_stored() {
    let scene = Scene::new(GOOGLE).await;
    let (hers, theirs) = (scene.begin(ADA).await, scene.begin(GRACE).await);
    let answer = scene.answer(&mut Browser::new().unwrap(), &hers, Consent::Given).await;
    assert_eq!(scene.finish(&theirs, &answer).await, Err(NotLinked::NotHonoured));
    assert_eq!((scene.link_of(GRACE).await, scene.tokens(GRACE).await), (None, None));
    assert_eq!(scene.calls("POST /token").await, 1, "the service was asked and said no");
    assert_eq!(scene.finish(&hers, &answer).await, Ok(ADA));
}

#[tokio::test]
async fn a_service_that_wants_a_challenge_is_asked_in_vain_without_one() {
    let scene = Scene::new(GOOGLE).await;
    let verifier = "x".repeat(43);
    let plain = [("code_challenge", verifier.as_str()), ("code_challenge_method", "plain")];
    for challenge in [&plain[..0], &plain] {
        let begun = scene.begin(ADA).await;
        let address = with_challenge(&scene.address(&begun), challenge);
        let mut browser = Browser::new().unwrap();
        let answer = oidc_provider::consent(&mut browser, &address, ACCOUNT, Consent::Given).await.unwrap();
        assert_eq!(said(&answer, "error").as_deref(), Some("invalid_request"), "{challenge:?}");
        assert_eq!(scene.finish(&begun, &answer).await, Err(NotLinked::Refused(Refusal::Failed)));
    }
    assert_eq!((scene.link_of(ADA).await, scene.tokens(ADA).await), (None, None));
    assert_eq!(scene.calls("POST /token").await, 0);
}

#[tokio::test]
async fn who_cancels_has_denied_it_and_nothing_is_stored() {
    let scene = Scene::new(GOOGLE).await;
    let begun = scene.begin(ADA).await;
    let answer = scene.answer(&mut Browser::new().unwrap(), &begun, Consent::Refused).await;
    assert_eq!(said(&answer, "error").as_deref(), Some("access_denied"));
    assert_eq!(scene.finish(&begun, &answer).await, Err(NotLinked::Refused(Refusal::Denied)));
    assert_eq!((scene.link_of(ADA).await, scene.tokens(ADA).await), (None, None));
    assert_eq!(scene.calls("POST /token").await, 0);
}

#[tokio::test]
async fn who_allows_less_has_linked_nothing_and_it_is_given_back() {
    let scene = Scene::new(GOOGLE).await;
    let begun = scene.begin(ADA).await;
    let less = Consent::Without("https://www.googleapis.com/auth/youtube.readonly");
    let answer = scene.answer(&mut Browser::new().unwrap(), &begun, less).await;
    assert_eq!(scene.finish(&begun, &answer).await, Err(NotLinked::TooLittle));
    assert_eq!((scene.link_of(ADA).await, scene.tokens(ADA).await), (None, None));
    assert_eq!(scene.calls("grant.revoked").await, 1);
}

/// To the service both are one: it takes back what the account has allowed our client, whoever asks.
#[tokio::test]
async fn a_second_user_with_the_same_account_does_not_end_the_first_ones_link() {
    for provider in [GOOGLE, Provider::Discord] {
        let scene = Scene::new(provider).await;
        let mut browser = Browser::new().unwrap();
        assert_eq!(scene.link(ADA, &mut browser).await, Ok(ADA));
        assert_eq!(scene.link(GRACE, &mut browser).await, Err(NotLinked::Taken));
        assert_eq!((scene.link_of(GRACE).await, scene.tokens(GRACE).await), (None, None));
        let tokens = scene.tokens(ADA).await.unwrap();
        assert_eq!(scene.whose(&tokens.access).await, Ok(tokens.subject.clone()), "{provider}");
        assert!(scene.refresh(&tokens).await.is_ok(), "{provider}");
    }
}
