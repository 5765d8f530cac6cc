//! A track: it has an end, it is kept.

use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::encoder::Encoder;
use super::level::Leveler;
use super::run::{Unit, Units};
use super::spool::Spool;
use crate::cache::container::Header;
use crate::failure::PlayError;
use crate::frames::{Frames, FramesWriter};
use crate::loudness::{Loudness, Meter, Span, TOLERANCE_LU};
use crate::media::{FRAME_LENGTH, FRAME_STEREO, RATE, Sound, Tags};

/// Frames that are decoded before the first one is heard: ten seconds, a second of work at most.
const AHEAD: usize = 500;
/// Longest wait for them. Who listens hears what there is; the gain is then guessed by less of it.
const AHEAD_WAIT: Duration = Duration::from_secs(3);
/// Frames that are waited for in any case: less than a second of music says nothing of its loudness.
const AHEAD_MIN: usize = 50;
/// The most that is added on the strength of the beginning alone; many tracks begin softly. dB.
const EARLY_BOOST_MAX_DB: f64 = 6.0;

/// What a guild allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Longest track (SPEC P9).
    pub length: Duration,
}

impl Limits {
    fn frames(self) -> u64 {
        u64::try_from(self.length.as_millis() / FRAME_LENGTH.as_millis()).unwrap_or(u64::MAX)
    }
}

/// What is worth keeping of a track that was heard to its end.
#[derive(Debug)]
pub struct Kept {
    /// What the container will say.
    pub header: Header,
    /// Its packets: those that were heard, or better ones.
    pub frames: Arc<Frames>,
}

/// Decodes a sound to its end into `out`, under `limits`. Blocks. `Ok(None)`: nothing to keep, since the guild's limit
/// cut it or nobody wanted to hear the rest.
pub fn run_track(
    sound: Sound,
    tags: Tags,
    limits: Limits,
    mut out: FramesWriter,
) -> Result<Option<Kept>, PlayError> {
    match ingest(sound, limits, &mut out) {
        Ok(ingested) => {
            let heard = out.finish();
            ingested.map(|whole| whole.keep(tags, heard)).transpose()
        }
        Err(error) => {
            out.fail(error);
            Err(error)
        }
    }
}

/// A track that was ingested whole.
struct Whole {
    loudness: Loudness,
    used_gain_db: f64,
    passed: bool,
    gave_way: bool,
    spool: Spool,
}

fn ingest(sound: Sound, limits: Limits, out: &mut FramesWriter) -> Result<Option<Whole>, PlayError> {
    let announced = sound.announced().map(|samples| Duration::from_secs(samples / u64::from(RATE)));
    if announced.is_some_and(|length| length > limits.length) {
        return Err(PlayError::TooLong);
    }
    let mut job = Job::begin(Units::of(sound), limits)?;
    let mut written = 0;
    while let Some(unit) = job.next()? {
        if written == limits.frames() || !out.is_wanted() {
            return Ok(None);
        }
        job.emit(unit, out)?;
        written += 1;
    }
    Ok(Some(job.end()))
}

/// A track in the making.
struct Job {
    units: Units,
    ahead: std::collections::VecDeque<Unit>,
    meter: Meter,
    spool: Spool,
    encoder: Encoder,
    leveler: Leveler,
    gain_db: f64,
    passing: bool,
}

impl Job {
    /// Decodes the beginning and decides by it.
    fn begin(units: Units, limits: Limits) -> Result<Self, PlayError> {
        let mut job = Self {
            units,
            ahead: std::collections::VecDeque::new(),
            meter: Meter::new(Span::Track)?,
            spool: Spool::new().map_err(storage)?,
            encoder: Encoder::new()?,
            leveler: Leveler::new(0.0),
            gain_db: 0.0,
            passing: false,
        };
        let enough = usize::try_from(limits.frames()).unwrap_or(AHEAD).min(AHEAD);
        let since = Instant::now();
        while job.ahead.len() < enough {
            if job.ahead.len() >= AHEAD_MIN && since.elapsed() > AHEAD_WAIT {
                break;
            }
            let Some(unit) = job.read()? else { break };
            job.ahead.push_back(unit);
        }
        let beginning = job.meter.read();
        job.passing = beginning.is_near_target() && job.ahead.iter().all(|unit| unit.packet.is_some());
        job.gain_db = if job.passing { 0.0 } else { beginning.gain_db().min(EARLY_BOOST_MAX_DB) };
        job.leveler = Leveler::new(job.gain_db);
        Ok(job)
    }

    fn next(&mut self) -> Result<Option<Unit>, PlayError> {
        match self.ahead.pop_front() {
            Some(unit) => Ok(Some(unit)),
            None => self.read(),
        }
    }

    fn read(&mut self) -> Result<Option<Unit>, PlayError> {
        let unit = self.units.next()?;
        if let Some(unit) = &unit {
            self.meter.add(&unit.samples)?;
            self.spool.push(&unit.samples).map_err(storage)?;
        }
        Ok(unit)
    }

    fn emit(&mut self, mut unit: Unit, out: &mut FramesWriter) -> Result<(), PlayError> {
        if let (true, Some(packet)) = (self.passing, &unit.packet) {
            return out.push(packet).map_err(storage);
        }
        // From the first packet that may not pass on, all are encoded: an encoder needs its own past.
        self.passing = false;
        self.leveler.apply(&mut unit.samples);
        out.push(self.encoder.encode(&unit.samples)?).map_err(storage)
    }

    fn end(self) -> Whole {
        Whole {
            loudness: self.meter.read(),
            used_gain_db: self.gain_db,
            passed: self.passing,
            gave_way: self.leveler.gave_way(),
            spool: self.spool,
        }
    }
}

impl Whole {
    fn keep(self, tags: Tags, heard: Arc<Frames>) -> Result<Kept, PlayError> {
        let right = self.loudness.gain_db();
        let gain_was_right = !self.gave_way && (right - self.used_gain_db).abs() <= TOLERANCE_LU;
        let keep_as_heard = if self.passed { self.loudness.is_near_target() } else { gain_was_right };
        if keep_as_heard {
            let loudness = self.loudness.after(self.used_gain_db);
            return Ok(Kept { header: Header { loudness, tags }, frames: heard });
        }
        let frames = encode_again(self.spool, right)?;
        Ok(Kept { header: Header { loudness: self.loudness.after(right), tags }, frames })
    }
}

fn encode_again(spool: Spool, gain_db: f64) -> Result<Arc<Frames>, PlayError> {
    let file = tempfile::tempfile().map_err(storage)?;
    let (mut out, frames) = Frames::growing(file);
    let (mut encoder, mut leveler) = (Encoder::new()?, Leveler::new(gain_db));
    let mut replay = spool.replay().map_err(storage)?;
    let mut frame = Vec::with_capacity(FRAME_STEREO);
    while replay.next(&mut frame).map_err(storage)? {
        leveler.apply(&mut frame);
        out.push(encoder.encode(&frame)?).map_err(storage)?;
    }
    out.finish();
    Ok(frames)
}

fn storage(_: io::Error) -> PlayError {
    PlayError::Storage
}
