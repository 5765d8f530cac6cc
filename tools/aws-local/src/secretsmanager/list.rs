//! `ListSecrets`: filters, order and pages.

use serde_json::{Value, json};

use super::request::{Filter, Request};
use super::secret::Secret;
use super::vault::Vault;
use super::{describe, error};
use crate::wire::ServiceError;

/// What secrets are ordered by; the name settles what is equal.
type Key = fn(&str, &Secret) -> String;

pub(super) fn list_secrets(vault: &Vault, request: &Request) -> Result<Value, ServiceError> {
    let (most, key, backwards) = (request.max_results()?, key(request)?, backwards(request)?);
    request.filters.iter().try_for_each(check)?;
    let after = request.next_token.as_deref().map(read_token).transpose()?;
    let mut found: Vec<(String, &str, &Secret)> = vault
        .iter()
        .filter(|(_, secret)| request.include_planned_deletion || secret.deleted_ms.is_none())
        .filter(|(name, secret)| request.filters.iter().all(|filter| matches(filter, name, secret)))
        .map(|(name, secret)| (key(name, secret), name, secret))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    if backwards {
        found.reverse();
    }
    let seen =
        |key: &str| after.as_deref().is_some_and(|after| if backwards { key >= after } else { key <= after });
    let rest: Vec<_> = found.into_iter().skip_while(|(key, ..)| seen(key)).collect();
    let page = &rest[..most.min(rest.len())];
    let mut body =
        json!({ "SecretList": page.iter().map(|(_, name, secret)| entry(name, secret)).collect::<Vec<_>>() });
    if let Some((last, ..)) = page.last()
        && page.len() < rest.len()
    {
        body["NextToken"] = hex::encode(last).into();
    }
    Ok(body)
}

fn entry(name: &str, secret: &Secret) -> Value {
    let mut body = describe::description(name, secret);
    body["SecretVersionsToStages"] = describe::stages(secret);
    body
}

fn key(request: &Request) -> Result<Key, ServiceError> {
    match request.sort_by.as_deref() {
        None | Some("created-date") => Ok(|name, secret| format!("{:020}/{name}", secret.created_ms)),
        Some("last-changed-date") => Ok(|name, secret| format!("{:020}/{name}", secret.changed_ms)),
        Some("name") => Ok(|name, _| name.to_owned()),
        Some(other) => Err(error::invalid(&format!("Sorting by {other} is not emulated."))),
    }
}

fn backwards(request: &Request) -> Result<bool, ServiceError> {
    match request.sort_order.as_deref() {
        None | Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        Some(other) => Err(error::invalid(&format!("There is no order {other}."))),
    }
}

/// A token is the key of the last secret that was listed.
fn read_token(token: &str) -> Result<String, ServiceError> {
    let bytes = hex::decode(token).map_err(|_| error::invalid_next_token())?;
    String::from_utf8(bytes).map_err(|_| error::invalid_next_token())
}

/// A filter has 1 to 10 values.
fn check(filter: &Filter) -> Result<(), ServiceError> {
    if !matches!(filter.key.as_str(), "name" | "description" | "tag-key" | "tag-value") {
        return Err(error::invalid(&format!("The filter {:?} is not emulated.", filter.key)));
    }
    if (1..=10).contains(&filter.values.len()) {
        return Ok(());
    }
    Err(error::invalid("A filter has 1 to 10 values."))
}

/// Prefixes: one of those that are wanted, if any is, and none of those that begin with `!`.
fn matches(filter: &Filter, name: &str, secret: &Secret) -> bool {
    let (unwanted, wanted): (Vec<&str>, Vec<&str>) =
        filter.values.iter().map(String::as_str).partition(|value| value.starts_with('!'));
    let has = |prefix: &str| begins(filter, name, secret, prefix);
    (wanted.is_empty() || wanted.into_iter().any(has))
        && !unwanted.iter().filter_map(|value| value.strip_prefix('!')).any(has)
}

