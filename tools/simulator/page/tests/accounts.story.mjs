// An account is linked over the bot's page and a service's, renewed by the operator, used, and unlinked.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { isPrivate, visit } from './visitor.mjs';

const require = createRequire(import.meta.url);

/** What axe-core finds wrong with a page. */
async function faults(page) {
  // The pages' policy forbids scripts in them; the driver's own world is not bound by it.
  await page.evaluate(require('axe-core').source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

/** Follows the button of a `/link` to the bot's page. */
async function open(world, visitor, answer) {
  assert.ok(await isPrivate(answer), 'the address is for one person alone');
  const opened = world.context.waitForEvent('page');
  await answer.locator('a[href*="/oauth/link/"]').click();
  const page = await opened;
  await page.waitForLoadState();
  return page;
}

async function picture(page, name) {
  const folder = process.env.TIMMY_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function looksWell(page, name) {
  for (const [scheme, width] of [['light', 1280], ['dark', 360]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 780 });
    assert.deepEqual(await faults(page), [], `${name}, ${scheme}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(wide, false, `${name} is not wider than ${width} px`);
    await picture(page, `${name}-${scheme}`);
  }
}

export const stories = [
  {
    name: 'an account is linked, shown, renewed, used and unlinked',
    async run(world) {
      const visitor = await visit(world, 'member');
      const page = await open(world, visitor, await visitor.command('/link', { service: 'Spotify' }));
      assert.equal(await page.locator('h1').innerText(), 'Link Spotify');
      assert.match(await page.locator('.user').innerText(), new RegExp(visitor.me.id), 'it says whom it links');
      await looksWell(page, 'link');
      await page.locator('button').focus();
      await page.keyboard.press('Enter');
      await page.locator('button.person').first().click();
      await page.locator('.sign.good').waitFor();
      assert.equal(await page.locator('h1').innerText(), 'Spotify is linked');
      await looksWell(page, 'linked');
      const listed = await visitor.command('/accounts');
      assert.match(await listed.innerText(), /Spotify.*linked/s);
      if (process.env.TIMMY) {
        const said = execFileSync(process.env.TIMMY, ['rotate', '--now', '--data', process.env.TIMMY_DATA], { encoding: 'utf8' });
        assert.match(said, /Renewed 1 linked account\./);
      }
      const gone = await visitor.command('/unlink', { service: 'Spotify' });
      assert.match(await gone.innerText(), /Your Spotify account is unlinked/);
      assert.match(await (await visitor.command('/accounts')).innerText(), /no linked accounts/);
      visitor.noErrors();
    },
  },
  {
    name: 'a link in another browser, a refusal over there and a used address each say what to do',
    async run(world) {
      const visitor = await visit(world, 'member', { locale: 'de' });
      const answer = await visitor.command('/link', { service: 'Twitch' });
      const address = await answer.locator('a[href*="/oauth/link/"]').getAttribute('href');
      const page = await open(world, visitor, answer);
      assert.equal(await page.locator('h1').innerText(), 'Twitch verknüpfen');
      await page.locator('button').click();
      const other = await world.context.browser().newContext({ locale: 'en-US' });
      const back = await page.evaluate(() => location.href);
      assert.match(back, /accounts\/twitch/, 'the browser was sent to the service');
      await page.locator('button.deny').click();
      await page.locator('.sign.bad').waitFor();
      assert.match(await page.locator('main').innerText(), /abgelehnt|said no/);
      const again = await other.newPage();
      await again.goto(address);
      assert.match(await again.locator('main').innerText(), /used already/);
      await looksWell(again, 'used');
      await other.close();
      visitor.noErrors();
    },
  },
];
