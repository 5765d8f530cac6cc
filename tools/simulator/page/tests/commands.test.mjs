import assert from 'node:assert/strict';
import test from 'node:test';
import { matching, mayUse, messageCommands, slashCommands, typedCommand } from '../command-list.js';

const COMMANDS = [
  { type: 1, name: 'play', name_localizations: { de: 'abspielen' }, description: 'Plays', options: [{ type: 3, name: 'query', description: 'What', name_localizations: { de: 'suche' } }], contexts: [0] },
  { type: 1, name: 'playlist', description: '', options: [
    { type: 1, name: 'save', description: 'Saves', options: [{ type: 3, name: 'name', description: '', required: true }] },
    { type: 1, name: 'list', description: 'Lists' },
  ] },
  { type: 1, name: 'admin', description: '', default_member_permissions: '32', contexts: [0, 1], options: [
    { type: 2, name: 'lockdown', description: '', options: [{ type: 1, name: 'on', description: 'Locks' }] },
  ] },
  { type: 3, name: 'Play this', name_localizations: { de: 'Das hier abspielen' } },
];

const list = (given = {}) => slashCommands(COMMANDS, { locale: 'en-US', permissions: [], ...given });
const titles = (leaves) => leaves.map((leaf) => leaf.title);

test('subcommands are found as commands of their own', () => {
  assert.deepEqual(titles(list()), ['/play', '/playlist save', '/playlist list', '/admin lockdown on']);
  assert.deepEqual(list().at(-1).path, [{ name: 'admin', type: 1 }, { name: 'lockdown', type: 2 }, { name: 'on', type: 1 }]);
});

test('names are those of the language; the plain ones work, too', () => {
  const german = list({ locale: 'de' });
  assert.equal(german[0].title, '/abspielen');
  assert.equal(german[0].options[0].shown, 'suche');
  assert.equal(matching(german, '/play')[0].plain, '/play');
});

test('what Discord would hide comes last and is marked', () => {
  const found = matching(list(), '/');
  assert.equal(found.at(-1).title, '/admin lockdown on');
  assert.equal(found.at(-1).hidden, true);
  assert.equal(list({ permissions: ['MANAGE_GUILD'] }).at(-1).hidden, false);
});

test('permissions as Discord counts them', () => {
  assert.equal(mayUse(null, []), true);
  assert.equal(mayUse('0', ['MANAGE_GUILD']), false);
  assert.equal(mayUse('0', ['ADMINISTRATOR']), true);
  assert.equal(mayUse(32, ['MANAGE_GUILD']), true);
  assert.equal(mayUse(String(1n << 40n), ['MODERATE_MEMBERS']), true);
  assert.equal(mayUse('32', ['SOMETHING_NEW']), false);
});

test('direct messages offer what is registered for them', () => {
  assert.deepEqual(titles(list({ dm: true })), ['/playlist save', '/playlist list', '/admin lockdown on']);
});

test('the best match first', () => {
  assert.deepEqual(titles(matching(list(), '/play')), ['/play', '/playlist save', '/playlist list']);
  assert.deepEqual(titles(matching(list(), '/save')), ['/playlist save']);
  assert.deepEqual(matching(list(), '/nothing'), []);
});

test('a name with a space behind it starts the command', () => {
  assert.equal(typedCommand(list(), '/play'), null);
  assert.deepEqual([typedCommand(list(), '/play hello you')].map(({ leaf, rest }) => [leaf.title, rest]), [['/play', 'hello you']]);
  assert.equal(typedCommand(list(), '/playlist '), null);
  assert.equal(typedCommand(list(), '/playlist save ').leaf.title, '/playlist save');
});

test('commands on messages', () => {
  assert.deepEqual(messageCommands(COMMANDS, 'de', []), [{ name: 'Play this', title: 'Das hier abspielen' }]);
});
