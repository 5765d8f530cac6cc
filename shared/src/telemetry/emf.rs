//! `CloudWatch`'s embedded metric format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//!
//! Every metric is published with no dimension, since alarms look there, and, if it has any, with all of its own.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::metric::{Metric, NAMESPACE};

/// One line for one value.
pub(super) fn document(metric: Metric, value: u32, function: &'static str, now: Timestamp) -> Value {
    let dimensions = metric.dimensions();
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let sets = if names.is_empty() { json!([[]]) } else { json!([[], names]) };
    let directive = json!({
        "Namespace": NAMESPACE,
        "Dimensions": sets,
        "Metrics": [{ "Name": metric.name(), "Unit": metric.unit() }],
    });
    let mut root = Map::new();
    root.insert(
        "_aws".into(),
        json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [directive] }),
    );
    root.insert("function".into(), function.into());
    root.extend(dimensions.into_iter().map(|(name, value)| (name.to_owned(), value.into())));
    root.insert(metric.name().into(), value.into());
    Value::Object(root)
}

#[cfg(test)]
mod tests {
    use super::super::metric::{
        AuthFailure, CheckpointOutcome, DeadlineOutcome, QueueLimit, StoreOperation, VoiceCall,
        WebhookOutcome,
    };
    use super::*;
    use crate::privacy::{RetentionReason, SubjectKind};
    use crate::security::event::Platform;
    use crate::security::rate_limit::LimitScope;

    const UNITS: [&str; 3] = ["Count", "Milliseconds", "None"];

    fn every_metric() -> Vec<Metric> {
        let auth = |reason| Metric::AuthFailures { platform: Platform::Discord, reason };
        let mut all: Vec<Metric> = [
            AuthFailure::Method,
            AuthFailure::TooLarge,
            AuthFailure::MissingHeader,
            AuthFailure::RepeatedHeader,
            AuthFailure::MalformedHeader,
            AuthFailure::BadSignature,
            AuthFailure::Stale,
            AuthFailure::Replayed,
            AuthFailure::OtherBrowser,
            AuthFailure::MixUp,
            AuthFailure::NotHonoured,
            AuthFailure::MalformedBody,
            AuthFailure::Unavailable,
        ]
        .map(auth)
        .into();
        all.extend([
            Metric::UnauthorizedAccess,
            Metric::SuspiciousActivity,
            Metric::GuildBanned,
            Metric::VoicePlayers,
            Metric::VoiceLatePackets,
            Metric::VoiceLeaseAge,
            Metric::VoiceTracksStarted,
            Metric::VoiceTracksFailed,
            Metric::AuthorizationDenied,
            Metric::RotationFailures,
            Metric::SigningKeyAge,
            Metric::ThirdPartyKeyAge,
            Metric::AlarmsTold,
            Metric::AlarmsUntold,
        ]);
        all.extend(
            [
                LimitScope::User,
                LimitScope::Command,
                LimitScope::Guild,
                LimitScope::Autocomplete,
                LimitScope::Address,
            ]
            .map(|scope| Metric::RateLimited { scope }),
        );
        all.extend(
            [DeadlineOutcome::Told, DeadlineOutcome::Gone, DeadlineOutcome::Refused]
                .map(|outcome| Metric::DeadlineEnded { outcome }),
        );
        all.extend(
            [StoreOperation::Guard, StoreOperation::Read, StoreOperation::Write, StoreOperation::Audit]
                .map(|operation| Metric::StoreFailures { operation }),
        );
        all.extend(
            [VoiceCall::Ring, VoiceCall::Look, VoiceCall::Wake, VoiceCall::Schedule]
                .map(|call| Metric::VoiceFailures { call }),
        );
        all.extend([QueueLimit::Queue, QueueLimit::User].map(|limit| Metric::QueueFull { limit }));
        let platform = Platform::Twitch;
        all.extend(CheckpointOutcome::ALL.map(|outcome| Metric::Checkpoints { outcome }));
        all.extend(RetentionReason::ALL.map(|reason| Metric::Retention { reason }));
        all.extend(WebhookOutcome::ALL.map(|outcome| Metric::Webhooks { platform, outcome }));
        all.extend([SubjectKind::User, SubjectKind::Guild].map(|subject| Metric::Erasures { subject }));
        all.push(Metric::WebhookUnconfigured { platform });
        all
    }

    fn now() -> Timestamp {
        "2026-01-02T03:04:05.678Z".parse().unwrap()
    }

    fn name(value: &Value) -> &str {
        let name = value.as_str().unwrap();
        assert!(!name.trim().is_empty() && name.len() <= 1024 && name.is_ascii());
        name
    }

    /// The specification's schema, rule by rule.
    fn assert_is_emf(root: &Value) {
        let aws = root["_aws"].as_object().unwrap();
        assert_eq!(aws.keys().collect::<Vec<_>>(), ["CloudWatchMetrics", "Timestamp"]);
        assert!(aws["Timestamp"].as_u64().is_some_and(|millis| millis > 1_600_000_000_000));
        for directive in aws["CloudWatchMetrics"].as_array().unwrap() {
            let members: Vec<_> = directive.as_object().unwrap().keys().cloned().collect();
            assert_eq!(members, ["Dimensions", "Metrics", "Namespace"]);
            assert!(name(&directive["Namespace"]).len() <= 255);
            let sets = directive["Dimensions"].as_array().unwrap();
            assert!(!sets.is_empty());
            for key in sets.iter().flat_map(|set| {
                let keys = set.as_array().unwrap();
                assert!(keys.len() <= 30);
                keys
            }) {
                assert!(name(key).len() <= 250);
                assert!(name(&root[name(key)]).len() <= 1024);
            }
            let metrics = directive["Metrics"].as_array().unwrap();
            assert!((1..=100).contains(&metrics.len()));
            for metric in metrics {
                assert!(UNITS.contains(&name(&metric["Unit"])));
                assert!(root[name(&metric["Name"])].is_number());
            }
        }
    }

    #[test]
    fn every_metric_is_valid_and_published_without_dimension_too() {
        for metric in every_metric() {
            let root = document(metric, 3, "interactions", now());
            assert_is_emf(&root);
            let directive = &root["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(directive["Namespace"], "TimmyBot/Security");
            assert_eq!(directive["Dimensions"][0], json!([]), "{metric:?}");
            assert_eq!(root[metric.name()], 3);
        }
    }

    #[test]
    fn no_dimension_is_a_guild_or_a_person() {
        for metric in every_metric() {
            for (name, _) in metric.dimensions() {
                assert!(
                    ["platform", "reason", "scope", "outcome", "operation", "call"].contains(&name),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn auth_failures_carry_platform_and_reason() {
        let metric = Metric::AuthFailures { platform: Platform::Discord, reason: AuthFailure::Stale };
        insta::assert_json_snapshot!(document(metric, 1, "interactions", now()));
    }
}
