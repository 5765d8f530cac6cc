//! Signing in at the API (SPEC W9, W12): the same way to Discord and back as a linking has, bound to the same cookie. It
//! ends with a code, which the page shows and only whoever began can redeem; nothing that Discord gave is kept.

use shared::discord::words::Message;
use shared::domain::accounts::Provider;
use shared::http_event::{HeaderFault, HttpAnswer};
use shared::linking::NotLinked;
use shared::providers::authorize::{Asking, authorize_url};
use shared::providers::client::NotKnown;
use shared::security::oauth::callback::{self, Begun, Callback, Refusal};
use shared::security::oauth::one_time::{Digest, OneTime};
use shared::security::oauth::pkce::Verifier;
use shared::store::StoreError;
use shared::store::sign_ins::{SignedIn, SigningIn};
use shared::telemetry::StoreOperation;
use url::Url;

use crate::link::registered_with;
use crate::page::{self, Page, not_signed_in};
use crate::visit::{Visit, cookie};

/// Where it begins, below our own address.
pub(crate) const PATH: [&str; 2] = ["oauth", "sign-in"];
/// The hash of a secret that only a terminal knows. Without one, the code is the browser's own.
const CHALLENGE: &str = "challenge";

/// Says what is about to happen, and makes the browser known.
pub(crate) async fn show(visit: &Visit<'_>) -> Page {
    let Ok(challenge) = challenge(visit) else { return again(visit, 400) };
    if let Err(page) = registered_with(visit, Provider::Discord, visit.words).await {
        return page;
    }
    let Ok(browser) = visit.browser().map_or_else(|| OneTime::new(visit.app.rng()), Ok) else {
        return unavailable(visit);
    };
    let own = visit.app.public.path(&PATH);
    let own =
        challenge.map_or_else(|| own.clone(), |digest| format!("{own}?{CHALLENGE}={}", digest.as_str()));
    page::sign_in(visit.words, &own, visit.app.linker.providers.bases()).cookie(cookie(&browser))
}

/// Sends the browser to Discord.
pub(crate) async fn begin(visit: &Visit<'_>) -> HttpAnswer {
    begun(visit).await.unwrap_or_else(Page::answer)
}

async fn begun(visit: &Visit<'_>) -> Result<HttpAnswer, Page> {
    let challenge = challenge(visit).map_err(|OddChallenge| again(visit, 400))?;
    let browser = visit.browser().filter(|_| visit.is_from_our_page()).ok_or_else(|| again(visit, 400))?;
    let registration = registered_with(visit, Provider::Discord, visit.words).await?;
    let state = OneTime::new(visit.app.rng()).map_err(|_| unavailable(visit))?;
    let begun = SigningIn {
        browser: browser.digest(),
        bound: challenge.unwrap_or_else(|| browser.digest()),
        at: visit.now,
    };
    let redirect = visit.app.public.redirect(Provider::Discord);
    let verifier = Verifier::of(&browser, &state);
    let asking = Asking {
        provider: Provider::Discord,
        client: &registration.client,
        redirect: &redirect,
        state: &state,
        verifier: &verifier,
    };
    let base = visit.app.linker.providers.bases().of(Provider::Discord);
    let address = authorize_url(asking, base).map_err(|_| unavailable(visit))?;
    let written = visit.app.sign_ins.begin(&state.digest(), &begun).await;
    written.map_err(|error| store_failed(visit, &error))?;
    Ok(page::private(HttpAnswer::see_other(&address)))
}

/// Ends a sign-in, if the state stands for one.
pub(crate) async fn finish(
    visit: &Visit<'_>,
    state: &OneTime,
    callback: Callback<'_>,
    redirect: &Url,
) -> Option<Page> {
    match visit.app.sign_ins.asked(&state.digest(), visit.now).await {
        Ok(None) => None,
        Ok(Some(begun)) => Some(finished(visit, state, &begun, callback, redirect).await),
        Err(error) => Some(store_failed(visit, &error)),
    }
}

