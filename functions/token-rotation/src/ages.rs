//! How old our credentials are (SPEC W32): what only people can renew, which is the bot's token and our clients' secrets over
//! there, and our own keys: those in secrets, which renew themselves unless something is wrong, and the one in KMS that
//! signs, which cannot be renewed and is replaced. Their age is asked for, never their value. `timmy doctor` asks the same.

use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::operation::describe_secret::{DescribeSecretError, DescribeSecretOutput};
use aws_sdk_secretsmanager::primitives::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::aws_code::code;
use shared::telemetry::{Metric, Telemetry};

use crate::app::App;

/// Whose a credential is: that says from when its age counts, and how old it may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody else has given it to us, and only people can renew it.
    Given,
    /// Ours: it renews itself, or is replaced.
    Own,
}

impl Origin {
    /// Days that it may be old.
    pub const fn days(self) -> u32 {
        match self {
            Self::Given => 180,
            Self::Own => 365,
        }
    }

    /// Whether it is too old. What is ours renews itself in the night after its last day.
    pub const fn is_old(self, days: u32) -> bool {
        match self {
            Self::Given => days >= self.days(),
            Self::Own => days > self.days(),
        }
    }

    fn since(self, described: &DescribeSecretOutput) -> Option<&DateTime> {
        match self {
            Self::Given => changed(described),
            Self::Own => rotated(described),
        }
    }
}

/// A secret that is too old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Old {
    /// Its name.
    pub(crate) secret: String,
    /// How old it is.
    pub(crate) days: u32,
}

/// Counts the ages of all, and gives those that are too old and that only people can renew.
pub(crate) async fn old(app: &App, now: Timestamp, log: &Telemetry) -> Vec<Old> {
    let given = aged(app, &app.config.watched, Origin::Given, now, log).await;
    let mut own = aged(app, &app.config.rotated, Origin::Own, now, log).await;
    own.extend(signing(app, now, log).await);
    for (metric, ages) in [(Metric::ThirdPartyKeyAge, &given), (Metric::SigningKeyAge, &own)] {
        // Nothing is counted where nothing could be told: the alarm stays as it was.
        if let Some(oldest) = ages.iter().map(|(_, days)| *days).max() {
            log.metric(metric, oldest);
        }
    }
    let old = given.into_iter().filter(|(_, days)| Origin::Given.is_old(*days));
    old.map(|(secret, days)| Old { secret: secret.to_owned(), days }).collect()
}

/// How many days old a secret is; `None`: there is none, or nobody knows since when. An error is the service's code.
pub async fn secret_age(
    secrets: &Secrets,
    name: &str,
    origin: Origin,
    now: Timestamp,
) -> Result<Option<u32>, String> {
    let Some(described) = described(secrets, name).await? else { return Ok(None) };
    let at = origin.since(&described).and_then(|at| Timestamp::from_second(at.secs()).ok());
    Ok(at.map(|at| days(now.duration_since(at))))
}

/// How many days old a key in KMS is that signs. An error is the service's code.
pub async fn signing_key_age(kms: &aws_sdk_kms::Client, key: &str, now: Timestamp) -> Result<u32, String> {
    made(kms, key).await.map(|at| days(now.duration_since(at)))
}

/// The ages of those that are there.
async fn aged<'a>(
    app: &App,
    secrets: &'a [String],
    origin: Origin,
    now: Timestamp,
    log: &Telemetry,
) -> Vec<(&'a str, u32)> {
    let mut ages = Vec::new();
    for secret in secrets {
        match secret_age(&app.secrets, secret, origin, now).await {
            Ok(days) => ages.extend(days.map(|days| (secret.as_str(), days))),
            Err(code) => log.fault("rotation.ages", &code),
        }
    }
    ages
}

/// The age of the key that signs, if there is one.
async fn signing<'a>(app: &'a App, now: Timestamp, log: &Telemetry) -> Option<(&'a str, u32)> {
    let key = app.config.signing_key.as_deref()?;
    match signing_key_age(&app.kms, key, now).await {
        Ok(days) => Some((key, days)),
        Err(code) => {
            log.fault("rotation.ages", &code);
            None
        }
    }
}

/// When KMS made a key. Unlike one that encrypts, a key that signs has the same material for its life.
async fn made(kms: &aws_sdk_kms::Client, key: &str) -> Result<Timestamp, String> {
    let described = kms.describe_key().key_id(key).send().await.map_err(|error| code(&error))?;
    let at = described.key_metadata.and_then(|metadata| metadata.creation_date);
    at.and_then(|at| Timestamp::from_second(at.secs()).ok()).ok_or_else(|| "response".to_owned())
}

/// When a value was put last that somebody else has made.
fn changed(described: &DescribeSecretOutput) -> Option<&DateTime> {
    described.last_changed_date().or(described.created_date())
}

/// When a key of ours was made. Not when its secret changed: finishing a rotation, or a tag, is a change too.
fn rotated(described: &DescribeSecretOutput) -> Option<&DateTime> {
    described.last_rotated_date().or(described.created_date())
}

/// `None`: there is none.
async fn described(secrets: &Secrets, secret: &str) -> Result<Option<DescribeSecretOutput>, String> {
    match secrets.describe_secret().secret_id(secret).send().await {
        Ok(described) => Ok(Some(described)),
        Err(error)
            if error.as_service_error().is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(code(&error)),
    }
}

/// Whole days; none of an age that is still to come, since clocks may differ.
fn days(age: SignedDuration) -> u32 {
    u32::try_from(age.as_hours() / 24).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime {
        DateTime::from_secs(second)
    }

    #[test]
    fn days_are_whole_and_never_negative() {
        for (hours, expected) in [(0, 0), (23, 0), (24, 1), (24 * 180 - 1, 179), (24 * 180, 180), (-30, 0)] {
            assert_eq!(days(SignedDuration::from_hours(hours)), expected, "{hours}");
        }
    }

    #[test]
    fn what_was_given_is_old_on_its_day_and_what_is_ours_after_it() {
        assert_eq!([179, 180, 181].map(|days| Origin::Given.is_old(days)), [false, true, true]);
        assert_eq!([364, 365, 366].map(|days| Origin::Own.is_old(days)), [false, false, true]);
        let described = DescribeSecretOutput::builder().last_changed_date(at(3)).last_rotated_date(at(2));
        let described = described.build();
        assert_eq!(Origin::Given.since(&described), Some(&at(3)));
        assert_eq!(Origin::Own.since(&described), Some(&at(2)));
    }

    #[test]
    fn a_key_is_as_old_as_its_rotation_and_a_given_secret_as_its_last_change() {
        let made = DescribeSecretOutput::builder().created_date(at(1));
        let described = made.clone().last_changed_date(at(3)).last_rotated_date(at(2)).build();
        assert_eq!((changed(&described), rotated(&described)), (Some(&at(3)), Some(&at(2))));
        let new = made.build();
        assert_eq!((changed(&new), rotated(&new)), (Some(&at(1)), Some(&at(1))));
        let nothing = DescribeSecretOutput::builder().build();
        assert_eq!((changed(&nothing), rotated(&nothing)), (None, None));
    }
}
