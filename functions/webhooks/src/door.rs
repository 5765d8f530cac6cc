//! The door. In this order, whatever comes (SPEC W18 to W21, W25): path and method, size, the address's limit, headers,
//! signature, age, whether it is new, what is in it, the queue, the answer. Whatever we need and do not get is a 503, so
//! that the sender tries again.

use jiff::Timestamp;
use shared::http_error::{ErrorCode, HttpError};
use shared::http_event::{HttpAnswer, HttpEvent};
use shared::messages::{WebhookJob, WebhookTask};
use shared::security::pseudonym::Pseudonym;
use shared::security::rate_limit::{Limit, Subject};
use shared::security::webhook::{BODY_MAX, Refusal, WebhookSource};
use shared::store::deliveries::Sight;
use shared::telemetry::{StoreOperation, Telemetry, WebhookOutcome};

use crate::app::App;
use crate::known::{Known, Unknown, memory, verify};
use crate::report::Report;
use crate::source::youtube::{self, Question};
use crate::source::{self, Read, Unreadable};

/// Answers a sender, within the time that it waits.
pub(crate) async fn answer(app: &App, request: &HttpEvent, log: Telemetry, now: Timestamp) -> HttpAnswer {
    let id = request.request_id();
    let Some(source) = addressed(app, request) else {
        return HttpError::new(ErrorCode::NotFound, "No webhooks are taken here.").answer(id);
    };
    let allowed = methods(source);
    if !allowed.split(", ").any(|method| method == request.method()) {
        return HttpError::method(allowed).answer(id).header("allow", allowed);
    }
    let address = request.source_ip().and_then(|ip| ip.parse().ok()).map(|ip| log.pseudonyms().ip(ip));
    let report = Report::new(log, source).sent_by(address.clone());
    let visit = Visit { app, source, request, report: &report, address, now };
    match tokio::time::timeout(app.patience.acknowledge, visit.run()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            let answer = error.answer(id);
            let is_limit = error.code() == ErrorCode::RateLimitExceeded;
            if is_limit { answer.header("retry-after", "60") } else { answer }
        }
        Err(_) => {
            report.fault("webhook", "timeout");
            unavailable(&report).answer(id)
        }
    }
}

fn addressed(app: &App, request: &HttpEvent) -> Option<WebhookSource> {
    match app.public.parts(request.path())?.as_slice() {
        ["webhooks", source] => source.parse().ok(),
        _ => None,
    }
}

/// A hub asks with GET whether we meant to subscribe.
const fn methods(source: WebhookSource) -> &'static str {
    match source {
        WebhookSource::YouTube => "GET, POST",
        _ => "POST",
    }
}

/// One request.
struct Visit<'a> {
    app: &'a App,
    source: WebhookSource,
    request: &'a HttpEvent,
    report: &'a Report,
    address: Option<Pseudonym>,
    now: Timestamp,
}

