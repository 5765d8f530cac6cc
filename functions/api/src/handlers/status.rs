//! The status page and the same as JSON: open to everybody, in fixed words, and answered as long as this process runs.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use shared::domain::incident::Component;
use shared::domain::status::{Care, ComponentStatus, Outage, Overall, State};
use shared::http_event::HttpAnswer;

use crate::reply::Reply;
use crate::status::{Known, look};
use crate::status_page;
use crate::visit::Visit;

/// How long everybody may keep it, in seconds.
const KEPT_S: u32 = 10;

/// How the bot does.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PublicStatus {
    /// The whole in a word.
    #[schemars(
        with = "String",
        extend("enum" = ["operational", "disturbed", "paused", "locked_down", "unknown"])
    )]
    status: Overall,
    components: Vec<Part>,
    /// What goes on.
    incidents: Vec<Disturbance>,
    /// What is over, of the last two weeks, the latest first.
    history: Vec<Disturbance>,
    /// Whether what went on and what is over could be read. While not, empty lists say nothing.
    complete: bool,
    /// When this was looked at.
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
}

/// A part of the bot.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Part {
    #[schemars(
        with = "String",
        extend("enum" = ["commands", "music", "accounts", "api", "webhooks", "privacy"])
    )]
    component: Component,
    /// What people call it.
    name: &'static str,
    #[schemars(with = "String", extend("enum" = ["works", "disturbed", "paused", "unknown"]))]
    state: State,
}

/// A time in which a part did not work as it should.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Disturbance {
    #[schemars(
        with = "String",
        extend("enum" = ["commands", "music", "accounts", "api", "webhooks", "privacy"])
    )]
    component: Component,
    /// What people notice.
    title: &'static str,
    #[schemars(with = "String", extend("enum" = ["looked_into", "worked_on", "over"]))]
    state: Care,
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    until: Option<Timestamp>,
}

pub(crate) async fn page(visit: &Visit<'_>) -> Reply {
    let known = Box::pin(look(visit.app, visit.report, visit.now)).await;
    Reply::public(status_page::page(&known), KEPT_S)
}

pub(crate) async fn json(visit: &Visit<'_>) -> Reply {
    let known = Box::pin(look(visit.app, visit.report, visit.now)).await;
    // Our own type: words and instants. It always is JSON.
    let body = serde_json::to_vec(&public(&known)).unwrap_or_default();
    Reply::public(HttpAnswer::json(200, body), KEPT_S)
}

fn public(Known { document, complete, at }: &Known) -> PublicStatus {
    let part = |part: &ComponentStatus| Part {
        component: part.component,
        name: part.component.name(),
        state: part.state,
    };
    PublicStatus {
        status: document.overall,
        components: document.components.iter().map(part).collect(),
        incidents: document.outages.iter().map(disturbance).collect(),
        history: document.history.iter().map(disturbance).collect(),
        complete: *complete,
        at: *at,
    }
}

fn disturbance(outage: &Outage) -> Disturbance {
    Disturbance {
        component: outage.component,
        title: outage.component.trouble(),
        state: outage.care,
        since: outage.since,
        until: outage.until,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The description's words are the ones that are said.
    #[test]
    fn each_word_is_described() {
        let schemas = serde_json::to_value(schemars::schema_for!(PublicStatus)).unwrap();
        let described =
            |pointer: &str| schemas.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).clone();
        let said = |words: Vec<Value>| Value::Array(words);
        let overall = [
            Overall::Operational,
            Overall::Disturbed,
            Overall::Paused,
            Overall::LockedDown,
            Overall::Unknown,
        ];
        let states = [State::Works, State::Disturbed, State::Paused, State::Unknown];
        let cares = [Care::LookedInto, Care::WorkedOn, Care::Over];
        assert_eq!(described("/properties/status/enum"), said(overall.map(|word| json!(word)).to_vec()));
        assert_eq!(
            described("/$defs/Part/properties/state/enum"),
            said(states.map(|word| json!(word)).to_vec())
        );
        assert_eq!(
            described("/$defs/Disturbance/properties/state/enum"),
            said(cares.map(|word| json!(word)).to_vec())
        );
        for part in ["Part", "Disturbance"] {
            let words = described(&format!("/$defs/{part}/properties/component/enum"));
            assert_eq!(words, said(Component::ALL.map(|word| json!(word)).to_vec()));
        }
    }
}
