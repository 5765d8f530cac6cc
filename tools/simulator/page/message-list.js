// The messages of a channel, kept in step with the stream.

import { say } from './announce.js';
import { byId, h } from './dom.js';
import { refreshTimes } from './markdown-view.js';
import { openMenu } from './message-menu.js';
import { isThinking, messageText, messageView, refreshCountdowns } from './message-view.js';
import { keepStop, rove } from './roving.js';
import { myChannel, on, store, tell } from './store.js';

const ITEM = '.message';
const drawn = new Map();
const dismissed = new Set();
const actions = { menu: openMenu, dismiss };

/** Starts the list. */
export function startMessages() {
  const list = byId('messages');
  rove(list, ITEM);
  stickToEnd(list);
  list.addEventListener('contextmenu', menuAt);
  list.addEventListener('keydown', (event) => {
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) menuAt(event);
  });
  on('messages', drawAll);
  on('message', ({ message, fresh }) => drawOne(message, fresh));
  on('gone', remove);
  on('failed', addFailure);
  setInterval(() => {
    refreshCountdowns(list);
    refreshTimes(list);
  }, 1000);
}

let atEnd = true;

/** Who reads the newest message goes on to see it when pictures arrive or the composer grows. */
function stickToEnd(list) {
  list.addEventListener('scroll', () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  });
  list.addEventListener('load', () => toEnd(list), true);
  new ResizeObserver(() => toEnd(list)).observe(list);
}

function toEnd(list) {
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function menuAt(event) {
  const item = event.target.closest(ITEM);
  if (!item || event.target.closest('a, input')) return;
  const message = store.messages.find((one) => one.id === item.dataset.id);
  if (!message) return;
  event.preventDefault();
  openMenu(message, item.querySelector('.message-actions button'));
}

function drawAll() {
  const list = byId('messages');
  drawn.clear();
  list.replaceChildren();
  list.dataset.view = `${store.as} ${store.channel} ${store.locale}`;
  const shown = store.messages.filter((message) => !dismissed.has(message.id));
  for (const message of shown) list.append(draw(message));
  if (shown.length === 0) list.append(empty());
  settle(list);
  atEnd = true;
  toEnd(list);
}

function draw(message) {
  drawn.set(message.id, JSON.stringify(message));
  return messageView(message, actions);
}

function empty() {
  return h('li', { class: 'empty' }, h('p', {}, `This is the start of ${myChannel()?.name ?? 'the channel'}.`),
    h('p', { class: 'small' }, 'Type / to see what Timmy can do.'));
}

function drawOne(message, fresh) {
  if (dismissed.has(message.id) || drawn.get(message.id) === JSON.stringify(message)) return;
  const list = byId('messages');
  const old = itemOf(message.id);
  const wasThinking = old?.querySelector('.thinking') !== null;
  if (old) replace(old, draw(message));
  else {
    list.querySelector(':scope > .empty')?.remove();
    list.append(draw(message));
  }
  settle(list);
  toEnd(list);
  if (fresh || (wasThinking && !isThinking(message))) say(`${message.author.username}: ${messageText(message)}`);
}

const itemOf = (id) => byId('messages').querySelector(`${ITEM}[data-id="${CSS.escape(id)}"]`);

/** The focus and the tab stop outlive an edit. */
function replace(old, item) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const place = focused?.dataset.place;
  item.tabIndex = old.tabIndex;
  old.replaceWith(item);
  if (!focused) return;
  const same = place && item.querySelector(`[data-place="${CSS.escape(place)}"]:not(:disabled)`);
  (same || item).focus({ preventScroll: true });
}

function remove(id) {
  const item = itemOf(id);
  if (!item) return;
  const list = byId('messages');
  const neighbour = item.contains(document.activeElement) ? item.previousElementSibling ?? item.nextElementSibling : null;
  item.remove();
  drawn.delete(id);
  settle(list);
  neighbour?.focus();
  if (list.childElementCount === 0) list.append(empty());
}

function dismiss(message) {
  dismissed.add(message.id);
  remove(message.id);
  byId('say').focus();
}

let failures = 0;

/** Discord's own words in the place of an answer that did not come. */
function addFailure({ title, error, interaction }) {
  const { me } = store.state;
  const person = { id: store.as, username: store.state.people.find((one) => one.id === store.as)?.name };
  const message = {
    id: `failure-${++failures}`, local: true, channel_id: store.channel, content: '', components: [], embeds: [],
    author: { id: me.bot, username: me.name, bot: true }, flags: 64, timestamp: new Date().toISOString(),
    failed: error ?? 'no answer in time', interaction_metadata: { id: interaction, name: title, user: person },
  };
  store.messages.push(message);
  tell('message', { message, fresh: false });
}

/** One of the messages can always be reached by Tab. */
function settle(list) {
  keepStop(list, ITEM);
}
