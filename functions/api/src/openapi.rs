//! The table of routes as `OpenAPI` 3.1 (<https://spec.openapis.org/oas/v3.1.1.html>). Nothing is said here that the table
//! and the types do not say; so it cannot be wrong about a route without a test that fails.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use shared::domain::containment::Touch;
use shared::http_error::ErrorCode;

use crate::routes::{Content, Quota, Route, RouteId, Where, Who};

/// The document for a deployment at this address.
pub fn document(base: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in RouteId::ALL.iter().map(|id| id.route()) {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = operation(&route, &mut schemas);
    }
    let mut definitions = schemas.take_definitions(true);
    definitions.insert("Error".to_owned(), error());
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "TimmyBot",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The API of a Discord music bot, for its operators and for integrations.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": base }],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "headers": headers(),
            "securitySchemes": {
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
                "accessToken": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": camel(route.id.name()),
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": responses(route, schemas),
        "security": security(route),
    });
    if let Some(body) = route.body {
        operation["requestBody"] = json!({
            "required": !route.body_optional,
            "content": { "application/json": { "schema": body(schemas) } },
        });
    }
    if let Who::Holder { needs, .. } = route.who {
        operation["description"] = format!("Needs the permission `{needs}`.").into();
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let string = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let mut all: Vec<Value> = route
        .path_parameters()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": string(place(name)) }))
        .collect();
    all.extend(route.query.iter().map(|parameter| {
        json!({
            "name": parameter.name, "in": "query", "required": false,
            "description": parameter.about, "schema": string(parameter.pattern),
        })
    }));
    if let Some(required) = names_community(route) {
        all.push(json!({
            "name": "X-Community-ID", "in": "header", "required": false,
            "description": if required {
                "The community's Discord server id. An API key of one community may leave it away."
            } else {
                "The community's Discord server id; without it, the deployment."
            },
            "schema": string("^[1-9][0-9]{0,18}$"),
        }));
    }
    if route.id == RouteId::AddTrack || route.id == RouteId::Control || route.id == RouteId::RemoveTrack {
        all.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same request under the same key is done once, within an hour.",
            "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}$" },
        }));
    }
    all
}

/// Whether the request names a community, and whether it has to.
fn names_community(route: &Route) -> Option<bool> {
    match route.who {
        Who::Holder { at: Where::Community, .. } => Some(true),
        Who::Person if route.id == RouteId::TakeRole => Some(true),
        Who::Holder { at: Where::Either, .. } | Who::Caller => Some(false),
        _ => None,
    }
}

/// What can stand in a place of a path.
fn place(name: &str) -> &'static str {
    match name {
        "key" => "^[0-9a-f]{16}$",
        "entry" => "^[0-9a-f]{20}$",
        "request" | "incident" => "^[0-9a-f]{32}$",
        _ => "^[1-9][0-9]{0,18}$",
    }
}

fn security(route: &Route) -> Value {
    match route.who {
        Who::Anybody => json!([]),
        Who::Person | Who::Holder { people: true, .. } => json!([{ "accessToken": [] }]),
        Who::Caller | Who::Holder { .. } => json!([{ "apiKey": [] }, { "accessToken": [] }]),
    }
}

fn responses(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let (status, content) = route.answers;
    let mut all: Map<String, Value> = Map::new();
    let good = match content {
        Content::Nothing => json!({ "description": "It is done." }),
        Content::Json(body) => json!({
            "description": "It is as asked.",
            "content": { "application/json": { "schema": body(schemas) } },
        }),
        Content::Text("application/json") => json!({
            "description": "It is as asked.",
            "content": { "application/json": { "schema": { "type": "object" } } },
        }),
        Content::Text(kind) => json!({
            "description": "It is as asked.", "content": { kind: { "schema": { "type": "string" } } },
        }),
    };
    all.insert(status.to_string(), told(good));
    for (status, description) in failures(route) {
        let error = json!({
            "description": description,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
        });
        all.insert(status.to_string(), told(error));
    }
    Value::Object(all)
}

fn told(mut response: Value) -> Value {
    let names =
        ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy"];
    for name in names {
        response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
    }
    response
}

fn failures(route: &Route) -> Vec<(u16, &'static str)> {
    let mut all = vec![
        (400, "Something in the request is not as it has to be; the field is named."),
        (413, "The request is too large."),
        (429, "Too many requests; `Retry-After` says when to come again."),
        (503, "A part of the service does not answer, or it is locked down."),
    ];
    if route.who != Who::Anybody || route.quota == Quota::Credentials {
        all.push((401, "The credential is not good."));
    }
    if route.who != Who::Anybody {
        all.push((403, "The credential may not do this."));
        all.push((404, "There is no such thing here."));
    }
    if route.touch == Touch::Changes || route.audit.is_some() {
        all.push((409, "It is not as the request believes it to be."));
    }
    all
}

fn headers() -> Value {
    let header = |about: &str, kind: &str| json!({ "description": about, "schema": { "type": kind } });
    json!({
        "X-RateLimit-Limit": header("Requests in the window.", "integer"),
        "X-RateLimit-Remaining": header("Requests that are left.", "integer"),
        "X-RateLimit-Reset": header("When some are left again, in epoch seconds.", "integer"),
        "RateLimit": header("What is left: `\"policy\";r=remaining;t=seconds`.", "string"),
        "RateLimit-Policy": header("The window: `\"policy\";q=requests;w=seconds`.", "string"),
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "additionalProperties": false,
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "request_id"],
                "additionalProperties": false,
                "properties": {
                    "code": { "enum": ErrorCode::ALL.map(ErrorCode::as_str) },
                    "message": { "type": "string", "description": "What to do." },
                    "request_id": { "type": "string", "description": "Name it when you ask for help." },
                    "fields": {
                        "type": "object",
                        "description": "What is wrong, by field, and what would be right.",
                        "additionalProperties": { "type": "string" },
                    },
                },
            },
        },
    })
}

/// `ListKeys` as `listKeys`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations(document: &Value) -> Vec<(String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        let all = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        });
        all.collect()
    }

    #[test]
    fn every_route_is_described_once() {
        let document = document("https://bot.example.org");
        let mut described: Vec<_> = operations(&document).into_iter().map(|(name, _)| name).collect();
        let mut expected: Vec<_> = RouteId::ALL
            .iter()
            .map(|id| format!("{} {}", id.route().method.to_ascii_lowercase(), id.route().path))
            .collect();
        described.sort();
        expected.sort();
        assert_eq!(described, expected);
    }

    /// No name is used that nothing stands behind.
    #[test]
    fn every_reference_leads_somewhere() {
        fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str));
                    map.values().for_each(|value| walk(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let document = document("https://bot.example.org");
        let mut references = Vec::new();
        walk(&document, &mut references);
        assert!(references.len() > 50);
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn what_needs_no_credential_says_so() {
        let document = document("https://bot.example.org");
        for (name, operation) in operations(&document) {
            let open = operation["security"].as_array().unwrap().is_empty();
            assert_eq!(open, operation["responses"].get("403").is_none(), "{name}");
        }
    }

    #[test]
    fn it_is_as_it_was() {
        let document = document("https://bot.example.org");
        insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
    }
}
