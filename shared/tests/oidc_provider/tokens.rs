//! What becomes of a link's tokens afterwards.

use jiff::ToSpan as _;
use shared::domain::accounts::Provider;
use shared::providers::answer::NotGranted;
use shared::security::secret::Secret;
use shared::vault::{AccessError, Replaced, Tokens};
use testkit::browser::Browser;
use testkit::oidc_provider::Consent;

use super::scene::{ADA, NOT_HONOURED, Scene};

const GOOGLE: Provider = Provider::YouTube;
const TOKEN: &str = "POST /token";

/// RFC 6749, section 4.1.2: what came of a code that is shown twice may be stolen, and is taken back.
#[tokio::test]
async fn a_code_that_is_shown_twice_ends_what_came_of_it() {
    let scene = Scene::new(GOOGLE).await;
    let begun = scene.begin(ADA).await;
    let answer = scene.answer(&mut Browser::new().unwrap(), &begun, Consent::Given).await;
    assert_eq!(scene.finish(&begun, &answer).await, Ok(ADA));
    let tokens = scene.tokens(ADA).await.unwrap();
    assert!(scene.whose(&tokens.access).await.is_ok());

    let again = scene.exchange(&answer, &begun.verifier()).await;
    assert_eq!(again, Err(NotGranted::InvalidGrant));
    assert_eq!(scene.whose(&tokens.access).await, NOT_HONOURED);
    assert_eq!(scene.refresh(&tokens).await, Err(NotGranted::InvalidGrant));
    let got = scene.access_tokens(1.hour()).get(ADA, GOOGLE).await;
    assert_eq!((got, scene.tokens(ADA).await), (Err(AccessError::NeedsReauth), None));
}

/// RFC 9700, section 4.14.2.
#[tokio::test]
async fn a_refresh_token_changes_and_its_reuse_ends_the_family() {
    for provider in [GOOGLE, Provider::Discord] {
        let scene = Scene::linked(provider).await;
        let old = scene.tokens(ADA).await.unwrap();
        let access = scene.access_tokens(1.hour()).get(ADA, provider).await.unwrap();
        let new = scene.tokens(ADA).await.unwrap();
        assert_eq!((&new.access, &new.scopes, &new.subject), (&access, &old.scopes, &old.subject));
        assert!(new.access != old.access && new.refresh != old.refresh, "{provider}: nothing has changed");
        assert_eq!(scene.whose(&access).await, Ok(old.subject.clone()));

        let reused = scene.refresh(&old).await;
        assert_eq!(reused, Err(NotGranted::InvalidGrant), "{provider}");
        assert_eq!(scene.whose(&access).await, NOT_HONOURED, "{provider}");
        assert_eq!(scene.refresh(&new).await, Err(NotGranted::InvalidGrant), "{provider}");
    }
}

#[tokio::test]
async fn a_link_that_the_service_has_ended_is_deleted_and_the_others_stay() {
    let scene = Scene::linked(GOOGLE).await;
    let ours = scene.tokens(ADA).await.unwrap();
    let other = Tokens { access: Secret::new("of Twitch"), refresh: None, ..ours.clone() };
    let seen = scene.linker.vault.read(ADA).await.unwrap().unwrap();
    let both = seen.document.with(Provider::Twitch, other.clone());
    assert!(matches!(scene.linker.vault.replace(ADA, Some(&seen), both).await, Ok(Replaced::Now(_))));

    // Whoever has stolen the token uses it before us: of the two who hold it, the service can tell neither.
    assert!(scene.refresh(&ours).await.is_ok());
    let function = scene.access_tokens(1.hour());
    assert_eq!(function.get(ADA, GOOGLE).await, Err(AccessError::NeedsReauth));
    assert_eq!(function.get(ADA, GOOGLE).await, Err(AccessError::NotLinked));
    assert_eq!(scene.calls("grant.revoked").await, 1, "the thief has nothing either");
    let stored = scene.linker.vault.read(ADA).await.unwrap().unwrap();
    assert_eq!(stored.document.accounts().collect::<Vec<_>>(), [(Provider::Twitch, &other)]);
}

/// Twenty functions, each with a memory of its own, and five requests in each.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_who_want_a_token_at_its_end_make_one_call() {
    let scene = Scene::linked(GOOGLE).await;
    let old = scene.tokens(ADA).await.unwrap();
    assert_eq!(scene.calls(TOKEN).await, 1, "the code's");
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let function = std::sync::Arc::new(scene.access_tokens(1.hour()));
        for _ in 0..5 {
            let function = function.clone();
            all.spawn(async move { function.get(ADA, GOOGLE).await });
        }
    }
    let got = all.join_all().await;
    let new = scene.tokens(ADA).await.unwrap();
    assert_ne!(new.access, old.access);
    assert_eq!(got, vec![Ok(new.access.clone()); 100]);
    assert_eq!(scene.calls(TOKEN).await, 2);
    assert_eq!(scene.whose(&new.access).await, Ok(old.subject));
}

#[tokio::test]
async fn an_unlinked_account_is_worth_nothing_to_whoever_kept_its_tokens() {
    for (provider, revoke) in [(GOOGLE, "POST /revoke"), (Provider::Discord, "POST /api/oauth2/token/revoke")]
    {
        let scene = Scene::linked(provider).await;
        let kept = scene.tokens(ADA).await.unwrap();
        assert_eq!(scene.linker.unlink(ADA, provider, false).await, Ok(()), "{provider}");
        assert_eq!((scene.link_of(ADA).await, scene.tokens(ADA).await), (None, None));
        assert_eq!((scene.calls(revoke).await, scene.calls("grant.revoked").await), (1, 1), "{provider}");
        assert_eq!(scene.whose(&kept.access).await, NOT_HONOURED, "{provider}");
        assert_eq!(scene.refresh(&kept).await, Err(NotGranted::InvalidGrant), "{provider}");
        assert_eq!(scene.link(ADA, &mut Browser::new().unwrap()).await, Ok(ADA), "{provider}: again");
    }
}
