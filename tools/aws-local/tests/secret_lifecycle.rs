//! Secrets Manager through the SDK: deleting, restoring, listing, replicas, and the key that a secret is under.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_local::{Data, Stack};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use aws_sdk_secretsmanager::operation::create_secret::{CreateSecretError, CreateSecretOutput};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_sdk_secretsmanager::types::{
    Filter, FilterNameStringType, ReplicaRegionType, ReplicationStatusType, SecretListEntry, Tag,
};

const TOKENS: &str = "alias/timmybot-tokens";

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

async fn create(client: &Client, name: &str) -> Result<CreateSecretOutput, CreateSecretError> {
    let call = client.create_secret().name(name).secret_string("v").kms_key_id(TOKENS);
    let tag = Tag::builder().key("kind").value(name.trim_start_matches('/')).build();
    call.tags(tag).send().await.map_err(aws_sdk_secretsmanager::error::SdkError::into_service_error)
}

async fn read(client: &Client, name: &str) -> Result<String, GetSecretValueError> {
    let got = client.get_secret_value().secret_id(name).send().await;
    Ok(got.map_err(aws_sdk_secretsmanager::error::SdkError::into_service_error)?.secret_string.unwrap())
}

#[tokio::test]
async fn a_deleted_secret_is_of_no_use_until_it_is_restored() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    create(&client, "/a").await.unwrap();
    let deleted = client.delete_secret().secret_id("/a").recovery_window_in_days(7).send().await.unwrap();
    assert!(read(&client, "/a").await.unwrap_err().is_invalid_request_exception());
    let put = client.put_secret_value().secret_id("/a").secret_string("w").send().await.unwrap_err();
    assert!(put.into_service_error().is_invalid_request_exception());
    let stage =
        client.update_secret_version_stage().secret_id("/a").version_stage("x").send().await.unwrap_err();
    assert!(stage.into_service_error().is_invalid_request_exception());
    let rotate = client.rotate_secret().secret_id("/a").send().await.unwrap_err();
    assert!(rotate.into_service_error().is_invalid_request_exception());
    let again = client.delete_secret().secret_id("/a").send().await.unwrap_err();
    assert!(again.into_service_error().is_invalid_request_exception());
    let same_name = create(&client, "/a").await.unwrap_err();
    assert!(same_name.is_invalid_request_exception(), "{same_name:?}");
    let described = client.describe_secret().secret_id("/a").send().await.unwrap();
    assert_eq!(described.deleted_date(), deleted.deletion_date());
    client.restore_secret().secret_id("/a").send().await.unwrap();
    assert_eq!(read(&client, "/a").await.unwrap(), "v");
    assert_eq!(client.describe_secret().secret_id("/a").send().await.unwrap().deleted_date(), None);
}

#[tokio::test]
async fn a_forced_deletion_is_at_once_and_can_be_repeated() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let first = create(&client, "/a").await.unwrap();
    client.delete_secret().secret_id("/a").send().await.unwrap();
    let force = || client.delete_secret().secret_id("/a").force_delete_without_recovery(true).send();
    assert_eq!(force().await.unwrap().arn(), first.arn());
    assert_eq!(force().await.unwrap().name(), Some("/a"));
    assert!(read(&client, "/a").await.unwrap_err().is_resource_not_found_exception());
    let restore = client.restore_secret().secret_id("/a").send().await.unwrap_err();
    assert!(restore.into_service_error().is_resource_not_found_exception());
    let anew = create(&client, "/a").await.unwrap();
    assert_ne!(anew.arn(), first.arn());
}

#[tokio::test]
async fn odd_deletions_are_refused() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    create(&client, "/a").await.unwrap();
    for days in [6, 31] {
        let refused = client.delete_secret().secret_id("/a").recovery_window_in_days(days).send().await;
        assert!(refused.unwrap_err().into_service_error().is_invalid_parameter_exception(), "{days}");
    }
    let both = client.delete_secret().secret_id("/a").recovery_window_in_days(7);
    let both = both.force_delete_without_recovery(true).send().await.unwrap_err().into_service_error();
    assert!(both.is_invalid_parameter_exception(), "{both:?}");
    let unknown = client.delete_secret().secret_id("/none").send().await.unwrap_err().into_service_error();
    assert!(unknown.is_resource_not_found_exception(), "{unknown:?}");
    assert_eq!(read(&client, "/a").await.unwrap(), "v");
}

#[tokio::test]
async fn a_deletion_survives_a_restart_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    let stack = common::stack(data.clone());
    create(&client(&stack), "/a").await.unwrap();
    client(&stack).delete_secret().secret_id("/a").send().await.unwrap();
    stack.shutdown();
    let stack = common::stack(data);
    assert!(read(&client(&stack), "/a").await.unwrap_err().is_invalid_request_exception());
    client(&stack).restore_secret().secret_id("/a").send().await.unwrap();
    assert_eq!(read(&client(&stack), "/a").await.unwrap(), "v");
}

