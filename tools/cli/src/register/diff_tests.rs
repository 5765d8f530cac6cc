use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;

/// What Discord lists after a command was registered, as its documentation and its answers have it.
fn as_discord_returns(command: &Value) -> Value {
    let mut listed = command.clone();
    let fields = listed.as_object_mut().unwrap();
    for (name, value) in [
        ("id", json!("1")),
        ("application_id", json!("2")),
        ("version", json!("3")),
        ("dm_permission", json!(true)),
    ] {
        fields.insert(name.to_owned(), value);
    }
    for (name, default) in [
        ("type", json!(1)),
        ("nsfw", json!(false)),
        ("default_member_permissions", Value::Null),
        ("name_localizations", Value::Null),
        ("description_localizations", Value::Null),
        ("contexts", Value::Null),
        ("integration_types", json!([0])),
    ] {
        fields.entry(name).or_insert(default);
    }
    if fields.get("options").is_some_and(|options| options.as_array().is_some_and(Vec::is_empty)) {
        fields.remove("options");
    }
    let sets = fields.iter_mut().filter(|(name, _)| SETS.contains(&name.as_str()));
    sets.filter_map(|(_, list)| list.as_array_mut()).for_each(|list| list.reverse());
    fields.get_mut("options").into_iter().for_each(option_as_listed);
    listed
}

fn option_as_listed(options: &mut Value) {
    for option in options.as_array_mut().into_iter().flatten() {
        let fields = option.as_object_mut().unwrap();
        fields.retain(|name, value| {
            let unsaid = FALSE_BY_DEFAULT.contains(&name.as_str()) && *value == false;
            !(unsaid || value.as_array().is_some_and(Vec::is_empty))
        });
        if let Some(least) = fields.get_mut("min_value") {
            *least = json!(least.as_f64());
        }
        fields.get_mut("options").into_iter().for_each(option_as_listed);
    }
}

fn play() -> Value {
    json!({
        "type": 1, "name": "play", "description": "Plays a song", "contexts": [0, 1], "integration_types": [0],
        "description_localizations": { "de": "Spielt ein Lied" },
        "options": [
            { "type": 3, "name": "query", "description": "What", "required": true, "max_length": 200 },
            { "type": 3, "name": "when", "description": "When", "required": false, "choices": [
                { "name": "now", "value": "now" }, { "name": "later", "value": "later" },
            ] },
        ],
    })
}

fn changed(edit: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut other = play();
    edit(&mut other);
    let changes = diff(&[other], &[as_discord_returns(&play())]);
    assert!(changes.len() <= 1, "{changes:?}");
    match changes.into_iter().next() {
        Some(Change::Update { name, fields }) if name == "play" => fields,
        None => Vec::new(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_new_other_and_unwanted_is_told_apart() {
    let (skip, stop) =
        (json!({ "name": "skip", "description": "Skips" }), json!({ "name": "stop", "type": 1 }));
    let mut edited = play();
    edited["description"] = json!("Plays something");
    let changes = diff(&[edited, skip], &[as_discord_returns(&play()), as_discord_returns(&stop)]);
    let said: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["~ play: description", "+ skip", "- stop"]);
    let json = Value::Array(changes.iter().map(Change::json).collect());
    assert_eq!(json[0], json!({ "change": "update", "name": "play", "fields": ["description"] }));
    assert_eq!((&json[1]["change"], &json[2]["change"]), (&json!("create"), &json!("delete")));
}

#[test]
fn the_same_name_of_another_type_is_another_command() {
    let menu = json!({ "type": 3, "name": "play" });
    let changes = diff(&[menu], &[play()]);
    assert_eq!(
        changes,
        [Change::Create { name: "play".to_owned() }, Change::Delete { name: "play".to_owned() }]
    );
}

#[test]
fn a_difference_is_said_where_it_is() {
    assert_eq!(changed(|_| ()), [""; 0]);
    assert_eq!(changed(|play| play["options"][0]["max_length"] = json!(100)), ["options.query.max_length"]);
    assert_eq!(
        changed(|play| play["description_localizations"]["fr"] = json!("Joue")),
        ["description_localizations.fr"]
    );
    assert_eq!(
        changed(|play| play["options"][1]["choices"][0]["value"] = json!("x")),
        ["options.when.choices.now.value"]
    );
    assert_eq!(changed(|play| play["options"][1]["name"] = json!("time")), ["options.time", "options.when"]);
    assert_eq!(changed(|play| play["contexts"] = json!([0])), ["contexts"]);
    assert_eq!(
        changed(|play| play["default_member_permissions"] = json!("32")),
        ["default_member_permissions"]
    );
    assert_eq!(changed(|play| play["options"][1]["required"] = json!(true)), ["options.when.required"]);
}

#[test]
fn the_order_of_options_and_choices_is_seen_and_that_of_sets_is_not() {
    assert_eq!(changed(|play| play["options"].as_array_mut().unwrap().reverse()), ["options (order)"]);
    assert_eq!(
        changed(|play| play["options"][1]["choices"].as_array_mut().unwrap().reverse()),
        ["options.when.choices (order)"]
    );
    assert_eq!(changed(|play| play["contexts"] = json!([1, 0])), [""; 0]);
}

#[test]
fn what_we_leave_to_the_application_is_not_compared() {
    assert_eq!(changed(|play| drop(play.as_object_mut().unwrap().remove("integration_types"))), [""; 0]);
    // But what a command no longer says otherwise is.
    assert_eq!(
        changed(|play| drop(play.as_object_mut().unwrap().remove("description_localizations"))),
        ["description_localizations"]
    );
}

#[test]
fn two_options_of_one_name_are_still_a_difference() {
    let twice = changed(|play| play["options"][1]["name"] = json!("query"));
    assert_eq!(twice, ["options"]);
}

#[test]
fn an_entry_point_stays_and_goes_along() {
    let launch = json!({
        "id": "7", "type": 4, "name": "launch", "handler": 2, "version": "9", "application_id": "2",
        "name_localizations": { "de": "start" }, "dm_permission": true, "name_localized": "start",
    });
    let registered = [as_discord_returns(&play()), launch];
    assert!(diff(&[play()], &registered).is_empty());
    let sent = kept(&[play()], &registered);
    let expected = json!({ "id": "7", "type": 4, "name": "launch", "handler": 2, "name_localizations": { "de": "start" } });
    assert_eq!(sent, [expected]);
    // One of our own is not sent twice.
    let own = json!({ "type": 4, "name": "launch", "handler": 2 });
    assert!(kept(&[own], &registered).is_empty());
}

#[test]
fn our_own_commands_do_not_differ_from_themselves() {
    let ours = shared::discord::commands::registration_json().unwrap();
    let ours = ours.as_array().unwrap();
    assert!(ours.len() > 10);
    let listed: Vec<_> = ours.iter().map(as_discord_returns).collect();
    assert_eq!(diff(ours, &listed), []);
}

fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,8}"
}

