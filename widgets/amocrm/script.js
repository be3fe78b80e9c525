define(['jquery', 'lib/components/base/modal'], ($, Modal) => {
  // The address of the service is written here when the archive is packed.
  const SERVICE = 'https://service.invalid';
  const SILENCE_MS = 20000;
  let followed = '';
  return function DozhimWidget() {
    const self = this;
    let stops = [];
    const code = () => self.get_settings().widget_code;
    const text = (key) => self.i18n('frame')[key];
    const note = (key) => $('<p>', { class: 'dozhim-widget__note', text: text(key) }).css('margin', 12);
    const accountId = () => String(window.APP.constant('account').id);
    const leadId = () => String(Number((window.APP.data.current_card || {}).id) || '');
    const placeOf = (screen, dealId, link = '') => ({ screen, dealId, language: window.APP.lang_id, link });
    const whenReady = (find, then) => {
      if (find().length > 0) return then(find().first());
      const timer = setTimeout(() => whenReady(find, then), 250);
      return stops.push(() => clearTimeout(timer));
    };
    const askSession = (place, reply) => {
      const url = `${SERVICE}/embed/amocrm/session?account=${accountId()}`;
      const data = JSON.stringify(place);
      const options = { url, data, method: 'POST', contentType: 'application/json', timeout: SILENCE_MS };
      const asked = self.$authorizedAjax(options);
      asked.done((boot) => reply({ value: boot }));
      asked.fail((xhr) => reply({ failure: { status: xhr.status, body: xhr.responseText || '' } }));
    };

    const callsOf = ($box, grows, port) => ({
      resize: ({ height }) => grows && $box.height(Math.min(Math.max(height, 160), 8000)).length > 0,
      open: ({ path }) => /^\/[a-z]/.test(path) && Boolean(window.open(path, '_blank')),
      app: () => Boolean(openApp(() => port.postMessage({ closed: true }))),
    });
    const mount = ($place, screen, grows, link) => {
      if ($place.find('iframe').length > 0) return;
      const place = placeOf(screen, screen === 'plan' ? leadId() : '', link);
      const theme = $('html, body').is('[data-color-scheme="dark"]') ? 'dark' : 'light';
      const query = $.param({ account: accountId(), LANG: place.language, theme });
      const $box = $('<iframe>', { class: 'dozhim-widget__frame', title: text('title') })
        .css({ display: 'block', width: '100%', height: grows ? 420 : '70vh', border: 0 })
        .attr('src', `${SERVICE}/embed/amocrm/frame?${query}`);
      const silence = setTimeout(() => note('silent').insertAfter($box), SILENCE_MS);
      const hear = ({ data, origin, source }) => {
        if (origin !== SERVICE || source !== $box[0].contentWindow || !data || data.dozhim !== 'hello')
          return;
        clearTimeout(silence);
        const { port1, port2 } = new MessageChannel();
        const calls = callsOf($box, grows, port1);
        port1.onmessage = ({ data: { id, call, params } }) => {
          const reply = (result) => port1.postMessage(Object.assign({ id }, result));
          if (call === 'session') askSession(place, reply);
          else if (calls[call]) reply({ value: calls[call](params) });
        };
        source.postMessage({ dozhim: 'port', context: place }, SERVICE, [port2]);
      };
      window.addEventListener('message', hear);
      stops.push(() => {
        window.removeEventListener('message', hear);
        clearTimeout(silence);
        $box.remove();
      });
      $place.append($box).find('.dozhim-widget__note').remove();
    };

    const openApp = (onClosed, link) => {
      const widen = ($body) => $body.trigger('modal:loaded').width('min(960px, 90vw)');
      const init = ($body) => mount(widen($body), 'home', false, link);
      return new Modal({ class_name: 'dozhim-widget__modal', init, destroy: onClosed });
    };

    // An address of ours opens our page over the host's, once, however often we are called here.
    const follow = () => {
      const [, link] = /^#(dozhim=[\w=&.:~%+-]{1,500})$/.exec(window.location.hash) || [];
      if (link && link !== followed) openApp(() => true, (followed = link));
    };
    const showPage = () => {
      const find = () => $(`#work-area-${code()}, #list_page_holder`).last();
      whenReady(find, ($area) => mount($area, 'home', true));
      return true;
    };

    this.callbacks = {
      render: () => {
        follow();
        if (self.system().area !== 'lcard') return true;
        const $card = () => $('.dozhim-widget__card');
        const body = '<div class="dozhim-widget__card"></div>';
        const caption = { class_name: 'dozhim-widget__caption' };
        if ($card().length === 0) self.render_template({ caption, body, render: '' });
        if (leadId() === '') $card().html(note('unsaved'));
        const $saved = () => $card().filter(() => leadId() !== '');
        whenReady($saved, ($place) => mount($place, 'plan', true));
        return true;
      },
      init: () => true,
      bind_actions: () => true,
      settings: ($body) => {
        const $place = $body.find(`#${code()}_custom_content`).addBack().last();
        if (self.get_settings().status === 'installed') mount($place, 'install', true);
        else $place.append(note('before'));
        return true;
      },
      dpSettings: () => {
        const $form = $(`.digital-pipeline__short-task_widget-style_${code()}`).parent().parent();
        const fill = (key) => key && $form.find('input[name="key"]').val(key).trigger('change');
        askSession(placeOf('home', ''), ({ value }) => fill(value && value.automationKey));
        return true;
      },
      onSave: () => true,
      advancedSettings: showPage,
      initMenuPage: showPage,
      destroy: () => {
        stops.forEach((stop) => stop());
        stops = [];
        return true;
      },
    };
    return this;
  };
});
