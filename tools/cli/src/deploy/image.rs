//! The worker's image: what it is called, built and pushed, and which digest came of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use shared::security::secret::Secret;

use super::machine::Machine;
use super::plan::Kind;
use super::settings::{Pinned, is_digest};
use super::tools::Builder;

const DOCKERFILE: &str = "functions/voice/Dockerfile";
/// What `timmy build` leaves.
const WORKER: &str = "target/lambda/voice/voice";
/// Of the hash's digits. So many do not meet by chance.
const TAG_DIGITS: usize = 32;

/// The image on its way.
pub(super) struct Worker<'a> {
    pub(super) machine: &'a Machine,
    pub(super) builder: &'a (Builder, PathBuf),
    /// Without tag.
    pub(super) repository: &'a str,
    pub(super) tag: &'a str,
}

/// A tag that says what the image is made of: the same parts are found again, other parts never meet a tag that is taken.
pub(super) fn tag(root: &Path, build: &Pinned, base: &Pinned) -> Result<String> {
    let mut hash = Sha256::new();
    for file in [WORKER, DOCKERFILE] {
        let bytes = std::fs::read(root.join(file)).with_context(|| format!("reading {file}"))?;
        hash.update(Sha256::digest(&bytes));
    }
    for image in [build, base] {
        hash.update(Sha256::digest(image.to_string()));
    }
    let mut tag = hex::encode(hash.finalize());
    tag.truncate(TAG_DIGITS);
    Ok(tag)
}

impl Worker<'_> {
    /// The registry's password goes through the input: arguments are seen by everybody on the machine.
    pub(super) fn log_in(&self, password: &Secret) -> Result<()> {
        let (registry, _) = self.repository.split_once('/').context("a repository in a registry")?;
        let login = self.run(&["login", "--username", "AWS", "--password-stdin", registry]);
        self.machine.feed(Kind::Image, login, password)
    }

    pub(super) fn build(&self, build: &Pinned, base: &Pinned) -> Result<()> {
        let (build, base) = (format!("BUILD_IMAGE={build}"), format!("BASE_IMAGE={base}"));
        let name = self.name();
        let arguments = [
            "build",
            "--file",
            DOCKERFILE,
            "--target",
            "voice",
            "--build-arg",
            "WORKER=prebuilt",
            "--build-arg",
            &build,
            "--build-arg",
            &base,
            "--tag",
            &name,
            ".",
        ];
        let mut command = self.run(&arguments);
        // Docker would wrap the image into a list, whose digest is not the one that the registry scans.
        command.env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        self.machine.quiet(Kind::Image, command)
    }

    /// Pushes it; the digest that it has from then on.
    pub(super) fn push(&self) -> Result<String> {
        let name = self.name();
        let digest = if self.builder.0.writes_digest() {
            let file = self.machine.logs().join("digest");
            // One of an earlier push would be believed.
            let _ = std::fs::remove_file(&file);
            let place = file.display().to_string();
            self.machine.quiet(Kind::Image, self.run(&["push", "--digestfile", &place, &name]))?;
            std::fs::read_to_string(&file).context("reading the digest of what was pushed")?.trim().to_owned()
        } else {
            self.machine.quiet(Kind::Image, self.run(&["push", &name]))?;
            let inspect = self.run(&["image", "inspect", "--format", "{{json .RepoDigests}}", &name]);
            self.of_repository(&self.machine.ask(Kind::Image, inspect)?.good()?)?
        };
        ensure!(is_digest(&digest), "{digest:?} is no digest");
        Ok(digest)
    }

    /// An image has a digest in each repository that it was pushed to.
    fn of_repository(&self, listed: &str) -> Result<String> {
        let listed: Vec<String> = serde_json::from_str(listed).context("reading the image's digests")?;
        let mut names = listed.iter().filter_map(|name| name.split_once('@'));
        let found = names.find(|(repository, _)| *repository == self.repository);
        found.map(|(_, digest)| digest.to_owned()).context("the image has no digest in the repository")
    }

    fn name(&self) -> String {
        format!("{}:{}", self.repository, self.tag)
    }

    fn run(&self, arguments: &[&str]) -> Command {
        self.machine.command(&self.builder.1, arguments)
    }
}
