// The bot is attacked: what operators see and do.

import assert from 'node:assert/strict';
import { isPrivate, until, visit } from './visitor.mjs';

/** Goes to a text channel. */
async function enter({ page }, name) {
  const channel = page.locator('#channels .channel', { hasText: name });
  await channel.click();
  await page.locator('#channels .channel[aria-current="true"]', { hasText: name }).waitFor();
}

/** Flips the switch of the fault panel. */
async function trip({ page }, on) {
  await page.click('#tab-faults');
  const fault = page.locator('#fault-trip_alarm');
  assert.equal(await fault.getAttribute('aria-checked'), String(!on));
  await fault.click();
  await page.locator(`#fault-trip_alarm[aria-checked="${on}"]`).waitFor();
}

export const stories = [
  {
    name: 'an alarm pauses the bot, an operator takes the card, and two let the bot run again',
    async run(world) {
      const visitor = await visit(world, 'operator');
      const { page } = visitor;
      await trip(visitor, true);
      await enter(visitor, 'operators');
      const card = page.locator('.message', { hasText: 'Under attack' });
      const take = card.locator('.button', { hasText: 'Acknowledge' });
      await take.last().click();
      const taken = page.locator('.message.ephemeral', { hasText: 'you have it' });
      await taken.waitFor();
      // The card that follows is what one presses now.
      await until(async () => (await take.count()) === 0, 'the first card to lose its buttons');
      await trip(visitor, false);
      await enter(visitor, 'general');
      const asked = await visitor.command('/admin lockdown resume');
      assert.ok(await isPrivate(asked));
      assert.match(await asked.innerText(), /second operator/);
      assert.match(await (await visitor.command('/queue')).innerText(), /paused/);
      await visitor.become('second operator');
      const resumed = await visitor.command('/admin lockdown resume');
      assert.match(await resumed.innerText(), /back everywhere/);
      assert.doesNotMatch(await (await visitor.command('/queue')).innerText(), /paused/);
      visitor.noErrors();
    },
  },
];
