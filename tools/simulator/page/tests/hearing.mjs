// What comes out of the page's audio node, and what a song should sound like.

import { until } from './visitor.mjs';

const QUIET = 0.002;
const RATE = 48_000;
const WINDOW = 16_384;

/** How loud it is now, and which frequency is the loudest. */
export function hear(page) {
  return page.evaluate(() => {
    const { analyser, audioContext } = window.timmy;
    const wave = new Float32Array(analyser.fftSize);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatTimeDomainData(wave);
    analyser.getFloatFrequencyData(bins);
    const loudness = Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length);
    const peak = bins.reduce((best, level, index) => (level > bins[best] ? index : best), 1);
    return { loudness, hz: (peak * audioContext.sampleRate) / analyser.fftSize };
  });
}

/** Waits for sound. */
export const sound = (page, patience) => until(async () => {
  const heard = await hear(page);
  return heard.loudness > QUIET && heard;
}, 'sound', patience);

/** Waits for silence. */
export const silence = (page, patience) => until(async () => (await hear(page)).loudness < QUIET / 4, 'silence', patience);

/** The mean loudness of some moments. */
export async function loudness(page, moments = 12) {
  let sum = 0;
  for (let moment = 0; moment < moments; moment += 1) {
    sum += (await hear(page)).loudness;
    await page.waitForTimeout(120);
  }
  return sum / moments;
}

/** The loudest frequency of each window of a song: the browser decodes it, whatever its format. */
export async function tonesOf(page, url) {
  // The name is the worker's alone; the songs lie on this machine.
  const here = new URL(url);
  here.hostname = '127.0.0.1';
  const bytes = Buffer.from(await (await fetch(here)).arrayBuffer()).toString('base64');
  const tones = await page.evaluate(async ({ encoded, rate, window: size }) => {
    const data = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)).buffer;
    const song = await new OfflineAudioContext(2, 1, rate).decodeAudioData(data);
    const seconds = Math.min(song.duration, 120);
    const offline = new OfflineAudioContext(2, Math.ceil(seconds * rate), rate);
    const analyser = new AnalyserNode(offline, { fftSize: size, smoothingTimeConstant: 0 });
    const source = new AudioBufferSourceNode(offline, { buffer: song });
    source.connect(analyser).connect(offline.destination);
    source.start();
    const found = new Set();
    const bins = new Float32Array(analyser.frequencyBinCount);
    for (let at = size / rate; at < seconds; at += 0.1) {
      offline.suspend(at).then(() => {
        analyser.getFloatFrequencyData(bins);
        const peak = bins.reduce((best, level, index) => (level > bins[best] ? index : best), 1);
        if (bins[peak] > -60) found.add((peak * rate) / size);
        offline.resume();
      });
    }
    await offline.startRendering();
    return [...found];
  }, { encoded: bytes, rate: RATE, window: WINDOW });
  return tones;
}

/** Whether what is heard is one of a song's tones: within a quarter of a semitone. */
export const isOneOf = (hz, tones) => tones.some((tone) => Math.abs(hz - tone) <= Math.max(tone * 0.015, (1.5 * RATE) / WINDOW));
