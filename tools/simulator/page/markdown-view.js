// Draws parsed markdown.

import { h } from './dom.js';
import { parseMarkdown } from './markdown.js';
import { channelById, myGuild, store, userName } from './store.js';
import { timeWords } from './time-words.js';

const TAGS = { bold: 'strong', italic: 'em', underline: 'u', strike: 's' };
// A card's heading stands below the channel's name (1) and its author's (2).
const BLOCKS = { text: 'p', small: 'p', quote: 'blockquote', heading1: 'h3', heading2: 'h3', heading3: 'h3' };

/** The nodes of a text in Discord's markdown. */
export function markdown(source) {
  return h('div', { class: 'markdown' }, parseMarkdown(String(source)).map(block));
}

function block(part) {
  if (part.block === 'code') return h('pre', { class: 'code', tabindex: 0 }, h('code', {}, part.text));
  if (part.block === 'list') return h('ul', {}, part.items.map((item) => h('li', {}, item.map(piece))));
  return h(BLOCKS[part.block], { class: part.block }, part.inline.map(piece));
}

function piece(part) {
  if (TAGS[part.kind]) return h(TAGS[part.kind], {}, part.children.map(piece));
  return PIECES[part.kind](part);
}

const PIECES = {
  text: (part) => part.text,
  break: () => h('br'),
  code: (part) => h('code', {}, part.text),
  link: (part) => h('a', { href: part.url, target: '_blank', rel: 'noreferrer noopener' }, part.children.map(piece)),
  user: (part) => mention(`@${userName(part.id) ?? part.id}`),
  role: (part) => mention(`@${myGuild()?.roles?.find((role) => role.id === part.id)?.name ?? 'role'}`),
  channel: (part) => mention(`#${channelById(part.id)?.channel.name ?? part.id}`),
  command: (part) => mention(`/${part.name}`),
  emoji: (part) => `:${part.name}:`,
  time: (part) => time(part),
  spoiler: (part) => spoiler(part.children.map(piece)),
};

const mention = (text) => h('span', { class: 'mention' }, text);

function time({ at, style }) {
  const node = h('time', { class: 'time', title: timeWords(at, 'F', store.locale) }, timeWords(at, style, store.locale));
  if (style === 'R') node.dataset.at = at;
  return node;
}

function spoiler(children) {
  const inside = h('span', { class: 'spoiler-text', hidden: true }, children);
  const button = h('button', { class: 'spoiler', type: 'button', 'aria-expanded': 'false', on: { click: open } }, 'Spoiler');
  function open() {
    inside.hidden = !inside.hidden;
    button.setAttribute('aria-expanded', String(!inside.hidden));
  }
  return h('span', {}, button, inside);
}

/** Brings relative times up to date. */
export function refreshTimes(root) {
  for (const node of root.querySelectorAll('time[data-at]')) {
    const words = timeWords(Number(node.dataset.at), 'R', store.locale);
    if (node.textContent !== words) node.textContent = words;
  }
}
