//! `timmy doctor` beside a running stack: it finds nothing where all is well, and says what is wrong where it is not.

use serde_json::{Value, json};

use crate::stack::Up;

/// What the machine has is not the stack's business.
const SKIP: [&str; 2] = ["--skip", "toolchain"];

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_has_just_started_is_well() {
    let up = Up::start().await;
    let (content, report) = up.doctor(&SKIP).await;
    assert!(content, "{report}");
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 9);
    assert!(checks.iter().all(|check| check["state"] == "ok"), "{report}");
    assert!(report["place"].as_str().unwrap().starts_with("the local stack in "), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_and_a_missing_command_are_found_with_their_mends() {
    let up = Up::start().await;
    let endpoint = up.text("aws_endpoint");
    let queue = format!("{endpoint}/{}/timmybot-privacy-dlq", aws_local::ACCOUNT);
    let sqs = aws_sdk_sqs::Client::new(&testkit::sdk_config(endpoint));
    sqs.send_message().queue_url(queue).message_body("{}").send().await.unwrap();
    forget_a_command(&up, "play").await;
    let (content, report) = up.doctor(&SKIP).await;
    assert!(!content, "{report}");
    let letters = check(&report, "dead-letters");
    assert_eq!(letters["state"], "broken");
    assert_eq!(letters["findings"].as_array().unwrap().len(), 1, "{report}");
    let what = letters["findings"][0]["what"].as_str().unwrap();
    assert!(what.starts_with("timmybot-privacy-dlq holds 1 message"), "{what}");
    let commands = check(&report, "commands");
    let expected = json!([{
        "severity": "broken",
        "what": "the command /play is not registered at Discord",
        "mend": "timmy register --dry-run shows it, timmy register mends it",
    }]);
    assert_eq!(commands["findings"], expected);
    for well in ["credentials", "config", "endpoint", "ages", "identify", "leases", "containment"] {
        assert_eq!(check(&report, well)["state"], "ok", "{report}");
    }
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap()
}

/// As if somebody had deleted it in the developer portal.
async fn forget_a_command(up: &Up, name: &str) {
    let secrets = aws_sdk_secretsmanager::Client::new(&testkit::sdk_config(up.text("aws_endpoint")));
    let token = secrets.get_secret_value().secret_id("/timmybot/bot-token").send().await.unwrap();
    let mut commands = shared::discord::commands::registration_json().unwrap();
    commands.as_array_mut().unwrap().retain(|command| command["name"] != name);
    let base = up.text("simulator").trim_end_matches("/sim");
    let url = format!("{base}/api/v10/applications/{}/commands", up.text("application_id"));
    let put = up.client.put(url).json(&commands);
    let put = put.header("authorization", format!("Bot {}", token.secret_string().unwrap()));
    assert!(put.send().await.unwrap().status().is_success());
}
