//! The two roles that people may assume: for emergencies (SPEC T14), and to read figures (SPEC W29).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::iam::{allowed, statements};
use testkit::template::{OURS, Template};

use crate::chosen::Chosen;
use crate::ours;

const MAP: &str = include_str!("../../../../docs/data-map.json");

/// What stands for somebody, or for a community, in the keys of a row.
const PEOPLE: [&str; 9] =
    ["account", "chain", "digest", "guild", "hash", "owner", "subject", "tenant", "user"];

fn trust(template: &Template, role: &str) -> Value {
    let all = &template.resource(role)["Properties"]["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{role}");
    all[0].clone()
}

fn denied(template: &Template) -> Vec<Value> {
    let all = &template.resource("BreakGlassBoundary")["Properties"]["PolicyDocument"]["Statement"];
    let all = all.as_array().expect("statements").iter();
    all.filter(|one| one["Effect"] == "Deny").cloned().collect()
}

fn items(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    list.iter().map(|one| one.as_str().expect("an action").to_owned()).collect()
}

/// Whether a pattern of IAM's, with at most one star at its end, is about this action.
fn covers(pattern: &str, action: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == action, |start| action.starts_with(start))
}

/// Nobody is a standing administrator: neither role is there before somebody is named, and each is for one who is.
#[test]
fn roles_for_people_are_made_for_somebody_who_is_named() {
    let template = ours();
    for (role, parameter, said) in [
        ("BreakGlassRole", "BreakGlassPrincipal", "arn:aws:iam::123456789012:user/ada"),
        ("AnalyticsRole", "AnalyticsPrincipal", "arn:aws:iam::123456789012:role/figures"),
    ] {
        let one = template.resource(role);
        assert!(!Chosen::by(&[]).makes(one) && Chosen::by(&[(parameter, said)]).makes(one), "{role}");
        assert_eq!(trust(&template, role)["Principal"], json!({ "AWS": { "Ref": parameter } }));
        assert_eq!(trust(&template, role)["Action"], "sts:AssumeRole");
        assert_eq!(one["Properties"]["MaxSessionDuration"], 3_600, "{role}");
        let pattern =
            template.section("Parameters")[parameter]["AllowedPattern"].as_str().expect("a pattern");
        // A name and no star, and not the whole account.
        assert!(pattern.ends_with("/[A-Za-z0-9+=,.@_/-]+)?$") && !pattern.contains("root"), "{pattern}");
    }
}

/// SPEC T14: a second factor of this hour. Sessions of roles carry none, so that only a user can have given one.
#[test]
fn the_role_for_emergencies_takes_a_second_factor() {
    let template = ours();
    let condition = &trust(&template, "BreakGlassRole")["Condition"];
    let factor = json!({
        "Bool": { "aws:MultiFactorAuthPresent": true }, "NumericLessThan": { "aws:MultiFactorAuthAge": 3_600 },
    });
    assert_eq!(*condition, factor);
    let pattern = &template.section("Parameters")["BreakGlassPrincipal"]["AllowedPattern"];
    assert!(pattern.as_str().is_some_and(|pattern| pattern.contains(":user/") && !pattern.contains("role")));
}

/// SPEC T14: what it may at most, whatever is added to it: nothing that gives it more, hides its traces or reads secrets.
#[test]
fn the_role_for_emergencies_has_bounds() {
    let template = ours();
    let role = &template.resource("BreakGlassRole")["Properties"];
    assert_eq!(role["PermissionsBoundary"], json!({ "Ref": "BreakGlassBoundary" }));
    let denied = denied(&template);
    let everywhere: Vec<String> =
        denied.iter().filter(|one| one["Resource"] == "*").flat_map(|one| items(&one["Action"])).collect();
    for action in [
        "iam:AttachRolePolicy",
        "iam:CreateAccessKey",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PassRole",
        "sts:AssumeRole",
        "lambda:AddPermission",
        "kms:ScheduleKeyDeletion",
        "kms:PutKeyPolicy",
        "kms:CreateGrant",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "cloudtrail:StopLogging",
        "logs:DeleteLogGroup",
        "logs:PutRetentionPolicy",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "dynamodb:DeleteTable",
        "dynamodb:UpdateContinuousBackups",
    ] {
        assert!(everywhere.iter().any(|pattern| covers(pattern, action)), "{action}");
    }
    let audit = denied.iter().find(|one| one["Sid"] == "TouchNoAudit").expect("a statement");
    let tables = ["AuditTable", "AuditHeadsTable"].map(|id| json!({ "Fn::GetAtt": [id, "Arn"] }));
    assert_eq!((&audit["Action"], &audit["Resource"]), (&json!(["dynamodb:*"]), &json!(tables)));
}

/// A boundary that allows less than the role needs would be noticed in the emergency only.
#[test]
fn the_bounds_let_through_what_the_role_is_for() {
    let template = ours();
    let all = &template.resource("BreakGlassBoundary")["Properties"]["PolicyDocument"]["Statement"];
    let all = all.as_array().expect("statements");
    let allows = all.iter().filter(|one| one["Effect"] == "Allow").flat_map(|one| items(&one["Action"]));
    let allows: BTreeSet<_> = allows.collect();
    let own = statements(OURS, "BreakGlassRole").expect("the role reads");
    let own: BTreeSet<_> = own.into_iter().flat_map(|one| one.actions).collect();
    assert_eq!(allows, own);
    let denied: Vec<_> = denied(&template)
        .into_iter()
        .filter(|one| one["Resource"] == "*")
        .flat_map(|one| items(&one["Action"]))
        .collect();
    let lost: Vec<_> =
        own.iter().filter(|action| denied.iter().any(|pattern| covers(pattern, action))).collect();
    assert!(lost.is_empty(), "{lost:?}");
    // In this account and region, where IAM knows what it is about.
    let here = json!({ "Fn::Sub": "arn:${AWS::Partition}:*:${AWS::Region}:${AWS::AccountId}:*" });
    assert_eq!(all[0]["Resource"], here);
}

