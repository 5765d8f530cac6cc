//! The list of targets. Each says what it promises at the top of its file.

mod alarms;
mod bodies;
mod doors;
mod keys;
mod parsers;
mod services;

/// Runs one input; panics when the target's promise is broken.
pub type Check = fn(&[u8]);

/// A function under fuzzing.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, also that of its corpus folder.
    pub name: &'static str,
    /// The function.
    pub check: Check,
    /// The longest input that libFuzzer makes, in bytes.
    pub max_len: usize,
    /// The dictionary of words to splice in, a file of `dictionaries/`.
    pub dictionary: &'static str,
}

const fn target(name: &'static str, check: Check, max_len: usize, dictionary: &'static str) -> Target {
    Target { name, check, max_len, dictionary }
}

/// Every target that `smoke` and `long` run.
pub const TARGETS: &[Target] = &[
    target("front_door", doors::front_door, 4096, "request"),
    target("lambda_event", doors::lambda_event, 4096, "request"),
    target("signed_interaction", doors::signed_interaction, 8192, "interaction"),
    target("envelope", parsers::envelope, 8192, "interaction"),
    target("custom_id", parsers::custom_id, 256, "custom_id"),
    target("track_url", parsers::track_url, 2200, "text"),
    target("text_input", parsers::text_input, 2200, "text"),
    target("escape", parsers::escape, 512, "text"),
    target("webhook", keys::webhook, 4096, "webhook"),
    target("webhook_body", bodies::webhook_body, 8192, "webhook_body"),
    target("credential", keys::credential, 2048, "credential"),
    target("service_answer", services::service_answer, 4096, "service"),
    target("alarm_notification", alarms::alarm_notification, 8192, "alarm"),
];

/// Breaks on purpose; the runner looks for it first, since a run that cannot fail proves nothing.
pub const DELIBERATE_CRASH: Target = target("deliberate_crash", deliberate_crash, 64, "text");

/// The function of a target.
pub fn check(name: &str) -> Option<Check> {
    named(name).map(|target| target.check)
}

/// The target of a name.
pub fn named(name: &str) -> Option<Target> {
    TARGETS.iter().chain([&DELIBERATE_CRASH]).find(|target| target.name == name).copied()
}

/// Blind guessing needs 2^40 tries for these five bytes; with coverage each byte is found on its own.
fn deliberate_crash(data: &[u8]) {
    if data.first() != Some(&b'T') {
        return;
    }
    if data.get(1) != Some(&b'i') {
        return;
    }
    if data.get(2) != Some(&b'm') {
        return;
    }
    if data.get(3) != Some(&b'm') {
        return;
    }
    assert_ne!(data.get(4), Some(&b'y'), "found, as it should be");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for target in TARGETS {
            assert_eq!(
                TARGETS.iter().filter(|other| other.name == target.name).count(),
                1,
                "{}",
                target.name
            );
            assert!(check(target.name).is_some());
        }
        assert!(check("no_such_target").is_none() && check("").is_none());
    }

    #[test]
    fn the_deliberate_crash_needs_all_its_bytes() {
        for harmless in [&b""[..], b"T", b"Timm", b"timmy", b"Timmi"] {
            deliberate_crash(harmless);
        }
        assert!(std::panic::catch_unwind(|| deliberate_crash(b"Timmy!")).is_err());
    }
}
