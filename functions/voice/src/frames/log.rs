//! A track's packets in a file, readable while they are being written. Memory holds four bytes a frame.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use super::{Ahead, FrameRead};
use crate::failure::PlayError;
use crate::media::opus::PACKET_MAX;

/// How far a track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Growing { audible: bool },
    Complete,
    Failed(PlayError),
}

/// A track's packets.
#[derive(Debug)]
pub struct Frames {
    file: File,
    /// Where the first packet stands in the file.
    base: u64,
    /// Where each packet ends, from `base`.
    ends: RwLock<Vec<u32>>,
    state: watch::Sender<State>,
}

impl Frames {
    /// A new track in `file`, which has no name any more: whatever happens to the process, nothing is left behind.
    pub fn growing(file: File) -> (FramesWriter, Arc<Self>) {
        let state = watch::Sender::new(State::Growing { audible: false });
        let frames = Arc::new(Self { file, base: 0, ends: RwLock::default(), state });
        (FramesWriter(frames.clone()), frames)
    }

    /// A complete track whose packets of these lengths begin at `base`; `None` if they are too many bytes.
    pub fn complete(file: File, base: u64, lengths: &[u16]) -> Option<Arc<Self>> {
        let mut end = 0_u32;
        let mut ends = Vec::with_capacity(lengths.len());
        for length in lengths {
            end = end.checked_add(u32::from(*length))?;
            ends.push(end);
        }
        let state = watch::Sender::new(State::Complete);
        Some(Arc::new(Self { file, base, ends: RwLock::new(ends), state }))
    }

    /// Puts packet `number` into `out`. `ahead` is the caller's own.
    pub fn read(&self, number: u64, ahead: &mut Ahead, out: &mut Vec<u8>) -> FrameRead {
        // The state first: a packet written after it was read is only "not yet" once more.
        let state = *self.state.borrow();
        let Some((span, written)) = self.span(number) else {
            return match state {
                State::Growing { .. } => FrameRead::NotYet,
                State::Complete => FrameRead::End,
                State::Failed(error) => FrameRead::Failed(error),
            };
        };
        out.clear();
        match ahead.bytes(&self.file, span, written) {
            Ok(packet) => out.extend_from_slice(packet),
            Err(_) => return FrameRead::Failed(PlayError::Storage),
        }
        FrameRead::Frame
    }

    /// Where a packet stands in the file, and where the last one ends.
    fn span(&self, number: u64) -> Option<((u64, u64), u64)> {
        let ends = self.ends.read().unwrap_or_else(PoisonError::into_inner);
        let number = usize::try_from(number).ok()?;
        let end = *ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied();
        let place = |end: u32| self.base + u64::from(end);
        Some(((place(start.unwrap_or(0)), place(end)), place(*ends.last()?)))
    }

    /// Packets so far.
    pub fn count(&self) -> u64 {
        self.ends.read().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    /// Packets in all, once that is settled.
    pub fn length(&self) -> Option<u64> {
        (*self.state.borrow() == State::Complete).then(|| self.count())
    }

    /// Whether it broke off.
    pub fn has_failed(&self) -> bool {
        matches!(*self.state.borrow(), State::Failed(_))
    }

    /// Each packet's length.
    pub fn lengths(&self) -> Vec<u16> {
        let ends = self.ends.read().unwrap_or_else(PoisonError::into_inner);
        let starts = core::iter::once(&0).chain(ends.iter());
        // Each fits: nothing longer than `PACKET_MAX` is ever written, and a stored length is 16 bits.
        starts.zip(ends.iter()).map(|(start, end)| u16::try_from(end - start).unwrap_or(u16::MAX)).collect()
    }

    /// Waits for the first packet, or the end.
    pub async fn ready(&self) -> Result<(), PlayError> {
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| *state != State::Growing { audible: false }).await;
        match settled.map(|state| *state) {
            // A track whose sound has begun is played until where it broke.
            Ok(State::Failed(error)) if self.count() == 0 => Err(error),
            Ok(_) => Ok(()),
            Err(_) => Err(PlayError::Internal),
        }
    }

    /// Waits until no more packets will come.
    pub async fn settled(&self) -> Result<(), PlayError> {
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| !matches!(state, State::Growing { .. })).await;
        match settled.map(|state| *state) {
            Ok(State::Failed(error)) => Err(error),
            Ok(_) => Ok(()),
            Err(_) => Err(PlayError::Internal),
        }
    }
}

