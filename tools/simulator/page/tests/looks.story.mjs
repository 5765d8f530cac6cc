// What axe-core says, how it looks in both themes and on a phone, and how soon it is there.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { axeSource } from './browser.mjs';
import { visit } from './visitor.mjs';

const GRAVE = new Set(['serious', 'critical']);

async function faultsOf(page) {
  await page.evaluate(axeSource());
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.slice(0, 3).map((node) => node.target.join(' ')) }));
}

async function look(visitor, name, found) {
  const { page } = visitor;
  for (const fault of await faultsOf(page)) found.push({ view: name, ...fault });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  if (process.env.TIMMY_SHOTS) await page.screenshot({ path: join(process.env.TIMMY_SHOTS, `${name}.png`) });
}

async function walk(world, theme, width) {
  const { page, ...rest } = await open(world, theme, width);
  const visitor = { page, ...rest };
  const found = [];
  const see = (name) => look(visitor, `${name}-${theme}-${width}`, found);
  await see('first-visit');
  await page.click('#banner-play');
  await page.locator('.card').first().waitFor();
  await see('card');
  await page.locator('#say').fill('/');
  await page.locator('#suggestion-list .choice').first().waitFor();
  await see('picker');
  await page.locator('#say').fill('');
  await page.keyboard.type('/play ');
  await page.locator('#option-query').waitFor();
  await see('command');
  await page.keyboard.press('Escape');
  if (await page.locator('#command-form').isVisible()) await page.keyboard.press('Escape');
  await page.locator('.message').last().hover();
  await page.locator('.message').last().locator('.message-actions button').click();
  await see('menu');
  await page.keyboard.press('Escape');
  if (width < 760) {
    await page.click('#left-open');
    await see('channels');
    await page.keyboard.press('Escape');
  }
  if (width < 1120) await page.click('#right-open');
  await page.locator('#timeline summary').last().click();
  await see('timeline');
  await page.click('#tab-faults');
  await see('faults');
  await page.keyboard.press('Escape');
  visitor.noErrors();
  return found;
}

async function open(world, theme, width) {
  const context = await world.context.browser().newContext({ viewport: { width, height: 780 }, colorScheme: theme, reducedMotion: 'reduce', locale: 'en-US' });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(world.url);
  await page.waitForSelector('body[data-ready]');
  return { page, noErrors: () => assert.deepEqual(errors, []) };
}

const walks = ['light', 'dark'].flatMap((theme) => [1280, 360].map((width) => ({
  name: `axe-core finds nothing serious: ${theme}, ${width} px`,
  async run(world) {
    const found = await walk(world, theme, width);
    const minor = found.filter(({ impact }) => !GRAVE.has(impact));
    for (const fault of minor) world.note(`${fault.impact} ${fault.id} in ${fault.view}: ${fault.where.join(', ')}`);
    assert.deepEqual(found.filter(({ impact }) => GRAVE.has(impact)), []);
  },
})));

export const stories = [
  ...walks,
  {
    name: 'the page is small, keeps to itself and is soon there',
    async run(world) {
      const page = await world.context.newPage();
      const foreign = [];
      const sizes = [];
      page.on('response', (response) => {
        if (new URL(response.url()).origin !== new URL(world.url).origin) foreign.push(response.url());
        const isPage = response.url().includes('/page/') || new URL(response.url()).pathname === '/';
        if (isPage) sizes.push(response.body().then((body) => body.length, () => 0));
      });
      const answer = await page.goto(world.url);
      await page.waitForSelector('body[data-ready]');
      const policy = answer.headers()['content-security-policy'] ?? '';
      assert.match(policy, /script-src 'self'/);
      assert.doesNotMatch(policy, /unsafe/);
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      assert.ok(bytes > 0 && bytes <= 300_000, `${bytes} bytes`);
      const images = (await page.$$eval('img', (nodes) => nodes.map((node) => node.src)));
      assert.deepEqual(foreign.filter((one) => !images.includes(one)), []);
      const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
      world.note(`${bytes} bytes, first paint after ${Math.round(paint)} ms`);
    },
  },
  {
    name: 'a drawer opens and closes by keyboard, and gives the focus back',
    async run(world) {
      const visitor = await visit(world, 'member');
      const { page } = visitor;
      await page.setViewportSize({ width: 360, height: 700 });
      await page.locator('#left-open').focus();
      await page.keyboard.press('Enter');
      await page.locator('#left[data-open="true"]').waitFor();
      await page.keyboard.press('Escape');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'left-open');
      visitor.noErrors();
    },
  },
];
