//! What the roles may and may not do (SPEC T13).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::iam::{Statement, statements};
use testkit::template::OURS;

use crate::ours;

fn roles() -> Vec<(String, Vec<Statement>)> {
    let read = |(id, _): (&str, &Value)| (id.to_owned(), statements(OURS, id).expect("the role reads"));
    ours().of_type("AWS::IAM::Role").map(read).collect()
}

fn actions_on(role: &str, resource: &str) -> BTreeSet<String> {
    let all = statements(OURS, role).expect("the role reads");
    all.into_iter().filter(|one| one.resources.contains(resource)).flat_map(|one| one.actions).collect()
}

#[test]
fn no_action_and_no_resource_is_a_wildcard() {
    for (role, statements) in roles() {
        for statement in statements {
            let wide = |text: &String| text.contains('*');
            assert!(!statement.actions.iter().any(wide), "{role} {}", statement.sid);
            assert!(!statement.resources.iter().any(wide), "{role} {}", statement.sid);
        }
    }
}

#[test]
fn each_need_has_one_statement() {
    for (role, statements) in roles() {
        let sids: BTreeSet<_> = statements.iter().map(|statement| &statement.sid).collect();
        assert_eq!(sids.len(), statements.len(), "{role} repeats a Sid");
    }
}

#[test]
fn lambda_alone_assumes_the_roles() {
    for (id, role) in ours().of_type("AWS::IAM::Role") {
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(trust.as_array().map(Vec::len), Some(1), "{id}");
        assert_eq!(trust[0]["Principal"], json!({ "Service": "lambda.amazonaws.com" }), "{id}");
    }
}

/// SPEC T36: rows of the audit trail leave by their TTL and in no other way.
#[test]
fn no_role_changes_or_deletes_audit_rows() {
    for (role, _) in roles() {
        for denied in ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"] {
            assert!(
                !actions_on(&role, "table/audit").contains(&format!("dynamodb:{denied}")),
                "{role} {denied}"
            );
        }
    }
}

#[test]
fn interactions_reads_two_secrets_of_its_own_and_no_other() {
    let all = statements(OURS, "InteractionsRole").expect("the role reads");
    let reads = all.iter().filter(|one| one.actions.contains("secretsmanager:GetSecretValue"));
    let secrets: BTreeSet<_> = reads.flat_map(|one| one.resources.iter().map(String::as_str)).collect();
    assert_eq!(secrets, BTreeSet::from(["secret/custom-id-key", "secret/log-key"]));
}

#[test]
fn interactions_reaches_no_service_beyond_its_four() {
    let all = statements(OURS, "InteractionsRole").expect("the role reads");
    let service = |action: &String| action.split_once(':').expect("service:Action").0.to_owned();
    let services: BTreeSet<_> = all.iter().flat_map(|one| one.actions.iter().map(service)).collect();
    assert_eq!(services, ["dynamodb", "kms", "logs", "secretsmanager"].map(str::to_owned).into());
}

#[test]
fn the_voice_supervisor_touches_replies_and_nothing_else_of_the_data() {
    let all = statements(OURS, "VoiceSupervisorRole").expect("the role reads");
    let tables = all.iter().flat_map(|one| &one.resources).filter(|name| name.starts_with("table/"));
    assert_eq!(tables.collect::<Vec<_>>(), ["table/deferred"]);
    let ends = ["dynamodb:GetItem", "dynamodb:UpdateItem"].map(str::to_owned);
    assert_eq!(actions_on("VoiceSupervisorRole", "table/deferred"), ends.into());
}

/// SPEC T7: a role uses the key through one named service a statement.
#[test]
fn the_key_is_used_through_one_service_a_statement() {
    for (id, role) in ours().of_type("AWS::IAM::Role") {
        let policies = role["Properties"]["Policies"].as_array().expect("policies");
        let all =
            policies.iter().filter_map(|policy| policy["PolicyDocument"]["Statement"].as_array()).flatten();
        for statement in all.filter(|one| one["Action"].to_string().contains("\"kms:")) {
            let via = &statement["Condition"]["StringEquals"]["kms:ViaService"]["Fn::Sub"];
            assert!(via.as_str().is_some_and(|v| v.ends_with(".${AWS::Region}.amazonaws.com")), "{id}");
        }
    }
}
