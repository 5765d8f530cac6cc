// One stop of the Tab key for a list; arrows move within it.

/** Makes the elements that match `selector` in `list` one tab stop. */
export function rove(list, selector) {
  list.addEventListener('keydown', (event) => {
    const items = [...list.querySelectorAll(selector)];
    const here = items.indexOf(event.target);
    if (here < 0) return;
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || !items[next]) return;
    event.preventDefault();
    stopAt(items, items[next]);
    items[next].focus();
  });
  list.addEventListener('focusin', (event) => {
    const item = event.target.closest(selector);
    if (item) stopAt([...list.querySelectorAll(selector)], item);
  });
}

/** Sees to it that one of the elements can be reached after they were drawn anew. */
export function keepStop(list, selector, preferred = null) {
  const items = [...list.querySelectorAll(selector)];
  if (items.length === 0) return;
  const current = items.find((item) => item.tabIndex === 0);
  stopAt(items, preferred ?? current ?? items.at(-1));
}

function stopAt(items, chosen) {
  for (const item of items) item.tabIndex = item === chosen ? 0 : -1;
}
