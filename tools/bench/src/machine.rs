//! What the figures were measured on.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Cores, processor, memory, kernel and build, in one line of Markdown.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let build = if cfg!(debug_assertions) { "debug build, which says nothing" } else { "release build" };
    format!("{cores} cores of {cpu}, {memory} of memory, Linux {}; {build}", kernel.trim())
}

/// What was built, in words: the commit, and whether anything but the page is not in it.
pub fn commit(root: &Path) -> String {
    let Some(commit) = git(root, &["rev-parse", "--short=12", "HEAD"]) else {
        return "an unknown commit".to_owned();
    };
    let changed =
        git(root, &["status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/BENCHMARKS.md"]);
    let note = if changed.is_none_or(|changed| changed.is_empty()) { "" } else { " with changes" };
    format!("commit {commit}{note}")
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(said)
}

/// The value behind `name:` in a file of /proc.
pub fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// A field of `/proc/<pid>/status` that counts in kB, in megabytes.
pub fn status_mb(pid: u32, name: &str) -> Option<f64> {
    let value = field(&format!("/proc/{pid}/status"), name)?;
    let kb: f64 = value.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kb * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_the_kernel() {
        assert!(describe().contains("Linux "), "{}", describe());
    }

    #[test]
    fn the_commit_is_named_and_so_is_what_is_not_in_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(commit(folder.path()), "an unknown commit");
        let run = |arguments: &[&str]| git(folder.path(), arguments).unwrap();
        run(&["init", "--quiet"]);
        let file = folder.path().join("a");
        fs::write(&file, "1").unwrap();
        run(&["add", "a"]);
        run(&["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "a"]);
        let clean = commit(folder.path());
        assert!(clean.starts_with("commit ") && clean.len() == 19, "{clean}");
        fs::write(&file, "2").unwrap();
        assert_eq!(commit(folder.path()), format!("{clean} with changes"));
        run(&["checkout", "--quiet", "--", "a"]);
        fs::create_dir(folder.path().join("docs")).unwrap();
        fs::write(folder.path().join("docs/BENCHMARKS.md"), "figures").unwrap();
        run(&["add", "docs"]);
        assert_eq!(commit(folder.path()), clean, "the page is what is being written");
    }

    #[test]
    fn memory_of_a_process_is_read_in_megabytes() {
        let resident = status_mb(std::process::id(), "VmRSS").unwrap();
        assert!((1.0..10_000.0).contains(&resident), "{resident}");
        assert!(status_mb(std::process::id(), "VmHWM").unwrap() >= resident * 0.5);
        assert_eq!(status_mb(std::process::id(), "NoSuchField"), None);
    }
}
