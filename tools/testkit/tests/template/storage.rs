//! Tables, keys, secrets and queues.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use testkit::template::Template;

use crate::chosen::Chosen;
use crate::ours;

const DATA_KEY: &str = r#"{"Fn::GetAtt":["DataKey","Arn"]}"#;
const ALERT_KEY: &str = r#"{"Fn::GetAtt":["AlertKey","Arn"]}"#;

fn tables() -> BTreeMap<String, Value> {
    let suffix = |table: &Value| {
        let name = table["Properties"]["TableName"]["Fn::Sub"].as_str().expect("named by prefix").to_owned();
        name.strip_prefix("${TablePrefix}-").expect("the prefix comes first").to_owned()
    };
    ours().of_type("AWS::DynamoDB::Table").map(|(_, table)| (suffix(table), table.clone())).collect()
}

/// Hash key, sort key and their types, as the stores expect them. Every key begins with the tenant (SPEC W17).
#[test]
fn tables_have_the_keys_that_the_stores_use() {
    let guild = "guild S, sk S";
    let expected = [
        ("account-links", "owner S, sk S"),
        ("api-keys", "hash S"),
        ("audit", "tenant S, seq N"),
        ("audit-heads", "tenant S"),
        ("deferred", "tenant S, sk S"),
        ("flags", "flag S"),
        ("guild-access", guild),
        ("guild-queues", guild),
        ("guild-state", guild),
        ("incidents", "scope S, sk S"),
        ("leases", "lease S"),
        ("playlists", guild),
        ("rate-limits", "subject S, sk S"),
        ("replay", "tenant S, sk S"),
        ("roles", "guild S, user S"),
        ("sessions", "owner S, sk S"),
        ("tombstones", "subject S, sk S"),
        ("track-cache", "source S"),
        ("webhook-dedup", "source S, delivery S"),
    ];
    let found: Vec<_> = tables().into_iter().map(|(name, table)| (name, keys(&table))).collect();
    assert_eq!(found, expected.map(|(name, keys)| (name.to_owned(), keys.to_owned())));
}

fn keys(table: &Value) -> String {
    let properties = &table["Properties"];
    let kind = |name: &Value| {
        let all = properties["AttributeDefinitions"].as_array().expect("attributes");
        let found = all.iter().find(|attribute| attribute["AttributeName"] == *name).expect("defined");
        found["AttributeType"].as_str().expect("a type").to_owned()
    };
    let schema = properties["KeySchema"].as_array().expect("a key");
    assert_eq!(schema[0]["KeyType"], "HASH");
    let key = |part: &Value| {
        format!("{} {}", part["AttributeName"].as_str().expect("a name"), kind(&part["AttributeName"]))
    };
    schema.iter().map(key).collect::<Vec<_>>().join(", ")
}