fn localizations() -> impl Strategy<Value = Value> {
    option::of(btree_map(prop_oneof!["de", "fr", "ja"], word(), 0..3)).prop_map(|map| json!(map))
}

fn leaf() -> impl Strategy<Value = Value> {
    let choices = btree_map(word(), word(), 0..3).prop_map(|choices| {
        choices.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Value>()
    });
    (word(), word(), any::<bool>(), choices, any::<i32>(), localizations()).prop_map(
        |(name, about, required, choices, least, localized)| {
            json!({
                "type": 3, "name": name, "description": about, "required": required, "autocomplete": !required,
                "choices": choices, "min_value": least, "name_localizations": localized,
            })
        },
    )
}

fn distinct(options: Vec<Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    options.into_iter().filter(|option| seen.insert(name(option))).collect()
}

fn command() -> impl Strategy<Value = Value> {
    let option = leaf().prop_recursive(2, 8, 3, |inner| {
        (word(), vec(inner, 0..3)).prop_map(|(name, options)| {
            json!({ "type": 1, "name": name, "description": "x", "options": distinct(options) })
        })
    });
    let contexts = prop_oneof![Just(json!(null)), Just(json!([0])), Just(json!([0, 1, 2]))];
    (word(), word(), vec(option, 0..4), contexts, localizations(), any::<bool>()).prop_map(
        |(name, about, options, contexts, localized, adults)| {
            json!({
                "name": name, "description": about, "options": distinct(options), "contexts": contexts,
                "description_localizations": localized, "nsfw": adults,
            })
        },
    )
}

proptest! {
    /// What was registered is found to be as it should.
    #[test]
    fn there_is_no_drift_after_registering(command in command()) {
        prop_assert_eq!(diff(std::slice::from_ref(&command), &[as_discord_returns(&command)]), []);
    }

    /// Whatever differs is found, from either side.
    #[test]
    fn every_drift_is_found(ours in command(), about in "[A-Z]{1,8}") {
        let mut theirs = as_discord_returns(&ours);
        theirs["description"] = json!(about);
        let expected =
            Change::Update { name: name(&ours), fields: vec!["description".to_owned()] };
        prop_assert_eq!(diff(&[ours], &[theirs]), [expected]);
    }

    #[test]
    fn nothing_but_a_list_of_commands_is_survived(junk in "[a-z0-9{}\\[\\],:\"]{0,40}") {
        let value: Value = serde_json::from_str(&junk).unwrap_or(json!(junk));
        prop_assert_eq!(diff(std::slice::from_ref(&value), std::slice::from_ref(&value)), []);
    }
}
