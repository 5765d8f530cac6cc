// Draws Components V2, and what controls stand in them.

import { button, select } from './controls.js';
import { h, icon } from './dom.js';
import { markdown } from './markdown-view.js';
import { locate, picture } from './picture.js';

const SELECTS = new Set([3, 5, 6, 7, 8]);

/** The nodes of a list of components. `place` names where they stand, so that the focus survives an edit. */
export function drawComponents(components, message, place = 'c') {
  return (components ?? []).map((component, index) => draw(component, message, `${place}.${index}`));
}

function draw(component, message, place) {
  if (SELECTS.has(component.type)) return select(component, message, place);
  return (KINDS[component.type] ?? unknown)(component, message, place);
}

const KINDS = {
  1: (row, message, place) => h('div', { class: 'row' }, drawComponents(row.components, message, place)),
  2: button,
  9: section,
  10: (text) => markdown(text.content ?? ''),
  11: (thumbnail) => picture(thumbnail.media?.url, thumbnail.description, 'thumbnail', thumbnail.spoiler),
  12: gallery,
  13: file,
  14: separator,
  17: container,
};

function section(part, message, place) {
  const accessory = part.accessory && draw(part.accessory, message, `${place}.a`);
  return h('div', { class: 'section' },
    h('div', { class: 'section-text' }, drawComponents(part.components, message, place)),
    accessory && h('div', { class: 'accessory' }, accessory));
}

function gallery({ items = [] }) {
  const pictures = items.map((item) => picture(item.media?.url, item.description, 'gallery-picture', item.spoiler));
  return h('div', { class: `gallery gallery-${Math.min(items.length, 3)}` }, pictures);
}

function file({ file: media = {}, name, size }) {
  const shown = name ?? decodeURIComponent(String(media.url ?? '').split('/').pop());
  const kilobytes = size ? ` · ${Math.max(1, Math.round(size / 1024))} KB` : '';
  const safe = /^https?:/.test(media.url ?? '');
  const text = safe ? h('a', { href: locate(media.url), rel: 'noreferrer noopener', target: '_blank' }, shown) : shown;
  return h('div', { class: 'file' }, icon('file'), h('span', {}, text, kilobytes));
}

function separator({ divider = true, spacing = 1 }) {
  const space = spacing === 2 ? 'wide' : 'narrow';
  return divider ? h('hr', { class: `separator ${space}` }) : h('div', { class: `gap ${space}` });
}

function container(part, message, place) {
  const node = h('div', { class: 'card' }, drawComponents(part.components, message, place));
  if (part.accent_color !== undefined && part.accent_color !== null) {
    node.classList.add('accented');
    node.style.setProperty('--accent', colour(part.accent_color));
  }
  return part.spoiler ? covered(node) : node;
}

function covered(node) {
  return h('details', { class: 'covered' }, h('summary', {}, 'Spoiler: show'), node);
}

/** Discord's number as a colour of CSS. */
export const colour = (number) => `#${Number(number).toString(16).padStart(6, '0')}`;

function unknown(component) {
  return h('p', { class: 'unknown' }, icon('warning'), `Component of type ${component.type}, which this page cannot draw`);
}
