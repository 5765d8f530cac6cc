//! `timmy data-map`: what is stored, why, by what right and for how long, as the code says it (SPEC T28).

use shared::privacy::map;

use crate::say;

/// How it is printed.
#[derive(Debug, clap::Args)]
pub(crate) struct DataMap {
    /// For machines, as `docs/data-map.json`.
    #[arg(long)]
    json: bool,
}

impl DataMap {
    /// Prints it.
    pub(crate) fn run(&self) {
        let text = if self.json { map::json() } else { map::markdown() };
        // A line brings its own end.
        say::line(text.trim_end());
    }
}
