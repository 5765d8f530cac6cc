// Tells screen readers what happened, without moving the focus.

import { byId } from './dom.js';

/** Says it when there is a pause; `urgent` at once. */
export function say(text, urgent = false) {
  const region = byId(urgent ? 'live-urgent' : 'live');
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = text.slice(0, 400);
  });
}
