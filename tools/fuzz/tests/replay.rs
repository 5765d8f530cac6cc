//! Every committed input, and every event, through its target: what was found once is never lost again.

use fuzz::corpus::seeds;
use fuzz::targets::TARGETS;

#[test]
fn the_corpus_keeps_every_promise() {
    for target in TARGETS {
        let seeds = seeds(&testkit::workspace_root(), target).unwrap();
        assert!(!seeds.is_empty(), "{}", target.name);
        for (name, data) in seeds {
            let outcome = std::panic::catch_unwind(|| (target.check)(&data));
            assert!(outcome.is_ok(), "{}: {name}", target.name);
        }
    }
}
