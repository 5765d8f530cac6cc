//! Signed by others: what their makers' own libraries sign is believed, and nothing else of it.

use serde_json::{Value, json};
use testkit::signers::{by_node, by_python};
use testkit::webhooks::{COMMITTED_SECRET, Sender};

use super::world::{Post, World, good, now};

/// Without a signature, and what is signed of it.
fn bare(sender: Sender, title: &str) -> Post {
    let post = good(sender, title);
    let kinds = ["twitch-eventsub-message-type", "x-github-event"];
    let headers = post.headers.iter().filter(|(name, _)| kinds.contains(&name.as_str())).cloned().collect();
    Post { headers, ..post }
}

fn signature(signed: &Value) -> &str {
    signed["signature"].as_str().unwrap()
}

/// Taken as it is, refused with another body.
async fn is_believed(world: &World, post: Post) {
    let changed = Post { body: post.body.replacen('{', "{ ", 1), ..post.clone() };
    assert_ne!(changed.body, post.body);
    let refused = world.ask(&changed).await;
    assert_eq!((refused.status(), refused.code().as_str()), (401, "invalid_signature"));
    let answer = world.ask(&post).await;
    assert!((200..300).contains(&answer.status()), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_octokit_signs_is_believed() {
    let world = World::new().await;
    let post = bare(Sender::GitHub, "v1");
    let signed = by_node(&json!({ "do": "github", "secret": COMMITTED_SECRET, "body": post.body })).unwrap();
    let post = post.with("x-hub-signature-256", signature(&signed));
    is_believed(&world, post).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slacks_own_library_signs_is_believed() {
    let world = World::new().await;
    let (post, at) = (bare(Sender::Slack, "Ev1"), now().as_second());
    let asked = json!({ "do": "slack", "secret": COMMITTED_SECRET, "at": at, "body": post.body });
    let signed = by_python(&asked).unwrap();
    let post = post.with("x-slack-request-timestamp", &at.to_string());
    is_believed(&world, post.with("x-slack-signature", signature(&signed))).await;
}

/// <https://www.standardwebhooks.com>: its libraries for JavaScript and for Python.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_standards_own_libraries_sign_is_believed() {
    // The libraries take the secret as the standard writes it.
    let test_secret = "whsec_dGVzdCBzZWNyZXQgb2YgdGhlIHN0YW5kYXJkLCBub3QgYSByZWFsIG9uZQ==";
    for (id, sign) in [("msg_1", by_node as fn(&Value) -> _), ("msg_2", by_python)] {
        let world = World::new().await;
        world.keep("generic", test_secret).await;
        let (post, at) = (bare(Sender::Standard, id), now().as_second());
        let asked = json!({ "do": "standard", "secret": test_secret, "id": id, "at": at, "body": post.body });
        let signed: Value = sign(&asked).unwrap();
        let post = post.with("webhook-id", id).with("webhook-timestamp", &at.to_string());
        is_believed(&world, post.with("webhook-signature", signature(&signed))).await;
    }
}
