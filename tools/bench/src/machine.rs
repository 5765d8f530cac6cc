//! What the figures were measured on.

use std::fs;

/// Cores, processor, memory, kernel and build, in one line of Markdown.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let build = if cfg!(debug_assertions) { "debug build, which says nothing" } else { "release build" };
    format!("{cores} cores of {cpu}, {memory} of memory, Linux {}; {build}", kernel.trim())
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
    fn memory_of_a_process_is_read_in_megabytes() {
        let resident = status_mb(std::process::id(), "VmRSS").unwrap();
        assert!((1.0..10_000.0).contains(&resident), "{resident}");
        assert!(status_mb(std::process::id(), "VmHWM").unwrap() >= resident * 0.5);
        assert_eq!(status_mb(std::process::id(), "NoSuchField"), None);
    }
}
