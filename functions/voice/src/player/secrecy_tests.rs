use tracing::{Span, debug, info, info_span};

use super::*;

const CHANNEL: u64 = 7;

fn driver() -> Span {
    info_span!(target: DRIVER, "runner")
}

fn connection() -> Span {
    info_span!(target: CONNECTION, "runner")
}

fn key_package() {
    debug!(target: KEYS, "Created key package for channel {CHANNEL}");
}

fn pending() {
    debug!(target: KEYS, "Created pending group for channel {CHANNEL}");
}

fn keys() {
    debug!(target: KEYS, "New Voice Privacy Code: {:?}", "1 2 3");
}

fn connected() {
    info!(target: CONNECTIONS, "Connected to: voice.example.org:443");
}

/// Songbird's words in the order of a connection that encrypts.
fn encrypts(driver: &Span, connection: &Span) {
    driver.in_scope(key_package);
    driver.in_scope(connected);
    connection.in_scope(pending);
    connection.in_scope(keys);
}

/// Runs with a log of its own.
fn listening(test: impl FnOnce(&Arc<Group>)) {
    let groups = Groups::default();
    let group = groups.of(CHANNEL);
    tracing::subscriber::with_default(Registry::default().with(groups.listener()), || test(&group));
}

#[test]
fn a_group_is_ready_when_its_keys_are_and_not_before() {
    listening(|group| {
        let (driver, connection) = (driver(), connection());
        driver.in_scope(key_package);
        driver.in_scope(connected);
        assert_eq!((group.begun(), group.is_ready()), (1, false));
        connection.in_scope(pending);
        assert!(!group.is_ready());
        connection.in_scope(keys);
        assert!(group.is_ready());
    });
}

#[test]
fn a_connection_that_does_not_encrypt_is_not_ready() {
    listening(|group| {
        driver().in_scope(connected);
        connection().in_scope(keys);
        assert_eq!((group.begun(), group.is_ready()), (0, false));
    });
}

/// Songbird connects anew by itself, and the server has changed its mind meanwhile.
#[test]
fn the_next_connection_has_to_encrypt_too() {
    listening(|group| {
        let (driver, first) = (driver(), connection());
        encrypts(&driver, &first);
        driver.in_scope(connected);
        assert!(!group.is_ready());
    });
}

#[test]
fn the_end_of_the_connection_before_ends_nothing() {
    listening(|group| {
        let (driver, first, second) = (driver(), connection(), connection());
        encrypts(&driver, &first);
        encrypts(&driver, &second);
        assert_eq!(group.begun(), 2);
        drop(first);
        assert!(group.is_ready());
        drop(second);
        assert!(!group.is_ready());
    });
}

#[test]
fn a_group_that_is_made_anew_or_given_up_is_not_ready() {
    listening(|group| {
        let (driver, connection) = (driver(), connection());
        encrypts(&driver, &connection);
        connection.in_scope(key_package);
        assert!(!group.is_ready());
        connection.in_scope(keys);
        assert!(group.is_ready());
        connection.in_scope(|| debug!(target: KEYS, "Resetting MLS session"));
        assert!(!group.is_ready());
    });
}

#[test]
fn channels_do_not_answer_for_each_other() {
    let groups = Groups::default();
    let (ours, other) = (groups.of(CHANNEL), groups.of(8));
    let listener = Registry::default().with(groups.listener());
    tracing::subscriber::with_default(listener, || {
        let connection = connection();
        encrypts(&driver(), &connection);
        assert!(ours.is_ready() && !other.is_ready());
    });
    drop((ours, other));
    assert!(groups.held(Some(CHANNEL)).is_none(), "nobody holds it");
}

#[test]
fn other_words_and_other_speakers_mean_nothing() {
    for (from, text) in [
        (KEYS, "Created key package for channel x"),
        (KEYS, "Processing commit"),
        (CONNECTIONS, "Reconnected to: voice.example.org"),
        ("elsewhere", "New Voice Privacy Code"),
    ] {
        assert_eq!(Word::of(from, text), None, "{text}");
    }
}
