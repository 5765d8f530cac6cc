use testkit::Aws;

use shared::store::audit::AuditStore;

use super::*;

const OLGA: UserId = UserId::new(155_149_108_183_695_360);
const ASKER: UserId = UserId::new(80_351_110_224_678_912);
const GUILD: GuildId = GuildId::new(197_038_439_483_310_086);
const OTHER: GuildId = GuildId::new(197_038_439_483_310_087);

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn place() -> Place {
    Place::of_tests(Some(OLGA))
}

fn verdict(guild: GuildId, reason: &str) -> Verdict {
    Verdict { guild, reason: reason.parse().unwrap(), cap: DEFAULT_CAP, json: false, place: place() }
}

fn list(status: Option<Status>, json: bool) -> List {
    List { status, json, place: place() }
}

async fn asked(aws: &Aws, guild: GuildId) {
    let store = store(aws.sdk_config(), aws.prefix(), DEFAULT_CAP);
    store.take(guild, &Step::Request { by: ASKER }, now()).await.unwrap();
}

async fn standing(aws: &Aws, guild: GuildId) -> Option<Status> {
    let store = store(aws.sdk_config(), aws.prefix(), DEFAULT_CAP);
    store.read(guild).await.unwrap().guild.access.map(|access| access.status())
}

async fn trail(aws: &Aws, guild: GuildId) -> Vec<String> {
    let audit = AuditStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let rows = audit.latest(&guild.to_string(), 20, None, now()).await.unwrap();
    rows.iter().map(|row| row.event.action().to_owned()).collect()
}

#[tokio::test]
async fn each_decision_moves_the_server_and_leaves_its_row_in_the_servers_chain() {
    let aws = Aws::start().await;
    asked(&aws, GUILD).await;
    asked(&aws, OTHER).await;
    let approved = verdict(GUILD, "known").on(aws.sdk_config(), Kind::Approve, now()).await.unwrap();
    assert_eq!(
        approved.decided().map(|decision| (decision.by, decision.reason.as_str())),
        Some((OLGA, "known"))
    );
    assert_eq!(standing(&aws, GUILD).await, Some(Status::Approved));
    verdict(GUILD, "left").on(aws.sdk_config(), Kind::Revoke, now()).await.unwrap();
    assert_eq!(standing(&aws, GUILD).await, Some(Status::Revoked));
    verdict(OTHER, "nobody knows it").on(aws.sdk_config(), Kind::Deny, now()).await.unwrap();
    assert_eq!(standing(&aws, OTHER).await, Some(Status::Denied));
    assert_eq!(trail(&aws, GUILD).await, ["guild.revoke", "guild.approve"]);
    assert_eq!(trail(&aws, OTHER).await, ["guild.deny"]);
}

#[tokio::test]
async fn the_cap_holds_and_nothing_is_written_beyond_it() {
    let aws = Aws::start().await;
    asked(&aws, GUILD).await;
    asked(&aws, OTHER).await;
    let of_one = |guild| Verdict { cap: 1, ..verdict(guild, "known") };
    of_one(GUILD).on(aws.sdk_config(), Kind::Approve, now()).await.unwrap();
    let refused = of_one(OTHER).on(aws.sdk_config(), Kind::Approve, now()).await.unwrap_err();
    assert!(refused.to_string().starts_with("1 servers are approved, which is the cap"), "{refused}");
    assert_eq!((standing(&aws, OTHER).await, trail(&aws, OTHER).await), (Some(Status::Pending), vec![]));
    of_one(GUILD).on(aws.sdk_config(), Kind::Revoke, now()).await.unwrap();
    of_one(OTHER).on(aws.sdk_config(), Kind::Approve, now()).await.unwrap();
    assert_eq!(standing(&aws, OTHER).await, Some(Status::Approved));
}

#[tokio::test]
async fn what_cannot_be_decided_says_what_to_do_and_leaves_no_row() {
    let aws = Aws::start().await;
    let never = verdict(GUILD, "known").on(aws.sdk_config(), Kind::Approve, now()).await.unwrap_err();
    assert!(never.to_string().contains("/admin request"), "{never}");
    asked(&aws, GUILD).await;
    verdict(GUILD, "known").on(aws.sdk_config(), Kind::Approve, now()).await.unwrap();
    let late = verdict(GUILD, "no").on(aws.sdk_config(), Kind::Deny, now()).await.unwrap_err();
    assert!(late.to_string().contains("no open request"), "{late}");
    let nobody = Verdict { place: Place::of_tests(None), ..verdict(GUILD, "no") };
    let nobody = nobody.on(aws.sdk_config(), Kind::Revoke, now()).await.unwrap_err();
    assert!(nobody.to_string().contains("--as"), "{nobody}");
    assert_eq!(trail(&aws, GUILD).await, ["guild.approve"]);
}

#[tokio::test]
async fn the_list_has_those_who_wait_first_and_says_why_others_do_not() {
    let aws = Aws::start().await;
    let sdk = aws.sdk_config();
    let nobody = list(None, false);
    assert!(nobody.said(&nobody.on(sdk).await.unwrap()).unwrap().starts_with("No server has asked yet"));
    asked(&aws, GUILD).await;
    asked(&aws, OTHER).await;
    verdict(GUILD, "friends of \"Olga\"").on(sdk, Kind::Approve, now()).await.unwrap();
    let all = list(None, false);
    insta::assert_snapshot!("guilds", all.said(&all.on(sdk).await.unwrap()).unwrap());
    let all = list(None, true);
    insta::assert_snapshot!("guilds-json", all.said(&all.on(sdk).await.unwrap()).unwrap());
    let denied = list(Some(Status::Denied), false);
    assert_eq!(denied.said(&denied.on(sdk).await.unwrap()).unwrap(), "No server is denied.");
    let waiting = list(Some(Status::Pending), false).on(sdk).await.unwrap();
    assert_eq!(waiting.iter().map(|listed| listed.guild).collect::<Vec<_>>(), [OTHER]);
}

#[test]
fn a_status_is_one_of_four() {
    assert_eq!(status("revoked"), Ok(Status::Revoked));
    assert!(status("banned").unwrap_err().contains("pending"));
}
