// The registered commands as a person finds them. No browser needed.

const BITS = {
  KICK_MEMBERS: 1n << 1n, BAN_MEMBERS: 1n << 2n, ADMINISTRATOR: 1n << 3n, MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n, MANAGE_MESSAGES: 1n << 13n, MUTE_MEMBERS: 1n << 22n, MOVE_MEMBERS: 1n << 24n,
  MANAGE_ROLES: 1n << 28n, MODERATE_MEMBERS: 1n << 40n,
};

const SUB_COMMAND = 1;
const SUB_COMMAND_GROUP = 2;
const DM = 1;

const localised = (thing, key, locale) => thing[`${key}_localizations`]?.[locale] || thing[key];

/** Whether somebody with these permissions is shown a command with these default permissions. */
export function mayUse(needed, permissions) {
  if (needed === null || needed === undefined || permissions.includes('ADMINISTRATOR')) return true;
  const own = permissions.reduce((sum, name) => sum | (BITS[name] ?? 0n), 0n);
  const wanted = BigInt(needed);
  return wanted !== 0n && (own & wanted) === wanted;
}

/**
 * Every command and subcommand that can be run: `{path, title, description, options, hidden}`. `hidden` are those
 * that Discord would not offer to this person; the page still lets one try them, to see the bot refuse.
 */
export function slashCommands(commands, { locale, permissions, dm = false }) {
  const leaves = [];
  for (const command of commands) {
    if ((command.type ?? 1) !== 1) continue;
    if (dm && command.contexts && !command.contexts.includes(DM)) continue;
    const hidden = !dm && !mayUse(command.default_member_permissions, permissions);
    walk(command, [], [], { locale, hidden }, leaves);
  }
  return leaves;
}

function walk(thing, path, names, { locale, hidden }, leaves) {
  const own = [...path, { name: thing.name, type: thing.type }];
  const shown = [...names, localised(thing, 'name', locale)];
  const options = thing.options ?? [];
  const nested = options.filter((option) => option.type === SUB_COMMAND || option.type === SUB_COMMAND_GROUP);
  if (nested.length > 0 && nested.length === options.length) {
    for (const option of nested) walk(option, own, shown, { locale, hidden }, leaves);
    return;
  }
  leaves.push({
    path: own,
    title: `/${shown.join(' ')}`,
    plain: `/${own.map((part) => part.name).join(' ')}`,
    description: localised(thing, 'description', locale),
    options: options.map((option) => localOption(option, locale)),
    hidden,
  });
}

function localOption(option, locale) {
  return {
    ...option,
    shown: localised(option, 'name', locale),
    about: localised(option, 'description', locale),
    choices: option.choices?.map((choice) => ({ label: localised(choice, 'name', locale), value: choice.value })),
  };
}

/** The commands that fit what was typed after and with the `/`, the best first. */
export function matching(leaves, typed) {
  const wanted = fold(typed);
  const rated = leaves.map((leaf, index) => ({ leaf, index, score: rate(leaf, wanted) })).filter(({ score }) => score > 0);
  rated.sort((a, b) => a.leaf.hidden - b.leaf.hidden || b.score - a.score || a.index - b.index);
  return rated.map(({ leaf }) => leaf);
}

function rate(leaf, wanted) {
  const names = [fold(leaf.title), fold(leaf.plain)];
  if (names.includes(wanted)) return 4;
  if (names.some((name) => name.startsWith(wanted))) return 3;
  const bare = wanted.slice(1);
  if (names.some((name) => name.split(/[\s-]/).some((word) => word.startsWith(bare)))) return 2;
  return names.some((name) => name.includes(bare)) ? 1 : 0;
}

/** The command that was typed in full with a space after it, and what came behind: `{leaf, rest}`. */
export function typedCommand(leaves, text) {
  const found = leaves
    .flatMap((leaf) => [[leaf.title, leaf], [leaf.plain, leaf]])
    .filter(([name]) => fold(text).startsWith(`${fold(name)} `))
    .sort(([a], [b]) => b.length - a.length)[0];
  return found ? { leaf: found[1], rest: text.slice(found[0].length + 1) } : null;
}

const fold = (text) => text.normalize('NFKC').toLowerCase();

/** Commands on messages: `{name, title}`. */
export function messageCommands(commands, locale, permissions) {
  return commands
    .filter((command) => command.type === 3 && mayUse(command.default_member_permissions, permissions))
    .map((command) => ({ name: command.name, title: localised(command, 'name', locale) }));
}
