//! What a deployment does, in order and in words; made of what is on this machine alone, so that it can be read before
//! anybody has an account.

use anyhow::Result;
use serde_json::{Value, json};

use super::settings::{Pinned, Settings};

/// Where the worker's image comes from.
#[derive(Clone, Debug)]
pub(super) enum Image {
    /// It is in the registry.
    There(Pinned),
    /// It is built here, from these two.
    Built {
        /// Has a shell and roots of trust; nothing of it runs later.
        build: Option<Pinned>,
        /// What the worker runs on.
        base: Option<Pinned>,
    },
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Looks for programs, and whether what is asked for can come to an end.
    Look,
    /// Makes the binaries.
    Build,
    /// Keeps the worker's repository.
    Registry,
    /// Builds the worker's image, and pushes it.
    Image,
    /// Packs the functions.
    Pack,
    /// Changes the stack.
    Stack,
    /// Tells Discord the commands.
    Commands,
    /// Says what only people can do.
    Next,
}

impl Kind {
    /// Its name, which is its log's, too.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Build => "build",
            Self::Registry => "registry",
            Self::Image => "image",
            Self::Pack => "pack",
            Self::Stack => "stack",
            Self::Commands => "commands",
            Self::Next => "next",
        }
    }
}

/// One step.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// In words.
    pub(super) says: String,
    /// The programs that it runs, as one would type them; what is not known yet in capitals.
    pub(super) runs: Vec<String>,
}

/// The name of the stack with the repository: it has to be there before the image, and the image before the main stack.
pub(super) fn registry_stack(settings: &Settings) -> String {
    format!("{}-registry", settings.stack)
}

/// All steps.
pub(super) fn plan(settings: &Settings, image: &Image) -> Result<Vec<Step>> {
    let mut steps = vec![step(
        Kind::Look,
        "look whether all that it takes is there; nothing is changed",
        &[format!("aws cloudformation describe-stacks --stack-name {}", settings.stack)],
    )];
    let pinned = match image {
        Image::There(pinned) => pinned.to_string(),
        Image::Built { build, base } => {
            steps.extend(image_steps(settings, build.as_ref(), base.as_ref())?);
            "REPOSITORY@DIGEST".to_owned()
        }
    };
    let section = settings.env.section();
    steps.push(step(Kind::Pack, "pack the functions", &[format!("sam build --config-env {section}")]));
    steps.push(step(
        Kind::Stack,
        &format!("change the stack {}, with the worker's image by its digest", settings.stack),
        &[format!(
            "sam deploy --config-env {section} --no-fail-on-empty-changeset --parameter-overrides '{}'",
            settings.overrides(&pinned)
        )],
    ));
    steps.push(step(
        Kind::Commands,
        "tell Discord the commands, once the bot's token is stored; entry points stay",
        &[format!("./timmy register --secret-prefix {}", settings.parameter("SecretPrefix")?)],
    ));
    steps.push(step(Kind::Next, "say what only people can do: the portal, the invitation, secrets", &[]));
    Ok(steps)
}

fn image_steps(settings: &Settings, build: Option<&Pinned>, base: Option<&Pinned>) -> Result<[Step; 3]> {
    let prefix = settings.parameter("TablePrefix")?;
    let pinned = |image: Option<&Pinned>| image.map_or_else(|| "NOT-NAMED-YET".to_owned(), Pinned::to_string);
    let stack = registry_stack(settings);
    Ok([
        step(
            Kind::Build,
            "make the binaries of this checkout; what is made already is not made again",
            &["./timmy build".to_owned()],
        ),
        step(
            Kind::Registry,
            &format!("keep the repository {prefix}-voice in a stack of its own"),
            &[format!(
                "aws cloudformation deploy --stack-name {stack} --template-file registry.yaml --no-fail-on-empty-changeset \
                 --parameter-overrides TablePrefix={prefix}"
            )],
        ),
        step(
            Kind::Image,
            "build the worker's image and push it, unless the repository has it; its tag is what it is made of; podman, finch \
             and buildah do as well",
            &[
                "aws ecr get-login-password | docker login --username AWS --password-stdin REGISTRY"
                    .to_owned(),
                format!(
                    "docker build --file functions/voice/Dockerfile --target voice --build-arg WORKER=prebuilt --build-arg \
                     BUILD_IMAGE={} --build-arg BASE_IMAGE={} --tag REPOSITORY:TAG .",
                    pinned(build),
                    pinned(base)
                ),
                "docker push REPOSITORY:TAG".to_owned(),
            ],
        ),
    ])
}

fn step(kind: Kind, says: &str, runs: &[String]) -> Step {
    Step { kind, says: says.to_owned(), runs: runs.to_vec() }
}

/// What has to be named before any of it is begun.
pub(super) fn unnamed(image: &Image) -> Vec<&'static str> {
    let Image::Built { build, base } = image else { return Vec::new() };
    let flags = [(build.is_none(), "--build-image"), (base.is_none(), "--base-image")];
    flags.into_iter().filter(|(missing, _)| *missing).map(|(_, flag)| flag).collect()
}

