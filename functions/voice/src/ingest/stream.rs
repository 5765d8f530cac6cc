//! A stream: it has no end, nothing of it is kept, and its gain follows it slowly.

use std::sync::Arc;

use super::encoder::Encoder;
use super::level::Leveler;
use super::run::{Unit, Units};
use crate::failure::PlayError;
use crate::frames::LiveRing;
use crate::loudness::{Meter, Span};
use crate::media::Sound;

/// Frames that are measured before the first one is heard: a second.
const AHEAD: usize = 50;
/// How often the gain is looked at, in frames.
const EVERY: usize = 50;
/// How far it moves each time, in dB: nobody hears a tenth a second.
const STEP_DB: f64 = 0.1;
/// The most that is added: between two songs a station is silent. dB.
const BOOST_MAX_DB: f64 = 6.0;

/// Decodes a stream into `ring` until it breaks off or nobody listens. Blocks.
pub fn run_stream(sound: Sound, ring: &Arc<LiveRing>) -> PlayError {
    let error = stream(sound, ring).err().unwrap_or(PlayError::CutShort);
    ring.end(error);
    error
}

fn stream(sound: Sound, ring: &Arc<LiveRing>) -> Result<(), PlayError> {
    let mut units = Units::of(sound);
    let mut meter = Meter::new(Span::Endless)?;
    let mut ahead = Vec::with_capacity(AHEAD);
    while ahead.len() < AHEAD {
        let Some(unit) = units.next()? else { break };
        meter.add(&unit.samples)?;
        ahead.push(unit);
    }
    let beginning = meter.read();
    let passing = beginning.is_near_target() && ahead.iter().all(|unit| unit.packet.is_some());
    let gain_db = if passing { 0.0 } else { beginning.gain_db().min(BOOST_MAX_DB) };
    let mut out = Out { ring, encoder: Encoder::new()?, leveler: Leveler::new(gain_db), gain_db, passing };
    ahead.into_iter().try_for_each(|unit| out.emit(unit, gain_db))?;
    let mut count = 0;
    while let Some(unit) = units.next()? {
        // This thread holds one; when it is the last, the player has let go.
        if Arc::strong_count(ring) == 1 {
            return Ok(());
        }
        meter.add(&unit.samples)?;
        count += 1;
        let wanted = if count % EVERY == 0 { meter.read().gain_db().min(BOOST_MAX_DB) } else { out.gain_db };
        out.emit(unit, wanted)?;
    }
    Ok(())
}

struct Out<'a> {
    ring: &'a LiveRing,
    encoder: Encoder,
    leveler: Leveler,
    gain_db: f64,
    passing: bool,
}

impl Out<'_> {
    fn emit(&mut self, mut unit: Unit, wanted_db: f64) -> Result<(), PlayError> {
        if let (true, Some(packet)) = (self.passing, unit.packet.take()) {
            self.ring.push(packet);
            return Ok(());
        }
        self.passing = false;
        self.gain_db += (wanted_db - self.gain_db).clamp(-STEP_DB, STEP_DB);
        self.leveler.set(self.gain_db, &mut unit.samples);
        self.ring.push(self.encoder.encode(&unit.samples)?.into());
        Ok(())
    }
}
