//! With programs that only note how they were called, and answer as the real ones would.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use super::next::Deployed;
use super::*;

const REPOSITORY: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/timmybot-dev-voice";
/// What the registry's login answers.
const PASSWORD: &str = "test_password";

const AWS: &str = r#"case "$*" in
*StackStatus*)
    [ ! -e HERE/denied ] || { echo "Unable to locate credentials" >&2; exit 253; }
    [ ! -e HERE/new ] || { echo "Stack with id timmybot-dev does not exist" >&2; exit 254; }
    if [ -e HERE/status ]; then cat HERE/status; else echo UPDATE_COMPLETE; fi ;;
*timmybot-dev-registry*RepositoryUri*) echo REPOSITORY ;;
*get-login-password*) echo PASSWORD ;;
*describe-images*)
    [ -e HERE/pushed ] || { echo "An error occurred (ImageNotFoundException)" >&2; exit 254; }
    cat HERE/pushed ;;
*list-secret-version-ids*) [ ! -e HERE/token ] || cat HERE/token ;;
*"--output json") cat HERE/stack ;;
esac"#;

const BUILDER: &str = r#"case "$1 $2" in
login*) cat > HERE/password ;;
build*) printf '%s' "$BUILDX_NO_DEFAULT_ATTESTATIONS" > HERE/alone ;;
push*)
    [ ! -e HERE/full ] || { echo "denied: the registry is full" >&2; exit 1; }
    [ "$2" != --digestfile ] || printf '%s' DIGEST > "$3"
    [ -e HERE/liar ] && cat HERE/liar > HERE/pushed || printf '%s' DIGEST > HERE/pushed ;;
"image inspect") echo '["elsewhere/x@sha256:0", "REPOSITORY@DIGEST"]' ;;
esac"#;

const TIMMY: &str = r#"case "$1" in
build) mkdir -p target/lambda/voice; [ -e target/lambda/voice/voice ] || echo worker > target/lambda/voice/voice ;;
esac"#;

fn digest(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

fn pinned(name: &str) -> Pinned {
    format!("{name}@{}", digest("1")).parse().unwrap()
}

/// A machine with fake programs, and an account behind them.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        let checkout = world.checkout();
        fs::create_dir_all(checkout.join("functions/voice")).unwrap();
        fs::write(checkout.join("functions/voice/Dockerfile"), "FROM scratch").unwrap();
        fs::create_dir_all(world.at("bin")).unwrap();
        let programs =
            [("sam", ""), ("aws", AWS), ("docker", BUILDER), ("buildah", BUILDER), ("timmy", TIMMY)];
        for (name, does) in programs {
            world.program(name, does);
        }
        let stack = json!({
            "Outputs": [{ "OutputKey": "InteractionsUrl", "OutputValue": "https://x.example/interactions" }],
            "Parameters": [{ "ParameterKey": "DiscordApplicationId", "ParameterValue": "775799577604522054" }],
        });
        world.put("stack", &stack.to_string());
        world.put("token", "a-version");
        world
    }

    /// Another process writes it: a file that a thread of this one has open for writing cannot be run.
    fn program(&self, name: &str, does: &str) {
        let here = self.folder.path().display().to_string();
        let does =
            does.replace("HERE", &here).replace("REPOSITORY", REPOSITORY).replace("PASSWORD", PASSWORD);
        let does = does.replace("DIGEST", &digest("a"));
        let text = format!("#!/bin/sh\necho \"{name} $*\" >> {here}/calls\n{does}\n");
        let file = self.at("bin").join(name);
        let write = r#"printf '%s' "$1" > "$2" && chmod 755 "$2""#;
        let status = Command::new("/bin/sh").args(["-c", write, "sh", &text]).arg(file).status().unwrap();
        assert!(status.success());
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn checkout(&self) -> PathBuf {
        self.at("checkout")
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).unwrap();
    }

    fn take_away(&self, name: &str) {
        fs::remove_file(self.at(name)).unwrap();
    }

    /// What was run since the last look.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.at("calls")).unwrap_or_default();
        let _ = fs::remove_file(self.at("calls"));
        calls.lines().map(str::to_owned).collect()
    }

    fn machine(&self) -> Machine {
        let path = format!("{}:/usr/bin:/bin", self.at("bin").display());
        let (root, timmy) = (self.checkout(), self.at("bin/timmy"));
        Machine { root, timmy, path, architecture: "x86_64", told: Vec::new() }
    }

    fn deploy_with(&self, builder: Builder, image: &Image) -> Result<Deployed> {
        self.deploy_set(builder, image, &["GuildCap=7".parse().unwrap()])
    }

    fn deploy_set(&self, builder: Builder, image: &Image, set: &[Parameter]) -> Result<Deployed> {
        let samconfig = include_str!("../../../../samconfig.toml");
        let settings = Settings::read(samconfig, ConfigEnv::Dev, set)?;
        let machine = self.machine();
        let tools = Tools::find(&machine.path, Some(builder), matches!(image, Image::Built { .. }))?;
        let deployment = Deployment {
            settings: &settings,
            image,
            machine: &machine,
            tools: &tools,
            yes: true,
            silent: true,
        };
        deployment.apply(&plan(&settings, image)?)
    }

    fn deploy(&self) -> Result<Deployed> {
        self.deploy_with(Builder::Buildah, &built())
    }
}

