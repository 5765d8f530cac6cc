//! The nested cargo call that makes the instrumented binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Builds the libFuzzer binary of the workspace at `root` and says where it is.
///
/// An example of the whole workspace: cargo then chooses the same features as for `cargo test --workspace`, so that the
/// dependencies that the tests were built with are used again.
pub fn build(root: &Path) -> Result<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .env("RUSTC_WORKSPACE_WRAPPER", root.join("tools/fuzz/rustc-coverage.sh"))
        .args(["build", "--workspace", "--features", "fuzz/libfuzzer", "--example", "libfuzzer"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .context("starting cargo")?;
    if !output.status.success() {
        bail!("the fuzz targets do not build (libFuzzer needs a C++ compiler, such as g++)");
    }
    executable(&String::from_utf8_lossy(&output.stdout)).context("cargo built no libFuzzer binary")
}

/// Where cargo says that it put the binary.
fn executable(messages: &str) -> Option<PathBuf> {
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut ours = artifacts.filter(|message| message["target"]["name"] == "libfuzzer");
    ours.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_read_from_cargos_messages() {
        let messages = "noise\n{\"target\":{\"name\":\"fuzz\"},\"executable\":\"/a\"}\n\
            {\"target\":{\"name\":\"libfuzzer\"},\"executable\":null}\n\
            {\"target\":{\"name\":\"libfuzzer\"},\"executable\":\"/b\"}\n";
        assert_eq!(executable(messages), Some(PathBuf::from("/b")));
        assert_eq!(executable(""), None);
    }
}
