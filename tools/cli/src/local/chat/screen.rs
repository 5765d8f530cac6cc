//! What is shown: messages that this person sees, drawn once for each time that they change.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;
use serde_json::{Value, json};

use crate::local::draw::draw;
use crate::local::send::Place;
use crate::local::session::Users;
use crate::say;

/// The terminal.
pub(super) struct Screen {
    users: Users,
    place: Place,
    /// How each message was drawn last.
    drawn: BTreeMap<String, String>,
    /// The buttons of the last message that has some: message and custom id.
    buttons: Vec<(String, String)>,
    printer: Option<Box<dyn ExternalPrinter + Send>>,
}

impl Screen {
    pub(super) fn new(users: Users, place: Place) -> Self {
        Self { users, place, drawn: BTreeMap::new(), buttons: Vec::new(), printer: None }
    }

    /// An event of Discord's; what there is to print of it.
    pub(super) fn event(&mut self, event: &Value) -> Option<String> {
        if event["type"] != "message" {
            return None;
        }
        let message = &event["message"];
        let sees = event["visible_to"].as_array().is_none_or(|all| all.contains(&json!(self.place.user())));
        if !sees || message["channel_id"] != self.place.channel() {
            return None;
        }
        let id = message["id"].as_str().unwrap_or_default().to_owned();
        let thinks = message["flags"].as_u64().is_some_and(|flags| flags & 128 != 0);
        let drawing = draw(&json!({ "type": if thinks { 5 } else { 4 }, "data": message }));
        let text = self.users.name_in(drawing.text.trim_end());
        if !drawing.buttons.is_empty() {
            let buttons = drawing.buttons.into_iter().map(|button| (id.clone(), button.custom_id));
            self.buttons = buttons.collect();
        }
        if self.drawn.insert(id, text.clone()).as_ref() == Some(&text) {
            return None;
        }
        let author = message["author"]["username"].as_str().unwrap_or("somebody");
        Some(format!("{author}:\n{text}"))
    }
}

fn lock(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on prints so that what is being typed stays whole.
pub(super) fn print_with(screen: &Mutex<Screen>, printer: Option<impl ExternalPrinter + Send + 'static>) {
    lock(screen).printer = printer.map(|printer| Box::new(printer) as Box<dyn ExternalPrinter + Send>);
}

/// Somebody else looks from now on.
pub(super) fn stands_at(screen: &Mutex<Screen>, place: Place) {
    lock(screen).place = place;
}

/// A button of the last message that has some, counted from 1.
pub(super) fn button(screen: &Mutex<Screen>, number: usize) -> Option<(String, String)> {
    lock(screen).buttons.get(number.checked_sub(1)?).cloned()
}

/// Shows an event if there is anything to see.
pub(super) fn show(screen: &Mutex<Screen>, event: &Value) {
    let text = lock(screen).event(event);
    if let Some(text) = text {
        print(screen, &text);
    }
}

/// Prints a text.
pub(super) fn print(screen: &Mutex<Screen>, text: &str) {
    let mut screen = lock(screen);
    let printed = screen.printer.as_mut().is_some_and(|printer| printer.print(format!("{text}\n")).is_ok());
    if !printed {
        say::line(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen() -> Screen {
        let state = json!({
            "people": [{ "id": "1", "guilds": ["10"] }],
            "guilds": [{ "id": "10", "channels": [{ "id": "11", "kind": "text" }] }],
        });
        Screen::new(Users::default(), Place::of(&state, "1", false).unwrap())
    }

    fn message(id: &str, content: &str, visible_to: &Value) -> Value {
        json!({ "type": "message", "visible_to": visible_to, "message": {
            "id": id, "channel_id": "11", "flags": 0, "content": content, "author": { "username": "Timmy" },
            "components": [{ "type": 1, "components": [{ "type": 2, "label": "Skip", "custom_id": "s" }] }] } })
    }

    #[test]
    fn a_message_is_drawn_once_for_each_change_and_its_buttons_are_known() {
        let mut screen = screen();
        let hello = message("5", "hello", &Value::Null);
        assert_eq!(screen.event(&hello).unwrap(), "Timmy:\nhello\n[1 Skip]");
        assert_eq!(screen.event(&hello), None);
        assert!(screen.event(&message("5", "goodbye", &Value::Null)).is_some());
        assert_eq!(button(&Mutex::new(screen), 1), Some(("5".to_owned(), "s".to_owned())));
    }

    #[test]
    fn what_is_for_others_or_elsewhere_is_not_seen() {
        let mut screen = screen();
        assert_eq!(screen.event(&message("5", "psst", &json!(["2"]))), None);
        assert!(screen.event(&message("6", "psst", &json!(["1"]))).is_some());
        let mut elsewhere = message("7", "hello", &Value::Null);
        elsewhere["message"]["channel_id"] = json!("12");
        assert_eq!(screen.event(&elsewhere), None);
        assert_eq!(screen.event(&json!({ "type": "timeline" })), None);
    }
}
