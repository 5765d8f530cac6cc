use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::{
    discord::words::{Locale, Words},
    domain::{
        access::Reason,
        playback::Volume,
        settings::{MaxDuration, MaxTracks, PerUser, VotePercent},
    },
    security::{
        access::{self, works_without_approval},
        input,
    },
};

fn registered() -> Vec<Value> {
    registration_json().unwrap().as_array().unwrap().clone()
}

/// Calls `look` on every command and on every option at any depth.
fn walk(node: &Value, look: &mut impl FnMut(&Value)) {
    look(node);
    node["options"].as_array().into_iter().flatten().for_each(|option| walk(option, look));
}

fn texts<'a>(node: &'a Value, field: &str) -> Vec<&'a str> {
    let localised = node[format!("{field}_localizations")].as_object().into_iter().flatten();
    node[field].as_str().into_iter().chain(localised.filter_map(|(_, text)| text.as_str())).collect()
}

/// `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, and lower case where there is one.
fn is_chat_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\'');
    (1..=32).contains(&name.chars().count()) && name.chars().all(fits) && name == name.to_lowercase()
}

#[test]
fn names_and_descriptions_are_what_discord_takes_in_every_language() {
    for command in registered() {
        walk(&command, &mut |node| {
            let menu = node["type"] == 3 && node.get("contexts").is_some();
            for name in texts(node, "name") {
                assert!(menu && name.chars().count() <= 32 || is_chat_name(name), "{name:?}");
            }
            for about in texts(node, "description").into_iter().filter(|_| !menu) {
                assert!((1..=100).contains(&about.chars().count()), "{about:?}");
            }
            for choice in node["choices"].as_array().into_iter().flatten() {
                let names = texts(choice, "name");
                assert!(names.iter().all(|name| (1..=100).contains(&name.chars().count())), "{names:?}");
                assert!(choice["value"].as_str().unwrap().chars().count() <= 100);
            }
        });
    }
}

#[test]
fn counts_and_sizes_are_what_discord_takes() {
    let commands = registered();
    assert!(commands.iter().filter(|command| command["type"] == 1).count() <= 100);
    assert!(commands.iter().filter(|command| command["type"] == 3).count() <= 5);
    for command in &commands {
        let mut size = 0;
        walk(command, &mut |node| {
            assert!(node["options"].as_array().is_none_or(|options| options.len() <= 25));
            assert!(node["choices"].as_array().is_none_or(|choices| choices.len() <= 25));
            size += longest(node, "name") + longest(node, "description");
            for choice in node["choices"].as_array().into_iter().flatten() {
                size += longest(choice, "name") + choice["value"].as_str().unwrap().chars().count();
            }
        });
        assert!(size <= 8000, "{}: {size} characters", command["name"]);
    }
}

fn longest(node: &Value, field: &str) -> usize {
    texts(node, field).iter().map(|text| text.chars().count()).max().unwrap_or_default()
}

/// Discord refuses the whole registration when two siblings share a name in any language.
#[test]
fn siblings_have_different_names_in_every_language() {
    for code in ["name", "de", "fr", "es-ES", "es-419", "pt-BR", "ja"] {
        let name_of = |node: &Value| match code {
            "name" => node["name"].as_str().unwrap().to_owned(),
            code => node["name_localizations"][code].as_str().unwrap().to_owned(),
        };
        let assert_distinct = |nodes: &[Value]| {
            let names: BTreeSet<_> = nodes.iter().map(name_of).collect();
            assert_eq!(names.len(), nodes.len(), "{code}: {names:?}");
        };
        assert_distinct(&registered());
        for command in registered() {
            walk(&command, &mut |node| {
                node["options"].as_array().into_iter().for_each(|all| assert_distinct(all));
            });
        }
    }
}

#[test]
fn required_options_come_first_and_are_named_as_the_code_reads_them() {
    for leaf in paths() {
        let required: Vec<_> = leaf.1.iter().map(|option| option.required).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "{}", leaf.0);
        for option in leaf.1 {
            assert_eq!(english(&format!("o-{}", option.name)), option.name);
        }
        let last = leaf.0.rsplit(' ').next().unwrap();
        assert!(leaf.0 == "Play this" || english(&leaf.0.replace(' ', "-")) == last, "{}", leaf.0);
    }
    for (spec, command) in TABLE.into_iter().flatten().zip(registered()) {
        assert_eq!(command["name"], spec.name);
    }
}

