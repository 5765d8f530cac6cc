//! Frames of a source, one at a time: samples, and the packet they came from where it may pass.

use std::collections::VecDeque;

use crate::failure::PlayError;
use crate::media::{FRAME_STEREO, Sound, Step};

/// 20 ms of a source.
#[derive(Debug)]
pub(crate) struct Unit {
    /// [`FRAME_STEREO`] samples.
    pub(crate) samples: Vec<f32>,
    /// The source's own packet of exactly these samples.
    pub(crate) packet: Option<Box<[u8]>>,
}

/// Cuts a sound into units.
pub(crate) struct Units {
    sound: Sound,
    pending: Vec<f32>,
    ready: VecDeque<Unit>,
    over: bool,
}

impl Units {
    pub(crate) const fn of(sound: Sound) -> Self {
        Self { sound, pending: Vec::new(), ready: VecDeque::new(), over: false }
    }

    /// The next unit; the last one is filled up with silence.
    pub(crate) fn next(&mut self) -> Result<Option<Unit>, PlayError> {
        loop {
            if let Some(unit) = self.ready.pop_front() {
                return Ok(Some(unit));
            }
            if self.over {
                return Ok(None);
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> Result<(), PlayError> {
        let aligned = self.pending.is_empty();
        match self.sound.next(&mut self.pending)? {
            // Only what begins at a frame's beginning can stand for the frame.
            Step::Passable(packet) if aligned => {
                self.ready
                    .push_back(Unit { samples: core::mem::take(&mut self.pending), packet: Some(packet) });
                return Ok(());
            }
            Step::Passable(_) | Step::Decoded => {}
            Step::End => {
                self.over = true;
                let rest = self.pending.len() % FRAME_STEREO;
                if rest > 0 {
                    self.pending.resize(self.pending.len() + FRAME_STEREO - rest, 0.0);
                }
            }
        }
        self.cut();
        Ok(())
    }

    fn cut(&mut self) {
        let whole = self.pending.len() / FRAME_STEREO * FRAME_STEREO;
        for samples in self.pending[..whole].chunks_exact(FRAME_STEREO) {
            self.ready.push_back(Unit { samples: samples.to_vec(), packet: None });
        }
        self.pending.drain(..whole);
    }
}
