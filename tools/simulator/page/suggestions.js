// The list above the composer: commands, choices, what autocomplete found.

import { byId, fill, h, icon } from './dom.js';

let shown = [];
let active = -1;
let owner = null;
let take = () => {};

/**
 * Shows items `{label, description, hint, locked}` for an input; `chosen(item)` is called for the one taken.
 * `title` names the list. With nothing to show it says `empty`, or closes.
 */
export function suggest(input, items, { title, empty = '', start = 0, chosen }) {
  const box = byId('suggestions');
  if (owner && owner !== input) release();
  owner = input;
  shown = items;
  active = items.length > 0 ? Math.min(start, items.length - 1) : -1;
  take = chosen;
  if (items.length === 0 && !empty) return closeSuggestions();
  const list = byId('suggestion-list');
  list.setAttribute('aria-label', title);
  byId('suggestion-title').textContent = title;
  fill(list, items.map(option));
  byId('suggestion-empty').textContent = items.length === 0 ? empty : '';
  list.hidden = items.length === 0;
  box.hidden = false;
  input.setAttribute('aria-expanded', 'true');
  input.setAttribute('aria-controls', 'suggestion-list');
  mark();
}

function option(item, index) {
  return h('div', {
    class: 'choice', role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false', 'data-index': index,
    on: { mousedown: (event) => event.preventDefault(), click: () => pick(index) },
  },
  item.locked && icon('lock'),
  h('span', { class: 'choice-label' }, item.label),
  item.hint && h('span', { class: 'choice-hint' }, item.hint),
  item.description && h('small', {}, item.description));
}

function pick(index) {
  const item = shown[index];
  if (item) take(item);
}

function mark() {
  const nodes = byId('suggestion-list').children;
  [...nodes].forEach((node, index) => {
    node.classList.toggle('active', index === active);
    node.setAttribute('aria-selected', String(index === active));
  });
  if (active >= 0) {
    owner.setAttribute('aria-activedescendant', `suggestion-${active}`);
    nodes[active].scrollIntoView({ block: 'nearest' });
  } else owner?.removeAttribute('aria-activedescendant');
}

/** Closes the list. */
export function closeSuggestions() {
  byId('suggestions').hidden = true;
  shown = [];
  active = -1;
  release();
}

function release() {
  owner?.setAttribute('aria-expanded', 'false');
  owner?.removeAttribute('aria-activedescendant');
  owner = null;
}

export const areOpen = () => !byId('suggestions').hidden;

/** Lets the list have a key first: true when it took it. */
export function suggestionKey(event) {
  if (!areOpen()) return false;
  const last = shown.length - 1;
  if (event.key === 'Escape') closeSuggestions();
  else if (shown.length === 0) return false;
  else if (event.key === 'ArrowDown') active = active >= last ? 0 : active + 1;
  else if (event.key === 'ArrowUp') active = active <= 0 ? last : active - 1;
  else if (event.key === 'PageDown') active = Math.min(last, active + 6);
  else if (event.key === 'PageUp') active = Math.max(0, active - 6);
  else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && active >= 0) pick(active);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  if (areOpen() && shown.length > 0) mark();
  return true;
}
