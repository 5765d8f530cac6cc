// Languages, message commands, and what the composer does not let through.

import assert from 'node:assert/strict';
import { until, visit } from './visitor.mjs';

export const stories = [
  {
    name: 'in German, names and answers are German',
    async run(world) {
      const visitor = await visit(world, 'member', { locale: 'de' });
      const { commands } = await visitor.state();
      const name = (command) => commands.find((one) => one.name === command).name_localizations.de;
      await visitor.page.locator('#say').focus();
      await visitor.page.keyboard.type(`/${name('play').slice(0, 4)}`);
      const first = visitor.page.locator('#suggestion-list .choice').first();
      assert.match(await first.innerText(), new RegExp(`^/${name('play')}`));
      await visitor.page.keyboard.press('Escape');
      await visitor.page.locator('#say').fill('');
      const answer = await visitor.command(`/${name('queue')}`);
      assert.match(await answer.innerText(), /Warteschlange/);
      visitor.noErrors();
    },
  },
  {
    name: 'a message command is found in the menu of a message, by keyboard',
    async run(world) {
      const visitor = await visit(world, 'member');
      const { page } = visitor;
      const { songs: [song] } = await visitor.state();
      await visitor.joinVoice();
      await visitor.command('/stop');
      await page.locator('#say').fill(`listen to ${song.url}`);
      await page.keyboard.press('Enter');
      const said = page.locator('.message', { hasText: `listen to ${song.url}` }).last();
      await said.waitFor();
      await said.focus();
      await page.keyboard.press('Shift+F10');
      await page.locator('[role=menuitem]', { hasText: 'Play this' }).focus();
      const answer = await visitor.answerTo(() => page.keyboard.press('Enter'));
      assert.match(await answer.innerText(), new RegExp(song.title));
      visitor.noErrors();
    },
  },
  {
    name: 'options are checked before anything is sent',
    async run(world) {
      const visitor = await visit(world, 'member');
      const { page } = visitor;
      await page.locator('#say').focus();
      await page.keyboard.type('/volume ');
      const run = page.locator('#command-form .send');
      await run.click();
      assert.match(await page.locator('.chip-error').first().innerText(), /needed/);
      await page.locator('#option-percent').fill('101');
      await run.click();
      assert.match(await page.locator('.chip-error').first().innerText(), /100 or less/);
      assert.equal(await page.locator('#option-percent').getAttribute('aria-invalid'), 'true');
      await page.keyboard.press('Escape');
      await until(async () => page.locator('#say').isVisible(), 'the composer');
      visitor.noErrors();
    },
  },
];
