// The line above the messages: where one is, and how Timmy's worker is.

import { byId, fill, icon } from './dom.js';
import { clock } from './time-words.js';
import { myChannel, myGuild, on, store } from './store.js';

/** Starts it. */
export function startHead() {
  on('view', drawPlace);
  on('state', drawWorker);
  on('worker', drawWorker);
  on('connection', (up) => {
    byId('offline').hidden = up;
  });
}

function drawPlace() {
  const channel = myChannel();
  fill(byId('channel-title'), icon(channel?.kind === 'voice' ? 'sound' : 'hash'), channel?.name ?? 'No channel');
  byId('channel-guild').textContent = myGuild()?.name ?? '';
  document.title = channel ? `#${channel.name} – ${store.state.me.name}` : store.state.me.name;
}

function drawWorker() {
  const { running, since } = store.state.worker ?? {};
  const node = byId('worker');
  node.classList.toggle('up', running === true);
  const started = since ? ` since ${clock(since, store.locale)}` : '';
  node.textContent = running ? 'Worker running' : 'Worker not running';
  node.title = `${running ? `Running${started}` : 'It starts when music is asked for'}${store.workerNote ? `: ${store.workerNote}` : ''}`;
}
