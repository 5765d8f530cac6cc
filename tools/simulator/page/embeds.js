// Draws embeds: the older kind of card.

import { colour } from './components.js';
import { h } from './dom.js';
import { markdown } from './markdown-view.js';
import { picture } from './picture.js';
import { store } from './store.js';
import { timeWords } from './time-words.js';

/** The nodes of a message's embeds. */
export const drawEmbeds = (embeds) => (embeds ?? []).map(drawEmbed);

function drawEmbed(embed) {
  const node = h('div', { class: 'card embed' },
    h('div', { class: 'section' },
      h('div', { class: 'section-text' },
        embed.author?.name && h('p', { class: 'small' }, linked(embed.author.name, embed.author.url)),
        embed.title && h('p', { class: 'embed-title' }, linked(embed.title, embed.url)),
        embed.description && markdown(embed.description),
        embed.fields?.length && h('dl', { class: 'fields' }, embed.fields.map(field))),
      embed.thumbnail?.url && picture(embed.thumbnail.url, '', 'thumbnail')),
    embed.image?.url && picture(embed.image.url, '', 'gallery-picture'),
    footer(embed));
  if (embed.color !== undefined && embed.color !== null) {
    node.classList.add('accented');
    node.style.setProperty('--accent', colour(embed.color));
  }
  return node;
}

function field({ name, value, inline }) {
  return h('div', { class: inline ? 'field inline' : 'field' }, h('dt', {}, name), h('dd', {}, markdown(value)));
}

function footer({ footer: foot, timestamp }) {
  const when = timestamp && timeWords(new Date(timestamp).getTime() / 1000, 'f', store.locale);
  const words = [foot?.text, when].filter(Boolean).join(' · ');
  return words && h('p', { class: 'small' }, words);
}

function linked(text, url) {
  if (!/^https?:/.test(url ?? '')) return text;
  return h('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, text);
}