fn built() -> Image {
    Image::Built { build: Some(pinned("rust")), base: Some(pinned("cc")) }
}

/// The program and what it was to do.
fn short(calls: &[String]) -> Vec<String> {
    calls.iter().map(|call| call.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn everything_is_done_in_order_and_the_digest_flows_into_the_stack() {
    let world = World::new();
    let done = world.deploy().unwrap();
    let calls = world.calls();
    assert_eq!(
        short(&calls),
        [
            "aws cloudformation describe-stacks",
            "timmy build",
            "aws cloudformation deploy",
            "aws cloudformation describe-stacks",
            "aws ecr describe-images",
            "aws ecr get-login-password",
            "buildah login --username",
            "buildah build --file",
            "buildah push --digestfile",
            "aws ecr describe-images",
            "sam build --config-env",
            "sam deploy --config-env",
            "aws secretsmanager list-secret-version-ids",
            "timmy register --secret-prefix",
            "aws cloudformation describe-stacks",
        ]
    );
    let image = format!("{REPOSITORY}@{}", digest("a"));
    let sam = calls.iter().find(|call| call.starts_with("sam deploy")).unwrap();
    let overrides = format!(
        "--parameter-overrides Stage=dev Profile=hobby TablePrefix=timmybot-dev SecretPrefix=/timmybot-dev GuildCap=7 VoiceImage={image}"
    );
    assert!(sam.ends_with(&overrides) && sam.contains("--no-confirm-changeset"), "{sam}");
    let build = calls.iter().find(|call| call.starts_with("buildah build")).unwrap();
    for part in ["BUILD_IMAGE=rust@sha256:11", "BASE_IMAGE=cc@sha256:11", "WORKER=prebuilt", "--target voice"]
    {
        assert!(build.contains(part), "{build}");
    }
    let register = calls.iter().find(|call| call.starts_with("timmy register")).unwrap();
    assert!(register.contains("--secret-prefix /timmybot-dev ") && register.ends_with("--yes"), "{register}");
    assert_eq!((&done.json()["image"], &done.json()["registered"]), (&json!(image), &json!(true)));
}

/// What runs is in the plan, so that people can read it first and do it by hand.
#[test]
fn nothing_is_run_that_the_plan_does_not_name() {
    let world = World::new();
    world.deploy_with(Builder::Docker, &built()).unwrap();
    let samconfig = include_str!("../../../../samconfig.toml");
    let settings = Settings::read(samconfig, ConfigEnv::Dev, &[]).unwrap();
    let planned: Vec<_> = plan(&settings, &built()).unwrap().into_iter().flat_map(|step| step.runs).collect();
    let changing =
        ["aws cloudformation deploy", "docker build", "docker push", "sam build", "sam deploy", "timmy "];
    let mut seen = 0;
    for call in world.calls().iter().filter(|call| changing.iter().any(|start| call.starts_with(start))) {
        let start = call.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let named = |run: &String| run.trim_start_matches("./").starts_with(&start);
        assert!(planned.iter().any(named), "{call}");
        seen += 1;
    }
    assert_eq!(seen, 7);
}

#[test]
fn the_registrys_password_is_in_no_argument_and_no_log() {
    let world = World::new();
    world.deploy().unwrap();
    assert_eq!(fs::read_to_string(world.at("password")).unwrap().trim(), PASSWORD);
    assert!(!world.calls().join("\n").contains(PASSWORD));
    let logs = fs::read_dir(world.machine().logs()).unwrap();
    let mut count = 0;
    for log in logs {
        let text = fs::read_to_string(log.unwrap().path()).unwrap();
        assert!(!text.contains(PASSWORD), "{text}");
        count += 1;
    }
    assert!(count > 2, "only {count} logs");
}

#[test]
fn a_push_that_fails_stops_before_the_stack_and_can_be_gone_on_with() {
    let world = World::new();
    world.put("full", "");
    let said = format!("{:#}", world.deploy().unwrap_err());
    assert!(said.contains("step 4 of 8, image, failed"), "{said}");
    assert!(said.contains("image.log") && said.contains("the registry is full"), "{said}");
    assert!(said.contains("run the same command again"), "{said}");
    let calls = world.calls();
    assert!(!calls.iter().any(|call| call.starts_with("sam")), "{calls:?}");
    world.take_away("full");
    world.deploy().unwrap();
    assert!(world.calls().iter().any(|call| call.starts_with("sam deploy")));
}

#[test]
fn an_image_that_was_pushed_is_not_built_again_and_another_worker_is() {
    let world = World::new();
    let first = world.deploy().unwrap().json()["image"].clone();
    world.calls();
    assert_eq!(world.deploy().unwrap().json()["image"], first);
    let calls = world.calls();
    assert!(!calls.iter().any(|call| call.starts_with("buildah")), "{calls:?}");
    let asked = calls.iter().find(|call| call.contains("describe-images")).unwrap().clone();
    fs::write(world.checkout().join("target/lambda/voice/voice"), "another worker").unwrap();
    world.deploy().unwrap();
    let other = world.calls().into_iter().find(|call| call.contains("describe-images")).unwrap();
    assert_ne!(asked, other, "the tag is what the image is made of");
}

#[test]
fn docker_says_the_digest_of_our_repository() {
    let world = World::new();
    let done = world.deploy_with(Builder::Docker, &built()).unwrap();
    assert_eq!(done.json()["image"], format!("{REPOSITORY}@{}", digest("a")));
    let calls = world.calls();
    assert!(calls.iter().any(|call| call.starts_with("docker image inspect")), "{calls:?}");
    assert_eq!(
        fs::read_to_string(world.at("alone")).unwrap(),
        "1",
        "an image, and no list of what else it made"
    );
}

#[test]
fn a_registry_that_has_something_else_is_not_believed() {
    let world = World::new();
    for other in [digest("b"), "latest".to_owned()] {
        let _ = fs::remove_file(world.at("pushed"));
        world.put("liar", &other);
        let said = format!("{:#}", world.deploy().unwrap_err());
        assert!(said.contains("step 4 of 8, image, failed"), "{said}");
        assert!(!world.calls().iter().any(|call| call.starts_with("sam")), "{other}");
    }
}

#[test]
fn a_first_deployment_is_told_what_it_needs_before_anything_is_done() {
    let world = World::new();
    world.put("new", "");
    let said = format!("{:#}", world.deploy().unwrap_err());
    assert!(said.contains("DiscordApplicationId") && said.contains("--set Name=value"), "{said}");
    assert_eq!(world.calls().len(), 1);
}

/// The same command would fail in the same way each time.
#[test]
fn a_stack_that_cannot_be_changed_is_told_what_to_do_and_left_alone() {
    for (status, advice) in [
        ("ROLLBACK_COMPLETE", "delete-stack --stack-name timmybot-dev"),
        ("DELETE_FAILED", "delete-stack --stack-name timmybot-dev"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name timmybot-dev"),
        ("UPDATE_IN_PROGRESS", "wait until that has ended"),
    ] {
        let world = World::new();
        world.put("status", status);
        let said = format!("{:#}", world.deploy().unwrap_err());
        assert!(said.contains("step 1 of 8, look, failed") && said.contains(advice), "{said}");
        assert_eq!(world.calls().len(), 1, "{status}");
    }
}

/// It is listed, and there is nothing of it.
#[test]
fn a_stack_whose_first_change_was_refused_is_a_new_one() {
    let world = World::new();
    world.put("status", "REVIEW_IN_PROGRESS");
    let said = format!("{:#}", world.deploy().unwrap_err());
    assert!(said.contains("DiscordApplicationId") && said.contains("--set Name=value"), "{said}");
    for made in ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"] {
        world.put("status", made);
        world.deploy().unwrap();
    }
}

#[test]
fn binaries_go_to_a_stack_that_can_run_them() {
    let world = World::new();
    let of = |architecture| Machine { architecture, ..world.machine() };
    of("x86_64").builds_for("x86_64").unwrap();
    of("aarch64").builds_for("arm64").unwrap();
    let said = of("aarch64").builds_for("x86_64").unwrap_err().to_string();
    assert!(said.contains("--set Architecture=arm64"), "{said}");
    // What is said reaches the look.
    let refused = world.deploy_set(Builder::Buildah, &built(), &["Architecture=arm64".parse().unwrap()]);
    let said = format!("{:#}", refused.unwrap_err());
    assert!(said.contains("--set Architecture=x86_64") && world.calls().is_empty(), "{said}");
}

#[test]
fn who_cannot_ask_the_account_is_not_told_that_the_stack_is_new() {
    let world = World::new();
    world.put("denied", "");
    let said = format!("{:#}", world.deploy().unwrap_err());
    assert!(said.contains("Unable to locate credentials") && !said.contains("--set"), "{said}");
    assert_eq!(world.calls().len(), 1);
}

#[test]
fn without_a_token_the_commands_are_left_for_later() {
    let world = World::new();
    world.take_away("token");
    let done = world.deploy().unwrap();
    assert!(!world.calls().iter().any(|call| call.starts_with("timmy register")));
    assert_eq!(done.json()["registered"], false);
    assert!(done.words().contains("./timmy rotate bot-token"), "{}", done.words());
}

#[test]
fn an_image_that_is_named_is_taken_as_it_is() {
    let world = World::new();
    let there = Image::There(pinned("r/timmybot-dev-voice"));
    let done = world.deploy_with(Builder::Buildah, &there).unwrap();
    let calls = world.calls();
    assert!(
        !calls.iter().any(|call| call.starts_with("buildah") || call.starts_with("aws ecr")),
        "{calls:?}"
    );
    assert!(
        calls.iter().any(|call| call.ends_with(&format!("VoiceImage={}", pinned("r/timmybot-dev-voice"))))
    );
    assert_eq!(done.json()["image"], pinned("r/timmybot-dev-voice").to_string());
}
