//! The programs that deploying takes. Each is looked for before anything is done.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// What builds and pushes images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Builder {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
    /// Finch.
    Finch,
    /// Buildah.
    Buildah,
}

impl Builder {
    /// The first that is found is taken.
    pub(super) const ALL: [Self; 4] = [Self::Docker, Self::Podman, Self::Finch, Self::Buildah];

    /// The program.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Finch => "finch",
            Self::Buildah => "buildah",
        }
    }

    /// Whether it writes the digest that it pushed into a file.
    pub(super) const fn writes_digest(self) -> bool {
        matches!(self, Self::Podman | Self::Buildah)
    }
}

/// Where they are.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    pub(super) sam: PathBuf,
    pub(super) aws: PathBuf,
    /// None, where there is no image to build.
    pub(super) builder: Option<(Builder, PathBuf)>,
}

const SAM: &str = "sam: the AWS SAM CLI, pip install aws-sam-cli, or \
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html";
const AWS: &str =
    "aws: the AWS CLI, https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";
const ANY_BUILDER: &str = "docker, podman, finch or buildah, from your system's packages";

impl Tools {
    /// Looks along `path`; an error names all that is missing, and how to get it.
    pub(super) fn find(path: &str, builder: Option<Builder>, builds: bool) -> Result<Self> {
        let (sam, aws) = (which(path, "sam"), which(path, "aws"));
        let wanted = Builder::ALL.into_iter().filter(|one| builder.is_none_or(|only| *one == only));
        let found = wanted.filter(|_| builds).find_map(|one| Some((one, which(path, one.name())?)));
        let mut missing = Vec::new();
        missing.extend(sam.is_none().then(|| SAM.to_owned()));
        missing.extend(aws.is_none().then(|| AWS.to_owned()));
        if builds && found.is_none() {
            missing.push(builder.map_or(ANY_BUILDER, Builder::name).to_owned());
        }
        match (sam, aws) {
            (Some(sam), Some(aws)) if missing.is_empty() => Ok(Self { sam, aws, builder: found }),
            _ => bail!("not installed:\n  {}", missing.join("\n  ")),
        }
    }
}

fn which(path: &str, name: &str) -> Option<PathBuf> {
    // A relative folder on PATH would mean another program in another folder.
    let folders = path.split(':').map(Path::new).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    fn folder(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in programs {
            let file = folder.path().join(name);
            std::fs::write(&file, "").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn all_that_is_missing_is_said_at_once() {
        let folder = folder(&[]);
        std::fs::write(folder.path().join("sam"), "cannot be run").unwrap();
        let path = folder.path().to_str().unwrap();
        let said = Tools::find(path, None, true).unwrap_err().to_string();
        assert_eq!(said.lines().count(), 4, "{said}");
        assert!(said.contains("aws-sam-cli") && said.contains("docker, podman, finch or buildah"), "{said}");
        let said = Tools::find(path, Some(Builder::Finch), true).unwrap_err().to_string();
        assert!(said.ends_with("\n  finch"), "{said}");
    }

    #[test]
    fn the_first_builder_is_taken_or_the_one_that_was_named() {
        let folder = folder(&["sam", "aws", "buildah", "podman"]);
        let path = format!("relative:/nowhere:{}", folder.path().display());
        let of = |builder| Tools::find(&path, builder, true).unwrap().builder.unwrap().0;
        assert_eq!((of(None), of(Some(Builder::Buildah))), (Builder::Podman, Builder::Buildah));
        assert!(Tools::find(&path, None, false).unwrap().builder.is_none());
    }

    #[test]
    fn names_are_those_of_the_command_line() {
        for builder in Builder::ALL {
            assert_eq!(builder.to_possible_value().unwrap().get_name(), builder.name());
        }
    }
}
