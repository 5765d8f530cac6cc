// Puts the page together.

import { startBanner } from './first-visit.js';
import { startChannels } from './channels-view.js';
import { startComposer } from './composer.js';
import { startDrawers } from './drawers.js';
import { byId } from './dom.js';
import { startFaults } from './faults-view.js';
import { startHead } from './channel-head.js';
import { goLive, readMessages, refresh } from './live.js';
import { startMenu } from './message-menu.js';
import { startMessages } from './message-list.js';
import { startModals } from './modal-view.js';
import { startPeople } from './people-view.js';
import { startSound } from './sound.js';
import { chooseAs, on, people, personById, store, tell } from './store.js';
import { startTheme } from './theme.js';
import { startTimeline } from './timeline-view.js';

const PERSON = 'timmy.as';
const LOCALE = 'timmy.locale';

async function start() {
  startTheme(byId('theme'));
  startDrawers();
  startPeople();
  startChannels();
  startHead();
  startMessages();
  startMenu();
  startComposer();
  startModals();
  startSound();
  startTimeline();
  startFaults();
  startBanner();
  on('view', seeAnew);
  on('state', keepChoices);
  await refresh();
  goLive();
  document.body.dataset.ready = 'true';
}

/** The first time: as last time, or as a plain member. Later: where one is, if that is still there. */
function keepChoices() {
  if (personById(store.as)) return tell('view');
  const { locales } = store.state;
  const locale = localStorage.getItem(LOCALE) ?? navigator.language;
  store.locale = locales.find((tag) => tag === locale) ?? locales.find((tag) => tag.split('-')[0] === locale.split('-')[0]) ?? locales[0];
  const before = personById(localStorage.getItem(PERSON));
  const plain = people().find((person) => person.name.toLowerCase() === 'member');
  chooseAs((before ?? plain ?? people()[0]).id);
}

let seen = '';

function seeAnew() {
  localStorage.setItem(PERSON, store.as);
  localStorage.setItem(LOCALE, store.locale);
  const view = `${store.as} ${store.channel} ${store.locale}`;
  if (view === seen) return;
  seen = view;
  readMessages().catch(() => tell('connection', false));
}

start().catch((error) => {
  const notice = byId('offline');
  notice.textContent = `The page could not start: ${error.message}`;
  notice.hidden = false;
});
