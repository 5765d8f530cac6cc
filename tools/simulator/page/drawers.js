// The sides: always there on a wide window, drawers on a narrow one.

import { byId } from './dom.js';
import { on } from './store.js';

const SIDES = { left: ['left-open', 'left'], right: ['right-open', 'right'] };
const TABS = ['timeline', 'faults'];

/** Starts the drawers and the tabs of the right one. */
export function startDrawers() {
  for (const side of Object.keys(SIDES)) {
    const [opener, panel] = SIDES[side];
    byId(opener).addEventListener('click', () => open(side, byId(panel).dataset.open !== 'true'));
    byId(`${panel}-close`).addEventListener('click', () => open(side, false));
  }
  byId('shade').addEventListener('click', closeAll);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) closeAll();
  });
  for (const tab of TABS) {
    byId(`tab-${tab}`).addEventListener('click', () => choose(tab));
    byId(`tab-${tab}`).addEventListener('keydown', moveTab);
  }
  on('view', () => open('left', false, false));
}

function open(side, yes, focus = true) {
  const [opener, panel] = SIDES[side].map(byId);
  const was = panel.dataset.open === 'true';
  if (was === yes) return;
  if (yes) closeAll();
  panel.dataset.open = String(yes);
  opener.setAttribute('aria-expanded', String(yes));
  byId('shade').hidden = !yes;
  if (!focus) return;
  if (yes) byId(`${SIDES[side][1]}-close`).focus();
  else opener.focus();
}

function closeAll() {
  for (const side of Object.keys(SIDES)) open(side, false);
}

/** Shows a tab of the right side. */
export function openSide(tab) {
  choose(tab);
  if (getComputedStyle(byId('right-open')).display !== 'none') open('right', true, false);
}

function choose(tab) {
  for (const one of TABS) {
    const chosen = one === tab;
    byId(`tab-${one}`).setAttribute('aria-selected', String(chosen));
    byId(`tab-${one}`).tabIndex = chosen ? 0 : -1;
    byId(`panel-${one}`).hidden = !chosen;
  }
}

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const here = TABS.findIndex((tab) => event.currentTarget.id === `tab-${tab}`);
  const next = TABS[(here + step + TABS.length) % TABS.length];
  choose(next);
  byId(`tab-${next}`).focus();
}
