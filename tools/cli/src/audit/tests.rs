use shared::clock::Rng;
use shared::ids::UserId;
use shared::security::audit::AuditEvent;
use shared::security::pseudonym::Pseudonyms;
use shared::security::secret::Secret;
use testkit::Aws;

use super::*;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

async fn store(aws: &Aws, rows: u32) -> AuditStore {
    store_of(aws, "7", "settings", rows).await
}

/// A chain whose events are about `resource`.
async fn store_of(aws: &Aws, tenant: &str, resource: &'static str, rows: u32) -> AuditStore {
    let store = AuditStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
    for number in 0..rows {
        let random = Rng::fixed(number.into()).bytes().unwrap();
        let event = AuditEvent::new(names.admin(UserId::new(42)), "set", resource, "api", now(), random);
        store.append(tenant, event, Rng::system()).await.unwrap();
    }
    store
}

async fn exported(store: &AuditStore) -> String {
    let mut out = Vec::new();
    for (tenant, head) in store.heads().await.unwrap() {
        export(store, &tenant, head, now(), &mut out).await.unwrap();
    }
    String::from_utf8(out).unwrap()
}

#[tokio::test]
async fn what_is_exported_holds_and_what_was_edited_in_the_table_does_not() {
    let aws = Aws::start().await;
    let store = store(&aws, 3).await;
    let text = exported(&store).await;
    let chains = verify(text.as_bytes(), &[], None).unwrap();
    let head = format!("Head 7:3:{}", chains[0].head.hash.to_hex());
    assert_eq!(told(&chains[0]), format!("7: 3 rows from its beginning, unbroken. {head}"));
    let noted: Noted = head.trim_start_matches("Head ").parse().unwrap();
    assert!(verify(text.as_bytes(), core::slice::from_ref(&noted), None).is_ok());

    let update = aws.dynamodb().update_item().table_name("timmybot-audit");
    let text_value = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let update = update.key("tenant", text_value("7"));
    let update = update.key("seq", aws_sdk_dynamodb::types::AttributeValue::N("2".to_owned()));
    let update = update.update_expression("SET #resource = :other");
    let update = update.expression_attribute_names("#resource", "resource");
    update.expression_attribute_values(":other", text_value("nothing")).send().await.unwrap();
    let error = verify(exported(&store).await.as_bytes(), &[], None).unwrap_err().to_string();
    assert_eq!(error, "line 3: row 2 was edited");
}

#[test]
fn a_noted_head_is_written_as_it_is_printed() {
    let hash = "0".repeat(64);
    let noted: Noted = format!("dm#7:12:{hash}").parse().unwrap();
    assert_eq!((noted.tenant.as_str(), noted.head.seq), ("dm#7", 12));
    for bad in ["", "7", "7:1", "7:x:00", &format!("7:-1:{hash}"), &format!("7:1:{}", &hash[1..])] {
        assert!(bad.parse::<Noted>().is_err(), "{bad}");
    }
}

#[test]
fn a_line_without_an_end_is_no_row() {
    let endless = "x".repeat(200_000);
    assert!(verify(endless.as_bytes(), &[], None).is_err());
    assert_eq!(verify(&b""[..], &[], None).unwrap_err().to_string(), "the file is cut off");
}

/// A trail with a checkpoint of its third row, and what an auditor has of it.
struct Auditor {
    aws: Aws,
    store: AuditStore,
    folder: tempfile::TempDir,
}

impl Auditor {
    async fn new() -> Self {
        let aws = Aws::start().await;
        let store = store(&aws, 3).await;
        let auditor = Self { aws, store, folder: tempfile::tempdir().unwrap() };
        auditor.checkpoint("2026-01-02T03:05:00Z").await;
        auditor
    }

