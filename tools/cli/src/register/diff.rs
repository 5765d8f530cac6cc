//! What registering would change, from the commands that we want and those that Discord lists.
//!
//! Discord gives back more than it was given (ids, versions, defaults) and less (what says nothing). Both are set aside
//! first, or each run would find a drift that is none.

use core::fmt;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A command that Discord makes for applications with an Activity. It is not ours, and a bulk overwrite that leaves it
/// out deletes it (Discord: "Bulk Overwrite Global Application Commands").
const ENTRY_POINT: u64 = 4;
/// A slash command; the default.
const SLASH: u64 = 1;

/// What Discord adds to a command, or keeps from former days.
const GIVEN: [&str; 7] =
    ["id", "application_id", "version", "guild_id", "dm_permission", "default_permission", "handler"];
/// What it adds to all that has a name, when it is asked in somebody's language.
const IN_A_LANGUAGE: [&str; 2] = ["name_localized", "description_localized"];
/// What is false where nothing is said.
const FALSE_BY_DEFAULT: [&str; 3] = ["required", "autocomplete", "nsfw"];
/// Lists whose order means nothing.
const SETS: [&str; 3] = ["contexts", "integration_types", "channel_types"];
/// What the application's settings decide where a command does not.
const BY_APPLICATION: [&str; 2] = ["contexts", "integration_types"];

/// What happens to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Discord does not know it yet.
    Create {
        /// Its name.
        name: String,
    },
    /// It differs.
    Update {
        /// Its name.
        name: String,
        /// Where, such as `options.query.max_length`.
        fields: Vec<String>,
    },
    /// We do not want it.
    Delete {
        /// Its name.
        name: String,
    },
}

impl Change {
    /// As JSON.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Create { name } => json!({ "change": "create", "name": name }),
            Self::Update { name, fields } => json!({ "change": "update", "name": name, "fields": fields }),
            Self::Delete { name } => json!({ "change": "delete", "name": name }),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { name } => write!(f, "+ {name}"),
            Self::Update { name, fields } => write!(f, "~ {name}: {}", fields.join(", ")),
            Self::Delete { name } => write!(f, "- {name}"),
        }
    }
}

/// What it takes to get from `registered` to `wanted`; empty if both are the same to Discord.
pub(crate) fn diff(wanted: &[Value], registered: &[Value]) -> Vec<Change> {
    let mut changes: Vec<_> = wanted.iter().filter_map(|command| change(command, registered)).collect();
    let unwanted = registered.iter().filter(|known| find(wanted, known).is_none() && !is_entry_point(known));
    changes.extend(unwanted.map(|known| Change::Delete { name: name(known) }));
    changes
}

/// Entry points that we know nothing of, as they have to be sent along so that they stay.
pub(super) fn kept(wanted: &[Value], registered: &[Value]) -> Vec<Value> {
    let foreign = registered.iter().filter(|known| is_entry_point(known) && find(wanted, known).is_none());
    foreign
        .cloned()
        .map(|mut known| {
            if let Some(fields) = known.as_object_mut() {
                for field in GIVEN.into_iter().chain(IN_A_LANGUAGE) {
                    // Its id and what handles it are ours to say again.
                    if !matches!(field, "id" | "handler") {
                        fields.remove(field);
                    }
                }
            }
            known
        })
        .collect()
}

/// The name that people type.
pub(super) fn name(command: &Value) -> String {
    command["name"].as_str().unwrap_or_default().to_owned()
}

fn change(command: &Value, registered: &[Value]) -> Option<Change> {
    let name = name(command);
    let Some(known) = find(registered, command) else { return Some(Change::Create { name }) };
    let (command, mut known) = (plain(command), plain(known));
    for field in BY_APPLICATION.into_iter().filter(|field| !command.contains_key(*field)) {
        known.remove(field);
    }
    let mut fields = Vec::new();
    differ("", &Value::Object(command), &Value::Object(known), &mut fields);
    (!fields.is_empty()).then_some(Change::Update { name, fields })
}

/// The command of the same type and name: that is what Discord knows it by.
fn find<'a>(list: &'a [Value], command: &Value) -> Option<&'a Value> {
    list.iter().find(|other| kind(other) == kind(command) && other["name"] == command["name"])
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(SLASH)
}

fn is_entry_point(command: &Value) -> bool {
    kind(command) == ENTRY_POINT
}

/// A command without what Discord adds or drops.
fn plain(command: &Value) -> Map<String, Value> {
    let mut fields = match tidy(command) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    for field in GIVEN {
        fields.remove(field);
    }
    fields.insert("type".to_owned(), json!(kind(command)));
    fields
}

fn tidy(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let tidied = fields.iter().map(|(name, value)| (name.clone(), tidy_field(name, value)));
            Value::Object(tidied.filter(|(name, value)| says_something(name, value)).collect())
        }
        Value::Array(items) => items.iter().map(tidy).collect(),
        // 1 and 1.0 are one number to Discord.
        Value::Number(number) if number.is_f64() => whole(number.as_f64()).unwrap_or_else(|| value.clone()),
        other => other.clone(),
    }
}

fn tidy_field(name: &str, value: &Value) -> Value {
    let mut tidied = tidy(value);
    if let Some(items) = tidied.as_array_mut().filter(|_| SETS.contains(&name)) {
        items.sort_by_key(Value::as_u64);
    }
    tidied
}

fn says_something(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(false) => !FALSE_BY_DEFAULT.contains(&name),
        Value::String(text) => !(IN_A_LANGUAGE.contains(&name) || name == "description" && text.is_empty()),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn whole(number: Option<f64>) -> Option<Value> {
    // Where each whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = number.filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)?;
    format!("{number:.0}").parse::<i64>().ok().map(Value::from)
}

/// Where two values differ. If they do, something is found.
fn differ(at: &str, wanted: &Value, known: &Value, found: &mut Vec<String>) {
    if wanted == known {
        return;
    }
    match (wanted, known) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
            for name in names {
                differ(&below(at, name), &wanted[name.as_str()], &known[name.as_str()], found);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => match (names(ours), names(theirs)) {
            (Some(our_names), Some(their_names)) => {
                let all: BTreeSet<_> = our_names.iter().chain(&their_names).copied().collect();
                for name in all {
                    differ(&below(at, name), named(ours, name), named(theirs, name), found);
                }
                let order = |of: &[&str], other: &[&str]| -> Vec<String> {
                    of.iter().filter(|name| other.contains(name)).map(|name| (*name).to_owned()).collect()
                };
                if order(&our_names, &their_names) != order(&their_names, &our_names) {
                    found.push(format!("{at} (order)"));
                }
            }
            _ => found.push(at.to_owned()),
        },
        _ => found.push(at.to_owned()),
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// The names of options or choices; none, if something has no name or two have one.
fn names(items: &[Value]) -> Option<Vec<&str>> {
    let names: Vec<_> = items.iter().map(|item| item["name"].as_str()).collect::<Option<_>>()?;
    let distinct: BTreeSet<_> = names.iter().collect();
    (distinct.len() == names.len()).then_some(names)
}

fn named<'a>(items: &'a [Value], name: &str) -> &'a Value {
    items.iter().find(|item| item["name"] == name).unwrap_or(&Value::Null)
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
