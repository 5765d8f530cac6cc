// What happened, in order: each interaction with what the bot did for it.

import { openSide } from './drawers.js';
import { byId, fill, h } from './dom.js';
import { rove } from './roving.js';
import { on, store } from './store.js';
import { timelineEntry } from './timeline-entry.js';

const KINDS = ['interaction', 'answer', 'rest', 'account', 'gateway', 'voice', 'store', 'doorbell', 'worker', 'fault', 'probe', 'violation'];
const KEPT = 500;

let interaction = null;

/** Starts the panel. */
export function startTimeline() {
  const list = byId('timeline');
  const kind = byId('timeline-kind');
  rove(list, 'summary');
  fill(kind, h('option', { value: '' }, 'Everything'), KINDS.map((name) => h('option', { value: name }, name)));
  kind.addEventListener('change', drawAll);
  byId('timeline-all').addEventListener('click', () => filter(null));
  list.addEventListener('click', (event) => {
    const asked = event.target.closest('[data-only]');
    if (asked) filter(asked.dataset.only);
  });
  on('timeline', add);
  on('inspect', (id) => {
    openSide('timeline');
    filter(id);
  });
}

function filter(id) {
  interaction = id;
  byId('timeline-only').hidden = id === null;
  byId('timeline-only-id').textContent = id === null ? '' : `Interaction …${id.slice(-6)}`;
  drawAll();
  if (id !== null) byId('timeline-all').focus();
}

function fits(entry) {
  const kind = byId('timeline-kind').value;
  return (interaction === null || entry.interaction === interaction) && (kind === '' || entry.kind === kind);
}

function drawAll() {
  const list = byId('timeline');
  fill(list, store.timeline.filter(fits).map(timelineEntry));
  const first = list.querySelector('summary');
  if (first) first.tabIndex = 0;
  list.scrollTop = list.scrollHeight;
  count();
}

function add(entries) {
  const list = byId('timeline');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  for (const entry of entries.filter(fits)) list.append(timelineEntry(entry));
  while (list.childElementCount > KEPT) list.firstElementChild.remove();
  if (!list.querySelector('summary[tabindex="0"]')) list.querySelector('summary')?.setAttribute('tabindex', '0');
  if (atEnd) list.scrollTop = list.scrollHeight;
  count();
}

function count() {
  const broken = store.timeline.filter((entry) => entry.kind === 'violation').length;
  const badge = byId('violations');
  badge.hidden = broken === 0;
  badge.textContent = `${broken} broken rule${broken === 1 ? '' : 's'}`;
  byId('timeline-empty').hidden = byId('timeline').childElementCount > 0;
}