    /// The function runs at this time.
    async fn checkpoint(&self, at: &str) {
        let env = shared::env::Env::of([
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("EVIDENCE_BUCKET", self.aws.bucket("evidence")),
            ("CHECKPOINT_KEY_ID", "alias/timmybot-audit".to_owned()),
            ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
            ("EXPORTS_BUCKET", "none".to_owned()),
            ("PRIVACY_QUEUE_URL", "http://none.invalid/1/none".to_owned()),
        ]);
        let machine = data_retention::Machine {
            sink: shared::telemetry::Sink::memory().0,
            clock: shared::clock::Clock::fixed(at.parse().unwrap()),
            rng: Rng::system(),
            patience: shared::providers::client::Patience::STANDARD,
        };
        let config = data_retention::Config::from_env(&env).unwrap();
        let app = data_retention::App::new(config, self.aws.sdk_config(), &machine).unwrap();
        let night = serde_json::json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
        let invocation = data_retention::Invocation { id: "r".to_owned(), deadline: Timestamp::MAX };
        data_retention::handle(&app, night, &invocation).await.unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn fetch(&self) -> String {
        let (bucket, out) = (self.aws.bucket("evidence"), self.path("checkpoints"));
        checkpoints::fetch(self.aws.sdk_config(), &bucket, &out).await.unwrap().words()
    }

    async fn keys(&self) -> String {
        let ids = ["alias/timmybot-audit".to_owned()];
        let name = "bot.example.org/audit".parse().unwrap();
        keys::add(self.aws.sdk_config(), &ids, &name, &self.path("keys.json")).await.unwrap()
    }

    /// `timmy audit verify FILE --checkpoints … --keys …`, with this file; what changes from run to run is made the same.
    fn verify(&self, file: &str) -> Result<String, String> {
        std::fs::write(self.path("trail.jsonl"), file).unwrap();
        let verify = Verify {
            file: self.path("trail.jsonl"),
            head: Vec::new(),
            checkpoints: Some(self.path("checkpoints")),
            keys: self.path("keys.json"),
            part: false,
            json: false,
        };
        let told = verify.report(now());
        told.map(|told| self.settled(&told)).map_err(|error| self.settled(&format!("{error:#}")))
    }

    /// Without the folder's name and what is random: digests and keys.
    fn settled(&self, text: &str) -> String {
        let text = text.replace(&self.folder.path().display().to_string(), "DIR");
        let is_digest = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let line = |line: &str| {
            if let Some((name, _)) = line.split_once('+') {
                return format!("{name}+…");
            }
            let part = |part: &str| if is_digest(part) { "…".to_owned() } else { part.to_owned() };
            line.split(':').map(part).collect::<Vec<_>>().join(":")
        };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    }
}

#[tokio::test]
async fn an_auditor_reads_what_holds_and_what_to_do() {
    let auditor = Auditor::new().await;
    insta::assert_snapshot!("fetched", auditor.settled(&auditor.fetch().await));
    insta::assert_snapshot!("fetched-again", auditor.settled(&auditor.fetch().await));
    insta::assert_snapshot!("keys", auditor.settled(&auditor.keys().await));
    let trail = exported(&auditor.store).await;
    insta::assert_snapshot!("holds", auditor.verify(&trail).unwrap());
    let verify = Verify {
        file: auditor.path("trail.jsonl"),
        head: Vec::new(),
        checkpoints: None,
        keys: auditor.path("keys.json"),
        part: false,
        json: true,
    };
    let said: Value = serde_json::from_str(&verify.report(now()).unwrap()).unwrap();
    assert_eq!((&said["holds"], &said["chains"][0]["seq"]), (&true.into(), &3.into()));
    auditor.checkpoint("2026-01-03T03:00:00Z").await;
    assert!(auditor.fetch().await.ends_with("2 checkpoints, 1 of them new."));
    assert!(auditor.verify(&trail).unwrap().contains("2 signed checkpoints"));
}

/// SPEC T36: an edit, a deletion, an insertion, another order, a cut and a trail that was written anew, each with whatever
/// heads fit.
#[tokio::test]
async fn each_single_change_is_found_with_the_checkpoints() {
    let auditor = Auditor::new().await;
    auditor.fetch().await;
    auditor.keys().await;
    let trail = exported(&auditor.store).await;
    assert!(auditor.verify(&trail).is_ok());
    let lines: Vec<&str> = trail.lines().collect();
    let joined = |lines: &[&str]| lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
    let edited = trail.replacen("\"settings\"", "\"settingz\"", 1);
    insta::assert_snapshot!("edited", auditor.verify(&edited).unwrap_err());
    let deleted = joined(&[lines[0], lines[1], lines[3], lines[4]]);
    insta::assert_snapshot!("deleted", auditor.verify(&deleted).unwrap_err());
    let inserted = joined(&[lines[0], lines[1], lines[1], lines[2], lines[3], lines[4]]);
    insta::assert_snapshot!("inserted", auditor.verify(&inserted).unwrap_err());
    let swapped = joined(&[lines[0], lines[2], lines[1], lines[3], lines[4]]);
    insta::assert_snapshot!("swapped", auditor.verify(&swapped).unwrap_err());
    let cut = joined(&[lines[0], lines[1], lines[2], lines[4]]);
    insta::assert_snapshot!("cut", auditor.verify(&cut).unwrap_err());
    let elsewhere = [Aws::start().await, Aws::start().await];
    let shorter = exported(&store(&elsewhere[0], 2).await).await;
    insta::assert_snapshot!("cut-with-its-head", auditor.verify(&shorter).unwrap_err());
    let anew = exported(&store_of(&elsewhere[1], "7", "others", 3).await).await;
    insta::assert_snapshot!("written-anew-with-its-head", auditor.verify(&anew).unwrap_err());
    assert!(verify(anew.as_bytes(), &[], None).is_ok(), "it is whole in itself");
}

#[tokio::test]
async fn a_checkpoint_that_was_touched_is_not_believed() {
    let auditor = Auditor::new().await;
    auditor.fetch().await;
    auditor.keys().await;
    let trail = exported(&auditor.store).await;
    let folder = auditor.path("checkpoints");
    let named = |ending: &str| {
        let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|own| own == ending)).unwrap()
    };
    let (note, list) = (named("note"), named("heads"));
    for (path, from, to) in [
        (&note, "2026-01-02T03:05:00Z", "2026-01-02T03:06:00Z"),
        (&note, "bot.example.org", "bot.example.com"),
        (&list, " 3 ", " 2 "),
        (&list, "-v1", "-v2"),
    ] {
        let whole = std::fs::read_to_string(path).unwrap();
        std::fs::write(path, whole.replace(from, to)).unwrap();
        let refused = auditor.verify(&trail).unwrap_err();
        assert!(refused.contains("is not to be believed"), "{from}: {refused}");
        std::fs::write(path, whole).unwrap();
    }
    assert!(auditor.verify(&trail).is_ok());
    std::fs::remove_file(&list).unwrap();
    assert!(auditor.verify(&trail).unwrap_err().contains("opening"));
    std::fs::remove_file(&note).unwrap();
    insta::assert_snapshot!("no-checkpoint", auditor.verify(&trail).unwrap_err());
    std::fs::remove_file(auditor.path("keys.json")).unwrap();
    insta::assert_snapshot!("no-keys", auditor.verify(&trail).unwrap_err());
}

/// A new key takes the place of another, whose checkpoints stay good.
#[tokio::test]
async fn keys_are_added_to_those_that_were_noted() {
    let auditor = Auditor::new().await;
    let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let older = serde_json::to_string(&shared::signing::KeyDocument::new([&peter])).unwrap();
    std::fs::write(auditor.path("keys.json"), older).unwrap();
    for _ in 0..2 {
        assert!(auditor.keys().await.contains("2 keys."));
    }
    assert!(keys::read(&auditor.path("keys.json")).unwrap().contains(&peter));
    std::fs::write(auditor.path("keys.json"), "{}").unwrap();
    assert!(keys::read(&auditor.path("keys.json")).is_err());
}