impl Visit<'_> {
    async fn run(&self) -> Result<HttpAnswer, HttpError> {
        if self.request.body().len() > BODY_MAX {
            self.report.refused(Refusal::TooLarge, self.now);
            return Err(HttpError::too_large(BODY_MAX));
        }
        self.limited().await?;
        if self.request.method() == "GET" {
            return self.confirm();
        }
        let Some(known) = self.known().await? else { return Ok(acknowledged()) };
        if self.sight(&known).await? == Sight::Repeated {
            self.report.ended(WebhookOutcome::Repeated);
            return Ok(acknowledged());
        }
        let (body, delivery) = (known.body(), known.delivery());
        match source::read(self.source, self.request, body, delivery, &self.app.channels, self.now) {
            Ok(Read::Challenge(challenge)) => {
                self.report.ended(WebhookOutcome::Acknowledged);
                Ok(echo(challenge))
            }
            Ok(Read::Jobs(jobs)) if jobs.is_empty() => {
                self.report.ended(WebhookOutcome::Acknowledged);
                Ok(acknowledged())
            }
            Ok(Read::Jobs(jobs)) => {
                self.hand_on(&known, jobs).await?;
                self.report.ended(WebhookOutcome::Queued);
                Ok(acknowledged())
            }
            Err(unreadable) => {
                self.report.ended(WebhookOutcome::Malformed);
                self.unreadable(unreadable)
            }
        }
    }

    /// Without a known address or a limiter nobody gets further (SPEC W1, W25).
    async fn limited(&self) -> Result<(), HttpError> {
        let address = self.address.as_ref().ok_or_else(|| unavailable(self.report))?;
        let checked = self.app.limits.check(&Subject::address(address), Limit::ADDRESS, self.now).await;
        match checked {
            Ok(decision) if decision.is_allowed() => Ok(()),
            Ok(_) => {
                self.report.limited(self.now);
                Err(HttpError::new(ErrorCode::RateLimitExceeded, "Too many requests: try again in a minute."))
            }
            Err(error) => {
                self.report.store_failed(StoreOperation::Guard, &error);
                Err(unavailable(self.report))
            }
        }
    }

    /// `None`: a hub that could not prove who it is; `WebSub` wants it answered as if nothing were wrong.
    async fn known(&self) -> Result<Option<Known<'_>>, HttpError> {
        match verify(self.app, self.source, self.request, self.now).await {
            Ok(known) => Ok(Some(known)),
            Err(Unknown::Refused(refusal)) => {
                self.report.refused(refusal, self.now);
                if self.source == WebhookSource::YouTube { Ok(None) } else { Err(refused(refusal)) }
            }
            Err(Unknown::Unconfigured) => {
                self.report.unconfigured();
                let text = "This source is not set up: its operator has to store a secret first.";
                Err(HttpError::new(ErrorCode::ConfigurationError, text))
            }
            Err(Unknown::Unavailable) => Err(unavailable(self.report)),
        }
    }

    async fn sight(&self, known: &Known<'_>) -> Result<Sight, HttpError> {
        let code = self.source.code();
        let seen = self.app.deliveries.see(code, known.delivery(), memory(self.source), self.now).await;
        seen.map_err(|error| {
            self.report.store_failed(StoreOperation::Guard, &error);
            unavailable(self.report)
        })
    }

    /// The delivery counts as come when the queue has all of it: if we die before that, the sender's next try hands it on
    /// again, and whoever does the jobs does each once.
    async fn hand_on(&self, known: &Known<'_>, jobs: Vec<source::Job>) -> Result<(), HttpError> {
        for source::Job { delivery, task } in jobs {
            if matches!(task, WebhookTask::Erase { .. }) {
                self.report.deauthorized(self.now);
            }
            let job = WebhookJob::new(self.source, delivery, self.now, task);
            self.app.queue.hand_on(&job).await.map_err(|error| {
                self.report.fault("webhook_queue", error.code());
                unavailable(self.report)
            })?;
        }
        let noted = self.app.deliveries.handed_on(self.source.code(), known.delivery()).await;
        noted.map_err(|error| {
            self.report.store_failed(StoreOperation::Write, &error);
            unavailable(self.report)
        })
    }

    /// A hub that tries again will not write better: what it sent is counted, and that is all.
    fn unreadable(&self, unreadable: Unreadable) -> Result<HttpAnswer, HttpError> {
        match unreadable {
            _ if self.source == WebhookSource::YouTube => Ok(acknowledged()),
            Unreadable::Malformed => {
                let text = "The signature is good; the body is not what its sender documents.";
                Err(HttpError::new(ErrorCode::InvalidInput, text))
            }
            Unreadable::Field { name, expected } => Err(HttpError::field(name, expected)),
        }
    }

    /// A hub asks whether we meant to subscribe (`WebSub`, section 5.3).
    fn confirm(&self) -> Result<HttpAnswer, HttpError> {
        match youtube::confirm(self.request, &self.app.channels) {
            Some(Question::Meant(challenge)) => {
                self.report.ended(WebhookOutcome::Acknowledged);
                Ok(echo(challenge))
            }
            // It will not: the next night asks again.
            Some(Question::Denied) => {
                self.report.fault("websub", "denied");
                Ok(acknowledged())
            }
            None => Err(HttpError::new(ErrorCode::NotFound, "No such subscription is wanted here.")),
        }
    }
}

/// Nothing more is said to anybody; Discord wants exactly this.
fn acknowledged() -> HttpAnswer {
    HttpAnswer::empty(204)
}

/// As text that no browser takes for anything else.
fn echo(challenge: String) -> HttpAnswer {
    HttpAnswer::text(200, challenge).header("x-content-type-options", "nosniff")
}

fn unavailable(report: &Report) -> HttpError {
    report.ended(WebhookOutcome::Unavailable);
    HttpError::new(ErrorCode::Unavailable, "Something that we need does not answer: send it again.")
}

/// What was wrong with it goes to the log only.
fn refused(refusal: Refusal) -> HttpError {
    match refusal {
        Refusal::MissingHeader => {
            HttpError::new(ErrorCode::MissingSignature, "Send the headers of your signature scheme.")
        }
        Refusal::TooLarge => HttpError::too_large(BODY_MAX),
        _ => HttpError::new(ErrorCode::InvalidSignature, "The signature does not fit, or not any more."),
    }
}
