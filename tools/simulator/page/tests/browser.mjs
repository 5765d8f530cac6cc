// Debian's Chromium, without a window and without calling home.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A browser of its own, with an empty profile. */
export function launch() {
  const { chromium } = require('playwright-core');
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** The source of axe-core, to be run in the page. */
export const axeSource = () => readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
