//! What builds, tests and deploys the bot.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use shared::env::Env;
use tokio::process::Command;

use super::finding::{Finding, Severity};

/// The oldest compiler that builds it, as `Cargo.toml` says.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");
/// How long the compiler may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is needed, under any of its names.
struct Tool {
    any: &'static [&'static str],
    name: &'static str,
    needed: &'static str,
    severity: Severity,
    mend: &'static str,
}

const TOOLS: [Tool; 9] = [
    Tool::to_build(&["cc"], "a C compiler", "install gcc and libc6-dev"),
    Tool::to_build(&["make"], "make", "install make"),
    Tool::to_build(&["cmake"], "cmake", "install cmake"),
    Tool::beyond(&["python3"], "Python", "timmy test and timmy prove", "install python3 and python3-venv"),
    Tool::beyond(&["npm"], "npm", "timmy test and timmy prove", "install nodejs and npm"),
    Tool::beyond(&["c++"], "a C++ compiler", "timmy test and timmy prove, which fuzz", "install g++"),
    Tool::beyond(
        &["docker", "podman", "finch", "buildah"],
        "a builder of container images",
        "the voice worker's image, and with it every deployment",
        "install docker, podman, finch or buildah",
    ),
    Tool::beyond(
        &["sam"],
        "the AWS SAM CLI",
        "deploying",
        "install it as the README's \"Deploy it\" says, into a folder of your PATH",
    ),
    Tool::beyond(&["aws"], "the AWS CLI", "deploying", "install it, into a folder of your PATH"),
];

impl Tool {
    const fn to_build(any: &'static [&'static str], name: &'static str, mend: &'static str) -> Self {
        Self { any, name, needed: "building anything", severity: Severity::Broken, mend }
    }

    const fn beyond(
        any: &'static [&'static str],
        name: &'static str,
        needed: &'static str,
        mend: &'static str,
    ) -> Self {
        Self { any, name, needed, severity: Severity::Look, mend }
    }
}

/// What this machine has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Those of the tools that are there.
    programs: BTreeSet<&'static str>,
    /// What the compiler says it is; `None`: there is none, or it says nothing.
    rustc: Option<String>,
}

/// Looks at this machine.
pub(super) async fn look() -> Vec<Finding> {
    let path = Env::of_process().text_or("PATH", "");
    judge(&Seen { programs: programs(&path), rustc: rustc().await })
}

fn judge(seen: &Seen) -> Vec<Finding> {
    let missing = TOOLS.iter().filter(|tool| !tool.any.iter().any(|name| seen.programs.contains(name)));
    let missing = missing.map(|tool| Finding {
        severity: tool.severity,
        what: format!("{} is not there; needed for {}", tool.name, tool.needed),
        mend: tool.mend.to_owned(),
    });
    compiler(seen.rustc.as_deref()).into_iter().chain(missing).collect()
}

fn compiler(said: Option<&str>) -> Option<Finding> {
    let update = format!("rustup update, or install {OLDEST} or newer from https://rustup.rs");
    let Some(version) = said.and_then(|said| said.split_whitespace().nth(1)) else {
        return Some(Finding::broken("rustc is not there; needed for building anything", update));
    };
    let is_new = numbers(version) >= numbers(OLDEST);
    (!is_new)
        .then(|| Finding::broken(format!("rustc is {version}; building takes {OLDEST} or newer"), update))
}

/// The first two numbers of a version.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-']).map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// Those of the tools that can be run from the folders of `path`.
fn programs(path: &str) -> BTreeSet<&'static str> {
    let folders: Vec<_> = std::env::split_paths(path).collect();
    let names = TOOLS.iter().flat_map(|tool| tool.any).copied();
    names.filter(|name| folders.iter().any(|folder| is_program(&folder.join(name)))).collect()
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

async fn rustc() -> Option<String> {
    let said = Command::new("rustc").arg("--version").kill_on_drop(true).output();
    let said = tokio::time::timeout(PATIENCE, said).await.ok()?.ok()?;
    String::from_utf8(said.stdout).ok().filter(|_| said.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Seen {
        let programs = TOOLS.iter().filter_map(|tool| tool.any.first().copied()).collect();
        Seen { programs, rustc: Some(format!("rustc {OLDEST}.0 (abc 2026-01-01)\n")) }
    }

    #[test]
    fn a_machine_that_has_all_is_well() {
        assert_eq!(judge(&all()), []);
        let podman = Seen {
            programs: all()
                .programs
                .into_iter()
                .map(|one| if one == "docker" { "podman" } else { one })
                .collect(),
            ..all()
        };
        assert_eq!(judge(&podman), [], "one builder is as good as another");
    }

    #[test]
    fn each_tool_that_is_missing_is_named_with_what_it_is_for() {
        for tool in &TOOLS {
            let mut seen = all();
            for name in tool.any {
                seen.programs.remove(name);
            }
            let found = judge(&seen);
            let [finding] = found.as_slice() else { panic!("{}: {found:?}", tool.name) };
            assert!(finding.what.contains(tool.name) && finding.what.contains(tool.needed), "{finding:?}");
            assert_eq!(finding.severity, tool.severity);
        }
        let build = TOOLS.iter().filter(|tool| tool.severity == Severity::Broken).map(|tool| tool.any[0]);
        assert_eq!(build.collect::<Vec<_>>(), ["cc", "make", "cmake"], "as the script timmy wants them");
    }

    #[test]
    fn an_old_compiler_and_none_are_told_apart() {
        for (said, what) in [
            (None, "rustc is not there"),
            (Some("rustc"), "rustc is not there"),
            (Some("rustc 1.9.0 (x)"), "rustc is 1.9.0"),
            (Some("rustc 0.99.0"), "rustc is 0.99.0"),
            (Some("rustc what"), "rustc is what"),
        ] {
            let finding = compiler(said).unwrap();
            assert!(finding.what.starts_with(what), "{said:?}: {finding:?}");
        }
        for said in ["rustc 1.95.0", "rustc 1.100.1 (x)", "rustc 2.0.0", "rustc 1.96.0-nightly (x)"] {
            assert_eq!(compiler(Some(said)), None, "{said}");
        }
    }

    #[test]
    fn only_what_can_be_run_is_a_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, mode) in [("cmake", 0o755), ("sam", 0o644)] {
            std::fs::write(path(name), "").unwrap();
            std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        std::fs::create_dir(path("docker")).unwrap();
        let found = programs(&format!("/nowhere:{}", folder.path().display()));
        assert_eq!(found, BTreeSet::from(["cmake"]));
    }

    /// The compiler that builds this says so.
    #[tokio::test]
    async fn this_machine_has_what_built_this() {
        let said = rustc().await;
        assert_eq!(compiler(said.as_deref()), None, "{said:?}");
    }
}
