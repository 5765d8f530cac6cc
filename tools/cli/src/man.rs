//! `timmy man`: the manual's pages, made from the command line itself.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Command;
use clap_mangen::Man;

use crate::say;
use crate::tree::visible;

/// Where they go.
#[derive(Debug, clap::Args)]
pub(crate) struct Pages {
    /// Write a page for each command into this folder, instead of the first one to the standard output.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Pages {
    /// Prints the first page, or writes them all.
    pub(crate) fn run(&self, command: &Command) -> Result<()> {
        let pages = pages(command)?;
        let Some(folder) = &self.out else {
            let first = pages.first().map(|(_, text)| text.trim_end()).unwrap_or_default();
            say::line(first);
            return Ok(());
        };
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        for (name, text) in &pages {
            let file = folder.join(name);
            fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
        }
        say::line(&format!("{} pages in {}", pages.len(), folder.display()));
        Ok(())
    }
}

/// Each page with the name of its file, the first one first: `timmy.1`, `timmy-audit.1`, `timmy-audit-verify.1`.
fn pages(command: &Command) -> Result<Vec<(String, String)>> {
    let mut shown = visible(command).disable_help_subcommand(true);
    shown.build();
    let mut pages = Vec::new();
    collect(&shown, &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, pages: &mut Vec<(String, String)>) -> Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut text = Vec::new();
    Man::new(command.clone()).render(&mut text).with_context(|| format!("writing the page of {name}"))?;
    pages.push((format!("{name}.1"), String::from_utf8(text).context("a page is text")?));
    command
        .get_subcommands()
        .filter(|child| child.get_name() != "help")
        .try_for_each(|child| collect(child, pages))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::tree::names;

    #[test]
    fn every_command_that_people_see_has_its_page_and_no_other() {
        let command = crate::Cli::command();
        let pages = pages(&command).unwrap();
        let mut files: Vec<_> = pages.iter().map(|(file, _)| file.clone()).collect();
        let mut expected: Vec<_> = names(&visible(&command))
            .iter()
            .map(|name| format!("timmy-{}.1", name.replace(' ', "-")))
            .chain(["timmy.1".to_owned()])
            .collect();
        files.sort();
        expected.sort();
        assert_eq!(files, expected);
        assert!(pages.iter().all(|(_, text)| !text.contains("worker(1)")), "a page tells of what is hidden");
    }

    #[test]
    fn the_first_page_names_the_others() {
        let command = crate::Cli::command();
        let pages = pages(&command).unwrap();
        let (file, first) = &pages[0];
        assert_eq!(file, "timmy.1");
        for child in visible(&command).get_subcommands() {
            // A hyphen is written with a backslash.
            let name = child.get_name().replace('-', "\\-");
            assert!(first.contains(&format!("timmy\\-{name}(1)")), "{first}");
        }
    }

    #[test]
    fn pages_are_written_where_one_says() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("man1");
        Pages { out: Some(out.clone()) }.run(&crate::Cli::command()).unwrap();
        let page = fs::read_to_string(out.join("timmy-audit-verify.1")).unwrap();
        assert!(page.contains(".TH") && page.contains("checkpoints"), "{page}");
    }
}
