define(['jquery', 'underscore', 'lib/components/base/modal', './helper.js'], ($, _, Modal, helper) => {
  return function TrialWidget() {
    const self = this;
    const area = self.system().area;
    const note = (what) => {
      window.trialCalls = (window.trialCalls || []).concat(`${area} ${what}`);
    };
    this.callbacks = {
      render: () => {
        note('render');
        if (area !== 'lcard') return true;
        const body = '<p class="trial-text">{{ text }}</p><p class="trial-answer"></p>';
        const text = helper.shout(self.i18n('card').title);
        self.render_template({ caption: { class_name: 'trial-caption' }, body, render: '' }, { text });
        const url = self.get_settings().greeting;
        const asked = self.$authorizedAjax({
          url,
          method: 'POST',
          contentType: 'application/json',
          data: '{}',
        });
        asked.done((answer) => $('.trial-answer').text(answer.hello));
        asked.fail((xhr) => $('.trial-answer').text(`refused ${xhr.status}`));
        return true;
      },
      init: () => {
        note('init');
        return true;
      },
      bind_actions: () => {
        note('bind_actions');
        return true;
      },
      settings: ($body) => {
        note(`settings ${$body.find('#widget_settings__fields_wrapper').length}`);
        return true;
      },
      onSave: (saved) => {
        note(`onSave ${saved.active} ${_.keys(saved.fields).join(',')}`);
        return true;
      },
      advancedSettings: () => {
        note('advancedSettings');
        $(`#work-area-${self.get_settings().widget_code}`).html('<button class="trial-open">open</button>');
        $('.trial-open').on('click', () => {
          const modal = new Modal({ class_name: 'trial-modal', init: ($body) => $body.text('in a modal') });
          window.trialModal = modal;
        });
        return true;
      },
      dpSettings: () => {
        const code = self.get_settings().widget_code;
        const $form = $(`.digital-pipeline__short-task_widget-style_${code}`).parent().parent();
        $form.find('input[name="key"]').val('the key').trigger('change');
        note(`dpSettings ${area} ${$form.find('[data-action=send_widget_hook]').length}`);
        return true;
      },
      leads: { selected: () => note(`selected ${_.pluck(self.list_selected().selected, 'id').join(',')}`) },
      destroy: () => note('destroy'),
    };
    return this;
  };
});