#[tokio::test]
async fn a_secret_with_replicas_is_not_deleted() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    create(&client, "/a").await.unwrap();
    let replica =
        |region: &str| ReplicaRegionType::builder().region(region).kms_key_id("alias/there").build();
    let replicate = |region: &str| {
        client.replicate_secret_to_regions().secret_id("/a").add_replica_regions(replica(region)).send()
    };
    for region in ["eu-west-1", "us-east-1"] {
        replicate(region).await.unwrap();
    }
    for odd in ["eu-central-1", "moon"] {
        let refused = replicate(odd).await.unwrap_err().into_service_error();
        assert!(refused.is_invalid_parameter_exception(), "{odd}");
    }
    let described = client.describe_secret().secret_id("/a").send().await.unwrap();
    assert_eq!(described.primary_region(), Some("eu-central-1"));
    let regions: Vec<&str> =
        described.replication_status().iter().filter_map(ReplicationStatusType::region).collect();
    assert_eq!(regions, ["eu-west-1", "us-east-1"]);
    assert_eq!(described.replication_status()[0].kms_key_id(), Some("alias/there"));
    for force in [false, true] {
        let delete = client.delete_secret().secret_id("/a").force_delete_without_recovery(force).send().await;
        let refused = delete.unwrap_err().into_service_error();
        assert!(refused.is_invalid_parameter_exception(), "{refused:?}");
        assert!(refused.message().unwrap().ends_with("still has replica regions [eu-west-1, us-east-1]."));
    }
    let remove = |region: &str| {
        client.remove_regions_from_replication().secret_id("/a").remove_replica_regions(region).send()
    };
    assert!(remove("eu-north-1").await.unwrap_err().into_service_error().is_invalid_parameter_exception());
    assert_eq!(remove("eu-west-1").await.unwrap().replication_status().len(), 1);
    remove("us-east-1").await.unwrap();
    client.delete_secret().secret_id("/a").send().await.unwrap();
}

#[tokio::test]
async fn secrets_are_listed_in_pages_by_filter() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    for name in ["/users/1", "/users/2", "/users/3"] {
        create(&client, name).await.unwrap();
    }
    let filter = |key: FilterNameStringType, value: &str| Filter::builder().key(key).values(value).build();
    let users = client.list_secrets().filters(filter(FilterNameStringType::Name, "/users/")).max_results(2);
    let pages = users.into_paginator().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let sizes: Vec<usize> = pages.iter().map(|page| page.secret_list().len()).collect();
    assert_eq!(sizes, [2, 1]);
    let pages: Vec<_> = pages.into_iter().flat_map(|page| page.secret_list.unwrap()).collect();
    let names: Vec<&str> = pages.iter().filter_map(SecretListEntry::name).collect();
    assert_eq!(names, ["/users/1", "/users/2", "/users/3"]);
    assert_eq!((pages[0].kms_key_id(), pages[0].tags()[0].value()), (Some(TOKENS), Some("users/1")));
    assert_eq!(pages[0].secret_versions_to_stages().unwrap().len(), 1);
    let found_by = async |filter: Filter| {
        let listed = client.list_secrets().filters(filter).send().await.unwrap().secret_list.unwrap();
        listed.into_iter().map(|one| one.name.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(found_by(filter(FilterNameStringType::TagValue, "users/2")).await, ["/users/2"]);
    assert_eq!(found_by(filter(FilterNameStringType::TagKey, "kind")).await.len(), 3);
    assert_eq!(found_by(filter(FilterNameStringType::Name, "!/users/")).await.len(), 3, "the template's");
    client.delete_secret().secret_id("/users/2").send().await.unwrap();
    assert_eq!(found_by(filter(FilterNameStringType::Name, "/users/")).await, ["/users/1", "/users/3"]);
    let all = client.list_secrets().include_planned_deletion(true).send().await.unwrap();
    assert_eq!(all.secret_list().len(), 6);
    let odd = client.list_secrets().next_token("odd").send().await.unwrap_err().into_service_error();
    assert!(odd.is_invalid_next_token_exception(), "{odd:?}");
}

#[tokio::test]
async fn a_disabled_key_closes_the_secrets_under_it_and_no_other() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    create(&client, "/a").await.unwrap();
    let keys = aws_sdk_kms::Client::new(&testkit::sdk_config(&stack.endpoint()));
    let described = keys.describe_key().key_id(TOKENS).send().await.unwrap();
    let id = described.key_metadata.unwrap().key_id;
    keys.disable_key().key_id(&id).send().await.unwrap();
    for name in ["/a", "/timmybot/custom-id-key"] {
        let get = read(&client, name).await.unwrap_err();
        assert!(get.is_decryption_failure(), "{get:?}");
        let put = client.put_secret_value().secret_id(name).secret_string("w").send().await.unwrap_err();
        assert!(put.into_service_error().is_encryption_failure(), "{name}");
    }
    assert!(create(&client, "/b").await.unwrap_err().is_encryption_failure());
    assert!(client.describe_secret().secret_id("/a").send().await.is_ok());
    assert!(read(&client, "/timmybot/log-key").await.is_ok());
    keys.enable_key().key_id(&id).send().await.unwrap();
    assert_eq!(read(&client, "/a").await.unwrap(), "v");
    keys.schedule_key_deletion().key_id(&id).send().await.unwrap();
    assert!(read(&client, "/a").await.unwrap_err().is_decryption_failure());
}
