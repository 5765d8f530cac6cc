//! What a service sends back through the browser. Each outcome has a page of its own, and only one of them has kept
//! anything.

use shared::discord::words::Message;
use shared::domain::accounts::Provider;
use shared::http_event::HeaderFault;
use shared::linking::NotLinked;
use shared::security::oauth::callback::{Callback, Refusal};
use shared::security::oauth::one_time::OneTime;

use crate::link::owners;
use crate::page::{Page, done, failed};
use crate::sign_in;
use crate::visit::Visit;

/// Ends a linking.
pub(crate) async fn finish(visit: &Visit<'_>, provider: &str) -> Page {
    let unknown = || failed(visit.words, 404, &Message::PageUnknown);
    let Ok(provider) = provider.parse::<Provider>() else { return unknown() };
    let (Ok(error), Ok(code), Ok(issuer)) =
        (optional(visit, "error"), optional(visit, "code"), optional(visit, "iss"))
    else {
        return unknown();
    };
    let state = visit.request.query_once("state").ok().and_then(|text| text.parse::<OneTime>().ok());
    let Some(state) = state else {
        visit.report.refused(provider, &NotLinked::Unknown, visit.address.as_ref(), visit.now);
        return unknown();
    };
    let callback = Callback {
        provider: Some(provider),
        browser: None,
        issuer: issuer.as_deref(),
        error: error.as_deref(),
        code: code.as_deref(),
    };
    let redirect = visit.app.public.redirect(provider);
    if provider == Provider::Discord
        && let Some(page) = sign_in::finish(visit, &state, callback.clone(), &redirect).await
    {
        return page;
    }
    if let Err(paused) = visit.may_link(visit.words).await {
        return paused;
    }
    match visit.app.linker.finish(&state, visit.browser().as_ref(), callback, &redirect).await {
        Ok(asked) => {
            visit.report.linked(asked.wanted.user, provider, visit.address.as_ref(), visit.now);
            done(owners(&asked.wanted, visit.words), provider)
        }
        Err(error) => {
            visit.report.refused(provider, &error, visit.address.as_ref(), visit.now);
            let (status, message) = said(provider, &error);
            failed(visit.words, status, &message)
        }
    }
}

/// A parameter that may be missing, but not be there twice.
fn optional(visit: &Visit<'_>, name: &str) -> Result<Option<String>, HeaderFault> {
    match visit.request.query_once(name) {
        Ok(value) => Ok(Some(value)),
        Err(HeaderFault::Missing) => Ok(None),
        Err(fault @ HeaderFault::Repeated) => Err(fault),
    }
}

fn said(provider: Provider, error: &NotLinked) -> (u16, Message) {
    match error {
        // Whoever was erased since may begin anew, as with a link that is too old.
        NotLinked::Unknown | NotLinked::Erased | NotLinked::Refused(Refusal::Expired) => {
            (404, Message::PageUnknown)
        }
        NotLinked::Refused(Refusal::OtherBrowser) => (400, Message::PageOtherBrowser),
        NotLinked::Refused(Refusal::MixUp) => (400, Message::PageMixUp),
        NotLinked::Refused(Refusal::Denied) => (403, Message::PageDenied { provider }),
        NotLinked::TooLittle => (403, Message::PageTooLittle { provider }),
        NotLinked::Taken => (409, Message::PageTaken { provider }),
        NotLinked::Refused(Refusal::Failed | Refusal::Incomplete) | NotLinked::NotHonoured => {
            (502, Message::PageServiceFailed { provider })
        }
        NotLinked::Unavailable { .. } => (503, Message::PageUnavailable),
    }
}