/// SPEC T33: by hand what containment does by itself, and the door stays open, or Discord takes it away.
#[test]
fn the_role_for_emergencies_stops_things_and_reads_nothing_of_members() {
    let own = allowed("BreakGlassRole").expect("the role reads");
    let tables: Vec<_> = own.keys().filter(|name| name.starts_with("table/")).map(String::as_str).collect();
    assert_eq!(tables, ["table/any", "table/flags", "table/incidents"]);
    let backups: Vec<_> = own["table/any"].iter().map(String::as_str).collect();
    assert_eq!(backups, ["dynamodb:DescribeContinuousBackups"]);
    for table in ["table/flags", "table/incidents"] {
        let reads: Vec<_> = own[table].iter().map(String::as_str).collect();
        assert_eq!(reads, ["dynamodb:GetItem", "dynamodb:Query"], "{table}");
    }
    assert!(!own.keys().any(|name| name.starts_with("secret/") || name.starts_with("bucket/")), "{own:?}");
    assert!(!own.contains_key("function/interactions"), "{own:?}");
    let containment = allowed("SecurityAlarmsRole").expect("the role reads");
    for what in ["rule/webhooks-nightly", "event-source-mapping/any", "task/voice", "key/TokenKey"] {
        assert_eq!(own[what], containment[what], "{what}");
    }
}

/// SPEC T32: whoever takes the role is told of, and whoever tries to: `CloudTrail` leaves out the parameters of a call that was
/// refused, and says the role in its message.
#[test]
fn taking_the_role_for_emergencies_is_told_of() {
    let template = ours();
    let event =
        &template.resource("SecurityAlarmsFunction")["Properties"]["Events"]["BreakGlass"]["Properties"];
    let detail = &event["Pattern"]["detail"];
    assert_eq!(detail["eventName"], json!(["AssumeRole"]));
    let where_made = |role: Value| json!({ "Fn::If": ["HasBreakGlass", role, "nobody"] });
    let role = where_made(json!({ "Fn::GetAtt": ["BreakGlassRole", "Arn"] }));
    let told = where_made(json!({ "Fn::Sub": "*${BreakGlassRole.Arn}*" }));
    assert_eq!(
        detail["$or"],
        json!([{ "requestParameters": { "roleArn": [role] } }, { "errorMessage": [{ "wildcard": told }] }])
    );
}

/// Tables in which nobody is: no field is anybody's, and no row is under anybody's name. A deployment's secrets count too.
fn without_people() -> BTreeSet<String> {
    let map: Value = serde_json::from_str(MAP).expect("the map reads");
    let stores = map["stores"].as_array().expect("stores").iter();
    let of_nobody = |row: &Value| {
        let public = row["fields"].as_object().expect("fields").values().all(|class| class == "public");
        let names = |key: &Value| PEOPLE.iter().any(|who| key.to_string().contains(&format!("{{{who}}}")));
        public && !row["key"].as_array().expect("a key").iter().any(names)
    };
    let tables = stores.filter(|store| store["kind"] == "table");
    let empty = tables.filter(|store| store["rows"].as_array().expect("rows").iter().all(of_nobody));
    empty.map(|store| format!("table/{}", store["name"].as_str().expect("a name"))).collect()
}

/// SPEC W29: by the data map, and so in step with it: a field of somebody's in one of these tables ends this.
#[test]
fn analytics_reads_tables_in_which_nobody_is_and_metrics() {
    let own = allowed("AnalyticsRole").expect("the role reads");
    let nobody = without_people();
    assert!(!nobody.is_empty() && !nobody.contains("table/playlists"), "{nobody:?}");
    let (tables, others): (BTreeSet<_>, BTreeSet<_>) =
        own.keys().cloned().partition(|name| name.starts_with("table/"));
    assert_eq!(tables, nobody);
    assert_eq!(others, ["any".to_owned()].into());
    let metrics: Vec<_> = own["any"].iter().map(String::as_str).collect();
    assert_eq!(metrics, ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]);
    for table in tables {
        let reads: Vec<_> = own[&table].iter().map(String::as_str).collect();
        assert_eq!(reads, ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"], "{table}");
    }
}

/// One key is over all tables: `DynamoDB` says to KMS which one it is about, and the role decrypts these alone.
#[test]
fn analytics_decrypts_its_tables_and_no_other() {
    let template = ours();
    let policy =
        &template.resource("AnalyticsRole")["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let decrypts: Vec<_> = policy
        .as_array()
        .expect("statements")
        .iter()
        .filter(|one| one["Action"].to_string().contains("kms:Decrypt"))
        .collect();
    let [decrypts] = decrypts.as_slice() else { panic!("{decrypts:?}") };
    let tables: Vec<_> = without_people()
        .iter()
        .map(|table| json!({ "Fn::Sub": table.replacen("table/", "${TablePrefix}-", 1) }))
        .collect();
    assert_eq!(
        decrypts["Condition"],
        json!({ "StringEquals": {
            "kms:ViaService": { "Fn::Sub": "dynamodb.${AWS::Region}.amazonaws.com" },
            "kms:EncryptionContext:aws:dynamodb:tableName": tables,
        } })
    );
}
