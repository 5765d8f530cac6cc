//! `timmy audit`: takes the trail of administrative actions out of the tables, and checks such a file anywhere (SPEC T36,
//! P15), against heads that somebody noted and against signed checkpoints.

mod checkpoints;
pub(crate) mod keys;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use shared::security::audit_anchors::Anchors;
use shared::security::audit_chain::{ChainHash, ChainHead};
use shared::security::audit_export::{Closing, Opening, Verified, Verifier};
use shared::security::audit_record::AuditRecord;
use shared::store::Db;
use shared::store::audit::AuditStore;

use crate::say;
use crate::stack::Stack;

/// How many rows are read at a time.
const PAGE: u16 = 500;
/// The longest line that is read, in bytes. A row is far shorter.
const LINE_MAX: u64 = 65_536;

/// The trail of administrative actions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Audit {
    /// Writes the chains into a file: one JSON line a row, with the head that is stored apart from them.
    Export(Export),
    /// Checks such a file, without a network and without this deployment.
    Verify(Verify),
    /// Takes the signed checkpoints out of their bucket: where each chain ended, and when.
    Checkpoints(checkpoints::Checkpoints),
    /// Writes down the public keys that checkpoints are checked with.
    Keys(keys::Keys),
}

impl Audit {
    /// Does it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let told = match self {
            Self::Export(export) => return export.run(now).await,
            Self::Verify(verify) => verify.report(now)?,
            Self::Checkpoints(checkpoints) => checkpoints.run().await?,
            Self::Keys(keys) => keys.run().await?,
        };
        say::line(told.trim_end());
        Ok(())
    }
}

/// What to export.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Whose chain: a server's id, or the name that an earlier export shows. All, without one.
    #[arg(long)]
    tenant: Option<String>,
    /// The file to write.
    #[arg(long, default_value = "timmybot-audit.jsonl")]
    out: PathBuf,
    #[command(flatten)]
    stack: Stack,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The file.
    file: PathBuf,
    /// A row that was noted before, as this command prints it: a chain that was written anew as a whole does not have it.
    #[arg(long, value_name = "TENANT:SEQ:HASH")]
    head: Vec<Noted>,
    /// A folder with checkpoints (timmy audit checkpoints): each row that they name has to be there.
    #[arg(long, value_name = "DIR")]
    checkpoints: Option<PathBuf>,
    /// The keys that the checkpoints have to be signed with (timmy audit keys). Take them from where nobody could have
    /// changed them together with the rest: note their hashes.
    #[arg(long, value_name = "FILE", requires = "checkpoints", default_value = "timmybot-keys.json")]
    keys: PathBuf,
    /// The file has some of the chains only (export --tenant): others that checkpoints name are not missed.
    #[arg(long, requires = "checkpoints")]
    part: bool,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

/// A head that somebody noted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Noted {
    tenant: String,
    head: ChainHead,
}

impl FromStr for Noted {
    type Err = &'static str;

    /// A tenant may hold colons, the rest does not.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (rest, hash) = text.rsplit_once(':')?;
            let (tenant, seq) = rest.rsplit_once(':')?;
            let head = ChainHead { seq: seq.parse().ok()?, hash: ChainHash::from_hex(hash)? };
            Some(Self { tenant: tenant.to_owned(), head })
        };
        read().ok_or("write TENANT:SEQ:HASH, as `timmy audit verify` prints it")
    }
}

impl Export {
    /// Writes the file; a half-written one never takes the place of another.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let sdk = self.stack.sdk();
        let store = AuditStore::new(Db::new(shared::store::client(&sdk), &self.stack.table_prefix));
        let heads = store.heads().await.context("reading the heads of the chains")?;
        let wanted = |tenant: &str| self.tenant.as_deref().is_none_or(|only| only == tenant);
        let heads: Vec<_> = heads.into_iter().filter(|(tenant, _)| wanted(tenant)).collect();
        ensure!(
            !heads.is_empty(),
            "there is no audit chain yet: the first one begins with somebody's decision"
        );
        let folder = self.out.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
        let mut out = BufWriter::new(file.with_context(|| format!("writing {}", self.out.display()))?);
        let mut rows = 0_u64;
        say::progress(self.json, &format!("Reading {} …", counted(heads.len() as u64, "chain")));
        for (tenant, head) in &heads {
            rows += export(&store, tenant, *head, now, &mut out).await?;
        }
        let file = out.into_inner().context("writing the file")?;
        file.persist(&self.out).with_context(|| format!("writing {}", self.out.display()))?;
        let (in_rows, chains) = (counted(rows, "row"), counted(heads.len() as u64, "chain"));
        let value = json!({ "file": self.out, "rows": rows, "chains": heads.len() });
        say::answer(self.json, &format!("{}: {in_rows} in {chains}.", self.out.display()), &value);
        Ok(())
    }
}

