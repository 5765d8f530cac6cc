use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// A runner whose libFuzzer is a shell script.
fn runner(script: &str) -> (tempfile::TempDir, Runner) {
    let root = tempfile::tempdir().unwrap();
    let binary = root.path().join("binary");
    std::fs::write(&binary, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
    let runner = Runner::new(root.path(), binary);
    (root, runner)
}

const FINE: &str = "echo 'INFO: (9 inline 8-bit counters)
#2 INITED cov: 3 ft: 4
stat::number_of_executed_units: 1000000' >&2";
const CRASH: &str = "echo \"Test unit written to $PWD/crash-1\" >&2; exit 77";

#[test]
fn a_crash_of_any_target_fails_the_run() {
    let (_root, runner) = runner(&format!("if [ \"$FUZZ_TARGET\" = custom_id ]; then {CRASH}; fi; {FINE}"));
    for (name, outcome) in runner.run_all(Budget::SMOKE).unwrap() {
        assert_eq!(outcome.is_err(), name == "custom_id", "{outcome:?}");
    }
}

#[test]
fn all_targets_run_in_the_order_of_the_list() {
    let (_root, runner) = runner(FINE);
    let names: Vec<_> = runner.run_all(Budget::LONG).unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
}

#[test]
fn the_self_test_wants_a_crash_and_nothing_else() {
    assert!(runner(CRASH).1.self_test().is_ok());
    for wrong in [FINE, "exit 1", "exit 0"] {
        assert!(runner(wrong).1.self_test().is_err(), "{wrong}");
    }
}

#[test]
fn a_missing_binary_is_our_own_error() {
    let (_root, mut runner) = runner(FINE);
    runner.binary = PathBuf::from("/nonexistent/binary");
    assert!(runner.run(&DELIBERATE_CRASH, Budget::SMOKE).is_err());
}

#[test]
fn stale_finds_do_not_help_a_later_run() {
    let (root, runner) = runner("ls \"${10}\" \"${11}\" >&2; exit 1");
    let found = root.path().join("target/fuzz/escape/found");
    std::fs::create_dir_all(&found).unwrap();
    std::fs::write(found.join("left-over"), "x").unwrap();
    let outcome = runner.run(&crate::targets::named("escape").unwrap(), Budget::SMOKE).unwrap();
    assert!(!outcome.unwrap_err().to_string().contains("left-over"));
}

#[test]
fn a_run_that_hangs_is_ended_and_failed() {
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    assert!(!wait(&mut child, Instant::now()).unwrap());
    assert!(child.try_wait().unwrap().is_some());
}
