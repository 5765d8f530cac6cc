//! `timmy listen`: the ears of somebody in the local stack's voice channel.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use hound::{SampleFormat, WavSpec, WavWriter};
use serde_json::json;
use tokio::time::Instant;

use super::send::Person;
use super::session::Session;
use crate::say;

const RATE: u32 = 48_000;
const CHANNELS: u16 = 2;
/// Louder than this is sound; what lies below is the noise of decoding silence.
const AUDIBLE: u16 = 64;
/// Players that take raw sound on standard input, with what tells them how it is made.
const PLAYERS: [(&str, &[&str]); 4] = [
    ("pw-play", &["--raw", "--format", "s16", "--rate", "48000", "--channels", "2", "-"]),
    ("paplay", &["--raw", "--format=s16le", "--rate=48000", "--channels=2"]),
    ("aplay", &["-q", "-t", "raw", "-f", "S16_LE", "-r", "48000", "-c", "2"]),
    (
        "ffplay",
        &["-loglevel", "error", "-nodisp", "-f", "s16le", "-ar", "48000", "-ch_layout", "stereo", "-"],
    ),
];

/// How to listen.
#[derive(Debug, clap::Args)]
pub(crate) struct Listen {
    /// Where the sound is written.
    #[arg(long, value_name = "FILE", default_value = "heard.wav", conflicts_with = "play")]
    out: PathBuf,
    /// Play it on this machine instead: with pw-play, paplay, aplay or ffplay, whichever is there.
    #[arg(long)]
    play: bool,
    /// End after this many seconds; otherwise Ctrl-C ends it.
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// End after this many seconds of sound.
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    sound: Option<u64>,
    /// Who listens; whoever is not in the voice channel joins it.
    #[arg(long = "as", value_enum, default_value_t = Person::Member)]
    person: Person,
    /// The data folder of the stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

/// Where the sound goes.
enum Out {
    Wav(WavWriter<std::io::BufWriter<std::fs::File>>),
    Player(Child),
}

/// How much was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard {
    samples: u64,
    audible: u64,
}

impl Listen {
    /// Listens until it is told to end.
    pub(crate) async fn run(&self) -> Result<()> {
        let session = Session::load(&self.data)?;
        let user = self.person.of(&session.users);
        let client = reqwest::Client::builder().no_proxy().build()?;
        let channel = &session.voice_channel_id;
        let join = client.post(format!("{}/join", session.simulator));
        let joined = join.json(&json!({ "user": user, "channel": channel })).send().await;
        joined
            .context("the local stack does not answer: is ./timmy up still running?")?
            .error_for_status()?;
        let stream = format!("{}/listen?listener={user}&channel={channel}", session.simulator);
        let stream = client.get(stream).send().await?.error_for_status()?;
        let mut out = self.open()?;
        self.announce();
        let heard = self.hear(stream, &mut out).await?;
        out.close()?;
        self.report(heard);
        Ok(())
    }

    fn open(&self) -> Result<Out> {
        if self.play {
            return player();
        }
        let spec = WavSpec {
            channels: CHANNELS,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let wav = WavWriter::create(&self.out, spec);
        Ok(Out::Wav(wav.with_context(|| format!("writing {}", self.out.display()))?))
    }

    async fn hear(&self, mut stream: reqwest::Response, out: &mut Out) -> Result<Heard> {
        let end = self.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let mut heard = Heard::default();
        let mut rest = Vec::new();
        while self.sound.is_none_or(|seconds| heard.audible_s() < seconds) {
            let chunk = tokio::select! {
                chunk = stream.chunk() => chunk.context("the local stack has ended")?,
                () = until(end) => break,
                _ = tokio::signal::ctrl_c() => break,
            };
            let Some(chunk) = chunk else { break };
            rest.extend_from_slice(&chunk);
            let whole = rest.len() / 2 * 2;
            let samples: Vec<i16> = rest
                .drain(..whole)
                .as_slice()
                .chunks_exact(2)
                .map(|two| i16::from_le_bytes([two[0], two[1]]))
                .collect();
            heard.add(&samples);
            out.write(&samples)?;
        }
        Ok(heard)
    }

    fn announce(&self) {
        let ends = if self.seconds.or(self.sound).is_some() { "" } else { "; Ctrl-C ends it" };
        let into = if self.play { String::new() } else { format!(", into {}", self.out.display()) };
        say::line(&format!("listening{into}{ends}"));
    }

    fn report(&self, heard: Heard) {
        let seconds = |samples: u64| samples / u64::from(RATE) / u64::from(CHANNELS);
        let what = format!("{} s, of them {} s with sound", seconds(heard.samples), heard.audible_s());
        let done = if self.play { "heard".to_owned() } else { format!("wrote {}:", self.out.display()) };
        say::line(&format!("{done} {what}"));
    }
}

impl Heard {
    fn add(&mut self, samples: &[i16]) {
        let count = |samples: usize| u64::try_from(samples).unwrap_or(0);
        self.samples += count(samples.len());
        if samples.iter().any(|sample| sample.unsigned_abs() > AUDIBLE) {
            self.audible += count(samples.len());
        }
    }

    fn audible_s(self) -> u64 {
        self.audible / u64::from(RATE) / u64::from(CHANNELS)
    }
}

impl Out {
    fn write(&mut self, samples: &[i16]) -> Result<()> {
        match self {
            Self::Wav(wav) => {
                for sample in samples {
                    wav.write_sample(*sample)?;
                }
                // Whoever kills us leaves a file that can be played.
                Ok(wav.flush()?)
            }
            Self::Player(child) => {
                let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                let Some(stdin) = &mut child.stdin else { bail!("the player takes no sound") };
                stdin.write_all(&bytes).context("the player has ended")
            }
        }
    }

    fn close(self) -> Result<()> {
        match self {
            Self::Wav(wav) => Ok(wav.finalize()?),
            Self::Player(mut child) => {
                drop(child.stdin.take());
                ensure!(child.wait()?.success(), "the player failed");
                Ok(())
            }
        }
    }
}

fn player() -> Result<Out> {
    for (program, args) in PLAYERS {
        match Command::new(program).args(args).stdin(Stdio::piped()).spawn() {
            Ok(child) => return Ok(Out::Player(child)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(program),
        }
    }
    let names: Vec<&str> = PLAYERS.iter().map(|(name, _)| *name).collect();
    bail!("none of {} is installed: leave --play away and play the file", names.join(", "))
}

async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_of_silence_is_no_sound() {
        let mut heard = Heard::default();
        heard.add(&vec![3; 96_000]);
        assert_eq!((heard.samples, heard.audible_s()), (96_000, 0));
        heard.add(&vec![-900; 96_000]);
        assert_eq!(heard.audible_s(), 1);
    }

    #[test]
    fn what_is_heard_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.wav");
        let spec =
            WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut out = Out::Wav(WavWriter::create(&file, spec).unwrap());
        out.write(&[1, -2, 3, -4]).unwrap();
        out.close().unwrap();
        let read: Vec<i16> = hound::WavReader::open(&file).unwrap().samples().map(Result::unwrap).collect();
        assert_eq!(read, [1, -2, 3, -4]);
    }
}
