// One entry of the timeline; what it holds is drawn when it is opened.

import { h, icon, unseen } from './dom.js';
import { millis } from './time-words.js';

/** An entry as an item of the list. */
export function timelineEntry(entry) {
  const body = h('div', { class: 'entry-body' });
  const details = h('details', { class: `entry kind-${entry.kind}${entry.ok === false ? ' bad' : ''}` },
    h('summary', { tabindex: -1 },
      h('span', { class: 'entry-at' }, seconds(entry.at_ms)),
      h('span', { class: 'entry-words' },
        h('span', { class: 'entry-kind' }, entry.kind), ' ', h('span', { class: 'entry-title' }, entry.title)),
      entry.ms !== null && entry.ms !== undefined && h('span', { class: 'entry-ms' }, millis(entry.ms)),
      outcome(entry)),
    body);
  details.addEventListener('toggle', () => {
    if (details.open && body.childElementCount === 0) body.append(...inside(entry));
    if (details.open) details.scrollIntoView({ block: 'nearest' });
  });
  return h('li', { 'data-entry': entry.id, 'data-interaction': entry.interaction }, details);
}

const seconds = (at) => (typeof at === 'number' ? `${(at / 1000).toFixed(2)}` : '');

function outcome({ ok, kind }) {
  if (ok === true) return h('span', { class: 'good' }, icon('check'), unseen('passed'));
  if (ok === false || kind === 'violation') return h('span', { class: 'bad' }, icon('warning'), unseen('refused or failed'));
  return null;
}

function inside(entry) {
  const { detail } = entry;
  const nodes = [];
  if (detail?.rule) nodes.push(rule(detail));
  if (Array.isArray(detail?.checks)) nodes.push(checks(detail.checks));
  nodes.push(...facts(detail), ...raws(detail));
  if (entry.kind === 'interaction') {
    nodes.push(h('p', { class: 'small' }, 'To keep it as an event: ', h('code', {}, `./timmy record FILE --interaction ${entry.interaction}`)));
  }
  if (entry.interaction) {
    nodes.push(h('button', { class: 'link-button', type: 'button', 'data-only': entry.interaction }, 'Only this interaction'));
  }
  return nodes.length > 0 ? nodes : [h('p', { class: 'small' }, entry.at)];
}

function rule({ rule: broken, where }) {
  return h('p', { class: 'rule' }, h('strong', {}, broken), where && h('code', {}, ` ${where}`));
}

function checks(list) {
  return h('ul', { class: 'checks', 'aria-label': 'Checks' }, list.map(({ name, ok }) => h('li', { class: ok ? 'good' : 'bad' },
    icon(ok ? 'check' : 'close'), unseen(ok ? 'passed: ' : 'refused: '), name)));
}

const SHOWN_ELSEWHERE = new Set(['checks', 'rule', 'where']);
const isPlain = (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value);

function entriesOf(detail) {
  if (detail === null || detail === undefined) return [];
  if (typeof detail !== 'object' || Array.isArray(detail)) return [['detail', detail]];
  return Object.entries(detail).filter(([name]) => !SHOWN_ELSEWHERE.has(name));
}

/** Short values side by side. */
function facts(detail) {
  const short = entriesOf(detail).filter(([, value]) => isPlain(value) && String(value).length <= 80);
  if (short.length === 0) return [];
  return [h('dl', { class: 'facts' }, short.map(([name, value]) => [h('dt', {}, name), h('dd', {}, String(value))]))];
}

/** Long ones as they are. */
function raws(detail) {
  return entriesOf(detail)
    .filter(([, value]) => !isPlain(value) || String(value).length > 80)
    .map(([name, value]) => h('details', { class: 'raw', open: true }, h('summary', {}, name),
      h('pre', { class: 'code', tabindex: 0, 'aria-label': name }, typeof value === 'string' ? value : JSON.stringify(value, null, 2))));
}
