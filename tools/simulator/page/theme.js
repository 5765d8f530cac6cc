// Light, dark, or as the machine has it.

const KEY = 'timmy.theme';
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };
const NAMES = { auto: 'as on this machine', light: 'light', dark: 'dark' };

/** Lets a button go through the themes. */
export function startTheme(button) {
  show(button, remembered());
  button.addEventListener('click', () => {
    const chosen = NEXT[remembered()];
    localStorage.setItem(KEY, chosen);
    show(button, chosen);
  });
}

function remembered() {
  const known = localStorage.getItem(KEY);
  return known in NEXT ? known : 'auto';
}

function show(button, theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const label = `Theme: ${NAMES[theme]}`;
  button.setAttribute('aria-label', label);
  button.title = label;
}