#[test]
fn tables_are_under_our_key_restorable_and_billed_by_request() {
    for (name, table) in tables() {
        let properties = &table["Properties"];
        let sse = &properties["SSESpecification"];
        assert_eq!(sse["SSEType"], "KMS", "{name}");
        assert_eq!(sse["SSEEnabled"], true, "{name}");
        assert_eq!(sse["KMSMasterKeyId"].to_string(), DATA_KEY, "{name}");
        let restore = json!({ "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 35 });
        assert_eq!(properties["PointInTimeRecoverySpecification"], restore, "{name}");
        assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST", "{name}");
    }
}

#[test]
fn tables_survive_their_stack_and_cannot_be_deleted_in_prod() {
    for (name, table) in tables() {
        assert_eq!(table["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
        assert_eq!(table["UpdateReplacePolicy"], "Retain", "{name}");
        let protected = json!({ "Fn::If": ["ProtectsTables", true, false] });
        assert_eq!(table["Properties"]["DeletionProtectionEnabled"], protected, "{name}");
    }
    for profile in ["hobby", "standard", "hardened"] {
        assert!(Chosen::by(&[("Stage", "prod"), ("Profile", profile)]).holds("ProtectsTables"), "{profile}");
    }
}

#[test]
fn rows_expire_by_one_attribute_everywhere_but_in_heads_flags_and_roles() {
    for (name, table) in tables() {
        let expires = &table["Properties"]["TimeToLiveSpecification"];
        if ["audit-heads", "flags", "roles"].contains(&name.as_str()) {
            assert!(expires.is_null(), "{name}");
        } else {
            assert_eq!(*expires, json!({ "AttributeName": "expires_at", "Enabled": true }), "{name}");
        }
    }
}

#[test]
fn access_rows_are_listed_by_status_and_time() {
    let access = &tables()["guild-access"];
    let index = &access["Properties"]["GlobalSecondaryIndexes"][0];
    assert_eq!(index["IndexName"], "by-status");
    assert_eq!(index["KeySchema"][0], json!({ "AttributeName": "status", "KeyType": "HASH" }));
    assert_eq!(index["KeySchema"][1], json!({ "AttributeName": "updated_at", "KeyType": "RANGE" }));
}

/// SPEC T7: rotation, and no use but through the services that hold the data.
#[test]
fn the_data_key_rotates_and_serves_only_through_services() {
    let template = ours();
    let key = &template.resource("DataKey")["Properties"];
    assert_eq!((&key["EnableKeyRotation"], &key["RotationPeriodInDays"]), (&json!(true), &json!(365)));
    for statement in key["KeyPolicy"]["Statement"].as_array().expect("a policy") {
        let sid = statement["Sid"].as_str().expect("a Sid");
        let guarded =
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:ReEncrypt"];
        let is_use =
            |action: &Value| guarded.iter().any(|used| action.as_str().is_some_and(|a| a.starts_with(used)));
        let actions = statement["Action"].as_array().expect("a list of actions");
        assert!(actions.iter().all(|action| !action.to_string().contains('*')), "{sid}");
        if actions.iter().any(is_use) {
            let via = &statement["Condition"]["StringEquals"]["kms:ViaService"];
            assert!(!via.is_null(), "{sid} can use the key directly");
        }
    }
}

/// SPEC W30: values are made by Secrets Manager and stand nowhere in the template.
#[test]
fn secrets_are_generated_under_our_key_and_carry_no_value() {
    let template = ours();
    let mut names = Vec::new();
    for (id, secret) in template.of_type("AWS::SecretsManager::Secret") {
        let properties = &secret["Properties"];
        assert!(properties["SecretString"].is_null(), "{id}");
        assert_eq!(properties["KmsKeyId"].to_string(), DATA_KEY, "{id}");
        // What others issue is put by an operator; until then there is a name and no value.
        let generated = properties["GenerateSecretString"]["PasswordLength"].as_u64();
        assert!(if id == "BotTokenSecret" { generated.is_none() } else { generated >= Some(64) }, "{id}");
        names.push(properties["Name"]["Fn::Sub"].as_str().expect("named by prefix").to_owned());
    }
    assert_eq!(
        names,
        ["bot-token", "custom-id-key", "jwt-keys", "log-key"].map(|name| format!("${{SecretPrefix}}/{name}"))
    );
}

#[test]
fn queues_are_encrypted_and_refuse_plaintext() {
    let template = ours();
    let policies: Vec<_> = template.of_type("AWS::SQS::QueuePolicy").map(|(_, policy)| policy).collect();
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        // AWS itself writes into these, and may use no other key.
        let of_aws = ["ControlDeadLetterQueue", "RetentionDeadLetterQueue", "RotationDeadLetterQueue"];
        let key = if of_aws.contains(&id) { ALERT_KEY } else { DATA_KEY };
        assert_eq!(queue["Properties"]["KmsMasterKeyId"].to_string(), key, "{id}");
        let own = |policy: &&&Value| policy["Properties"]["Queues"][0]["Ref"] == id;
        let policy = policies.iter().find(own).expect("each queue has a policy");
        let statements = policy["Properties"]["PolicyDocument"]["Statement"].as_array().expect("statements");
        let statement = statements.iter().find(|one| one["Sid"] == "RefusePlaintext").expect("a refusal");
        let refusal = json!({ "Bool": { "aws:SecureTransport": false } });
        assert_eq!((&statement["Effect"], &statement["Condition"]), (&json!("Deny"), &refusal), "{id}");
    }
}

#[test]
fn a_deadline_that_keeps_failing_ends_in_the_dead_letter_queue() {
    let template = ours();
    let redrive = &template.resource("ReplyDeadlineQueue")["Properties"]["RedrivePolicy"];
    let target = json!({ "Fn::GetAtt": ["ReplyDeadlineDeadLetterQueue", "Arn"] });
    assert_eq!((&redrive["deadLetterTargetArn"], &redrive["maxReceiveCount"]), (&target, &json!(5)));
}

/// SPEC W29: nobody outside reads it, nobody reads it in the clear, and it forgets.
#[test]
fn buckets_are_closed_encrypted_and_forget() {
    let template = ours();
    let mut days = BTreeMap::new();
    for (id, bucket) in template.of_type("AWS::S3::Bucket") {
        is_closed(&bucket["Properties"]);
        refuses_plaintext(&template, id);
        let rule = &bucket["Properties"]["LifecycleConfiguration"]["Rules"][0];
        assert_eq!(rule["Status"], "Enabled", "{id}");
        days.insert(id.to_owned(), rule["ExpirationInDays"].as_u64());
    }
    let expected = [
        ("AudioBucket", Some(7)),
        ("EvidenceBucket", Some(400)),
        ("ExportsBucket", Some(7)),
        ("StatusBucket", Some(400)),
    ];
    assert_eq!(days, expected.map(|(id, days)| (id.to_owned(), days)).into());
}

/// SPEC T31: what was written over or deleted is gone a day later at the latest, what was begun and never completed too;
/// and a link is good for a quarter of an hour, whatever it says itself.
#[test]
fn exports_leave_after_a_week_with_all_their_versions() {
    let template = ours();
    let properties = &template.resource("ExportsBucket")["Properties"];
    assert_eq!(properties["VersioningConfiguration"]["Status"], "Enabled");
    assert!(properties["AccessControl"].is_null());
    assert_eq!(properties["OwnershipControls"]["Rules"][0]["ObjectOwnership"], "BucketOwnerEnforced");
    let rule = &properties["LifecycleConfiguration"]["Rules"][0];
    assert!(rule["Prefix"].is_null() && rule["Filter"].is_null(), "everything");
    assert_eq!(rule["NoncurrentVersionExpiration"]["NoncurrentDays"], 1);
    assert_eq!(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"], 1);
    let policy = &template.resource("ExportsBucketPolicy")["Properties"]["PolicyDocument"]["Statement"][1];
    assert_eq!((&policy["Effect"], &policy["Principal"]), (&json!("Deny"), &json!("*")));
    let old = json!({ "NumericGreaterThan": { "s3:signatureAge": 15 * 60 * 1_000 } });
    assert_eq!(policy["Condition"], old);
}

fn is_closed(properties: &Value) {
    for block in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
        assert_eq!(properties["PublicAccessBlockConfiguration"][block], true, "{block}");
    }
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms");
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"].to_string(), DATA_KEY);
}

fn refuses_plaintext(template: &Template, bucket: &str) {
    let policy = &template.resource(&format!("{bucket}Policy"))["Properties"];
    assert_eq!(policy["Bucket"], json!({ "Ref": bucket }));
    let statement = &policy["PolicyDocument"]["Statement"][0];
    let refusal = json!({ "Bool": { "aws:SecureTransport": false } });
    assert_eq!((&statement["Effect"], &statement["Condition"]), (&json!("Deny"), &refusal), "{bucket}");
    assert_eq!(statement["Resource"].as_array().map(Vec::len), Some(2), "the bucket and what is in it");
}

/// SPEC T36: what is in it is locked for as long as rows are kept, and nobody deletes it.
#[test]
fn evidence_is_locked_for_as_long_as_the_rows_that_it_is_about() {
    let template = ours();
    let properties = &template.resource("EvidenceBucket")["Properties"];
    assert_eq!(
        (&properties["ObjectLockEnabled"], &properties["VersioningConfiguration"]["Status"]),
        (&json!(true), &json!("Enabled"))
    );
    let lock = &properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
    let mode = json!({ "Fn::If": ["LockedForEverybody", "COMPLIANCE", "GOVERNANCE"] });
    assert_eq!(*lock, json!({ "Mode": mode, "Days": 400 }));
    let modes = &template.section("Parameters")["EvidenceLock"]["AllowedValues"];
    assert_eq!(*modes, json!(["profile", "GOVERNANCE", "COMPLIANCE"]));
    let policy = &template.resource("EvidenceBucketPolicy")["Properties"]["PolicyDocument"]["Statement"][1];
    assert_eq!((&policy["Effect"], &policy["Principal"]), (&json!("Deny"), &json!("*")));
    assert_eq!(policy["Action"], json!(["s3:DeleteObject", "s3:DeleteObjectVersion"]));
}

/// SPEC T36: texts as they are, by one algorithm; the rest is for the role to allow.
#[test]
fn the_signing_key_signs_checkpoints_and_nothing_else() {
    let template = ours();
    let key = &template.resource("AuditSigningKey")["Properties"];
    assert_eq!((&key["KeySpec"], &key["KeyUsage"]), (&json!("ECC_NIST_EDWARDS25519"), &json!("SIGN_VERIFY")));
    for statement in key["KeyPolicy"]["Statement"].as_array().expect("a policy") {
        let actions = statement["Action"].as_array().expect("a list of actions");
        assert!(actions.iter().all(|action| !action.to_string().contains('*')), "{statement}");
        let signs = actions.contains(&json!("kms:Sign"));
        let condition = &statement["Condition"]["StringEquals"];
        let bound = (&condition["kms:MessageType"], &condition["kms:SigningAlgorithm"]);
        assert_eq!(bound == (&json!("RAW"), &json!("ED25519_SHA_512")), signs, "{statement}");
        assert!(!signs || actions.len() == 1);
    }
}

/// SPEC T36: the stream says that a head has moved, and nothing of what stands there.
#[test]
fn one_table_has_a_stream_and_it_tells_keys_only() {
    let streams: Vec<_> = tables()
        .into_iter()
        .filter_map(|(name, table)| Some((name, table["Properties"].get("StreamSpecification")?.clone())))
        .collect();
    assert_eq!(streams, [("audit-heads".to_owned(), json!({ "StreamViewType": "KEYS_ONLY" }))]);
}

#[test]
fn each_shard_has_a_doorbell_whose_failures_are_kept() {
    let template = ours();
    let count = template.section("Parameters")["ShardCount"]["MaxValue"].as_u64().expect("a number");
    for shard in 0..count {
        let queue = &template.resource(&format!("VoiceQueue{shard}"))["Properties"];
        assert_eq!(queue["QueueName"]["Fn::Sub"], format!("${{TablePrefix}}-voice-{shard}"));
        let target = json!({ "Fn::GetAtt": ["VoiceDeadLetterQueue", "Arn"] });
        assert_eq!(queue["RedrivePolicy"]["deadLetterTargetArn"], target);
    }
    assert_eq!(*template.resource(&format!("VoiceQueue{count}")), Value::Null, "ShardCount covers it");
}
