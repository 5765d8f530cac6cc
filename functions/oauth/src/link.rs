//! The first page: who is about to link what, and the way to the service. Looking at it uses nothing up, since programs
//! that draw previews of addresses look too; only the button does.

use std::sync::Arc;

use shared::discord::words::{Message, Words};
use shared::domain::accounts::Provider;
use shared::domain::settings::LocaleTag;
use shared::http_event::HttpAnswer;
use shared::providers::authorize::{Asking, authorize_url};
use shared::providers::registrations::NotRegistered;
use shared::providers::request::Registration;
use shared::security::oauth::one_time::OneTime;
use shared::security::oauth::pkce::Verifier;
use shared::store::StoreError;
use shared::store::linkings::Wanted;
use shared::telemetry::StoreOperation;

use crate::page::{self, Page, failed};
use crate::visit::{Visit, cookie};

/// Shows a link that somebody was given, and makes the browser known.
pub(crate) async fn show(visit: &Visit<'_>, text: &str) -> Page {
    let (wanted, words) = match offered(visit, text).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    if let Err(page) = registered(visit, &wanted, words).await {
        return page;
    }
    let Ok(browser) = visit.browser().map_or_else(|| OneTime::new(visit.app.rng()), Ok) else {
        return failed(words, 503, &Message::PageUnavailable);
    };
    let own = visit.app.public.path(&["oauth", "link", text]);
    page::offer(words, &wanted, &own, visit.app.linker.providers.bases()).cookie(cookie(&browser))
}

/// Uses the link up, and sends the browser to the service.
pub(crate) async fn begin(visit: &Visit<'_>, text: &str) -> HttpAnswer {
    begun(visit, text).await.unwrap_or_else(Page::answer)
}

async fn begun(visit: &Visit<'_>, text: &str) -> Result<HttpAnswer, Page> {
    let (wanted, words) = offered(visit, text).await?;
    visit.may_link(words).await?;
    let unavailable = || failed(words, 503, &Message::PageUnavailable);
    let browser = visit.browser().filter(|_| visit.is_from_our_page());
    let browser = browser.ok_or_else(|| failed(words, 400, &Message::PageOtherBrowser))?;
    let registration = registered(visit, &wanted, words).await?;
    let link: OneTime = text.parse().map_err(|_| failed(words, 404, &Message::PageUnknown))?;
    let state = OneTime::new(visit.app.rng()).map_err(|_| unavailable())?;
    let verifier = Verifier::of(&browser, &state);
    let redirect = visit.app.public.redirect(wanted.provider);
    let asking = Asking {
        provider: wanted.provider,
        client: &registration.client,
        redirect: &redirect,
        state: &state,
        verifier: &verifier,
    };
    let base = visit.app.linker.providers.bases().of(wanted.provider);
    let address = authorize_url(asking, base).map_err(|_| unavailable())?;
    let linkings = &visit.app.linker.linkings;
    match linkings.begin(&link.digest(), &wanted, &state.digest(), &browser.digest()).await {
        Ok(true) => Ok(page::private(HttpAnswer::see_other(&address))),
        Ok(false) => Err(failed(words, 404, &Message::PageUnknown)),
        Err(error) => Err(store_failed(visit, words, &error)),
    }
}

/// What a link is for, and in which language its owner is spoken to.
async fn offered(visit: &Visit<'_>, text: &str) -> Result<(Wanted, Words), Page> {
    let unknown = || failed(visit.words, 404, &Message::PageUnknown);
    let link: OneTime = text.parse().map_err(|_| unknown())?;
    match visit.app.linker.linkings.offered(&link.digest(), visit.now).await {
        Ok(Some(wanted)) => {
            let words = owners(&wanted, visit.words);
            Ok((wanted, words))
        }
        Ok(None) => Err(unknown()),
        Err(error) => Err(store_failed(visit, visit.words, &error)),
    }
}

/// The language that the owner of a linking speaks in Discord.
pub(crate) fn owners(wanted: &Wanted, otherwise: Words) -> Words {
    wanted.locale.as_ref().map_or(otherwise, |tag: &LocaleTag| Words::for_locale(Some(tag.as_str()), None))
}

async fn registered(visit: &Visit<'_>, wanted: &Wanted, words: Words) -> Result<Arc<Registration>, Page> {
    registered_with(visit, wanted.provider, words).await
}

/// Our client at a service, or the page that says that there is none.
pub(crate) async fn registered_with(
    visit: &Visit<'_>,
    provider: Provider,
    words: Words,
) -> Result<Arc<Registration>, Page> {
    visit.app.linker.registrations.get(provider, visit.now).await.map_err(|error| match error {
        NotRegistered::None => failed(words, 503, &Message::PageNotSetUp { provider }),
        NotRegistered::Unavailable { code } => {
            visit.report.fault("oauth_client", &code);
            failed(words, 503, &Message::PageUnavailable)
        }
    })
}

fn store_failed(visit: &Visit<'_>, words: Words, error: &StoreError) -> Page {
    visit.report.store_failed(StoreOperation::Read, error);
    failed(words, 503, &Message::PageUnavailable)
}
