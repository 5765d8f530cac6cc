//! What Discord refuses, made to fit instead: an answer is never invalid, whatever went into it.
//!
//! Limits of <https://discord.com/developers/docs/components/reference>: 40 components in a message, nested ones
//! counted; 4000 characters over all text displays; 1–3 texts in a section; 5 buttons in a row; labels of 80;
//! custom ids of 1–100, each only once in a message; no empty text, row, section or container.

use std::collections::HashSet;

use twilight_model::channel::message::component::{ActionRow, Component, Container, Section, TextDisplay};

use crate::{
    discord::escape::{plain, units},
    security::custom_id::MAX_LENGTH,
};

/// Characters of text in one message, counted in UTF-16 units.
pub const TEXT_MAX: usize = 4000;
/// Characters of a button's label.
pub const LABEL_MAX: usize = 80;
/// Longest address that a button opens, in UTF-16 units.
const ADDRESS_MAX: usize = 512;
const COMPONENTS_MAX: usize = 40;
const SECTION_TEXTS_MAX: usize = 3;
const ROW_BUTTONS_MAX: usize = 5;

/// The components, without what Discord would refuse; never empty.
pub fn fit(components: Vec<Component>) -> Vec<Component> {
    let mut budget = Budget { components: COMPONENTS_MAX, text: TEXT_MAX, custom_ids: HashSet::new() };
    let fitted = budget.all(components);
    if fitted.is_empty() { vec![super::text("…")] } else { fitted }
}

/// What is left of the limits.
struct Budget {
    components: usize,
    text: usize,
    custom_ids: HashSet<String>,
}

impl Budget {
    fn all(&mut self, components: Vec<Component>) -> Vec<Component> {
        components.into_iter().filter_map(|component| self.one(component)).collect()
    }

    /// A parent is counted before its children and given back if none of them is left.
    fn one(&mut self, component: Component) -> Option<Component> {
        self.components = self.components.checked_sub(1)?;
        let fitted = match component {
            Component::TextDisplay(text) => self.text(text),
            Component::Container(container) => self.container(container),
            Component::Section(section) => self.section(section),
            Component::ActionRow(row) => self.row(row),
            Component::Button(_) => self.button(component),
            other => Some(other),
        };
        if fitted.is_none() {
            self.components += 1;
        }
        fitted
    }

    fn text(&mut self, mut text: TextDisplay) -> Option<Component> {
        text.content.truncate(cut_markdown(&text.content, self.text).len());
        if text.content.trim().is_empty() {
            return None;
        }
        self.text -= units(&text.content);
        Some(Component::TextDisplay(text))
    }

    fn container(&mut self, container: Container) -> Option<Component> {
        let components = self.all(container.components);
        (!components.is_empty()).then_some(Component::Container(Container { components, ..container }))
    }

    /// Its accessory counts too; without room for that the section goes.
    fn section(&mut self, section: Section) -> Option<Component> {
        let rest = self.components.checked_sub(1)?;
        self.components = rest;
        let texts = section.components.into_iter().take(SECTION_TEXTS_MAX).collect();
        let components = self.all(texts);
        if components.is_empty() {
            self.components += 1;
            return None;
        }
        Some(Component::Section(Section { components, ..section }))
    }

    fn row(&mut self, row: ActionRow) -> Option<Component> {
        let components = self.all(row.components.into_iter().take(ROW_BUTTONS_MAX).collect());
        (!components.is_empty()).then_some(Component::ActionRow(ActionRow { components, ..row }))
    }

    fn button(&mut self, component: Component) -> Option<Component> {
        let Component::Button(mut button) = component else { return None };
        let label = plain(button.label.as_deref().unwrap_or_default(), LABEL_MAX);
        // A button opens an address, or it comes back to us: Discord takes one of the two.
        let is_good = !label.is_empty()
            && match (&button.url, &button.custom_id) {
                (Some(url), None) => (1..=ADDRESS_MAX).contains(&units(url)),
                (None, Some(id)) => {
                    (1..=MAX_LENGTH).contains(&units(id)) && self.custom_ids.insert(id.clone())
                }
                _ => false,
            };
        if !is_good {
            return None;
        }
        button.label = Some(label);
        Some(Component::Button(button))
    }
}

/// Cuts at the end of a line where there is one, and never between a backslash and what it escapes.
fn cut_markdown(content: &str, max: usize) -> &str {
    if units(content) <= max {
        return content;
    }
    let mut used = 0;
    let end = content.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > max
    });
    let kept = &content[..end.map_or(content.len(), |(at, _)| at)];
    if let Some(line_end) = kept.rfind('\n') {
        return &kept[..line_end];
    }
    let backslashes = kept.len() - kept.trim_end_matches('\\').len();
    &kept[..kept.len() - backslashes % 2]
}

#[cfg(test)]
#[path = "limits_tests.rs"]
pub(in crate::discord) mod tests;
