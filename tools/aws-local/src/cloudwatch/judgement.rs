//! What an alarm makes of the figures of its last periods.

use super::State;
use crate::template::{MetricAlarm, Missing};

/// The state that follows from the figures of the last periods, newest first, and from the state before.
pub(super) fn state(alarm: &MetricAlarm, figures: &[Option<f64>], before: State) -> State {
    let breaches = |figure: f64| alarm.comparison.breaches(figure, alarm.threshold);
    let bad = figures.iter().filter(|figure| match figure {
        Some(figure) => breaches(*figure),
        None => alarm.missing == Missing::Breaching,
    });
    let enough = usize::try_from(alarm.datapoints_to_alarm).unwrap_or(usize::MAX);
    if bad.count() >= enough {
        return State::Alarm;
    }
    let nothing = figures.iter().all(Option::is_none);
    match alarm.missing {
        Missing::Ignore if nothing => before,
        Missing::Missing if nothing => State::InsufficientData,
        _ => State::Ok,
    }
}

/// Why, as the service words it.
pub(super) fn reason(alarm: &MetricAlarm, figures: &[Option<f64>], state: State) -> String {
    let known: Vec<String> = figures.iter().flatten().map(|figure| decimal(*figure)).collect();
    if known.is_empty() {
        let treated = match alarm.missing {
            Missing::Breaching => "Breaching",
            Missing::NotBreaching => "NonBreaching",
            Missing::Ignore | Missing::Missing => {
                return "Insufficient Data: no datapoints were received.".to_owned();
            }
        };
        let (periods, points) =
            (counted(figures.len(), "period"), counted(figures.len(), "missing datapoint"));
        return format!(
            "Threshold Crossed: no datapoints were received for {periods} and {points} treated as [{treated}]."
        );
    }
    let not = if state == State::Alarm { "" } else { "not " };
    let (number, was) = if known.len() == 1 { (1, "was") } else { (known.len(), "were") };
    let points = counted(number, "datapoint");
    format!(
        "Threshold Crossed: {points} [{}] {was} {not}{} the threshold ({}).",
        known.join(", "),
        in_words(alarm),
        decimal(alarm.threshold)
    )
}

fn in_words(alarm: &MetricAlarm) -> &'static str {
    use crate::template::Comparison;
    match alarm.comparison {
        Comparison::GreaterThanThreshold => "greater than",
        Comparison::GreaterThanOrEqualToThreshold => "greater than or equal to",
        Comparison::LessThanThreshold => "less than",
        Comparison::LessThanOrEqualToThreshold => "less than or equal to",
    }
}

/// The service writes at least one digit behind the point.
fn decimal(number: f64) -> String {
    format!("{number:?}")
}

fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::super::tests::alarm;
    use super::*;

    #[test]
    fn one_more_than_the_threshold_is_too_many() {
        let alarm = alarm(1, 1, Missing::NotBreaching);
        for (figure, expected) in [(Some(10.0), State::Ok), (Some(11.0), State::Alarm), (None, State::Ok)] {
            for before in State::ALL {
                assert_eq!(state(&alarm, &[figure], before), expected, "{figure:?} {before:?}");
            }
        }
    }

    #[test]
    fn a_period_without_a_point_is_what_the_alarm_says() {
        for (missing, expected) in [
            (Missing::Breaching, State::Alarm),
            (Missing::NotBreaching, State::Ok),
            (Missing::Ignore, State::Alarm),
            (Missing::Missing, State::InsufficientData),
        ] {
            assert_eq!(state(&alarm(1, 1, missing), &[None], State::Alarm), expected, "{missing:?}");
        }
        assert_eq!(state(&alarm(1, 1, Missing::Ignore), &[None], State::Ok), State::Ok);
        assert_eq!(state(&alarm(1, 1, Missing::Ignore), &[Some(1.0)], State::Alarm), State::Ok);
    }

    #[test]
    fn so_many_of_so_many_periods_have_to_be_bad() {
        let (bad, good) = (Some(11.0), Some(1.0));
        let two_of_three = alarm(3, 2, Missing::NotBreaching);
        for (figures, expected) in [
            ([bad, good, bad], State::Alarm),
            ([good, good, bad], State::Ok),
            ([None, bad, None], State::Ok),
            ([bad, bad, None], State::Alarm),
        ] {
            assert_eq!(state(&two_of_three, &figures, State::Ok), expected, "{figures:?}");
        }
        assert_eq!(state(&alarm(3, 3, Missing::Breaching), &[None, None, None], State::Ok), State::Alarm);
        assert_eq!(state(&alarm(3, 3, Missing::Breaching), &[None, good, None], State::Alarm), State::Ok);
    }

    #[test]
    fn reasons_read_as_the_services_do() {
        let one = alarm(1, 1, Missing::NotBreaching);
        for (figures, state, expected) in [
            (
                vec![Some(11.0)],
                State::Alarm,
                "Threshold Crossed: 1 datapoint [11.0] was greater than the threshold (10.0).",
            ),
            (
                vec![Some(1.5), None, Some(2.0)],
                State::Ok,
                "Threshold Crossed: 2 datapoints [1.5, 2.0] were not greater than the threshold (10.0).",
            ),
            (
                vec![None],
                State::Ok,
                "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint treated as [NonBreaching].",
            ),
        ] {
            assert_eq!(reason(&one, &figures, state), expected);
        }
        let blind = reason(&alarm(1, 1, Missing::Missing), &[None], State::InsufficientData);
        assert!(blind.starts_with("Insufficient Data"), "{blind}");
    }
}
