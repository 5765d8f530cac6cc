//! The songs, as notes.

/// How a song is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// RIFF/WAVE, 16 bit, mono.
    Wav,
    /// Ogg Opus, 96 kbit/s, stereo.
    Opus,
    /// FLAC, 16 bit, mono.
    Flac,
}

/// A song.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    /// What it is called.
    pub(super) title: &'static str,
    /// Its file.
    pub(super) file: &'static str,
    /// How it is kept.
    pub(super) format: Format,
    /// How long a note sounds, in seconds.
    pub(super) note_s: f32,
    /// How often the notes are played.
    pub(super) rounds: usize,
    /// How fast a note fades; larger is shorter.
    pub(super) fades: f32,
    /// Sky, sun and bars of its cover, as red, green and blue.
    pub(super) colours: [[u8; 3]; 3],
    /// Each note in hertz; 0 is silence.
    pub(super) notes: &'static [f32],
}

impl Recipe {
    /// Every note from the first to the last.
    pub(super) fn all_notes(&self) -> impl Iterator<Item = f32> + use<> {
        let notes = self.notes;
        (0..self.rounds).flat_map(move |_| notes.iter().copied())
    }
}

/// All of them.
pub(super) const ALL: [Recipe; 4] = [
    Recipe {
        title: "Hello",
        file: "Hello.flac",
        format: Format::Flac,
        note_s: 0.25,
        rounds: 4,
        fades: 3.0,
        colours: [[255, 183, 94], [255, 244, 214], [237, 71, 116]],
        // Broken chords of C, A minor, F and G.
        notes: &[
            261.63, 329.63, 392.00, 523.25, 392.00, 329.63, 523.25, 392.00, 220.00, 261.63, 329.63, 440.00,
            329.63, 261.63, 440.00, 329.63, 174.61, 220.00, 261.63, 349.23, 261.63, 220.00, 349.23, 261.63,
            196.00, 246.94, 293.66, 392.00, 293.66, 246.94, 392.00, 293.66,
        ],
    },
    Recipe {
        title: "Slow River",
        file: "Slow River.opus",
        format: Format::Opus,
        note_s: 0.6,
        rounds: 4,
        fades: 1.2,
        colours: [[28, 92, 140], [255, 214, 140], [16, 42, 78]],
        // A minor, down the pentatonic scale and up again.
        notes: &[
            440.00, 392.00, 329.63, 293.66, 261.63, 293.66, 329.63, 392.00, 440.00, 523.25, 440.00, 392.00,
            329.63, 261.63, 220.00, 0.0,
        ],
    },
    Recipe {
        title: "Night Bus",
        file: "Night Bus.opus",
        format: Format::Opus,
        note_s: 0.2,
        rounds: 10,
        fades: 6.0,
        colours: [[22, 20, 52], [250, 230, 120], [222, 60, 140]],
        // A walking bass in E.
        notes: &[
            164.81, 0.0, 164.81, 196.00, 220.00, 0.0, 233.08, 246.94, 164.81, 0.0, 293.66, 246.94, 220.00,
            196.00, 185.00, 0.0,
        ],
    },
    Recipe {
        title: "First Snow",
        file: "First Snow.wav",
        format: Format::Wav,
        note_s: 0.4,
        rounds: 3,
        fades: 2.0,
        colours: [[196, 222, 240], [255, 255, 255], [92, 120, 178]],
        // D major, seconds and sixths.
        notes: &[
            587.33, 0.0, 493.88, 440.00, 369.99, 0.0, 440.00, 493.88, 587.33, 659.26, 587.33, 493.88, 440.00,
            369.99, 329.63, 0.0, 293.66, 369.99, 440.00, 587.33, 493.88, 440.00, 369.99, 293.66,
        ],
    },
];
