//! `timmy receipt verify`: checks the receipt that somebody got for the erasure of their data, and says in words what it
//! says (SPEC T30). It asks nobody: whoever has the file and the keys can do it, today and in years.
//!
//! The keys come from a file that was noted, or else from the deployment itself, which then vouches for itself.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use shared::privacy::{BACKUP_DAYS, Place, Revocation, SubjectKind};
use shared::security::audit_record::KEPT_DAYS;
use shared::security::erasure_receipt::ErasureReceipt;
use shared::security::key_document::KeyDocument;
use shared::security::signed_note::NoteKey;
use url::Url;

use crate::audit::keys;
use crate::local::session::Session;
use crate::say;

/// Where `timmy audit keys` puts them.
const NOTED: &str = "timmybot-keys.json";
/// Where each deployment serves them.
const SERVED: &str = "/.well-known/timmybot-keys.json";
/// More than any receipt and any document of keys, in bytes.
const MOST: u64 = 65_536;
/// Nobody waits for longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one can do with a receipt.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Receipt {
    /// Checks one, and says what was erased, where and when.
    Verify(Verify),
}

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The file that came with the answer of /privacy status.
    file: PathBuf,
    /// The keys that it has to be signed with (timmy audit keys). Without it: timmybot-keys.json, if there is one here.
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    keys: Option<PathBuf>,
    /// Ask the deployment for its keys: where its pages are. A local stack's is known.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    /// The data folder of a local stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

impl Receipt {
    /// Does it; an error says why the receipt is not to be believed.
    pub(crate) async fn run(&self) -> Result<()> {
        let Self::Verify(verify) = self;
        say::line(&verify.report(Path::new(NOTED)).await?);
        Ok(())
    }
}

impl Verify {
    async fn report(&self, noted: &Path) -> Result<String> {
        let (keys, vouching) = self.keys(noted).await?;
        let receipt = ErasureReceipt::open(&text(&self.file)?, &keys);
        let receipt = receipt.with_context(|| {
            format!("{} is not to be believed, with the keys of {vouching}", self.file.display())
        })?;
        Ok(if self.json { json(&receipt, &vouching).to_string() } else { words(&receipt, &vouching) })
    }

    /// The keys, and who vouches for them.
    async fn keys(&self, noted: &Path) -> Result<(Vec<NoteKey>, String)> {
        let local = || Session::load(&self.data).ok().map(|session| session.public);
        let file = self.keys.as_deref().or_else(|| (self.base.is_none() && noted.exists()).then_some(noted));
        if let Some(file) = file {
            return Ok((keys::read(file)?, file.display().to_string()));
        }
        let base = self.base.clone().or_else(local).context(
            "say where the keys are: with --keys, a file of timmy audit keys; or with --base, where the deployment's pages are",
        )?;
        let url = format!("{}{SERVED}", base.trim_end_matches('/'));
        Ok((fetched(&url).await.with_context(|| format!("fetching {url}"))?, url))
    }
}

async fn fetched(url: &str) -> Result<Vec<NoteKey>> {
    let parsed: Url = url.parse().context("it is no address")?;
    let local = parsed.host_str().is_some_and(|host| host == "127.0.0.1" || host == "localhost");
    ensure!(parsed.scheme() == "https" || local, "keys travel over https only");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    let answer = client.build()?.get(parsed).send().await?.error_for_status()?;
    ensure!(
        answer.content_length().is_none_or(|length| length <= MOST),
        "it is too long to be a list of keys"
    );
    Ok(KeyDocument::parse(&answer.text().await?)?)
}

fn text(path: &Path) -> Result<String> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut text = String::new();
    file.take(MOST).read_to_string(&mut text).with_context(|| format!("reading {}", path.display()))?;
    if text.trim().is_empty() {
        bail!("{} is empty", path.display());
    }
    Ok(text)
}

fn json(receipt: &ErasureReceipt, vouching: &str) -> Value {
    let erased: Map<_, _> =
        receipt.counts.iter().map(|(place, count)| (place.as_str().to_owned(), json!(count))).collect();
    let told: Map<_, _> = receipt
        .revocations
        .iter()
        .map(|(provider, told)| (provider.code().to_owned(), json!(*told == Revocation::Done)))
        .collect();
    json!({
        "holds": true,
        "keys_of": vouching,
        "subject": match receipt.subject {
            SubjectKind::User => "user",
            SubjectKind::Guild => "guild",
        },
        "request": receipt.request.to_string(),
        "asked_at": receipt.asked_at,
        "erased_at": receipt.erased_at,
        "erased": erased,
        "services_told": told,
    })
}

fn words(receipt: &ErasureReceipt, vouching: &str) -> String {
    let whose = match receipt.subject {
        SubjectKind::User => "one person",
        SubjectKind::Guild => "one community",
    };
    let mut lines = vec![
        format!("This receipt holds: it was signed with a key of {vouching}."),
        format!("What was stored about {whose} was erased on {}.", moment(receipt.erased_at)),
        format!("That was asked for on {}, as request {}.", moment(receipt.asked_at), receipt.request),
        String::new(),
    ];
    let erased = |place: &Place| receipt.counts.get(place).copied().unwrap_or_default();
    lines.extend(
        Place::ALL.iter().map(|place| format!("  {:15} {}", place.as_str(), counted(*place, erased(place)))),
    );
    lines.push(String::new());
    lines.extend(receipt.revocations.iter().map(|(provider, told)| match told {
        Revocation::Done => format!("{} was told to end our access.", provider.name()),
        Revocation::Failed | Revocation::Pending => format!(
            "{} could not be told to end our access: do so there, in the settings of the account.",
            provider.name()
        ),
    }));
    lines.push(format!(
        "Kept: rows of the audit trail, which name nobody and leave within {KEPT_DAYS} days, and for 40 days a mark that \
         keeps what was erased from coming back."
    ));
    lines.push(format!(
        "Backups can hold what was erased for {BACKUP_DAYS} days, until {}. Whoever restores one erases it again.",
        day(receipt.erased_at.saturating_add(SignedDuration::from_hours(24 * i64::from(BACKUP_DAYS))).unwrap_or(Timestamp::MAX))
    ));
    lines.push("The receipt holds no name and nobody's id: only whoever knows the request's number knows whose it is.".to_owned());
    lines.join("\n")
}

fn counted(place: Place, count: u64) -> String {
    let (one, more) = match place {
        Place::Exports => ("file", "files"),
        Place::UserSecrets => ("secret", "secrets"),
        _ => ("row", "rows"),
    };
    match count {
        0 => "nothing was there".to_owned(),
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d at %H:%M:%S UTC").to_string()
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
