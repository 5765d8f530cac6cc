// What can be made to go wrong.

import { postFault } from './api.js';
import { say } from './announce.js';
import { byId, fill, h, unseen } from './dom.js';
import { on, store } from './store.js';

const CODES = {
  4006: 'session no longer valid', 4009: 'session timed out', 4011: 'server not found', 4014: 'disconnected',
  4015: 'voice server crashed', 4022: 'call ended', 4000: 'unknown error', 4004: 'authentication failed',
  4007: 'invalid sequence', 4008: 'rate limited',
};

/** Starts the panel. */
export function startFaults() {
  on('state', draw);
  on('worker', drawNote);
}

function draw() {
  const list = byId('faults');
  const focused = list.contains(document.activeElement) ? document.activeElement.id : null;
  fill(list, (store.state.faults ?? []).map((fault) => h('li', {}, (KINDS[fault.kind] ?? button)(fault))));
  if (focused) byId(focused)?.focus();
  drawNote();
}

function drawNote() {
  const { running } = store.state.worker ?? {};
  byId('fault-note').textContent = store.workerNote ?? (running ? 'The worker is running.' : 'No worker is running; the next song starts one.');
}

const KINDS = { button, switch: toggle, code };

function button(fault) {
  return h('button', { id: `fault-${fault.id}`, class: `button wide-button${fault.id === 'mend' ? ' calm' : ''}`, type: 'button', on: { click: () => make(fault, {}) } }, fault.title);
}

function toggle(fault) {
  const node = h('button', {
    id: `fault-${fault.id}`, class: 'switch', type: 'button', role: 'switch', 'aria-checked': String(fault.on === true),
    on: { click: flip },
  }, h('span', {}, fault.title), h('span', { class: 'switch-knob', 'aria-hidden': 'true' }));
  async function flip() {
    const next = node.getAttribute('aria-checked') !== 'true';
    if (await make(fault, { on: next })) {
      fault.on = next;
      node.setAttribute('aria-checked', String(next));
    }
  }
  return node;
}

function code(fault) {
  const select = h('select', { id: `fault-${fault.id}`, 'aria-label': `${fault.title}: code` },
    fault.codes.map((number) => h('option', { value: number }, CODES[number] ? `${number} ${CODES[number]}` : String(number))));
  return h('div', { class: 'fault-code' }, h('span', { class: 'fault-title' }, fault.title), select,
    h('button', { class: 'button', type: 'button', on: { click: () => make(fault, { code: Number(select.value) }) } }, 'Do it', unseen(`: ${fault.title}`)));
}

async function make(fault, body) {
  try {
    await postFault(fault.id, { ...fault.body, ...body });
    say(`Done: ${fault.title}`);
    byId('fault-error').textContent = '';
    return true;
  } catch (error) {
    byId('fault-error').textContent = `${fault.title}: ${error.message}`;
    return false;
  }
}
