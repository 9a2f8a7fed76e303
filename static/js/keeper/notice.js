// @ts-check
// One line above the page for what the keeper says where nobody looks.

/**
 * @param {Document} page
 * @returns {{show: (text: string, href: string) => void, hide: () => void}}
 */
export function openNotice(page) {
  const line = page.querySelector('[data-notice]');
  const link = line?.querySelector('a');
  const hide = () => line?.toggleAttribute('hidden', true);
  line?.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('a, button')) hide();
  });
  return {
    hide,
    show(text, href) {
      if (!line || !link) return;
      line.removeAttribute('hidden');
      link.textContent = text;
      link.href = href;
    },
  };
}
