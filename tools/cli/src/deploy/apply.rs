//! Does what the plan says, step by step. Each step finds out by itself what is done already, so that a deployment that
//! broke off is begun again with the same command.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use shared::security::secret::Secret;

use super::image::{self, Worker};
use super::machine::Machine;
use super::next::Deployed;
use super::plan::{Image, Kind, Step, registry_stack};
use super::settings::Settings;
use super::tools::Tools;
use crate::say;

/// A deployment that is under way.
pub(super) struct Deployment<'a> {
    pub(super) settings: &'a Settings,
    pub(super) image: &'a Image,
    pub(super) machine: &'a Machine,
    pub(super) tools: &'a Tools,
    /// Nobody is asked.
    pub(super) yes: bool,
    /// Nothing but the end is printed.
    pub(super) silent: bool,
}

/// What later steps need of earlier ones.
#[derive(Default)]
struct State {
    /// The image by its digest.
    image: String,
    registered: bool,
}

impl Deployment<'_> {
    /// Does all steps; an error says which one failed, where its log is, and how to go on.
    pub(super) fn apply(&self, steps: &[Step]) -> Result<Deployed> {
        let mut state = State::default();
        if let Image::There(pinned) = self.image {
            state.image = pinned.to_string();
        }
        for (number, step) in (1..).zip(steps) {
            let (name, count) = (step.kind.name(), steps.len());
            if !self.silent {
                say::line(&format!("[{number}/{count}] {name}: {}", step.says));
            }
            self.machine.begin(step.kind)?;
            self.one(step.kind, &mut state).with_context(|| {
                let log = self.machine.log(step.kind);
                format!(
                    "step {number} of {count}, {name}, failed. Its log is {}. Mend it and run the same command again; what \
                     is done stays done",
                    log.display()
                )
            })?;
        }
        Deployed::read(&self.stack(Kind::Next)?, state.image, state.registered, self.settings)
    }

    fn one(&self, kind: Kind, state: &mut State) -> Result<()> {
        match kind {
            Kind::Look => self.look(),
            Kind::Build => {
                let command = self.machine.command(&self.machine.timmy, &["build"]);
                self.machine.quiet(kind, command)
            }
            Kind::Registry => self.registry(),
            Kind::Image => {
                state.image = self.image()?;
                Ok(())
            }
            Kind::Pack => {
                let arguments = ["build", "--config-env", self.settings.env.section()];
                self.machine.quiet(kind, self.machine.command(&self.tools.sam, &arguments))
            }
            Kind::Stack => self.change(&state.image),
            Kind::Commands => {
                state.registered = self.commands()?;
                Ok(())
            }
            Kind::Next => Ok(()),
        }
    }

    /// Whether the account answers, and has or is given what the stack cannot do without.
    fn look(&self) -> Result<()> {
        self.machine.builds_for(&self.settings.parameter("Architecture")?)?;
        let stack = &self.settings.stack;
        let status = ["--query", "Stacks[0].StackStatus", "--output", "text"];
        let asked =
            self.aws(Kind::Look, &["cloudformation", "describe-stacks", "--stack-name", stack], &status)?;
        ensure!(asked.ok || asked.error.contains("does not exist"), "{}", asked.error);
        if asked.ok && is_made(stack, &asked.out)? {
            return Ok(());
        }
        let missing = self.settings.missing()?;
        ensure!(
            missing.is_empty(),
            "{stack} is not there yet, and nobody says {}: give each with --set Name=value",
            missing.join(", ")
        );
        Ok(())
    }

    fn registry(&self) -> Result<()> {
        let prefix = format!("TablePrefix={}", self.settings.parameter("TablePrefix")?);
        let stack = registry_stack(self.settings);
        let arguments = [
            "cloudformation",
            "deploy",
            "--stack-name",
            &stack,
            "--template-file",
            "registry.yaml",
            "--no-fail-on-empty-changeset",
            "--parameter-overrides",
            &prefix,
        ];
        self.machine.quiet(Kind::Registry, self.machine.command(&self.tools.aws, &arguments))
    }

    /// The image by its digest: the one that the repository has, or a new one.
    fn image(&self) -> Result<String> {
        let Image::Built { build: Some(build), base: Some(base) } = self.image else {
            bail!("nobody says what the image is made of");
        };
        let name = format!("{}-voice", self.settings.parameter("TablePrefix")?);
        let stack = registry_stack(self.settings);
        let repository = self
            .aws(
                Kind::Image,
                &["cloudformation", "describe-stacks", "--stack-name", &stack],
                &[
                    "--query",
                    "Stacks[0].Outputs[?OutputKey=='RepositoryUri'].OutputValue | [0]",
                    "--output",
                    "text",
                ],
            )?
            .good()?;
        ensure!(repository.ends_with(&format!("/{name}")), "{stack} has no repository {name}");
        let tag = image::tag(&self.machine.root, build, base)?;
        if let Some(digest) = self.digest(&name, &tag)? {
            return Ok(format!("{repository}@{digest}"));
        }
        let builder = self.tools.builder.as_ref().context("nothing builds images here")?;
        let worker = Worker { machine: self.machine, builder, repository: &repository, tag: &tag };
        let password = self.aws(Kind::Image, &["ecr", "get-login-password"], &[])?.good()?;
        worker.log_in(&Secret::new(password))?;
        worker.build(build, base)?;
        let pushed = worker.push()?;
        let there = self.digest(&name, &tag)?;
        ensure!(there.as_ref() == Some(&pushed), "{pushed} was pushed, and the repository has {there:?}");
        Ok(format!("{repository}@{pushed}"))
    }

    /// What the repository has under a tag.
    fn digest(&self, name: &str, tag: &str) -> Result<Option<String>> {
        let tag = format!("imageTag={tag}");
        let asked = self.aws(
            Kind::Image,
            &["ecr", "describe-images", "--repository-name", name, "--image-ids", &tag],
            &["--query", "imageDetails[0].imageDigest", "--output", "text"],
        )?;
        if !asked.ok && asked.error.contains("ImageNotFound") {
            return Ok(None);
        }
        let digest = asked.good()?;
        ensure!(super::settings::is_digest(&digest), "the repository says {digest:?}, which is no digest");
        Ok(Some(digest))
    }

    /// Changes the stack; sam shows what changes and asks, unless nobody is to be asked.
    fn change(&self, image: &str) -> Result<()> {
        let overrides = self.settings.overrides(image);
        let mut arguments =
            vec!["deploy", "--config-env", self.settings.env.section(), "--no-fail-on-empty-changeset"];
        if self.yes {
            arguments.push("--no-confirm-changeset");
        }
        arguments.extend(["--parameter-overrides", &overrides]);
        self.asking(Kind::Stack, self.machine.command(&self.tools.sam, &arguments))
    }

    /// Registers the commands, if the bot's token is stored; whether they are.
    fn commands(&self) -> Result<bool> {
        let prefix = self.settings.parameter("SecretPrefix")?;
        let name = format!("{prefix}/bot-token");
        let versions = self.aws(
            Kind::Commands,
            &["secretsmanager", "list-secret-version-ids", "--secret-id", &name],
            &["--query", "Versions[?contains(VersionStages, 'AWSCURRENT')].VersionId", "--output", "text"],
        )?;
        if matches!(versions.good()?.as_str(), "" | "None") {
            return Ok(false);
        }
        // No local stack is here: what was deployed is meant.
        let nowhere = self.machine.logs().display().to_string();
        let mut arguments = vec!["register", "--secret-prefix", &prefix, "--data", &nowhere];
        if self.yes {
            arguments.push("--yes");
        }
        self.asking(Kind::Commands, self.machine.command(&self.machine.timmy, &arguments))?;
        Ok(true)
    }

    /// The stack as it stands.
    fn stack(&self, kind: Kind) -> Result<Value> {
        let about = ["cloudformation", "describe-stacks", "--stack-name", self.settings.stack.as_str()];
        let said = self.aws(kind, &about, &["--query", "Stacks[0]", "--output", "json"])?.good()?;
        serde_json::from_str(&said).context("reading what the stack says about itself")
    }

    fn aws(&self, kind: Kind, what: &[&str], how: &[&str]) -> Result<super::machine::Said> {
        let arguments = [what, how].concat();
        self.machine.ask(kind, self.machine.command(&self.tools.aws, &arguments))
    }

    fn asking(&self, kind: Kind, command: std::process::Command) -> Result<()> {
        if self.yes { self.machine.quiet(kind, command) } else { Machine::loud(command) }
    }
}

/// Whether the stack has been made. Where it cannot be changed as it stands, the same command would fail again and again, so
/// the error says what has to be done first.
fn is_made(stack: &str, status: &str) -> Result<bool> {
    match status {
        // Its first change set was looked at, and refused.
        "REVIEW_IN_PROGRESS" => Ok(false),
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED" => bail!(
            "{stack} cannot be changed any more ({status}): see why with aws cloudformation describe-stack-events \
             --stack-name {stack}, then take it away with aws cloudformation delete-stack --stack-name {stack}"
        ),
        "UPDATE_ROLLBACK_FAILED" => bail!(
            "{stack} is stuck in its last change ({status}): end it with aws cloudformation continue-update-rollback \
             --stack-name {stack}"
        ),
        busy if busy.ends_with("_IN_PROGRESS") => {
            bail!("somebody is changing {stack} ({status}): wait until that has ended")
        }
        _ => Ok(true),
    }
}
