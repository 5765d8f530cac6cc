//! A person in a voice channel, as tests hold them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::core::Core;
use crate::ids::{ChannelId, UserId};
use crate::listener::{Heard, PcmFrame};
use crate::simulator::TimedOut;

/// How many frames come before the tone is looked at again: 100 ms.
const LOOK_EVERY: u32 = 5;

/// Somebody who listens. They stay when the handle is dropped.
#[derive(Clone)]
pub struct Listener {
    core: Arc<Core>,
    channel: ChannelId,
    user: UserId,
}

impl Listener {
    pub(crate) fn new(core: Arc<Core>, channel: ChannelId, user: UserId) -> Self {
        Self { core, channel, user }
    }

    /// Who it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// What was heard of a bot since the last reset; none when the listener is not there any more.
    pub fn heard(&self, bot: UserId) -> Option<Heard> {
        self.core.voice.heard(self.channel, self.user, bot)
    }

    /// Which bots were heard at all.
    pub fn bots(&self) -> Vec<UserId> {
        let bots = self.core.voice.with_ear(self.channel, self.user, |ear| ear.bots().collect());
        bots.unwrap_or_default()
    }

    /// Counts anew.
    pub fn reset(&self) {
        self.core.voice.with_ear(self.channel, self.user, crate::listener::Ear::reset);
    }

    /// Decoded frames of all channels as they come; look at [`PcmFrame::listener`]. Who falls behind by 1024 frames
    /// loses the oldest.
    pub fn frames(&self) -> broadcast::Receiver<PcmFrame> {
        self.core.voice.frames()
    }

    /// Waits until some bot plays this tone: within 5 Hz, with more than 0.9 of the energy of the last 0.2 to 0.7 s.
    /// What was heard until then comes back, with who it was.
    pub async fn wait_tone(&self, hz: f64, patience: Duration) -> Result<(UserId, Heard), TimedOut> {
        let mut frames = self.frames();
        let until = Instant::now() + patience;
        let mut count = 0_u32;
        loop {
            let frame = timeout_at(until, frames.recv()).await.map_err(|_| TimedOut::after(patience))?;
            let bot = match frame {
                Ok(frame) if frame.listener == self.user && frame.channel == self.channel => frame.bot,
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Err(TimedOut::after(patience)),
            };
            count += 1;
            if !count.is_multiple_of(LOOK_EVERY) {
                continue;
            }
            if let Some(heard) = self.heard(bot).filter(|heard| heard.tone().is(hz)) {
                return Ok((bot, heard));
            }
        }
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener")
            .field("user", &self.user)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
