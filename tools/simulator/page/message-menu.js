// The menu of a message: the bot's message commands, and what belongs to this page.

import { useCommand } from './act.js';
import { byId, fill, h, icon } from './dom.js';
import { messageCommands } from './command-list.js';
import { rove } from './roving.js';
import { myPermissions, store, tell } from './store.js';

let cameFrom = null;

/** Opens it beside a button. */
export function openMenu(message, anchor) {
  const menu = byId('menu');
  cameFrom = anchor;
  fill(menu, items(message));
  menu.hidden = false;
  place(menu, anchor);
  menu.querySelector('[role=menuitem]').focus();
}

function items(message) {
  const commands = message.local ? [] : messageCommands(store.state.commands, store.locale, myPermissions());
  const used = message.interaction_metadata?.id;
  return [
    ...commands.map((command) => item('apps', command.title, () => run(command, message))),
    used && item('pulse', 'Show in the timeline', () => tell('inspect', used)),
    item('file', 'Copy as JSON', () => navigator.clipboard?.writeText(JSON.stringify(message, null, 2))),
  ];
}

function item(picture, title, act) {
  const click = () => {
    closeMenu();
    act();
  };
  return h('button', { class: 'menu-item', role: 'menuitem', type: 'button', on: { click } }, icon(picture), title);
}

function run(command, message) {
  return useCommand({ kind: 'message_command', name: command.name, message: message.id }, command.title);
}

function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  menu.style.left = `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(box.bottom + 4, innerHeight - height - 8))}px`;
}

function closeMenu(back = true) {
  const menu = byId('menu');
  if (menu.hidden) return;
  menu.hidden = true;
  if (back && cameFrom?.isConnected) cameFrom.focus();
}

/** Starts the menu's keys. */
export function startMenu() {
  const menu = byId('menu');
  rove(menu, '[role=menuitem]');
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' && event.key !== 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    closeMenu();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!menu.contains(event.target)) closeMenu(false);
  });
}