fn begins(filter: &Filter, name: &str, secret: &Secret, prefix: &str) -> bool {
    match filter.key.as_str() {
        "name" => name.starts_with(prefix),
        "tag-key" => secret.tags.keys().any(|key| key.starts_with(prefix)),
        "tag-value" => secret.tags.values().any(|value| value.starts_with(prefix)),
        _ => {
            let description = secret.description.as_deref().unwrap_or_default().to_lowercase();
            description.starts_with(&prefix.to_lowercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn vault(secrets: &[(&str, u64, &str)]) -> Vault {
        let mut vault = Vault::default();
        for (name, created_ms, tag) in secrets {
            let mut secret = Secret::new(format!("arn:{name}"), Some(format!("About {name}")), *created_ms);
            secret.tags = [("kind".to_owned(), (*tag).to_owned())].into();
            vault.insert((*name).to_owned(), secret);
        }
        vault
    }

    fn request(body: &Value) -> Request {
        serde_json::from_value(body.clone()).unwrap()
    }

    fn names(page: &Value) -> Vec<String> {
        let list = page["SecretList"].as_array().unwrap();
        list.iter().map(|secret| secret["Name"].as_str().unwrap().to_owned()).collect()
    }

    fn listed(vault: &Vault, body: &Value) -> Vec<String> {
        names(&list_secrets(vault, &request(body)).unwrap())
    }

    #[test]
    fn secrets_are_ordered_by_what_was_asked_for() {
        let vault = vault(&[("b", 1, "x"), ("a", 2, "x"), ("c", 1, "x")]);
        assert_eq!(listed(&vault, &json!({})), ["b", "c", "a"]);
        assert_eq!(listed(&vault, &json!({ "SortOrder": "desc" })), ["a", "c", "b"]);
        assert_eq!(listed(&vault, &json!({ "SortBy": "name" })), ["a", "b", "c"]);
        assert_eq!(listed(&vault, &json!({ "SortBy": "last-changed-date", "MaxResults": 2 })), ["b", "c"]);
    }

    #[test]
    fn filters_are_prefixes_and_hold_together() {
        let vault = vault(&[("/users/1", 1, "user"), ("/users/2", 2, "other"), ("/log-key", 3, "user")]);
        let filtered = |filters: Value| listed(&vault, &json!({ "Filters": filters }));
        assert_eq!(filtered(json!([{ "Key": "name", "Values": ["/users/"] }])), ["/users/1", "/users/2"]);
        assert_eq!(filtered(json!([{ "Key": "name", "Values": ["!/users/"] }])), ["/log-key"]);
        assert_eq!(filtered(json!([{ "Key": "name", "Values": ["/users/", "!/users/2"] }])), ["/users/1"]);
        assert_eq!(
            filtered(json!([{ "Key": "name", "Values": ["/log", "/users/2"] }])),
            ["/users/2", "/log-key"]
        );
        assert_eq!(filtered(json!([{ "Key": "name", "Values": ["/Users"] }])), [""; 0]);
        assert_eq!(filtered(json!([{ "Key": "tag-key", "Values": ["ki"] }])).len(), 3);
        assert_eq!(filtered(json!([{ "Key": "description", "Values": ["about /log"] }])), ["/log-key"]);
        let both =
            json!([{ "Key": "name", "Values": ["/users"] }, { "Key": "tag-value", "Values": ["user"] }]);
        assert_eq!(filtered(both), ["/users/1"]);
    }

    #[test]
    fn what_cannot_be_listed_is_refused() {
        for (body, code) in [
            (json!({ "Filters": [{ "Key": "all", "Values": ["x"] }] }), "InvalidParameterException"),
            (json!({ "Filters": [{ "Key": "name", "Values": [] }] }), "InvalidParameterException"),
            (json!({ "SortBy": "last-accessed-date" }), "InvalidParameterException"),
            (json!({ "SortOrder": "up" }), "InvalidParameterException"),
            (json!({ "NextToken": "no hex" }), "InvalidNextTokenException"),
            (json!({ "NextToken": "ff" }), "InvalidNextTokenException"),
            (json!({ "MaxResults": 0 }), "ValidationException"),
        ] {
            assert_eq!(list_secrets(&vault(&[]), &request(&body)).unwrap_err().code, code, "{body}");
        }
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole_list(
            created in prop::collection::btree_map("[a-d]{1,3}", 0_u64..4, 0..12),
            most in 1_u64..5,
            order in prop::sample::select(vec!["asc", "desc"]),
            by in prop::sample::select(vec!["created-date", "name"]),
        ) {
            let secrets: Vec<(&str, u64, &str)> = created.iter().map(|(name, at)| (name.as_str(), *at, "x")).collect();
            let vault = vault(&secrets);
            let mut body = json!({ "SortOrder": order, "SortBy": by });
            let whole = listed(&vault, &body);
            prop_assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), created.len());
            body["MaxResults"] = most.into();
            let mut pages = Vec::new();
            loop {
                let page = list_secrets(&vault, &request(&body)).unwrap();
                pages.extend(names(&page));
                if page["NextToken"].is_null() { break }
                body["NextToken"] = page["NextToken"].clone();
            }
            prop_assert_eq!(pages, whole);
        }
    }
}
