// Who may do what.

import assert from 'node:assert/strict';
import { isPrivate, until, visit } from './visitor.mjs';

/** Presses Deny on the first request of a list; the form that it opens. */
async function denial(operator, list) {
  await list.locator('.button[data-custom-id*="deny"]').first().click();
  const form = operator.page.locator('dialog[open]');
  await form.locator('textarea').waitFor();
  return form;
}

export const stories = [
  {
    name: "a stranger's server is refused",
    async run(world) {
      const visitor = await visit(world, 'stranger');
      const answer = await visitor.command('/queue');
      assert.ok(await isPrivate(answer), 'a refusal is for the caller alone');
      assert.match(await answer.innerText(), /\/admin request/);
      visitor.noErrors();
    },
  },
  {
    name: 'the operator denies it with a form that wants a reason, approves it after all, and then it is served',
    async run(world) {
      const stranger = await visit(world, 'stranger');
      await stranger.command('/admin request');
      const operator = await visit(world, 'operator');
      const list = await operator.command('/admin list');
      const form = await denial(operator, list);
      await operator.page.keyboard.press('Escape');
      await until(async () => (await form.count()) === 0, 'Escape to close the form');
      await denial(operator, await operator.command('/admin list'));
      await form.locator('textarea').fill('Who are you?');
      await form.locator('button[type=submit]').click();
      await until(async () => (await form.count()) === 0, 'the form to close');
      const [server] = stranger.me.guilds;
      const audit = await operator.command('/admin audit', { server });
      assert.match(await audit.innerText(), /guild\.deny/);
      const refused = await stranger.command('/queue');
      assert.ok(await isPrivate(refused));
      // The first list is older than the denial; its button reverses it.
      await list.locator('.button[data-custom-id*="approve"]').first().click();
      await operator.page.waitForFunction(() => !document.querySelector('.button[aria-busy="true"]'));
      assert.equal(await operator.page.locator('.failure').count(), 0);
      const answer = await stranger.command('/queue');
      assert.doesNotMatch(await answer.innerText(), /\/admin request/);
      assert.notEqual(await answer.innerText(), await refused.innerText());
      operator.noErrors();
    },
  },
  {
    name: "what needs Manage Server is refused to a member",
    async run(world) {
      const visitor = await visit(world, 'member');
      await visitor.page.locator('#say').focus();
      await visitor.page.keyboard.type('/settings vol');
      const offered = visitor.page.locator('#suggestion-list .choice').first();
      assert.match(await offered.innerText(), /hides this from you/);
      await visitor.page.keyboard.press('Escape');
      await visitor.page.locator('#say').fill('');
      const refused = await visitor.command('/settings volume', { percent: '80' });
      assert.ok(await isPrivate(refused));
      assert.match(await refused.innerText(), /Manage Server/);
      await visitor.become('owner');
      const done = await visitor.command('/settings volume', { percent: '80' });
      assert.doesNotMatch(await done.innerText(), /Manage Server/);
      visitor.noErrors();
    },
  },
];
