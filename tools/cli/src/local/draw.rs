//! Draws an answer of the bot in plain text, the way a person would read the card in Discord.

use std::fmt::Write as _;

use serde_json::Value;

/// A button of a drawn answer, numbered from 1 in the order in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    /// What it says.
    pub(crate) label: String,
    /// What Discord would send back.
    pub(crate) custom_id: String,
}

/// An answer in text, and what can be pressed on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// Lines for the terminal.
    pub(crate) text: String,
    /// The buttons, as numbered in the text.
    pub(crate) buttons: Vec<Button>,
}

/// Draws the JSON body of an interaction's answer.
pub(crate) fn draw(answer: &Value) -> Drawing {
    let mut pen = Drawing::default();
    let data = &answer["data"];
    match answer["type"].as_u64() {
        Some(1) => pen.line(0, "pong"),
        Some(5 | 6) => pen.line(0, "TimmyBot is thinking…"),
        Some(8) => pen.choices(data),
        Some(9) => pen.modal(data),
        _ => pen.message(data),
    }
    pen
}

impl Drawing {
    fn line(&mut self, depth: usize, text: &str) {
        for line in text.lines() {
            let bar = "│ ".repeat(depth);
            // Writing to a String cannot fail.
            let _ = writeln!(self.text, "{bar}{line}");
        }
    }

    fn message(&mut self, data: &Value) {
        if let Some(content) = data["content"].as_str() {
            self.line(0, &plain(content));
        }
        self.components(0, &data["components"]);
        if data["flags"].as_u64().is_some_and(|flags| flags & 64 != 0) {
            self.line(0, "(only you can see this)");
        }
    }

    fn choices(&mut self, data: &Value) {
        for choice in data["choices"].as_array().into_iter().flatten() {
            self.line(0, &format!("› {}", choice["name"].as_str().unwrap_or_default()));
        }
    }

    fn modal(&mut self, data: &Value) {
        self.line(0, data["title"].as_str().unwrap_or_default());
        self.components(1, &data["components"]);
    }

    fn components(&mut self, depth: usize, components: &Value) {
        for component in components.as_array().into_iter().flatten() {
            self.component(depth, component);
        }
    }

    /// Component types as Discord numbers them (<https://discord.com/developers/docs/components/reference>).
    fn component(&mut self, depth: usize, component: &Value) {
        match component["type"].as_u64() {
            Some(1) => self.row(depth, &component["components"]),
            Some(9) => {
                self.components(depth, &component["components"]);
                self.accessory(depth, &component["accessory"]);
            }
            Some(10) => self.line(depth, &plain(component["content"].as_str().unwrap_or_default())),
            Some(14) => self.line(depth, "────────"),
            Some(17) => self.components(depth + 1, &component["components"]),
            Some(18) => {
                self.line(depth, component["label"].as_str().unwrap_or_default());
                self.component(depth, &component["component"]);
            }
            _ => {}
        }
    }

    fn accessory(&mut self, depth: usize, accessory: &Value) {
        if accessory["type"] == 2 {
            let button = self.button(accessory);
            self.line(depth, &button);
        }
    }

    fn row(&mut self, depth: usize, components: &Value) {
        let parts = components.as_array().into_iter().flatten();
        let labels: Vec<_> = parts.filter(|part| part["type"] == 2).map(|part| self.button(part)).collect();
        self.line(depth, &labels.join(" "));
    }

    fn button(&mut self, button: &Value) -> String {
        let emoji = button["emoji"]["name"].as_str().unwrap_or_default();
        let label = format!("{emoji} {}", button["label"].as_str().unwrap_or_default()).trim().to_owned();
        let Some(custom_id) = button["custom_id"].as_str() else { return format!("[{label}]") };
        let disabled = if button["disabled"] == true { " (off)" } else { "" };
        self.buttons.push(Button { label: label.clone(), custom_id: custom_id.to_owned() });
        format!("[{} {label}{disabled}]", self.buttons.len())
    }
}

/// Takes Discord's escapes and the marks of emphasis away; what is left is what a reader sees.
fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut chars = markdown.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => out.extend(chars.next()),
            '*' => {}
            _ => out.push(c),
        }
    }
    out.lines()
        .map(|line| line.trim_start_matches("-# ").trim_start_matches("### "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_is_drawn_with_its_buttons_numbered() {
        let card = json!({"type": 4, "data": {"flags": 64, "components": [{"type": 17, "components": [
            {"type": 9, "components": [{"type": 10, "content": "### **Guns N\\' Roses**\n-# 3:21"}],
             "accessory": {"type": 11, "media": {"url": "https://x.example/a.png"}}},
            {"type": 14},
            {"type": 1, "components": [
                {"type": 2, "label": "Pause", "emoji": {"name": "⏸"}, "custom_id": "a"},
                {"type": 2, "label": "Skip", "custom_id": "b", "disabled": true},
                {"type": 2, "style": 5, "label": "Site", "url": "https://x.example"}]}]}]}});
        let drawing = draw(&card);
        assert_eq!(
            drawing.text,
            "│ Guns N' Roses\n│ 3:21\n│ ────────\n│ [1 ⏸ Pause] [2 Skip (off)] [Site]\n(only you can see this)\n"
        );
        assert_eq!(drawing.buttons[1], Button { label: "Skip".to_owned(), custom_id: "b".to_owned() });
    }

    #[test]
    fn pong_thinking_and_choices() {
        assert_eq!(draw(&json!({"type": 1})).text, "pong\n");
        assert_eq!(draw(&json!({"type": 5})).text, "TimmyBot is thinking…\n");
        let choices = json!({"type": 8, "data": {"choices": [{"name": "Blue Monday", "value": "x"}]}});
        assert_eq!(draw(&choices).text, "› Blue Monday\n");
    }

    #[test]
    fn a_modal_shows_its_fields() {
        let modal = json!({"type": 9, "data": {"title": "Ask", "components": [
            {"type": 18, "label": "Why?", "component": {"type": 4, "custom_id": "why"}}]}});
        assert_eq!(draw(&modal).text, "Ask\n│ Why?\n");
    }

    #[test]
    fn odd_answers_draw_nothing_and_never_panic() {
        for odd in [json!(null), json!({"type": 4}), json!({"data": {"components": [{"type": 99}, 7, null]}})]
        {
            assert_eq!(draw(&odd), Drawing::default());
        }
    }
}
