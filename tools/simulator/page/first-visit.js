// The banner of a first visit: one click to the first song.

import { useCommand } from './act.js';
import { byId } from './dom.js';
import { slashCommands } from './command-list.js';
import { nest } from './option-values.js';
import { listen } from './sound.js';
import { on, store } from './store.js';

const KEY = 'timmy.seen';

/** Shows it to who has not seen it. */
export function startBanner() {
  on('state', draw);
  byId('banner-play').addEventListener('click', playFirst);
  byId('banner-close').addEventListener('click', close);
}

function draw() {
  const [song] = store.state.songs ?? [];
  byId('banner').hidden = localStorage.getItem(KEY) === 'yes' || !song;
  if (song) byId('banner-song').textContent = `Play “${song.title}”`;
}

function close() {
  localStorage.setItem(KEY, 'yes');
  byId('banner').hidden = true;
  byId('say').focus();
}

async function playFirst() {
  const [song] = store.state.songs;
  close();
  await listen(true);
  const leaves = slashCommands(store.state.commands, { locale: store.locale, permissions: [] });
  const play = leaves.find((leaf) => leaf.plain === '/play');
  if (!play) return;
  const options = nest(play.path, [{ name: 'query', type: 3, value: song.url }]);
  await useCommand({ kind: 'command', name: 'play', options }, play.title);
}
