//! Running the programs of a deployment: in the checkout, with one log a step, and no secret among their arguments.

use std::fs::{File, create_dir_all, remove_file};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use shared::env::Env;
use shared::security::secret::Secret;

use super::plan::Kind;
use super::settings::Settings;
use crate::dev::shell::{loud, program, quiet, root};

/// Where and with what programs run.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// The checkout.
    pub(super) root: PathBuf,
    /// This program, which does two of the steps.
    pub(super) timmy: PathBuf,
    /// Where programs are looked for.
    pub(super) path: String,
    /// What it builds for, as Rust calls it.
    pub(super) architecture: &'static str,
    /// What they are told about the account.
    pub(super) told: Vec<(&'static str, String)>,
}

/// What a program said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) ok: bool,
    pub(super) out: String,
    pub(super) error: String,
}

impl Said {
    /// What it printed, if it did not fail.
    pub(super) fn good(self) -> Result<String> {
        ensure!(self.ok, "{}", self.error);
        Ok(self.out)
    }
}

impl Machine {
    /// This one. sam reads region and profile from `samconfig.toml`; the AWS CLI is told the same ones.
    pub(super) fn here(settings: &Settings) -> Result<Self> {
        let path = Env::of_process().required("PATH")?.to_owned();
        let timmy = std::env::current_exe().context("finding this program")?;
        let region = settings
            .region
            .iter()
            .flat_map(|region| [("AWS_REGION", region.clone()), ("AWS_DEFAULT_REGION", region.clone())]);
        let profile = settings.profile.iter().map(|profile| ("AWS_PROFILE", profile.clone()));
        let told = region.chain(profile).chain([("AWS_PAGER", String::new())]).collect();
        Ok(Self { root: root(), timmy, path, architecture: std::env::consts::ARCH, told })
    }

    /// Binaries run on what they are built for only: without this a stack would come up whose functions all fail.
    pub(super) fn builds_for(&self, wanted: &str) -> Result<()> {
        // As the template calls it.
        let ours = if self.architecture == "aarch64" { "arm64" } else { self.architecture };
        ensure!(
            ours == wanted,
            "this machine builds for {ours}, and the stack is for {wanted}: say --set Architecture={ours}, keep it in \
             samconfig.toml, or deploy from a machine that builds for {wanted}"
        );
        Ok(())
    }

    /// A program with its arguments.
    pub(super) fn command(&self, file: &Path, arguments: &[&str]) -> Command {
        let mut command = program(file);
        command.current_dir(&self.root).env("PATH", &self.path).args(arguments);
        command.envs(self.told.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Where the logs are.
    pub(super) fn logs(&self) -> PathBuf {
        self.root.join("target/timmy/deploy")
    }

    /// A step's log.
    pub(super) fn log(&self, kind: Kind) -> PathBuf {
        self.logs().join(format!("{}.log", kind.name()))
    }

    /// Makes a step's log empty.
    pub(super) fn begin(&self, kind: Kind) -> Result<()> {
        create_dir_all(self.logs())?;
        // Not there is as good.
        let _ = remove_file(self.log(kind));
        Ok(())
    }

    /// Runs it into the step's log.
    pub(super) fn quiet(&self, kind: Kind, command: Command) -> Result<()> {
        quiet(command, &self.log(kind))
    }

    /// Runs it with somebody who can be asked.
    pub(super) fn loud(mut command: Command) -> Result<()> {
        command.stdin(Stdio::inherit());
        loud(command)
    }

    /// Runs it for what it prints, which is in no log: it could be a password.
    pub(super) fn ask(&self, kind: Kind, mut command: Command) -> Result<Said> {
        let output = command.output().with_context(|| format!("cannot start {}", name(&command)))?;
        self.append(kind)?.write_all(&output.stderr)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let error = format!("{} failed ({}): {}", name(&command), output.status, text(&output.stderr));
        Ok(Said { ok: output.status.success(), out: text(&output.stdout), error })
    }

    /// Runs it with a secret as its input.
    pub(super) fn feed(&self, kind: Kind, mut command: Command, secret: &Secret) -> Result<()> {
        let log = self.append(kind)?;
        command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", name(&command)))?;
        if let Some(mut input) = child.stdin.take() {
            // Whoever ends without reading says why in its status.
            let _ = input.write_all(secret.expose());
        }
        let status = child.wait()?;
        ensure!(status.success(), "{} failed ({status}): {}", name(&command), self.log(kind).display());
        Ok(())
    }

    fn append(&self, kind: Kind) -> Result<File> {
        Ok(File::options().create(true).append(true).open(self.log(kind))?)
    }
}

fn name(command: &Command) -> String {
    const WORDS: usize = 2;
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args().take(WORDS));
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
