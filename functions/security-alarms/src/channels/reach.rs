//! One channel is told one notice: through its circuit breaker, within a few seconds, and what came of it is kept.

use jiff::{SignedDuration, Timestamp};
use shared::domain::breaker::Gate;
use shared::domain::incident::Alert;
use shared::messages::{Control, Order};
use shared::queues::Delay;
use shared::security::alert_channel::Destination;
use shared::security::custom_id::CustomIds;
use shared::store::alert_channels::{Broken, ChannelState, PostedCard, SeenChannel};
use shared::telemetry::Telemetry;

use super::book::{Known, Unusable};
use super::discord::Discord;
use super::facts::Facts;
use super::http::NotTold;
use super::{DeliverError, FanOut, slack, webhook};

/// What a channel did with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// It has it.
    Told,
    /// It has it, as this message.
    Posted(PostedCard),
}

/// One notice on its way to one channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach<'a> {
    pub(super) fan_out: &'a FanOut,
    pub(super) known: &'a Known,
    pub(super) facts: &'a Facts<'a>,
    pub(super) log: &'a Telemetry,
    pub(super) now: Timestamp,
}

impl Reach<'_> {
    /// Tells the channel, if it may be told now.
    pub(super) async fn tell(self, seen: SeenChannel) -> Result<(), DeliverError> {
        let Self { known, now, .. } = self;
        if seen.state.is_broken(&known.version) {
            return Err(DeliverError::never("broken"));
        }
        // The same notice twice, or one that a later one has overtaken.
        let notice = self.facts.notice();
        let earlier = seen.state.card(notice.incident.id);
        if earlier.is_some_and(|card| card.number >= notice.number) {
            return Ok(());
        }
        let destination = match &known.channel {
            Ok(channel) => &channel.to,
            Err(Unusable::Unread) => return Err(DeliverError::later("secret", None)),
            Err(Unusable::Malformed) => {
                let why = NotTold::Broken { code: "malformed".to_owned() };
                return self.settle(seen, Err(why)).await;
            }
        };
        let seen = match seen.state.breaker.gate(now) {
            Gate::Closed => seen,
            Gate::Open(until) => return Err(DeliverError::later("open", Some(until))),
            Gate::HalfOpen => self.claim(seen).await?,
        };
        let sent = self.send(destination).await;
        let is_told = sent.is_ok();
        let settled = self.settle(seen, sent).await;
        if let (true, Some(earlier)) = (is_told, earlier) {
            self.retire(destination, earlier).await;
        }
        settled
    }

    async fn send(self, to: &Destination) -> Result<Done, NotTold> {
        let Self { fan_out, facts, now, .. } = self;
        match to {
            Destination::Discord { webhook, buttons } => {
                let discord = Discord { sender: &fan_out.sender, base: &fan_out.base, webhook };
                if !buttons {
                    return discord.say(facts).await.map(|()| Done::Told);
                }
                let ids = self.custom_ids().await;
                let posted = discord.post(facts, ids.as_ref()).await?;
                Ok(posted.map_or(Done::Told, Done::Posted))
            }
            Destination::Slack(address) => {
                let url = address.url().ok_or_else(NotTold::address)?;
                slack::post(&fan_out.sender, url, facts).await.map(|()| Done::Told)
            }
            Destination::Webhook { address, key } => {
                let url = address.url().ok_or_else(NotTold::address)?;
                webhook::post(&fan_out.sender, url, key, facts, now).await.map(|()| Done::Told)
            }
        }
    }

    /// Takes the buttons from an earlier card. It is for the eye only, so it is tried once: a button there does what the
    /// same button of the later card does.
    async fn retire(self, to: &Destination, earlier: PostedCard) {
        let Destination::Discord { webhook, .. } = to else { return };
        let discord = Discord { sender: &self.fan_out.sender, base: &self.fan_out.base, webhook };
        if let Err(error) = discord.retire(self.facts, earlier).await {
            self.log.fault("channel.retire", error.code());
        }
    }

    /// Without keys a card has no buttons, which is better than no card.
    async fn custom_ids(self) -> Option<CustomIds> {
        let keys = self.fan_out.secrets.key_set(&self.fan_out.custom_id_secret, self.now).await;
        let keys = keys.inspect_err(|error| self.log.fault("channels.keys", error.code())).ok()?;
        CustomIds::from_key_set(&keys).ok()
    }

    /// The one try of a breaker that is half open. Without the table everybody tries.
    async fn claim(self, seen: SeenChannel) -> Result<SeenChannel, DeliverError> {
        let now = self.now;
        let next = |state: ChannelState| {
            let is_free = state.breaker.gate(now) == Gate::HalfOpen;
            is_free.then(|| ChannelState { breaker: state.breaker.tried(now), ..state })
        };
        match self.fan_out.states.change(&self.known.name, seen.clone(), now, next).await {
            Ok(Some(mine)) => Ok(mine),
            Ok(None) => Err(DeliverError::later("open", None)),
            Err(error) => {
                self.log.fault(error.operation(), error.code());
                Ok(seen)
            }
        }
    }

    /// Writes down what came of it, and tells the others of a channel that is good for nothing.
    async fn settle(self, seen: SeenChannel, sent: Result<Done, NotTold>) -> Result<(), DeliverError> {
        let Self { known, log, now, .. } = self;
        let next = |state: ChannelState| {
            let next = after(state.clone(), &sent, &known.version, now);
            (next != state).then_some(next)
        };
        let changed = self.fan_out.states.change(&known.name, seen, now, next).await;
        if let Err(error) = &changed {
            log.fault(error.operation(), error.code());
        }
        let Err(why) = sent else { return Ok(()) };
        log.fault(kind_of(known), why.code());
        match why {
            NotTold::Later { code, asked } => {
                let asked = asked.and_then(|wait: SignedDuration| now.checked_add(wait).ok());
                let until = changed.ok().flatten().and_then(|seen| seen.state.breaker.until);
                Err(DeliverError::Later { code, not_before: asked.max(until) })
            }
            NotTold::Refused { code } => {
                // About alarms that do not get out, that would go on for ever.
                if self.facts.notice().incident.alert != Alert::FanOut {
                    self.raise().await;
                }
                Err(DeliverError::Never { code })
            }
            NotTold::Broken { code } => {
                // Of several who find out at the same time, the one whose write it was; and all, if nothing could be written.
                if !matches!(changed, Ok(None)) {
                    self.raise().await;
                }
                Err(DeliverError::Never { code })
            }
        }
    }

    /// Lets the others know by an incident of its own.
    async fn raise(self) {
        let order = Order::Raise { alert: Alert::FanOut, label: Some(self.known.name.clone()) };
        let sent = self.fan_out.control.order(&Control::new(order, self.now), Delay::NONE).await;
        if let Err(error) = sent {
            self.log.fault("channel.raise", error.code());
        }
    }
}

/// How it stands with a channel after a try.
fn after(state: ChannelState, sent: &Result<Done, NotTold>, version: &str, now: Timestamp) -> ChannelState {
    let breaker = match sent {
        Ok(_) | Err(NotTold::Refused { .. } | NotTold::Broken { .. }) => state.breaker.succeeded(),
        Err(NotTold::Later { asked, .. }) => state.breaker.failed(now, *asked),
    };
    let broken = match sent {
        // Who found out first is right.
        Err(NotTold::Broken { .. }) if state.is_broken(version) => state.broken.clone(),
        Err(NotTold::Broken { code }) => {
            Some(Broken { code: code.clone(), version: version.to_owned(), at: now })
        }
        Ok(_) => None,
        Err(_) => state.broken.clone(),
    };
    let state = ChannelState { breaker, broken, ..state };
    if let Ok(Done::Posted(card)) = sent { state.with(*card) } else { state }
}

const fn kind_of(known: &Known) -> &'static str {
    match &known.channel {
        Ok(channel) => match channel.to {
            Destination::Discord { .. } => "channel.discord",
            Destination::Slack(_) => "channel.slack",
            Destination::Webhook { .. } => "channel.webhook",
        },
        Err(_) => "channel.secret",
    }
}