async fn finished(
    visit: &Visit<'_>,
    state: &OneTime,
    begun: &SigningIn,
    callback: Callback<'_>,
    redirect: &Url,
) -> Page {
    match code(visit, state, begun, callback, redirect).await {
        Ok(code) => page::signed_in(visit.words, &code),
        Err(error) => {
            visit.report.refused(Provider::Discord, &error, visit.address.as_ref(), visit.now);
            match error {
                NotLinked::Refused(Refusal::OtherBrowser | Refusal::MixUp) => again(visit, 400),
                NotLinked::Refused(Refusal::Denied) => again(visit, 403),
                NotLinked::Unknown | NotLinked::Refused(Refusal::Expired) => again(visit, 404),
                NotLinked::Unavailable { .. } => unavailable(visit),
                NotLinked::NotHonoured
                | NotLinked::TooLittle
                | NotLinked::Taken
                | NotLinked::Erased
                | NotLinked::Refused(Refusal::Failed | Refusal::Incomplete) => again(visit, 502),
            }
        }
    }
}

/// The code that whoever began can redeem within a minute.
async fn code(
    visit: &Visit<'_>,
    state: &OneTime,
    begun: &SigningIn,
    callback: Callback<'_>,
    redirect: &Url,
) -> Result<String, NotLinked> {
    let browser = visit.browser();
    let callback = Callback { browser: browser.as_ref().map(OneTime::digest), ..callback };
    let asked = Begun { provider: Provider::Discord, browser: begun.browser.clone(), at: begun.at };
    let judged = callback::judge(&asked, &callback, None, visit.now);
    let browser = browser.ok_or(Refusal::OtherBrowser);
    if matches!(judged, Err(Refusal::OtherBrowser | Refusal::MixUp)) {
        // A stranger's request must not end what its owner has begun.
        judged?;
    }
    if !visit.app.sign_ins.finish(&state.digest()).await? {
        return Err(NotLinked::Unknown);
    }
    let (given, verifier) = (judged?, Verifier::of(&browser?, state));
    let linker = &visit.app.linker;
    let registration = linker.registrations.get(Provider::Discord, visit.now).await?;
    let granted =
        linker.providers.exchange(Provider::Discord, &registration, given, redirect, &verifier).await?;
    let profile = linker.providers.discord_profile(&granted.access).await;
    // We wanted to know who it is, and now we do. Nobody waits for it to work.
    let token = granted.refresh.as_ref().unwrap_or(&granted.access);
    let _ = linker.providers.revoke(Provider::Discord, &registration, token).await;
    let profile = profile.map_err(|error| match error {
        NotKnown::Failed(failed) => failed.into(),
        NotKnown::Refused(_) => NotLinked::NotHonoured,
    })?;
    let code =
        OneTime::new(visit.app.rng()).map_err(|_| NotLinked::Unavailable { code: "entropy".to_owned() })?;
    let who = SignedIn { user: profile.id, username: profile.username, mfa: profile.mfa_enabled };
    visit.app.sign_ins.give(&code.digest(), &who, &begun.bound, visit.app.clock().now()).await?;
    visit.report.signed_in(who.user, visit.address.as_ref(), visit.now);
    Ok(code.to_text())
}

/// A challenge that is none, or two of them.
struct OddChallenge;

fn challenge(visit: &Visit<'_>) -> Result<Option<Digest>, OddChallenge> {
    match visit.request.query_once(CHALLENGE) {
        Ok(text) => text.parse().map(Some).map_err(|_| OddChallenge),
        Err(HeaderFault::Missing) => Ok(None),
        Err(HeaderFault::Repeated) => Err(OddChallenge),
    }
}

fn again(visit: &Visit<'_>, status: u16) -> Page {
    not_signed_in(visit.words, status, &Message::PageSignInAgain)
}

fn unavailable(visit: &Visit<'_>) -> Page {
    not_signed_in(visit.words, 503, &Message::PageUnavailable)
}

fn store_failed(visit: &Visit<'_>, error: &StoreError) -> Page {
    visit.report.store_failed(StoreOperation::Read, error);
    unavailable(visit)
}
