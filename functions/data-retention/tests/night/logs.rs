//! Log groups that would keep for ever.

use std::collections::BTreeMap;

use data_retention::night::Store;
use data_retention::{Failure, NightError};
use serde_json::json;
use shared::privacy::RetentionReason;
use testkit::Fault;

use super::world::{World, counts, nightly};

async fn made(world: &World, name: &str) {
    let client = aws_sdk_cloudwatchlogs::Client::new(world.aws.sdk_config());
    client.create_log_group().log_group_name(name).send().await.unwrap();
}

/// For how many days each keeps.
async fn kept(world: &World) -> BTreeMap<String, Option<i32>> {
    let client = aws_sdk_cloudwatchlogs::Client::new(world.aws.sdk_config());
    let (mut kept, mut next) = (BTreeMap::new(), None);
    loop {
        let page = client.describe_log_groups().set_next_token(next).send().await.unwrap();
        let groups = page.log_groups.unwrap_or_default();
        kept.extend(groups.into_iter().map(|group| (group.log_group_name.unwrap(), group.retention_in_days)));
        next = page.next_token;
        if next.is_none() {
            return kept;
        }
    }
}

#[tokio::test]
async fn a_group_of_ours_that_keeps_for_ever_forgets_from_now_on() {
    let world = World::new().await;
    let before = kept(&world).await;
    let ours: Vec<String> = (0..60).map(|n| format!("/aws/lambda/timmybot-new-{n}")).collect();
    for name in ours.iter().map(String::as_str).chain(["/aws/lambda/another-bot", "/aws/lambda/timmybo"]) {
        made(&world, name).await;
    }
    assert_eq!(world.dry_run().await.of(RetentionReason::NoRetention), 60);
    assert_eq!(kept(&world).await[&ours[0]], None, "a dry run changes nothing");
    let tally = world.run().await;
    assert_eq!(json!(tally.counts), counts(&[(RetentionReason::NoRetention, Store::Logs, 60)]));
    let after = kept(&world).await;
    assert!(ours.iter().all(|name| after[name] == Some(30)));
    assert_eq!((after["/aws/lambda/another-bot"], after["/aws/lambda/timmybo"]), (None, None));
    assert!(before.iter().all(|(name, days)| after[name] == *days), "those of the template stay as they are");
    assert_eq!(json!(world.run().await.counts), json!({}));
}

#[tokio::test]
async fn a_listing_that_fails_on_its_second_page_changes_none() {
    let world = World::new().await;
    for n in 0..60 {
        made(&world, &format!("/aws/lambda/timmybot-new-{n}")).await;
    }
    world.aws.fault_next("DescribeLogGroups", Fault::None, 1);
    world.aws.fault_next("DescribeLogGroups", Fault::Throttle, 1);
    let failed = world.invoke(nightly(), world.night).await.unwrap_err();
    assert!(matches!(failed, Failure::Night(NightError::Logs { .. })), "{failed:?}");
    assert_eq!(kept(&world).await["/aws/lambda/timmybot-new-0"], None);
    assert_eq!(world.run().await.of(RetentionReason::NoRetention), 60);
}