/// One chain up to the head that was read before its rows: what is appended meanwhile is for the next export.
async fn export(
    store: &AuditStore,
    tenant: &str,
    head: ChainHead,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<u64> {
    let (mut after, mut rows, mut opened) = (0, 0, false);
    while after < head.seq {
        let page = store.records(tenant, PAGE, after).await.context("reading the rows of a chain")?;
        let page: Vec<AuditRecord> = page.into_iter().filter(|row| row.seq() <= head.seq).collect();
        let Some(last) = page.last() else { break };
        after = last.seq();
        if !opened {
            let before = page.first().and_then(AuditRecord::before).unwrap_or(ChainHead::GENESIS);
            line(out, &Opening::new(tenant, before, now))?;
            opened = true;
        }
        for row in &page {
            line(out, row)?;
            rows += 1;
        }
    }
    if !opened {
        // Every row has left; the head says where the chain goes on.
        line(out, &Opening::new(tenant, head, now))?;
    }
    line(out, &Closing { head: head.into() })?;
    Ok(rows)
}

fn line(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n").context("writing the file")
}

impl Verify {
    /// Says what holds; an error says what does not.
    fn report(&self, now: Timestamp) -> Result<String> {
        let anchors = match &self.checkpoints {
            Some(folder) => Some(checkpoints::read(folder, &keys::read(&self.keys)?, now)?),
            None => None,
        };
        let advice = anchors.as_ref().map_or_else(|| ADVICE.to_owned(), against);
        let anchors = if self.part { anchors.map(Anchors::of_a_part) } else { anchors };
        let file = File::open(&self.file).with_context(|| format!("opening {}", self.file.display()))?;
        let chains = verify(BufReader::new(file), &self.head, anchors)?;
        if self.json {
            let chains: Vec<_> = chains.iter().map(shown).collect();
            return Ok(json!({ "holds": true, "chains": chains, "said": advice }).to_string());
        }
        let mut report: Vec<String> = chains.iter().map(told).collect();
        report.push(advice);
        Ok(report.join("\n"))
    }
}

const ADVICE: &str = "Note these heads elsewhere: the next check can demand them (--head). Signed checkpoints have noted \
                      them already (--checkpoints).";

fn against(anchors: &Anchors) -> String {
    let (count, newest) = anchors.told();
    let newest = newest.map_or_else(String::new, |at| format!(", the newest of {at}"));
    format!(
        "Every row that {} named is there{newest}. Later rows are in the next one.",
        counted(count, "signed checkpoint")
    )
}

fn verify(mut file: impl BufRead, noted: &[Noted], anchors: Option<Anchors>) -> Result<Vec<Verified>> {
    let mut verifier = anchors.map_or_else(Verifier::default, Verifier::anchored);
    for noted in noted {
        verifier.expect(&noted.tenant, noted.head);
    }
    let mut text = String::new();
    loop {
        text.clear();
        let read = file.by_ref().take(LINE_MAX).read_line(&mut text).context("reading the file")?;
        if read == 0 {
            return Ok(verifier.finish()?);
        }
        verifier.line(text.trim_end_matches('\n'))?;
    }
}

fn told(chain: &Verified) -> String {
    let Verified { tenant, after, head } = chain;
    let whole =
        if after.seq == 0 { "from its beginning".to_owned() } else { format!("after row {}", after.seq) };
    format!(
        "{tenant}: {} {whole}, unbroken. Head {tenant}:{}:{}",
        counted(head.seq - after.seq, "row"),
        head.seq,
        head.hash.to_hex()
    )
}

fn shown(chain: &Verified) -> Value {
    let Verified { tenant, after, head } = chain;
    json!({ "tenant": tenant, "after": after.seq, "seq": head.seq, "hash": head.hash.to_hex() })
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests;
