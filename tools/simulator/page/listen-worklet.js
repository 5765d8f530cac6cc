// Plays what arrives, with a small store against jitter. Runs beside the page, on the audio's own thread.

const RATE = 48_000;
const START_FRAMES = RATE * 0.15;
const MOST_FRAMES = RATE * 1.0;

class Listen extends AudioWorkletProcessor {
  constructor() {
    super();
    this.left = new Float32Array(RATE * 2);
    this.right = new Float32Array(RATE * 2);
    this.read = 0;
    this.held = 0;
    this.playing = false;
    this.underruns = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(samples) {
    const size = this.left.length;
    for (let at = 0; at + 1 < samples.length; at += 2) {
      if (this.held === size) this.drop(1);
      const to = (this.read + this.held) % size;
      this.left[to] = samples[at] / 32_768;
      this.right[to] = samples[at + 1] / 32_768;
      this.held += 1;
    }
    // Late by too much: go on with what is new.
    if (this.held > MOST_FRAMES) this.drop(this.held - START_FRAMES);
  }

  drop(frames) {
    this.read = (this.read + frames) % this.left.length;
    this.held -= frames;
  }

  process(_, [output]) {
    const [left, right] = output;
    if (!this.playing && this.held >= START_FRAMES) this.playing = true;
    if (!this.playing) return true;
    if (this.held < left.length) {
      this.playing = false;
      this.underruns += 1;
      this.port.postMessage({ underruns: this.underruns });
      return true;
    }
    for (let at = 0; at < left.length; at += 1) {
      const from = (this.read + at) % this.left.length;
      left[at] = this.left[from];
      (right ?? left)[at] = this.right[from];
    }
    this.drop(left.length);
    return true;
  }
}

registerProcessor('listen', Listen);
