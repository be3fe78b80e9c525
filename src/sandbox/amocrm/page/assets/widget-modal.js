/** `lib/components/base/modal`: a box over the page; `init` draws its body, `destroy` hears of its end. */
export class Modal {
  constructor(options = {}) {
    const { $ } = window;
    this.options = options;
    this.before = document.activeElement;
    this.$body = $('<div>', { class: 'modal-body modal-body-relative' });
    this.$close = $('<button>', {
      type: 'button',
      class: 'modal-body__close icon-button',
      'aria-label': '×',
      text: '×',
    });
    this.$modal = $('<div>', {
      class: `modal modal-list ${options.class_name ?? ''}`,
      role: 'dialog',
      tabindex: -1,
    });
    this.$modal.attr({ 'aria-modal': 'true', 'aria-label': options.title ?? document.title });
    const frame = $('<div>', { class: 'modal-scroller' }).append(this.$close, this.$body);
    this.$modal.append(frame);
    $(document.body).append(this.$modal);
    this.$close.on('click', () => this.destroy());
    this.$modal.on('mousedown', (event) => {
      if (!options.disable_overlay_click && event.target === this.$modal[0]) this.destroy();
    });
    this.$modal.on(
      'keydown',
      (event) => event.key === 'Escape' && !options.disable_escape_keydown && this.destroy(),
    );
    options.init?.(this.$body);
    this.$close.trigger('focus');
  }

  destroy() {
    if (this.$modal === null) return;
    if (this.options.destroy?.() === false) return;
    this.$modal.remove();
    this.$modal = null;
    this.before?.focus?.();
  }
}
