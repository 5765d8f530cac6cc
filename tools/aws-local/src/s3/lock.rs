//! Object Lock: what a new object is locked with, by its request or by its bucket's default.

use axum::http::HeaderName;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::S3;
use super::error::S3Error;
use super::request::Request;
use crate::machine;
use crate::template::{LockMode, LockPlan};

/// `Governance` or `Compliance`.
pub(super) const MODE: HeaderName = HeaderName::from_static("x-amz-object-lock-mode");
/// Until when, in ISO 8601.
pub(super) const UNTIL: HeaderName = HeaderName::from_static("x-amz-object-lock-retain-until-date");

/// The lock of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    pub(super) mode: LockMode,
    pub(super) until: Timestamp,
}

impl S3 {
    /// The lock that a new object has; `None`: its bucket knows none.
    pub(super) fn lock(&self, request: &Request) -> Result<Option<Lock>, S3Error> {
        let plan = self.locks.get(&request.bucket).copied();
        let told = (request.header(MODE.as_str()), request.header(UNTIL.as_str()));
        let lock = judge(plan, told, machine::now())?;
        if lock.is_some() && !is_summed(request) {
            let message = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object \
                           Lock parameters";
            return Err(S3Error::invalid_request(message));
        }
        Ok(lock)
    }
}

/// Whether the request says itself how to lock: that takes a right of its own.
pub(super) fn is_told(request: &Request) -> bool {
    request.header(MODE.as_str()).is_some()
}

fn judge(
    plan: Option<LockPlan>,
    told: (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<Option<Lock>, S3Error> {
    let Some(plan) = plan else {
        let missing = S3Error::invalid_request("Bucket is missing Object Lock Configuration");
        return if told == (None, None) { Ok(None) } else { Err(missing) };
    };
    match told {
        (None, None) => {
            let until = now.saturating_add(SignedDuration::from_hours(24 * i64::from(plan.days)));
            Ok(Some(Lock { mode: plan.mode, until: until.map_err(|_| S3Error::internal())? }))
        }
        (Some(mode), Some(until)) => {
            let unknown = S3Error::invalid_argument("Unknown wormMode directive.");
            let mode = LockMode::parse(mode).ok_or(unknown)?;
            let malformed =
                S3Error::invalid_argument("The retain until date must be provided in ISO 8601 format");
            let until: Timestamp = until.parse().map_err(|_| malformed)?;
            let over = S3Error::invalid_argument("The retain until date must be in the future!");
            if until > now { Ok(Some(Lock { mode, until })) } else { Err(over) }
        }
        _ => Err(S3Error::invalid_argument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
        )),
    }
}

/// Whether the sender said what its bytes sum up to, in a header or behind them.
pub(super) fn is_summed(request: &Request) -> bool {
    let sums = |name: &HeaderName| name.as_str().starts_with("x-amz-checksum-");
    let named = ["content-md5", "x-amz-trailer", "x-amz-sdk-checksum-algorithm"];
    named.iter().any(|name| request.header(name).is_some()) || request.headers.keys().any(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_locked_by_its_request_or_by_its_bucket() {
        let now: Timestamp = "2026-01-02T03:00:00Z".parse().unwrap();
        let plan = Some(LockPlan { mode: LockMode::Governance, days: 400 });
        let by_default = judge(plan, (None, None), now).unwrap().unwrap();
        assert_eq!(
            (by_default.mode, by_default.until.to_string().as_str()),
            (LockMode::Governance, "2027-02-06T03:00:00Z")
        );
        let told = judge(plan, (Some("COMPLIANCE"), Some("2026-02-01T00:00:00.000Z")), now).unwrap().unwrap();
        assert_eq!(
            (told.mode, told.until.to_string().as_str()),
            (LockMode::Compliance, "2026-02-01T00:00:00Z")
        );
        assert_eq!(judge(None, (None, None), now), Ok(None));
    }

    #[test]
    fn half_a_lock_and_one_that_is_over_are_refused() {
        let now: Timestamp = "2026-01-02T03:00:00Z".parse().unwrap();
        let plan = Some(LockPlan { mode: LockMode::Governance, days: 1 });
        let later = Some("2026-02-01T00:00:00Z");
        for told in [
            (Some("COMPLIANCE"), None),
            (None, later),
            (Some("compliance"), later),
            (Some("COMPLIANCE"), Some("soon")),
            (Some("COMPLIANCE"), Some("2026-01-02T03:00:00Z")),
        ] {
            assert!(judge(plan, told, now).is_err(), "{told:?}");
        }
        assert!(judge(None, (Some("COMPLIANCE"), later), now).is_err());
    }
}
