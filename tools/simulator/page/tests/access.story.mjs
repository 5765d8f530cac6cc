// Who may do what.

import assert from 'node:assert/strict';
import { isPrivate, until, visit } from './visitor.mjs';

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
    name: 'the operator approves it, and then it is served',
    async run(world) {
      const stranger = await visit(world, 'stranger');
      await stranger.command('/admin request');
      const operator = await visit(world, 'operator');
      const list = await operator.command('/admin list');
      await list.locator('.button[data-custom-id*="deny"]').first().click();
      await operator.page.locator('dialog[open] textarea').waitFor();
      await operator.page.keyboard.press('Escape');
      await until(async () => (await operator.page.locator('dialog[open]').count()) === 0, 'Escape to close the form');
      const approve = list.locator('.button[data-custom-id*="approve"]').first();
      await approve.click();
      await operator.page.waitForFunction(() => !document.querySelector('.button[aria-busy="true"]'));
      assert.equal(await operator.page.locator('.failure').count(), 0);
      const answer = await stranger.command('/queue');
      assert.doesNotMatch(await answer.innerText(), /\/admin request/);
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
