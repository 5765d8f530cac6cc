// The speaker: plays what the chosen person hears in their voice channel.

import { listenPath } from './api.js';
import { joinOrLeave } from './act.js';
import { say } from './announce.js';
import { byId, fill, icon } from './dom.js';
import { myGuild, on, store, voiceOf } from './store.js';

const RATE = 48_000;

let graph = null;
let wanted = false;
let tuned = null;

/** Starts the speaker's button. */
export function startSound() {
  byId('speaker').addEventListener('click', () => listen(!wanted));
  on('voice', tune);
  on('view', tune);
  draw();
}

/** Switches it on (and goes into the voice channel where one is not there yet) or off. Needs a click or a key. */
export async function listen(yes) {
  wanted = yes;
  draw();
  try {
    if (yes) {
      graph ??= await build();
      await graph.context.resume();
      if (!voiceOf(store.as)) await enter();
    }
    tune();
  } catch (error) {
    wanted = false;
    draw();
    say(`No sound: ${error.message}`, true);
  }
}

async function enter() {
  const channels = (myGuild()?.channels ?? []).filter((channel) => channel.kind === 'voice');
  const channel = channels.find((one) => one.people?.some((person) => person.bot)) ?? channels[0];
  if (!channel) throw new Error('there is no voice channel here');
  await joinOrLeave(channel.id);
}

async function build() {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
  await context.audioWorklet.addModule('/page/listen-worklet.js');
  const node = new AudioWorkletNode(context, 'listen', { numberOfInputs: 0, outputChannelCount: [2] });
  const gain = new GainNode(context);
  const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
  node.connect(gain).connect(analyser).connect(context.destination);
  const built = { context, node, analyser, underruns: 0, bytes: 0 };
  node.port.onmessage = ({ data }) => {
    built.underruns = data.underruns;
  };
  window.timmy = { ...window.timmy, audioContext: context, audioNode: node, analyser, sound: built };
  return built;
}

/** Follows the person from channel to channel. */
function tune() {
  const channel = wanted ? voiceOf(store.as)?.channel.id ?? null : null;
  const station = channel && `${store.as} ${channel}`;
  if (station === (tuned?.station ?? null)) return;
  tuned?.stop.abort();
  tuned = station ? { station, stop: new AbortController() } : null;
  if (tuned) receive(tuned, store.as, channel);
  draw();
}

async function receive(mine, as, channel) {
  try {
    const answer = await fetch(listenPath(as, channel), { signal: mine.stop.signal });
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
    const reader = answer.body.getReader();
    let rest = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest = forward(rest, value);
    }
  } catch (error) {
    if (mine.stop.signal.aborted) return;
    say(`The sound broke off: ${error.message}`, true);
  }
  if (tuned !== mine) return;
  // It ended by itself: once more while one is still there.
  tuned = null;
  setTimeout(tune, 500);
}

/** Hands whole frames on; what is left of one waits for the next piece. */
function forward(rest, piece) {
  const bytes = new Uint8Array(rest.length + piece.length);
  bytes.set(rest);
  bytes.set(piece, rest.length);
  const whole = bytes.length - (bytes.length % 4);
  const samples = new Int16Array(bytes.slice(0, whole).buffer);
  graph.bytes += whole;
  graph.node.port.postMessage(samples, [samples.buffer]);
  return bytes.slice(whole);
}

function draw() {
  const button = byId('speaker');
  button.setAttribute('aria-pressed', String(wanted));
  const silent = wanted && !voiceOf(store.as);
  button.title = silent ? 'Join the voice channel to hear it' : 'Hear the voice channel';
  fill(button, icon(wanted ? 'sound' : 'silent'), wanted ? 'Listening' : 'Listen');
}