/// The writing end. Dropped before its end, the track has failed.
#[derive(Debug)]
pub struct FramesWriter(Arc<Frames>);

impl FramesWriter {
    /// Appends a packet.
    pub fn push(&mut self, packet: &[u8]) -> io::Result<()> {
        if packet.is_empty() || packet.len() > PACKET_MAX {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let start = self.0.ends.read().unwrap_or_else(PoisonError::into_inner).last().copied().unwrap_or(0);
        let end = u32::try_from(packet.len()).ok().and_then(|length| start.checked_add(length));
        let end = end.ok_or(io::ErrorKind::FileTooLarge)?;
        self.0.file.write_all_at(packet, self.0.base + u64::from(start))?;
        self.0.ends.write().unwrap_or_else(PoisonError::into_inner).push(end);
        self.0.state.send_if_modified(|state| {
            core::mem::replace(state, State::Growing { audible: true }) == State::Growing { audible: false }
        });
        Ok(())
    }

    /// Whether anybody but this writer still holds the track.
    pub fn is_wanted(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// No more packets will come.
    pub fn finish(self) -> Arc<Frames> {
        self.0.state.send_replace(State::Complete);
        self.0.clone()
    }

    /// It broke off.
    pub fn fail(self, error: PlayError) {
        self.0.state.send_replace(State::Failed(error));
    }
}

impl Drop for FramesWriter {
    fn drop(&mut self) {
        self.0.state.send_if_modified(|state| {
            let open = matches!(state, State::Growing { .. });
            if open {
                *state = State::Failed(PlayError::Internal);
            }
            open
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frames: &Frames, number: u64) -> Result<Vec<u8>, FrameRead> {
        let mut out = Vec::new();
        match frames.read(number, &mut Ahead::default(), &mut out) {
            FrameRead::Frame => Ok(out),
            other => Err(other),
        }
    }

    #[test]
    fn packets_are_read_while_more_are_written() {
        let (mut writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
        assert_eq!(read(&frames, 0), Err(FrameRead::NotYet));
        writer.push(b"one").unwrap();
        writer.push(b"three").unwrap();
        assert_eq!(read(&frames, 1), Ok(b"three".to_vec()));
        assert_eq!(read(&frames, 0), Ok(b"one".to_vec()));
        assert_eq!((read(&frames, 2), frames.length()), (Err(FrameRead::NotYet), None));
        assert_eq!(frames.lengths(), [3, 5]);
        writer.finish();
        assert_eq!((read(&frames, 2), frames.length()), (Err(FrameRead::End), Some(2)));
    }

    #[test]
    fn a_writer_that_dies_leaves_a_failed_track() {
        let (mut writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
        writer.push(b"one").unwrap();
        drop(writer);
        assert_eq!(read(&frames, 0), Ok(b"one".to_vec()));
        assert_eq!(read(&frames, 1), Err(FrameRead::Failed(PlayError::Internal)));
    }

    #[test]
    fn packets_that_discord_would_not_take_are_refused() {
        let (mut writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
        assert!(writer.push(&[]).is_err() && writer.push(&[0; PACKET_MAX + 1]).is_err());
        assert_eq!(frames.count(), 0);
        assert!(writer.is_wanted());
        drop(frames);
        assert!(!writer.is_wanted());
    }

    #[tokio::test]
    async fn ready_waits_for_the_first_packet_or_the_reason() {
        let (mut writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
        let waiting = tokio::spawn({
            let frames = frames.clone();
            async move { frames.ready().await }
        });
        writer.push(b"one").unwrap();
        assert_eq!(waiting.await.unwrap(), Ok(()));
        writer.fail(PlayError::CutShort);
        assert_eq!(frames.settled().await, Err(PlayError::CutShort));
        assert_eq!(frames.ready().await, Ok(()), "what came can still be heard");
        let (writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
        writer.fail(PlayError::NotAudio);
        assert_eq!(frames.ready().await, Err(PlayError::NotAudio));
    }

    #[test]
    fn lengths_that_do_not_fit_are_no_track() {
        let file = || tempfile::tempfile().unwrap();
        assert!(Frames::complete(file(), 0, &vec![u16::MAX; 65_539]).is_none());
        assert_eq!(Frames::complete(file(), 0, &[]).unwrap().length(), Some(0));
    }
}
