//! What a route answers when all went well.

use serde::Serialize;
use shared::http_event::HttpAnswer;

/// An answer on its way out; errors are `HttpError`s.
#[derive(Clone, Debug)]
pub(crate) struct Reply(HttpAnswer);

impl Reply {
    /// 200 with JSON.
    pub(crate) fn ok(body: &impl Serialize) -> Self {
        Self::json(200, body)
    }

    /// Another status with JSON.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // Our own types: strings as keys, finite numbers. It always is JSON.
        Self::private(HttpAnswer::json(status, serde_json::to_vec(body).unwrap_or_default()))
    }

    /// 204: it is done, and there is nothing to say.
    pub(crate) fn done() -> Self {
        Self::private(HttpAnswer::empty(204))
    }

    /// Something that everybody may read and keep for so many seconds.
    pub(crate) fn public(answer: HttpAnswer, seconds: u32) -> Self {
        Self(answer.header("cache-control", format!("public, max-age={seconds}")))
    }

    fn private(answer: HttpAnswer) -> Self {
        Self(answer.header("cache-control", "no-store"))
    }

    /// As it leaves us.
    pub(crate) fn into_answer(self) -> HttpAnswer {
        self.0
    }
}

/// What every answer carries, good or bad: nobody guesses its type, frames it, or is told where its reader came from.
pub(crate) fn guarded(answer: HttpAnswer) -> HttpAnswer {
    answer
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "no-referrer")
        .header("strict-transport-security", "max-age=63072000")
        .header("cross-origin-resource-policy", "same-origin")
}
