//! When a secret is rotated next.

use super::error;
use crate::template::RotationRules;
use crate::wire::ServiceError;

const HOUR_MS: u64 = 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// How often.
#[derive(Debug, PartialEq, Eq)]
enum Every {
    Days(u64),
    Hours(u64),
    /// `cron(…)`, which is kept and not computed.
    Calendar,
}

/// Refuses rules that the service would refuse: 1 to 1,000 days, `rate(…)` of four hours or more, or a `cron(…)` of six
/// fields; never two of them.
pub(super) fn check(rules: &RotationRules) -> Result<(), ServiceError> {
    match (&rules.automatically_after_days, &rules.schedule_expression) {
        (Some(_), Some(_)) => Err(error::invalid(
            "You can't specify both AutomaticallyAfterDays and ScheduleExpression in RotationRules.",
        )),
        (None, None) => Ok(()),
        _ => every(rules).map(|_| ()).ok_or_else(|| error::invalid("The rotation rules are invalid.")),
    }
}

/// The last moment of the next rotation's window, if the last rotation was at `last_ms`: with days, the end of that UTC day.
/// None without rules and for `cron(…)`.
pub(super) fn next_ms(rules: &RotationRules, last_ms: u64) -> Option<u64> {
    match every(rules)? {
        Every::Days(days) => Some((last_ms / DAY_MS + days + 1) * DAY_MS - 1_000),
        Every::Hours(hours) => Some(last_ms + hours * HOUR_MS),
        Every::Calendar => None,
    }
}

fn every(rules: &RotationRules) -> Option<Every> {
    if let Some(days) = rules.automatically_after_days {
        return u64::try_from(days).ok().filter(|days| (1..=1_000).contains(days)).map(Every::Days);
    }
    let expression = rules.schedule_expression.as_deref()?;
    if let Some(fields) = inside(expression, "cron(") {
        return (fields.split_whitespace().count() == 6).then_some(Every::Calendar);
    }
    let (number, unit) = inside(expression, "rate(")?.split_once(' ')?;
    match (number.parse().ok()?, unit) {
        (days @ 1..=1_000, "day" | "days") => Some(Every::Days(days)),
        (hours @ 4..=24_000, "hours") => Some(Every::Hours(hours)),
        _ => None,
    }
}

fn inside<'a>(expression: &'a str, open: &str) -> Option<&'a str> {
    expression.strip_prefix(open)?.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: i64) -> RotationRules {
        RotationRules { automatically_after_days: Some(days), ..RotationRules::default() }
    }

    fn schedule(expression: &str) -> RotationRules {
        RotationRules { schedule_expression: Some(expression.to_owned()), ..RotationRules::default() }
    }

    #[test]
    fn the_next_rotation_is_counted_from_the_last() {
        let noon = 10 * DAY_MS + 12 * HOUR_MS;
        assert_eq!(next_ms(&days(30), noon), Some(41 * DAY_MS - 1_000));
        assert_eq!(next_ms(&schedule("rate(1 day)"), noon), Some(12 * DAY_MS - 1_000));
        assert_eq!(next_ms(&schedule("rate(4 hours)"), noon), Some(noon + 4 * HOUR_MS));
        assert_eq!(next_ms(&schedule("cron(0 2 * * ? *)"), noon), None);
        assert_eq!(next_ms(&RotationRules::default(), noon), None);
    }

    #[test]
    fn rules_are_bounded() {
        for good in [days(1), days(1_000), schedule("rate(10 days)"), schedule("cron(0 2 1 * ? *)")] {
            assert_eq!(check(&good), Ok(()), "{good:?}");
        }
        assert_eq!(check(&RotationRules::default()), Ok(()));
        let both = RotationRules { automatically_after_days: Some(1), ..schedule("rate(1 day)") };
        for bad in [
            both,
            days(0),
            days(1_001),
            days(-1),
            schedule(""),
            schedule("rate(3 hours)"),
            schedule("rate(days)"),
            schedule("rate(10 weeks)"),
            schedule("rate(10 days"),
            schedule("cron(0 2 * *)"),
        ] {
            assert_eq!(check(&bad).unwrap_err().code, "InvalidParameterException", "{bad:?}");
        }
    }
}
