//! What only people can renew, and how old it is (SPEC W32): the bot's token and our clients' secrets over there. Their age
//! is asked for, never their value.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::aws_code::code;
use shared::telemetry::Telemetry;

use crate::app::App;

/// A secret that somebody else has given us is changed after so long.
const OF_THIRD_PARTIES: SignedDuration = SignedDuration::from_hours(24 * 180);

/// A secret that is too old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Old {
    /// Its name.
    pub(crate) secret: String,
    /// How old it is.
    pub(crate) days: u32,
}

/// Those that are too old at this time.
pub(crate) async fn old(app: &App, now: Timestamp, log: &Telemetry) -> Vec<Old> {
    let mut old = Vec::new();
    for secret in &app.config.watched {
        match changed(app, secret).await {
            Ok(Some(changed)) => old.extend(judge(secret, changed, now)),
            Ok(None) => {}
            Err(code) => log.fault("rotation.ages", &code),
        }
    }
    old
}

/// When it was changed last; `None`: there is none.
async fn changed(app: &App, secret: &str) -> Result<Option<Timestamp>, String> {
    let described = match app.secrets.describe_secret().secret_id(secret).send().await {
        Ok(described) => described,
        Err(error)
            if error.as_service_error().is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(code(&error)),
    };
    let at = described.last_changed_date.or(described.created_date);
    Ok(at.and_then(|at| Timestamp::from_second(at.secs()).ok()))
}

fn judge(secret: &str, changed: Timestamp, now: Timestamp) -> Option<Old> {
    let age = now.duration_since(changed);
    let days = u32::try_from(age.as_hours() / 24).unwrap_or(0);
    (age >= OF_THIRD_PARTIES).then(|| Old { secret: secret.to_owned(), days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_year_is_too_old() {
        let now: Timestamp = "2026-07-01T02:00:00Z".parse().unwrap();
        let before = |days: i64| now - SignedDuration::from_hours(24 * days);
        assert_eq!(judge("a", before(179), now), None);
        assert_eq!(judge("a", before(180), now), Some(Old { secret: "a".into(), days: 180 }));
        assert_eq!(judge("a", now + SignedDuration::from_hours(1), now), None, "clocks may differ");
    }
}
