// A picture from outside, which may be missing.

import { h, icon } from './dom.js';

/** Where Discord keeps the files of messages. */
const DISCORDS_FILES = 'https://cdn.discordapp.com/attachments/';

/** Where a file is found: those of messages lie at the page's own server. */
export function locate(url) {
  return url.startsWith(DISCORDS_FILES) ? `/attachments/${url.slice(DISCORDS_FILES.length)}` : url;
}

/** A picture with its description; a note stands in for one that cannot be loaded. */
export function picture(url, description, className, spoiler = false) {
  const frame = h('span', { class: `picture ${className}` });
  const safe = /^(https?:|data:image\/|\/)/.test(url ?? '');
  if (!safe) return missing(frame, description);
  const image = h('img', { alt: description ?? '', loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer', on: { error: () => missing(frame, description) } });
  image.src = locate(url);
  frame.append(image);
  return spoiler ? h('details', { class: 'covered' }, h('summary', {}, 'Spoiler: show'), frame) : frame;
}

function missing(frame, description) {
  frame.classList.add('missing');
  frame.replaceChildren(icon('note'));
  if (description) {
    frame.setAttribute('role', 'img');
    frame.setAttribute('aria-label', description);
  }
  return frame;
}
