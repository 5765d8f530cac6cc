//! A channel of Discord's: a card with buttons where our application owns the webhook, else text
//! (<https://discord.com/developers/docs/resources/webhook#execute-webhook>).

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use shared::discord::components::{button, container, link_button, row, text};
use shared::discord::escape::Escaped;
use shared::discord::response::Card;
use shared::discord::rest::{ApiBase, IncomingWebhook};
use shared::domain::containment::Level;
use shared::domain::incident::{Kind, Severity, Status};
use shared::ids::MessageId;
use shared::security::custom_id::{Action, CustomIds, INCIDENTS_TENANT, IncidentDeed};
use shared::store::alert_channels::PostedCard;
use twilight_model::channel::message::component::{Button, ButtonStyle, Component};

use super::facts::{Facts, Value};
use super::http::{NotTold, Sender, Way};

/// Longest detail, in UTF-16 units after escaping; with everything else it stays below 2000.
const DETAIL_MAX: usize = 700;
/// `SUPPRESS_EMBEDS`: the runbook's page is not shown below a text.
const NO_PREVIEW: u64 = 1 << 2;
const OVER: u32 = 0x003B_A55D;
const CALM: u32 = 0x0074_7F8D;

/// A webhook of Discord's, and where Discord is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Discord<'a> {
    pub(super) sender: &'a Sender,
    pub(super) base: &'a ApiBase,
    pub(super) webhook: &'a IncomingWebhook,
}

#[derive(Deserialize)]
struct Posted {
    id: MessageId,
}

impl Discord<'_> {
    /// Posts a text.
    pub(super) async fn say(&self, facts: &Facts<'_>) -> Result<(), NotTold> {
        let url = self.webhook.address(self.base, &[]).ok_or_else(NotTold::address)?;
        // Without `wait` Discord answers before the message is there, and never says that it is not.
        let url = with_query(url, "wait=true");
        self.sender.json(Method::POST, url, Way::Named, said(facts).to_string().into_bytes()).await.map(drop)
    }

    /// Posts a card; the message, if Discord says which it is.
    pub(super) async fn post(
        &self,
        facts: &Facts<'_>,
        ids: Option<&CustomIds>,
    ) -> Result<Option<PostedCard>, NotTold> {
        let url = self.webhook.address(self.base, &[]).ok_or_else(NotTold::address)?;
        let url = with_query(url, "wait=true&with_components=true");
        let body = card(facts, ids).message_body();
        let answer = self.sender.json(Method::POST, url, Way::Named, body).await?;
        let notice = facts.notice();
        // It is posted, whatever else was answered: without an id its buttons stay, and that is all.
        let posted = serde_json::from_slice::<Posted>(&answer).ok().filter(|_| facts.is_real());
        Ok(posted.map(|posted| PostedCard {
            incident: notice.incident.id,
            number: notice.number,
            kind: notice.kind,
            message: posted.id,
        }))
    }

    /// Takes the buttons from an earlier card: there is a later one about the same incident.
    pub(super) async fn retire(&self, facts: &Facts<'_>, earlier: PostedCard) -> Result<(), NotTold> {
        let message = earlier.message.to_string();
        let url = self.webhook.address(self.base, &["messages", &message]).ok_or_else(NotTold::address)?;
        let url = with_query(url, "with_components=true");
        let body = retired(facts, earlier.kind).message_body();
        self.sender.json(Method::PATCH, url, Way::Named, body).await.map(drop)
    }
}

fn with_query(mut url: reqwest::Url, query: &str) -> reqwest::Url {
    url.set_query(Some(query));
    url
}

/// The card; without keys it has no buttons that come back to us.
pub(super) fn card(facts: &Facts<'_>, ids: Option<&CustomIds>) -> Card {
    let mut parts = paragraphs(facts, &facts.lead());
    parts.extend(buttons(facts, ids));
    parts.push(text(format!("-# {}", facts.signature())));
    Card::new(vec![container(colour(facts), parts)])
}

/// What an earlier card becomes: how it stands now, and no buttons.
fn retired(facts: &Facts<'_>, kind: Kind) -> Card {
    let mut parts = paragraphs(facts, &facts.lead_of(kind));
    parts.push(text(format!("-# {} · there is a later message", facts.notice().incident.id.short())));
    Card::new(vec![container(colour(facts), parts)])
}

fn paragraphs(facts: &Facts<'_>, lead: &str) -> Vec<Component> {
    words(facts, lead).into_iter().map(text).collect()
}

/// Every paragraph in markdown.
fn words(facts: &Facts<'_>, lead: &str) -> Vec<String> {
    let mut all = vec![format!("### {}\n{}", facts.headline(), Escaped::new(lead))];
    let lines = facts.lines().into_iter().map(|(name, value)| match value {
        Value::Text(value) => format!("**{name}** {}", Escaped::new(&value)),
        Value::At(at) => format!("**{name}** <t:{0}:f> (<t:{0}:R>)", at.as_second()),
    });
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        all.push(lines.join("\n"));
    }
    all.extend(facts.detail().map(|said| format!("**It says** {}", Escaped::within(said, DETAIL_MAX))));
    all.extend(facts.advice().map(|advice| format!("**First** {advice}")));
    all.extend(facts.counter_measure().map(|done| format!("**By itself** {done}")));
    all
}

/// The body of a text.
fn said(facts: &Facts<'_>) -> serde_json::Value {
    let mut words = words(facts, &facts.lead());
    words.extend(facts.runbook().map(|address| format!("**Runbook** <{address}>")));
    words.push(format!("-# {}", facts.signature()));
    json!({ "content": words.join("\n"), "flags": NO_PREVIEW, "allowed_mentions": { "parse": [] } })
}

fn buttons(facts: &Facts<'_>, ids: Option<&CustomIds>) -> Option<Component> {
    let incident = &facts.notice().incident;
    let deed = |deed: IncidentDeed, ids: &CustomIds| {
        let (style, label) = match deed {
            IncidentDeed::Acknowledge => (ButtonStyle::Primary, "Acknowledge"),
            IncidentDeed::Resolve => (ButtonStyle::Success, "Resolve"),
            IncidentDeed::Silence => (ButtonStyle::Secondary, "Silence 1 h"),
            IncidentDeed::Contain => (ButtonStyle::Danger, "Contain"),
        };
        button(style, label, ids.sign(&Action::Incident(deed, incident.id), INCIDENTS_TENANT))
    };
    let is_of_use = |deed: &IncidentDeed| match deed {
        IncidentDeed::Acknowledge => incident.status == Status::Open,
        IncidentDeed::Resolve | IncidentDeed::Silence => true,
        IncidentDeed::Contain => incident.contained == Level::L0,
    };
    let mut all: Vec<Button> = Vec::new();
    if let Some(ids) = ids.filter(|_| facts.is_real() && incident.is_open()) {
        all.extend(IncidentDeed::ALL.into_iter().filter(is_of_use).map(|one| deed(one, ids)));
    }
    all.extend(facts.runbook().map(|address| link_button("Runbook", address)));
    (!all.is_empty()).then(|| row(all))
}

fn colour(facts: &Facts<'_>) -> u32 {
    match (facts.notice().severity(), facts.is_real(), facts.notice().incident.is_open()) {
        (_, false, _) => CALM,
        (_, true, false) => OVER,
        (Severity::P0, true, true) => 0x00ED_4245,
        (Severity::P1, true, true) => 0x00FA_A61A,
        (Severity::P2, true, true) => 0x00FE_E75C,
        (Severity::P3, true, true) => 0x005B_8DEF,
    }
}

#[cfg(test)]
#[path = "discord_tests.rs"]
mod tests;