/// The plan for people.
pub(super) fn words(settings: &Settings, image: &Image, steps: &[Step]) -> Result<String> {
    let (env, stack, prefix) = (settings.env.name(), &settings.stack, settings.parameter("TablePrefix")?);
    let region = settings.region.as_deref().unwrap_or("the environment's region");
    let mut said =
        vec![format!("Deploying {env}: the stack {stack} in {region}, with names that begin with {prefix}.")];
    for (number, step) in (1..).zip(steps) {
        said.push(format!("\n{number}. {}: {}.", step.kind.name(), step.says));
        said.extend(step.runs.iter().map(|run| format!("   $ {run}")));
    }
    let unnamed = unnamed(image);
    if !unnamed.is_empty() {
        said.push(format!(
            "\nStill to be named: {}. Choose the images (functions/voice/Dockerfile says what they are for), look up their \
             digests with docker buildx imagetools inspect NAME or skopeo inspect docker://NAME, and give each as \
             NAME@sha256:DIGEST.",
            unnamed.join(" and ")
        ));
    }
    let missing = settings.missing()?;
    if !missing.is_empty() {
        said.push(format!(
            "\nA first deployment needs values for {}: give each with --set Name=value, or keep it in samconfig.toml. A stack \
             that is there keeps those that it has.",
            missing.join(", ")
        ));
    }
    Ok(said.join("\n"))
}

/// The plan for programs.
pub(super) fn json(settings: &Settings, image: &Image, steps: &[Step]) -> Result<Value> {
    let steps: Vec<_> = steps
        .iter()
        .map(|step| json!({ "step": step.kind.name(), "does": step.says, "runs": step.runs }))
        .collect();
    Ok(json!({
        "config_env": settings.env.name(),
        "stack": settings.stack,
        "region": settings.region,
        "steps": steps,
        "to_be_named": unnamed(image),
        "needed_by_a_first_deployment": settings.missing()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::settings::{ConfigEnv, Parameter};
    use super::*;

    fn settings(env: ConfigEnv, given: &[&str]) -> Settings {
        let given: Vec<Parameter> = given.iter().map(|one| one.parse().unwrap()).collect();
        Settings::read(include_str!("../../../../samconfig.toml"), env, &given).unwrap()
    }

    fn pinned(name: &str) -> Pinned {
        format!("{name}@sha256:{}", "0".repeat(64)).parse().unwrap()
    }

    fn said(settings: &Settings, image: &Image) -> String {
        words(settings, image, &plan(settings, image).unwrap()).unwrap()
    }

    #[test]
    fn the_plan_reads_well() {
        let nothing = Image::Built { build: None, base: None };
        insta::assert_snapshot!("plan-of-dev", said(&settings(ConfigEnv::Dev, &[]), &nothing));
    }

    #[test]
    fn an_image_that_is_there_is_not_built() {
        let there = Image::There(pinned("r/timmybot-voice"));
        let prod = settings(ConfigEnv::Prod, &["OperatorIds=1,2"]);
        let kinds: Vec<_> = plan(&prod, &there).unwrap().iter().map(|step| step.kind.name()).collect();
        assert_eq!(kinds, ["look", "pack", "stack", "commands", "next"]);
        let said = said(&prod, &there);
        assert!(said.contains("VoiceImage=r/timmybot-voice@sha256:000"), "{said}");
        assert!(said.contains("--config-env prod") && said.contains("OperatorIds=1,2"), "{said}");
        assert!(!said.contains("Still to be named"), "{said}");
    }

    #[test]
    fn what_is_named_is_not_asked_for() {
        let half = Image::Built { build: Some(pinned("rust")), base: None };
        assert_eq!(unnamed(&half), ["--base-image"]);
        let all = Image::Built { build: Some(pinned("rust")), base: Some(pinned("cc")) };
        let dev = settings(ConfigEnv::Dev, &[]);
        assert!(said(&dev, &all).contains("BUILD_IMAGE=rust@sha256:0000"));
        let json = json(&dev, &half, &plan(&dev, &half).unwrap()).unwrap();
        assert_eq!(
            (&json["stack"], &json["to_be_named"]),
            (&json!("timmybot-dev"), &json!(["--base-image"]))
        );
        assert_eq!(json["steps"][3]["step"], "image");
        assert!(json["needed_by_a_first_deployment"].as_array().unwrap().contains(&json!("VpcId")));
    }

    /// The repository before the image, the image before the stack that names it.
    #[test]
    fn each_step_comes_after_what_it_needs() {
        let image = Image::Built { build: None, base: None };
        let steps = plan(&settings(ConfigEnv::Dev, &[]), &image).unwrap();
        let at = |kind| steps.iter().position(|step| step.kind == kind).unwrap();
        assert!(at(Kind::Build) < at(Kind::Image) && at(Kind::Registry) < at(Kind::Image));
        assert!(at(Kind::Image) < at(Kind::Stack) && at(Kind::Pack) < at(Kind::Stack));
        assert!(at(Kind::Stack) < at(Kind::Commands) && at(Kind::Commands) < at(Kind::Next));
    }

    /// What people read beforehand is what is done.
    #[test]
    fn operations_name_the_steps_in_their_order() {
        let page = include_str!("../../../../docs/OPERATIONS.md");
        let section = page.split("\n## ").find(|section| section.starts_with("Deploying\n")).unwrap();
        let named = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let image = Image::Built { build: None, base: None };
        let steps = plan(&settings(ConfigEnv::Prod, &[]), &image).unwrap();
        let steps: Vec<_> = steps.iter().map(|step| step.kind.name()).collect();
        assert_eq!(named.collect::<Vec<_>>(), steps);
    }
}
