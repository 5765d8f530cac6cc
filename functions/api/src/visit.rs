//! A request past the gate: who asks, in which community, and the way to what the request says.

use core::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use shared::http_error::{ErrorCode, HttpError};
use shared::http_event::HttpEvent;
use shared::ids::{GuildId, UserId};
use shared::security::permissions::{Permission, Role};
use shared::store::StoreError;
use shared::telemetry::StoreOperation;

use crate::app::App;
use crate::body;
use crate::caller::{Caller, Person};
use crate::report::Report;
use crate::routes::Route;

/// Everything that a route works with.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a HttpEvent,
    pub(crate) route: Route,
    pub(crate) places: Vec<(&'a str, &'a str)>,
    pub(crate) report: &'a Report,
    /// `None` where everybody may come.
    pub(crate) caller: Option<Caller>,
    /// The community that it is about.
    pub(crate) community: Option<Community>,
    pub(crate) now: Timestamp,
}

/// A community that is let in, and what the caller is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Community {
    pub(crate) guild: GuildId,
    /// A person's role; `None`: they have none, or a key asks.
    pub(crate) role: Option<Role>,
    pub(crate) premium: bool,
}

/// The same text for each store that fails.
pub(crate) fn unavailable() -> HttpError {
    HttpError::new(
        ErrorCode::Unavailable,
        "A part of the service does not answer just now. Try again in a moment.",
    )
}

/// Somebody else changed the same thing again and again.
pub(crate) fn busy() -> HttpError {
    HttpError::new(
        ErrorCode::Conflict,
        "Somebody else is changing the same thing. Look at it again, and try once more.",
    )
}

pub(crate) fn not_found(what: &str) -> HttpError {
    HttpError::new(ErrorCode::NotFound, format!("There is no such {what} here."))
}

pub(crate) fn forbidden(why: &str) -> HttpError {
    HttpError::new(ErrorCode::Forbidden, why)
}

impl Visit<'_> {
    /// Whoever asks. The gate has let nobody in without a credential where one is needed.
    pub(crate) fn caller(&self) -> Result<&Caller, HttpError> {
        self.caller.as_ref().ok_or_else(unavailable)
    }

    /// The person who asks.
    pub(crate) fn person(&self) -> Result<&Person, HttpError> {
        match self.caller()? {
            Caller::Person(person) => Ok(person),
            Caller::Key(_) => Err(forbidden("An API key cannot do this. Sign in.")),
        }
    }

    /// In whose name it is asked.
    pub(crate) fn user(&self) -> Result<UserId, HttpError> {
        Ok(self.caller()?.user())
    }

    /// The community that the request is about.
    pub(crate) fn guild(&self) -> Result<GuildId, HttpError> {
        self.community.map(|community| community.guild).ok_or_else(missing_community)
    }

    /// The highest role that a person has here; `None`: they have none, or a key asks.
    pub(crate) fn role(&self) -> Option<Role> {
        match &self.caller {
            Some(Caller::Person(person)) if person.operator => Some(Role::Admin),
            Some(Caller::Person(_)) => self.community.and_then(|community| community.role),
            Some(Caller::Key(_)) | None => None,
        }
    }

    /// Whether the caller may.
    pub(crate) fn may(&self, needs: Permission) -> bool {
        match &self.caller {
            Some(Caller::Key(key)) => key.scope.may(needs, self.now),
            _ => self.role().is_some_and(|role| role.may(needs)),
        }
    }

    /// What stands in a place of the path. What does not read names nothing that there is.
    pub(crate) fn place<T: FromStr>(&self, name: &str) -> Result<T, HttpError> {
        let text = self.places.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
        text.parse().map_err(|_| not_found(name))
    }

    /// The body.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        body::json(self.request)
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Result<Option<String>, HttpError> {
        body::query(self.request, name)
    }

    /// A read that failed becomes "try again".
    pub(crate) fn read<T>(&self, read: Result<T, StoreError>) -> Result<T, HttpError> {
        read.map_err(|error| self.failed(StoreOperation::Read, &error))
    }

    /// A write that failed becomes "try again", one that lost every race "busy".
    pub(crate) fn wrote<T>(&self, wrote: Result<T, StoreError>) -> Result<T, HttpError> {
        wrote.map_err(|error| self.failed(StoreOperation::Write, &error))
    }

    /// What a failed store means to the caller.
    pub(crate) fn failed(&self, operation: StoreOperation, error: &StoreError) -> HttpError {
        self.report.store_failed(operation, error);
        match error {
            StoreError::Contended { .. } => busy(),
            StoreError::Unavailable { .. } | StoreError::Corrupt { .. } => unavailable(),
        }
    }

    /// Random bytes, or nothing goes on.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], HttpError> {
        self.app.rng.bytes().map_err(|_| {
            self.report.fault("entropy", "none");
            unavailable()
        })
    }
}

/// The credential spans communities, and the request names none (SPEC W17).
pub(crate) fn missing_community() -> HttpError {
    HttpError::new(
        ErrorCode::MissingCommunityId,
        "Say which community this is about: send its Discord server id as X-Community-ID.",
    )
}
