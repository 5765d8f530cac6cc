use shared::domain::accounts::Provider;
use shared::messages::PrivacyRequestId;
use shared::signing::Signer;
use testkit::Aws;

use super::*;

/// Somebody with a receipt, and with the keys of who signed it.
struct Holder {
    aws: Aws,
    folder: tempfile::TempDir,
}

fn receipt() -> ErasureReceipt {
    ErasureReceipt {
        request: PrivacyRequestId::of_digest(&[0xab; 32]),
        subject: SubjectKind::User,
        asked_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        erased_at: "2026-01-02T03:07:00Z".parse().unwrap(),
        counts: [(Place::AccountLinks, 3), (Place::UserSecrets, 1), (Place::Exports, 2)].into(),
        revocations: [(Provider::Spotify, Revocation::Done), (Provider::Twitch, Revocation::Failed)].into(),
    }
}

impl Holder {
    async fn new() -> Self {
        let holder = Self { aws: Aws::start().await, folder: tempfile::tempdir().unwrap() };
        holder.note(&holder.sign(&receipt().text()).await);
        let ids = ["alias/timmybot-audit".to_owned()];
        let name = "bot.example.org/audit".parse().unwrap();
        keys::add(holder.aws.sdk_config(), &ids, &name, &holder.path("keys.json")).await.unwrap();
        holder
    }

    async fn sign(&self, text: &str) -> String {
        let name = "bot.example.org/audit".parse().unwrap();
        let signer = Signer::new(self.aws.sdk_config(), "alias/timmybot-audit", name);
        signer.sign(text.to_owned()).await.unwrap().to_string()
    }

    fn note(&self, text: &str) {
        std::fs::write(self.path("receipt.txt"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the command says, with these keys or this address.
    async fn verify(&self, keys: Option<&str>, base: Option<&str>) -> Result<String, String> {
        let verify = Verify {
            file: self.path("receipt.txt"),
            keys: keys.map(|keys| self.path(keys)),
            base: base.map(str::to_owned),
            json: false,
            data: self.path("no-stack"),
        };
        let said = verify.report(&self.path("noted.json")).await;
        let settled = |text: String| text.replace(&self.folder.path().display().to_string(), "DIR");
        said.map(settled).map_err(|error| settled(format!("{error:#}")))
    }
}

#[tokio::test]
async fn whoever_has_a_receipt_and_the_keys_reads_what_was_erased() {
    let holder = Holder::new().await;
    insta::assert_snapshot!("holds", holder.verify(Some("keys.json"), None).await.unwrap());
    let guild = ErasureReceipt { subject: SubjectKind::Guild, ..receipt() };
    holder.note(&holder.sign(&ErasureReceipt { revocations: [].into(), ..guild }.text()).await);
    let said = holder.verify(Some("keys.json"), None).await.unwrap();
    assert!(said.contains("one community") && !said.contains("Spotify"), "{said}");
}

#[test]
fn a_program_reads_the_same() {
    let said = json(&receipt(), "noted.json");
    assert_eq!(
        (&said["holds"], &said["subject"], &said["keys_of"]),
        (&true.into(), &"user".into(), &"noted.json".into())
    );
    assert_eq!((&said["erased"]["account-links"], &said["erased"]["users"]), (&3.into(), &1.into()));
    assert_eq!(said["services_told"], serde_json::json!({ "spotify": true, "twitch": false }));
    assert_eq!(said["erased_at"], "2026-01-02T03:07:00Z");
}

#[tokio::test]
async fn a_receipt_that_was_changed_is_not_believed() {
    let holder = Holder::new().await;
    let whole = std::fs::read_to_string(holder.path("receipt.txt")).unwrap();
    for (from, to) in [
        ("store account-links 3", "store account-links 4"),
        ("2026-01-02T03:07:00Z", "2026-01-02T03:06:00Z"),
        ("revoked twitch failed", "revoked twitch done"),
        ("subject user", "subject guild"),
        ("bot.example.org", "bot.example.com"),
    ] {
        assert!(whole.contains(from), "{from}");
        holder.note(&whole.replace(from, to));
        let refused = holder.verify(Some("keys.json"), None).await.unwrap_err();
        assert!(refused.contains("is not to be believed"), "{from}: {refused}");
    }
    holder.note(&whole.replace("store account-links 3", "store account-links 4"));
    insta::assert_snapshot!("changed", holder.verify(Some("keys.json"), None).await.unwrap_err());
}

/// What else we sign under the same key says something else.
#[tokio::test]
async fn another_signed_text_is_no_receipt() {
    let holder = Holder::new().await;
    holder.note(&holder.sign("bot.example.org/audit\n3\nabc\n").await);
    insta::assert_snapshot!("no-receipt", holder.verify(Some("keys.json"), None).await.unwrap_err());
    holder.note("");
    assert_eq!(holder.verify(Some("keys.json"), None).await.unwrap_err(), "DIR/receipt.txt is empty");
}

#[tokio::test]
async fn without_keys_it_says_where_to_get_them() {
    let holder = Holder::new().await;
    insta::assert_snapshot!("no-keys", holder.verify(None, None).await.unwrap_err());
    let http = holder.verify(None, Some("http://bot.example.org")).await.unwrap_err();
    assert!(http.ends_with("keys travel over https only"), "{http}");
    std::fs::rename(holder.path("keys.json"), holder.path("noted.json")).unwrap();
    assert!(holder.verify(None, None).await.unwrap().contains("DIR/noted.json"), "the noted ones");
}

#[tokio::test]
async fn a_deployment_is_asked_for_its_keys() {
    let holder = Holder::new().await;
    let document = std::fs::read_to_string(holder.path("keys.json")).unwrap();
    let page = axum::Router::new().route(SERVED, axum::routing::get(move || async move { document }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, page).into_future());
    let said = holder.verify(None, Some(&base)).await.unwrap();
    assert!(said.starts_with("This receipt holds: it was signed with a key of http://127.0.0.1:"), "{said}");
    let elsewhere = format!("{base}elsewhere");
    assert!(holder.verify(None, Some(&elsewhere)).await.unwrap_err().contains("404"));
    serving.abort();
}
