//! Each store of the template stands in the data map, and the map has none that the template does not know (SPEC T28).

use std::collections::BTreeSet;

use serde_json::Value;

use testkit::template::{OURS, Template};

use crate::ours;

const MAP: &str = include_str!("../../../../docs/data-map.json");
/// Where the template has the name of a store, by what the map calls it.
const KINDS: [(&str, &str, &str); 6] = [
    ("table", "AWS::DynamoDB::Table", "TableName"),
    ("bucket", "AWS::S3::Bucket", "BucketName"),
    ("secret", "AWS::SecretsManager::Secret", "Name"),
    ("queue", "AWS::SQS::Queue", "QueueName"),
    ("log_group", "AWS::Logs::LogGroup", "LogGroupName"),
    ("topic", "AWS::SNS::Topic", "TopicName"),
];
const DAY: u64 = 86_400;

/// The stores of a kind.
fn stores(kind: &str) -> Vec<Value> {
    let map: Value = serde_json::from_str(MAP).expect("the map reads");
    let all = map["stores"].as_array().expect("stores").iter();
    all.filter(|store| store["kind"] == kind).cloned().collect()
}

fn name(store: &Value) -> &str {
    store["name"].as_str().expect("a name")
}

/// Name, without what differs from one deployment to another, and properties.
fn deployed(template: &Template, resource: &str, property: &str) -> Vec<(String, Value)> {
    let all = template.of_type(resource).map(|(_, resource)| {
        let properties = &resource["Properties"];
        let full = properties[property]["Fn::Sub"].as_str().expect("named by prefix");
        let name = ["${TablePrefix}-", "${SecretPrefix}/", "-${AWS::AccountId}"]
            .iter()
            .fold(full.to_owned(), |name, part| name.replace(part, ""));
        (name, properties.clone())
    });
    all.collect()
}

/// The store of that name, or else the one whose `{words}` stand for what differs.
fn store_of<'m>(stores: &'m [Value], deployed: &str) -> Option<&'m Value> {
    let like =
        |store: &&Value| name(store).split_once('{').is_some_and(|(start, _)| deployed.starts_with(start));
    stores.iter().find(|store| name(store) == deployed).or_else(|| stores.iter().find(like))
}

/// How long the rows of a store are kept at most, in seconds; `None`: not by time alone.
fn longest(store: &Value) -> Option<u64> {
    let rows = store["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["end"]["seconds"].as_u64()).collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn fields(row: &Value) -> BTreeSet<&str> {
    row["fields"].as_object().expect("fields").keys().map(String::as_str).collect()
}

/// Each store of the template with the map's.
fn each(kind: &str, check: impl Fn(&str, &Value, &Value)) {
    let (_, resource, property) = KINDS.iter().find(|(known, ..)| *known == kind).expect("a kind");
    let (stores, template) = (stores(kind), ours());
    for (deployed, properties) in deployed(&template, resource, property) {
        check(&deployed, store_of(&stores, &deployed).expect("it is in the map"), &properties);
    }
}

#[test]
fn each_store_of_the_template_is_in_the_data_map() {
    let template = ours();
    for (kind, resource, property) in KINDS {
        let stores = stores(kind);
        let deployed = deployed(&template, resource, property);
        assert!(!deployed.is_empty(), "no {kind} was found");
        let missing: Vec<_> = deployed.iter().filter(|(name, _)| store_of(&stores, name).is_none()).collect();
        assert!(missing.is_empty(), "shared/src/privacy/map does not have {missing:?}");
    }
}

/// Secrets that are made while the bot runs are known by the names that roles may use.
#[test]
fn each_store_of_the_data_map_is_in_the_template() {
    let template = ours();
    for (kind, resource, property) in KINDS {
        let (stores, deployed) = (stores(kind), deployed(&template, resource, property));
        for store in &stores {
            let found =
                deployed.iter().any(|(name, _)| store_of(&stores, name).is_some_and(|one| one == store));
            let folder =
                name(store).split_once('/').map(|(folder, _)| format!("secret:${{SecretPrefix}}/{folder}/*"));
            let by_role = kind == "secret" && folder.is_some_and(|folder| OURS.contains(&folder));
            assert!(found || by_role, "no {kind} {}", name(store));
        }
    }
}

#[test]
fn tables_have_the_keys_of_the_data_map_and_end_rows_where_it_says_so() {
    each("table", |table, store, properties| {
        let keys = properties["KeySchema"].as_array().expect("a key").iter().map(|key| &key["AttributeName"]);
        let known: Vec<&Value> = store["keys"].as_array().expect("keys").iter().collect();
        assert_eq!(keys.collect::<Vec<_>>(), known, "{table}");
        let mut rows = store["rows"].as_array().expect("rows").iter();
        let by_time = rows.any(|row| row["end"]["end"] == "after" || fields(row).contains("expires_at"));
        let ttl = &properties["TimeToLiveSpecification"];
        assert!(!by_time || (ttl["Enabled"] == true && ttl["AttributeName"] == "expires_at"), "{table}");
    });
}

#[test]
fn messages_objects_and_lines_are_kept_for_as_long_as_the_data_map_says() {
    each("queue", |queue, store, properties| {
        assert_eq!(properties["MessageRetentionPeriod"].as_u64(), longest(store), "{queue}");
    });
    each("bucket", |bucket, store, properties| {
        let rules = properties["LifecycleConfiguration"]["Rules"].as_array().expect("rules").iter();
        let days = rules.filter_map(|rule| rule["ExpirationInDays"].as_u64()).min();
        assert_eq!(days.map(|days| days * DAY), longest(store), "{bucket}");
    });
    let days = ours().section("Mappings")["Stages"]["prod"]["LogRetentionDays"].as_u64();
    each("log_group", |group, store, _| {
        assert_eq!(days.map(|days| days * DAY), longest(store), "{group}");
    });
}
