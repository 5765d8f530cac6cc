//! What people see: each card is made of a plain view, in one language, for one tenant (SPEC P2).
//!
//! A view's texts are untrusted; they are escaped here and nowhere else. A card is always within Discord's limits.

mod confirm;
mod download;
mod guilds;
mod help;
mod incidents;
mod link_offer;
mod lists;
mod notice;
mod player;
mod privacy;
mod queue;
mod receipt;
mod settings;
#[cfg(test)]
mod tests;
mod track;

pub use confirm::{Question, confirm};
pub use download::download;
pub use guilds::{AuditRow, GUILD_ROWS, GuildRow, GuildStatus, audit, guilds};
pub use help::{TOPICS, help};
pub use incidents::{IncidentRow, incidents};
pub use link_offer::link_offer;
pub use lists::{HistoryRow, PlaylistRow, history, playlists};
pub use notice::{Tone, notice, notice_text};
pub use player::{Notice, PassedOver, PlayerView, player};
pub use privacy::privacy;
pub use queue::{Added, QueueView, queue, queued};
pub use receipt::receipt;
pub use settings::{SettingsView, settings};
pub use track::TrackView;

use twilight_model::channel::message::component::{Button, ButtonStyle, Component};

use super::{
    components::{button, disabled_if, row, text},
    words::{Message, Words},
};
use crate::security::custom_id::{Action, CustomIds};

/// Rows of a page of the queue, of the history and of playlists.
pub const PAGE_ROWS: usize = 10;

/// In which language a card speaks and for whom its buttons are signed.
#[derive(Clone, Copy, Debug)]
pub struct Ui<'a> {
    words: Words,
    ids: &'a CustomIds,
    tenant: &'a str,
}

/// Which page of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    number: u32,
    pages: u32,
}

impl Page {
    /// Page `number` (from 0) of `total` rows, `rows` to a page; a number past the end is the last page.
    pub fn new(number: u32, total: usize, rows: usize) -> Self {
        let pages = u32::try_from(total.div_ceil(rows.max(1)).max(1)).unwrap_or(u32::MAX);
        Self { number: number.min(pages - 1), pages }
    }

    /// The page's number, from 0.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// How many rows come before it, at `rows` to a page.
    pub const fn skip(self, rows: usize) -> usize {
        self.number as usize * rows
    }
}

impl<'a> Ui<'a> {
    /// `tenant` is the text of `envelope::Tenant`; buttons work for it alone.
    pub const fn new(words: Words, ids: &'a CustomIds, tenant: &'a str) -> Self {
        Self { words, ids, tenant }
    }

    /// The language.
    pub const fn words(self) -> Words {
        self.words
    }

    fn say(self, message: &Message) -> String {
        self.words.say(message)
    }

    fn button(self, style: ButtonStyle, label: &Message, action: &Action) -> Button {
        button(style, self.say(label), self.ids.sign(action, self.tenant))
    }

    /// Small print.
    fn small(self, message: &Message) -> Component {
        text(format!("-# {}", self.say(message)))
    }

    /// "Page 2 of 5" with buttons to both sides; nothing when there is one page.
    fn pager(self, page: Page, to: impl Fn(u32) -> Action) -> Vec<Component> {
        if page.pages == 1 {
            return Vec::new();
        }
        let (first, last) = (page.number == 0, page.number + 1 == page.pages);
        // A greyed-out button needs an id too, and one of its own; before page 0 stands u32::MAX, which is no page.
        let back =
            self.button(ButtonStyle::Secondary, &Message::ButtonPageBack, &to(page.number.wrapping_sub(1)));
        let on = self.button(ButtonStyle::Secondary, &Message::ButtonPageOn, &to(page.number + 1));
        let said = Message::CardPage { page: u64::from(page.number) + 1, pages: page.pages.into() };
        vec![self.small(&said), row(vec![disabled_if(first, back), disabled_if(last, on)])]
    }
}

/// The colours of cards' edges, `0xRRGGBB`.
mod colour {
    pub(super) const MUSIC: u32 = 0x005B_8DEF;
    pub(super) const GOOD: u32 = 0x003B_A55D;
    pub(super) const CALM: u32 = 0x0074_7F8D;
    pub(super) const REFUSAL: u32 = 0x00FA_A61A;
    pub(super) const ERROR: u32 = 0x00ED_4245;
}
