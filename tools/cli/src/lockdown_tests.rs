use testkit::{Aws, Fault};

use super::*;

const OLGA: UserId = UserId::new(155_149_108_183_695_360);
const OTTO: UserId = UserId::new(155_149_108_183_695_361);

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn place(who: Option<UserId>) -> Place {
    Place::of_tests(who)
}

fn lockdown(level: u8, dry: bool) -> Lockdown {
    Lockdown { level, reason: Some("drill".to_owned()), dry, json: false, place: place(Some(OLGA)) }
}

fn resume(who: UserId) -> Resume {
    Resume { json: false, place: place(Some(who)) }
}

fn flags(aws: &Aws) -> FlagStore {
    FlagStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

async fn orders(aws: &Aws) -> usize {
    let receive = aws.sqs().receive_message().queue_url(aws.queue_url("control")).max_number_of_messages(10);
    let messages = receive.send().await.unwrap().messages.unwrap_or_default();
    let contain =
        |body: &str| matches!(Control::parse(body).unwrap().order(), Order::Contain { incident: None });
    assert!(messages.iter().all(|message| contain(message.body().unwrap())));
    messages.len()
}

async fn trail(aws: &Aws) -> Vec<String> {
    let audit = AuditStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let rows = audit.latest("operators", 20, None, now()).await.unwrap();
    rows.iter().map(|row| row.event.action().to_owned()).collect()
}

#[tokio::test]
async fn every_level_is_laid_by_one_and_lifted_by_two() {
    for level in 1..=5 {
        let aws = Aws::start().await;
        let did = lockdown(level, false).on(aws.sdk_config(), now()).await.unwrap();
        let now_at = Level::try_from(level).unwrap();
        assert_eq!(did, Did::Raised { before: Level::L0, now: now_at });
        assert_eq!((flags(&aws).level().await, orders(&aws).await), (Ok(now_at), 1));
        let asked = resume(OLGA).on(aws.sdk_config(), now()).await.unwrap();
        assert_eq!(asked, Did::Asked { level: now_at, until: now() + RESUME_OPEN_FOR });
        let again = resume(OLGA).on(aws.sdk_config(), now()).await.unwrap();
        assert!(matches!(again, Did::Asked { .. }), "the same person asks again");
        let lifted = resume(OTTO).on(aws.sdk_config(), now()).await.unwrap();
        assert_eq!(lifted, Did::Resumed { before: now_at });
        assert_eq!(flags(&aws).level().await, Ok(Level::L0));
        let requested = "containment.request-resume";
        assert_eq!(trail(&aws).await, ["containment.resume", requested, requested, "containment.raise"]);
    }
}

#[tokio::test]
async fn what_does_not_move_says_why_and_leaves_no_row() {
    let aws = Aws::start().await;
    assert!(resume(OLGA).on(aws.sdk_config(), now()).await.is_err(), "nothing is contained");
    lockdown(3, false).on(aws.sdk_config(), now()).await.unwrap();
    let lower = lockdown(2, false).on(aws.sdk_config(), now()).await.unwrap_err();
    assert!(lower.to_string().contains("only `timmy resume` lowers it"), "{lower}");
    assert_eq!(trail(&aws).await, ["containment.raise"]);
    let nobody = Lockdown { place: place(None), ..lockdown(4, false) };
    let nobody = nobody.on(aws.sdk_config(), now()).await.unwrap_err();
    assert!(nobody.to_string().contains("--as"), "{nobody}");
}

/// Whoever reads that must not think that nothing happened.
#[tokio::test]
async fn an_order_that_is_not_given_is_told_and_the_flag_stands() {
    let aws = Aws::start().await;
    aws.fault_next("SendMessage", Fault::Status500, 1);
    let said = lockdown(1, false).on(aws.sdk_config(), now()).await.unwrap_err();
    assert!(said.to_string().contains("the flag is moved and obeyed"), "{said}");
    assert_eq!(flags(&aws).level().await, Ok(Level::L1));
}

#[tokio::test]
async fn a_dry_run_says_the_steps_and_does_none() {
    let aws = Aws::start().await;
    let did = lockdown(5, true).on(aws.sdk_config(), now()).await.unwrap();
    let Did::Rehearsed { level: Level::L5, steps } = &did else { panic!("{did:?}") };
    for wanted in [
        "turn off the schedule timmybot-webhooks-nightly",
        "let timmybot-data-retention run no more",
        "replace the secret /timmybot/jwt-keys; there is no way back",
    ] {
        assert!(steps.iter().any(|step| step == wanted), "{wanted}: {steps:?}");
    }
    assert!(steps.last().unwrap().starts_with("turn off the key "), "{steps:?}");
    assert!(!steps.iter().any(|step| step.contains("timmybot-incidents")), "{steps:?}");
    assert_eq!((flags(&aws).level().await, orders(&aws).await), (Ok(Level::L0), 0));
    assert!(trail(&aws).await.is_empty());
    aws.fault_next("ListRules", Fault::Status500, 1);
    assert!(lockdown(2, true).on(aws.sdk_config(), now()).await.is_err(), "half a list says nothing");
}

#[test]
fn it_says_in_words_what_became_of_it() {
    let steps = vec!["turn off the schedule a".to_owned(), "turn off the key b".to_owned()];
    let all = [
        Did::Raised { before: Level::L0, now: Level::L3 },
        Did::Asked { level: Level::L3, until: now() },
        Did::Resumed { before: Level::L2 },
        Did::Resumed { before: Level::L5 },
        Did::Rehearsed { level: Level::L1, steps: Vec::new() },
        Did::Rehearsed { level: Level::L5, steps },
    ];
    insta::assert_snapshot!(all.each_ref().map(Did::words).join("\n"), @"
    Locked down from level 0 to 3. Two operators lift it: `timmy resume --as USER_ID`, each once.
    Noted; it is still at level 3. Another operator has to do the same before 03:04:05 UTC.
    It runs again, from level 2. What was stopped goes on as it was before.
    It runs again, from level 5. What was stopped goes on as it was before. Sign-ins, API keys and secrets from before stay void.
    Level 1 would raise the flag, which pauses commands and nothing else.
    Level 5 would raise the flag, which pauses commands, end every sign-in and API key, and then:
    - turn off the schedule a
    - turn off the key b
    ");
    assert_eq!(all[0].to_json(), json!({ "before": 0, "level": 3 }));
    assert_eq!(all[5].to_json()["dry_run"], true);
}
