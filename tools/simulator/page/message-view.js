// One message: who, when, what, and the marks that Discord puts on it.

import { drawComponents } from './components.js';
import { failure } from './controls.js';
import { avatar, h, icon, unseen } from './dom.js';
import { drawEmbeds } from './embeds.js';
import { plainText } from './markdown.js';
import { markdown } from './markdown-view.js';
import { store, userName } from './store.js';
import { clock, countdown } from './time-words.js';

const EPHEMERAL = 64;
const LOADING = 128;

export const isEphemeral = (message) => (message.flags & EPHEMERAL) !== 0;
export const isThinking = (message) => (message.flags & LOADING) !== 0;

/** A message as an item of the list. `actions` are what its corner offers. */
export function messageView(message, actions) {
  const { author } = message;
  return h('li', {
    class: `message${isEphemeral(message) ? ' ephemeral' : ''}`, tabindex: -1, 'data-id': message.id,
    'aria-label': `${author.username}: ${messageText(message)}`.slice(0, 240),
  },
  usedBy(message),
  avatar(author.id, author.username, author.bot ? 'bot' : ''),
  h('div', { class: 'message-main' },
    h('h2', { class: 'message-head' },
      h('span', { class: 'author' }, author.username),
      author.bot && h('span', { class: 'tag' }, 'App'),
      h('time', { class: 'when', datetime: message.timestamp }, clock(message.timestamp, store.locale)),
      message.edited_timestamp && !message.local && h('span', { class: 'when' }, '(edited)')),
    messageBody(message),
    isEphemeral(message) && onlyYou(message, actions)),
  h('div', { class: 'message-actions' }, h('button', {
    class: 'icon-button', type: 'button', 'aria-label': 'More about this message', title: 'More', 'aria-haspopup': 'menu',
    on: { click: (event) => actions.menu(message, event.currentTarget) },
  }, icon('dots'))));
}

function usedBy({ interaction_metadata: used }) {
  if (!used?.user) return null;
  return h('p', { class: 'used-by' },
    h('span', { class: 'used-line', 'aria-hidden': 'true' }),
    h('strong', {}, used.user.username ?? userName(used.user.id)),
    used.name ? ' used ' : ' used a control',
    used.name && h('span', { class: 'mention' }, `/${used.name}`.replace('//', '/')));
}

const COMPONENTS_V2 = 1 << 15;

/** What stands under the author's name. */
export function messageBody(message) {
  return h('div', { class: 'message-body' },
    isThinking(message) && thinking(message),
    message.content && markdown(message.content),
    // In a message of components alone, files are seen where a component shows them.
    (message.flags & COMPONENTS_V2 ? [] : message.attachments ?? []).map(attachment),
    drawEmbeds(message.embeds),
    drawComponents(message.components, message),
    message.failed && failure(message.failed));
}

function thinking(message) {
  const left = message.deadline && h('span', { class: 'countdown', 'data-deadline': message.deadline },
    countdown(message.deadline));
  return h('p', { class: 'thinking' },
    h('span', { class: 'thinking-dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    h('span', {}, `${message.author.username} is thinking…`),
    left && h('span', { class: 'when' }, unseen('time left: '), left));
}

function attachment({ url, filename }) {
  const safe = /^https?:|^\//.test(url ?? '');
  const name = filename ?? url;
  return h('div', { class: 'file' }, icon('file'),
    safe ? h('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, name) : name);
}

function onlyYou(message, actions) {
  return h('p', { class: 'only-you' }, icon('eye'), h('span', {}, 'Only you can see this · '),
    h('button', { class: 'link-button', type: 'button', on: { click: () => actions.dismiss(message) } }, 'Dismiss message'));
}

/** A message in plain words. */
export function messageText(message) {
  if (isThinking(message)) return 'is thinking…';
  const texts = [message.content, ...(message.embeds ?? []).flatMap((embed) => [embed.title, embed.description])];
  gather(message.components ?? [], texts);
  if (message.failed) texts.push(message.failed);
  return texts.filter(Boolean).map((text) => plainText(text, { user: userName })).join('. ');
}

function gather(components, texts) {
  for (const component of components) {
    if (component.type === 10) texts.push(component.content);
    if (component.components && component.type !== 1) gather(component.components, texts);
  }
}

/** Counts the seconds of what is being thought about. */
export function refreshCountdowns(root) {
  for (const node of root.querySelectorAll('[data-deadline]')) {
    const words = countdown(node.dataset.deadline);
    if (node.textContent !== words) node.textContent = words;
  }
}
