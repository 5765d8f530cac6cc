//! Lines, figures, and what a developer has.

use super::super::store::{pseudonymous, public};
use super::super::{End, Field, Kind, Purpose, Row, Store};

pub(super) const FUNCTIONS: Store = log_group("/aws/lambda/{function}", "What the functions tell.");
pub(super) const WORKER: Store = log_group("/ecs/voice", "What the voice worker tells.");

const fn log_group(name: &'static str, about: &'static str) -> Store {
    Store {
        name,
        kind: Kind::LogGroup,
        about,
        owners: &["shared/src/telemetry", "events/schemas/security-event.json"],
        place: None,
        keys: &[],
        rows: LINES,
    }
}

/// Lines have no id, token, address or query; people are pseudonyms.
const LINES: &[Row] = &[
    line(&["security"], "somebody was refused, or tried to get in", Purpose::Security, SECURITY),
    line(&["audit"], "a copy of an audit row", Purpose::Audit, AUDIT),
    line(&["fault"], "something failed", Purpose::Operations, FAULT),
    line(
        &["note"],
        "something happened that an operator may look for; typed facts",
        Purpose::Operations,
        NOTE,
    ),
    line(&["metric"], "a figure; its name and its dimensions are fields too", Purpose::Operations, METRIC),
];

const fn line(
    kind: &'static [&'static str],
    about: &'static str,
    purpose: Purpose,
    fields: &'static [Field],
) -> Row {
    Row { key: kind, about, purpose, end: End::days(30), sooner: "7 d where the stage is dev", fields }
}

const SECURITY: &[Field] = &[
    public("log"),
    public("level"),
    public("function"),
    public("correlation_id"),
    public("schema_version"),
    public("event_type"),
    public("action"),
    public("result"),
    pseudonymous("user"),
    pseudonymous("guild"),
    pseudonymous("ip"),
    pseudonymous("user_agent"),
    public("timestamp"),
    pseudonymous("extras"),
];

const AUDIT: &[Field] = &[
    public("log"),
    public("level"),
    public("function"),
    public("correlation_id"),
    pseudonymous("tenant"),
    public("event_id"),
    pseudonymous("admin"),
    public("action"),
    public("resource"),
    pseudonymous("resource_id"),
    public("source"),
    public("timestamp"),
    public("details"),
];

const FAULT: &[Field] = &[
    public("log"),
    public("level"),
    public("function"),
    public("correlation_id"),
    public("timestamp"),
    public("fault"),
    public("code"),
];

const NOTE: &[Field] = &[
    public("log"),
    public("level"),
    public("function"),
    public("correlation_id"),
    public("timestamp"),
    public("note"),
    pseudonymous("facts"),
];

const METRIC: &[Field] = &[public("_aws"), public("function")];

pub(super) const PUBLIC_API: Store = Store {
    name: "/aws/vendedlogs/public-api",
    kind: Kind::LogGroup,
    about: "What the gateway in front of the functions tells: no address, and no path as it was typed.",
    owners: &["template.yaml"],
    place: None,
    keys: &[],
    rows: &[line(&["access"], "a request was answered", Purpose::Operations, ACCESS)],
};

const ACCESS: &[Field] = &[
    public("requestId"),
    public("time"),
    public("route"),
    public("status"),
    public("bytes"),
    public("latency"),
    public("error"),
];

pub(super) const METRICS: Store = Store {
    name: "TimmyBot",
    kind: Kind::Metrics,
    about: "Counters without a server or a person. CloudWatch decides how long it keeps them.",
    owners: &["shared/src/telemetry/metric.rs"],
    place: None,
    keys: &[],
    rows: &[Row {
        key: &["{metric}"],
        about: "how often, how long",
        purpose: Purpose::Operations,
        end: End::days(455),
        sooner: "",
        fields: &[public("value"), public("dimensions")],
    }],
};

pub(super) const ALERTS: Store = Store {
    name: "alerts",
    kind: Kind::Topic,
    about: "What operators are told. It keeps nothing: what cannot be delivered is lost.",
    owners: &["functions/token-rotation/src/app.rs"],
    place: None,
    keys: &[],
    rows: TOLD,
};

pub(super) const ALERTS_OF_A_SEVERITY: Store = Store {
    name: "alerts-{severity}",
    about: "Incidents of one severity, for who has subscribed to it. It keeps nothing.",
    owners: &["functions/security-alarms/src/channels/topic.rs"],
    ..ALERTS
};

pub(super) const WATCHDOG: Store = Store {
    name: "watchdog",
    about: "That alarms do not reach anybody, by a way of its own. It keeps nothing.",
    owners: &["template.yaml"],
    ..ALERTS
};

const TOLD: &[Row] = &[Row {
    key: &["message"],
    about: "what to look at, in words of ours",
    purpose: Purpose::Operations,
    end: End::hours(1),
    sooner: "when it was delivered",
    fields: &[public("subject"), public("message")],
}];

pub(super) const LOCAL: Store = Store {
    name: ".timmy/",
    kind: Kind::Files,
    about: "On a developer's machine: the tables of the local stack, its test keys, its log. Everybody in it is made up.",
    owners: &["tools/cli/src/local"],
    place: None,
    keys: &[],
    rows: &[Row {
        key: &["{file}"],
        about: "what the local stack keeps",
        purpose: Purpose::Operations,
        end: End::Operator,
        sooner: "when the folder is removed",
        fields: &[public("body")],
    }],
};
