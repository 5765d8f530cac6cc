//! Discord's events as they come (HTML: "Server-sent events").

use std::sync::{Arc, Mutex};

use super::screen::{self, Screen};
use crate::local::reply::Discord;

/// Shows them until the stack ends.
pub(super) async fn listen(discord: Discord, screen: Arc<Mutex<Screen>>) {
    let Ok(mut stream) = discord.events().await else { return };
    let mut pending = Vec::new();
    while let Ok(Some(chunk)) = stream.chunk().await {
        pending.extend_from_slice(&chunk);
        for event in events(&mut pending) {
            screen::show(&screen, &event);
        }
    }
    screen::print(&screen, "! the local stack has ended");
}

/// Takes the whole lines out, and reads those that hold an event.
fn events(pending: &mut Vec<u8>) -> Vec<serde_json::Value> {
    let Some(end) = pending.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
    let whole: Vec<u8> = pending.drain(..=end).collect();
    let lines = whole.split(|byte| *byte == b'\n');
    lines.filter_map(|line| serde_json::from_slice(line.strip_prefix(b"data: ")?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_come_in_pieces() {
        let mut pending = b": hello\n\ndata: {\"a\":1}\n\ndata: {\"a\"".to_vec();
        assert_eq!(events(&mut pending), [json!({ "a": 1 })]);
        pending.extend(b":2}\n");
        assert_eq!(events(&mut pending), [json!({ "a": 2 })]);
        assert!(events(&mut pending).is_empty() && pending.is_empty());
    }
}
