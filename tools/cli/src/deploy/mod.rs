//! `timmy deploy`: the repository, the worker's image, the stack and the commands, in this order, by the programs that are
//! made for each. It is thin: what it runs is in its plan, and can be typed by hand.

mod apply;
mod image;
mod machine;
mod next;
mod plan;
mod settings;
#[cfg(test)]
mod tests;
mod tools;

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, Result, ensure};

use crate::dev::shell::root;
use crate::say;
use apply::Deployment;
use machine::Machine;
use plan::{Image, plan};
use settings::{ConfigEnv, Parameter, Pinned, Settings};
use tools::{Builder, Tools};

/// What is deployed where.
#[derive(Debug, clap::Args)]
pub(crate) struct Deploy {
    /// Which section of `samconfig.toml`.
    #[arg(long, value_enum, default_value = "dev")]
    config_env: ConfigEnv,
    /// Only say what would be done. Takes no account and no network.
    #[arg(long)]
    plan: bool,
    /// Ask nobody.
    #[arg(long)]
    yes: bool,
    /// Print JSON; with --plan or --yes.
    #[arg(long)]
    json: bool,
    /// The worker's image, if the registry has it already: repository@sha256:…
    #[arg(long, value_name = "IMAGE", conflicts_with_all = ["build_image", "base_image"])]
    image: Option<Pinned>,
    /// What the worker's image is put together in, by its digest: rust@sha256:…
    #[arg(long, value_name = "IMAGE")]
    build_image: Option<Pinned>,
    /// What the worker runs on, by its digest: gcr.io/distroless/cc-debian12@sha256:…
    #[arg(long, value_name = "IMAGE")]
    base_image: Option<Pinned>,
    /// What builds the image; else the first that is found.
    #[arg(long, value_enum)]
    builder: Option<Builder>,
    /// A parameter of the template; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<Parameter>,
}

impl Deploy {
    /// Says what it does, asks, does it.
    pub(crate) fn run(&self) -> Result<()> {
        let samconfig =
            std::fs::read_to_string(root().join("samconfig.toml")).context("reading samconfig.toml")?;
        let settings = Settings::read(&samconfig, self.config_env, &self.set)?;
        let image = self.image();
        let steps = plan(&settings, &image)?;
        if self.plan && self.json {
            say::line(&serde_json::to_string_pretty(&plan::json(&settings, &image, &steps)?)?);
            return Ok(());
        }
        if !self.json {
            say::line(&plan::words(&settings, &image, &steps)?);
        }
        if self.plan {
            return Ok(());
        }
        let unnamed = plan::unnamed(&image);
        ensure!(unnamed.is_empty(), "name {} first, each as NAME@sha256:DIGEST", unnamed.join(" and "));
        let machine = Machine::here(&settings)?;
        let builds = matches!(image, Image::Built { .. });
        let tools = Tools::find(&machine.path, self.builder, builds)?;
        ensure!(self.yes || !self.json, "--json goes with --plan or --yes: nobody could be asked");
        ensure!(self.yes || ask()?, "nothing was changed");
        let deployment = Deployment {
            settings: &settings,
            image: &image,
            machine: &machine,
            tools: &tools,
            yes: self.yes,
            silent: self.json,
        };
        let done = deployment.apply(&steps)?;
        if self.json {
            say::line(&serde_json::to_string_pretty(&done.json())?);
        } else {
            say::line(&format!("\n{}", done.words()));
        }
        Ok(())
    }

    fn image(&self) -> Image {
        self.image.clone().map_or_else(
            || Image::Built { build: self.build_image.clone(), base: self.base_image.clone() },
            Image::There,
        )
    }
}

fn ask() -> Result<bool> {
    let stdin = std::io::stdin();
    ensure!(stdin.is_terminal(), "nobody is here to be asked: look with --plan, then say --yes");
    say::line("\nGo on? [y/N]");
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
