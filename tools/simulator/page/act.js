// What a person does, as the simulator is told; and what becomes of it.

import { postJoin, postLeave, postSay, postUse } from './api.js';
import { say } from './announce.js';
import { store, tell, voiceOf } from './store.js';

/** Uses the bot. The answer always has an `outcome`; `failed` has a reason in `error`. */
export async function use(what) {
  const { as, guild, channel, locale } = store;
  try {
    return await postUse({ as, guild, channel, locale, ...what });
  } catch (error) {
    return { interaction: null, outcome: 'failed', choices: null, modal: null, ms: null, error: error.message };
  }
}

/** Runs a command; a failure is shown among the messages. */
export async function useCommand(what, title) {
  const answer = await use(what);
  settle(answer, null);
  if (answer.outcome === 'failed') {
    tell('failed', { title, error: answer.error, interaction: answer.interaction });
    say(`${title}: ${FAILED}`, true);
  }
  return answer;
}

/** Presses something on a message. */
export async function useComponent(message, customId, componentType, values = []) {
  const answer = await use({
    kind: 'component', message, custom_id: customId, component_type: componentType, values,
  });
  settle(answer, message);
  if (answer.outcome === 'failed') say(FAILED, true);
  return answer;
}

/** What Discord says when a bot fails. */
export const FAILED = 'The application did not respond';

function settle(answer, message) {
  if (answer.outcome === 'modal' && answer.modal) tell('modal', { modal: answer.modal, message });
}

/** Says something as oneself. */
export const sayAloud = (content) => postSay({ as: store.as, channel: store.channel, content });

/** Goes into a voice channel, or out of it when one is there already. */
export async function joinOrLeave(channel) {
  const here = voiceOf(store.as);
  if (here?.channel.id === channel) await postLeave(store.as, here.guild.id);
  else await postJoin(store.as, channel);
}
