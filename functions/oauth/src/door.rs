//! The pages' front door: who may knock how often, and which page it is. Everything that is answered here may be read by
//! anybody; nothing is said that the address, the cookie or the state in the request does not prove.

use jiff::Timestamp;
use shared::discord::words::Message;
use shared::http_event::{HttpAnswer, HttpEvent};
use shared::security::rate_limit::{Limit, Subject};
use shared::telemetry::{StoreOperation, Telemetry};

use crate::app::App;
use crate::page::{Page, failed};
use crate::report::Report;
use crate::visit::{Visit, words};
use crate::{callback, link, sign_in};

/// Answers a browser.
pub(crate) async fn answer(app: &App, request: &HttpEvent, log: Telemetry, now: Timestamp) -> HttpAnswer {
    let address = request.source_ip().and_then(|ip| ip.parse().ok()).map(|ip| log.pseudonyms().ip(ip));
    let report = Report::new(log);
    let visit = Visit { app, request, report, words: words(request), address, now };
    if let Err(refused) = visit.limited().await {
        return refused.answer();
    }
    let page = match app.public.parts(request.path()).as_deref() {
        Some(["oauth", "link", text]) => match request.method() {
            "GET" => link::show(&visit, text).await,
            "POST" => return link::begin(&visit, text).await,
            _ => return HttpAnswer::empty(405).header("allow", "GET, POST"),
        },
        Some(["oauth", "callback", provider]) => match request.method() {
            "GET" => callback::finish(&visit, provider).await,
            _ => return HttpAnswer::empty(405).header("allow", "GET"),
        },
        Some(parts) if parts == sign_in::PATH => match request.method() {
            "GET" => sign_in::show(&visit).await,
            "POST" => return sign_in::begin(&visit).await,
            _ => return HttpAnswer::empty(405).header("allow", "GET, POST"),
        },
        _ => failed(visit.words, 404, &Message::PageUnknown),
    };
    page.answer()
}

impl Visit<'_> {
    /// Without a known address or a limiter nobody gets further (SPEC W1, W25).
    async fn limited(&self) -> Result<(), Page> {
        let unavailable = || failed(self.words, 503, &Message::PageUnavailable);
        let address = self.address.as_ref().ok_or_else(unavailable)?;
        let checked = self.app.limits.check(&Subject::address(address), Limit::ADDRESS, self.now).await;
        match checked {
            Ok(decision) if decision.is_allowed() => Ok(()),
            Ok(_) => {
                self.report.limited(self.address.as_ref(), self.now);
                Err(failed(self.words, 429, &Message::PageSlowDown).retry_after(60))
            }
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                Err(unavailable())
            }
        }
    }
}
