import { shallowRef, type ShallowRef } from 'vue';
import type { RuleChangeBody, RulesView } from '../../../../src/features/pushing/pushing.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';

/** What the server refused last; `of` is the rule's id, `budget` or `preset`. */
export interface RuleFault {
  readonly of: string;
  readonly failure: ApiFailure;
}

export interface Rules {
  readonly view: ShallowRef<RulesView | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  readonly fault: ShallowRef<RuleFault | null>;
  reload(): Promise<void>;
  /** False: refused, `fault` says why; what is shown is as it was. */
  change(ruleId: string, change: RuleChangeBody): Promise<boolean>;
  amounts(change: { readonly budgetPerDay?: number; readonly heldOutShare?: number }): Promise<boolean>;
  preset(key: string): Promise<boolean>;
}

export function useRules(api: ApiClient): Rules {
  const view: Rules['view'] = shallowRef(null);
  const failure: Rules['failure'] = shallowRef(null);
  const fault: Rules['fault'] = shallowRef(null);
  let writes = 0;

  async function write(of: string, method: 'PUT' | 'POST', path: string, body: object): Promise<boolean> {
    const before = view.value;
    writes += 1;
    fault.value = null;
    try {
      view.value = await api.write<RulesView>(method, path, body);
      return true;
    } catch (error) {
      view.value = before;
      fault.value = { of, failure: asFailure(error) };
      return false;
    }
  }

  async function reload(): Promise<void> {
    const known = writes;
    try {
      const answer = await api.read<RulesView>('/api/rules');
      // What is being changed meanwhile is fresher than this.
      if (known === writes) view.value = answer;
      failure.value = null;
    } catch (error) {
      failure.value = asFailure(error);
    }
  }

  return {
    ...{ view, failure, fault, reload },
    change: (ruleId, change) => {
      // The switch itself is shown at once; the rule's sentence is the server's to write.
      const shown = view.value;
      const answer = write(ruleId, 'PUT', `/api/rules/${encodeURIComponent(ruleId)}`, change);
      if (shown && change.on === false)
        view.value = {
          ...shown,
          rules: shown.rules.map((rule) => (rule.id === ruleId ? { ...rule, on: false } : rule)),
        };
      return answer;
    },
    amounts: (change) => write('budget', 'PUT', '/api/rules', change),
    preset: (key) => write('preset', 'POST', `/api/rules/presets/${encodeURIComponent(key)}`, {}),
  };
}