fn english(id: &str) -> String {
    Words::new(Locale::English).command_name(id).unwrap()
}

#[test]
fn every_command_of_spec_p1_is_there() {
    let paths: BTreeSet<_> = paths().into_iter().map(|(path, _)| path).collect();
    for path in [
        "play",
        "pause",
        "resume",
        "skip",
        "stop",
        "queue",
        "nowplaying",
        "remove",
        "move",
        "shuffle",
        "loop",
        "seek",
        "volume",
        "clear",
        "previous",
        "replay",
        "join",
        "leave",
        "voteskip",
        "history",
        "link",
        "unlink",
        "accounts",
        "help",
        "ping",
        "Play this",
        "playlist save",
        "playlist load",
        "playlist list",
        "playlist delete",
        "playlist import",
        "settings view",
        "privacy what",
        "privacy export",
        "privacy delete",
        "privacy status",
        "admin request",
        "admin approve",
        "admin deny",
        "admin revoke",
        "admin list",
        "admin lockdown on",
        "admin lockdown resume",
        "admin audit",
        "admin incidents",
    ] {
        assert!(paths.contains(path), "{path}");
    }
}

/// SPEC T17: the same limits stand in the registration.
#[test]
fn the_limits_on_text_stand_in_the_registration() {
    let commands = registered();
    let option = |path: &[&str]| {
        let start = commands.iter().find(|command| command["name"] == path[0]).unwrap();
        path[1..].iter().fold(start, |node, name| {
            node["options"].as_array().unwrap().iter().find(|option| option["name"] == *name).unwrap()
        })
    };
    let query = option(&["play", "query"]);
    assert_eq!((&query["min_length"], &query["max_length"]), (&1.into(), &2048.into()));
    assert_eq!(query["autocomplete"], true);
    for path in [["playlist", "save", "name"], ["playlist", "load", "name"], ["playlist", "delete", "name"]] {
        assert_eq!(option(&path)["max_length"], 100);
    }
    assert_eq!(option(&["playlist", "load", "name"])["autocomplete"], true);
    assert_eq!(option(&["settings", "limits", "tracks"])["max_value"], 10_000);
    assert_eq!(option(&["volume", "percent"])["max_value"], 100);
    assert_eq!(option(&["admin", "deny", "reason"])["max_length"], 300);
}

/// A limit that stands in two places is checked here to be one.
#[test]
fn the_limits_are_those_of_the_rules_behind() {
    assert_eq!(usize::from(limit::QUERY), input::URL_MAX);
    assert!(usize::from(limit::QUERY) >= input::QUERY_MAX);
    assert_eq!(usize::from(limit::PLAYLIST_NAME), input::PLAYLIST_NAME_MAX);
    assert_eq!(usize::from(limit::REASON), Reason::MAX);
    assert_eq!(usize::from(limit::REWARD), input::REWARD_NAME_MAX);
    assert_eq!(usize::from(limit::COMMAND_WORD), crate::domain::settings::WORD_MAX + 1);
    assert_eq!(limit::TRACKS, i64::from(MaxTracks::MAX));
    assert_eq!(limit::PER_USER, i64::from(PerUser::MAX));
    assert_eq!(limit::SECONDS, i64::from(MaxDuration::MAX));
    assert_eq!((Volume::MIN, Volume::MAX, VotePercent::MIN, VotePercent::MAX), (0, 100, 1, 100));
}

/// SPEC T15: what may be done outside of an approved guild is offered in direct messages; nothing else is.
#[test]
fn only_the_open_commands_are_offered_in_direct_messages() {
    for spec in TABLE.into_iter().flatten() {
        let open = works_without_approval(spec.name, None, access::Place::Dm, true);
        assert_eq!(spec.place == Place::Anywhere, open, "{}", spec.name);
    }
    for command in registered() {
        let contexts = command["contexts"].as_array().unwrap();
        let types = command["integration_types"].as_array().unwrap();
        assert_eq!(contexts.contains(&1.into()), types.contains(&1.into()), "{}", command["name"]);
    }
}

#[test]
fn the_registration_is_the_same_every_time() {
    assert_eq!(registration_json().unwrap().to_string(), registration_json().unwrap().to_string());
    insta::assert_json_snapshot!("registration", registration_json().unwrap());
}
