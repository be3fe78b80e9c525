import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DiagnosisJson, StageJson } from '../../src/diagnose/json-file.js';
import { readDiagnoseOptions } from '../../src/diagnose/options.js';
import { runDiagnosis } from '../../src/diagnose/run.js';

export interface Diagnosed {
  readonly text: string;
  readonly json: DiagnosisJson;
  readonly html: string;
}

/** A folder of a test's own files, and the program run on them in this process. */
export class Desk {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'dozhim-diagnose-'));

  write(name: string, content: string | Uint8Array): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  /** `args` after the file; English unless they say otherwise. */
  async run(file: string, ...args: string[]): Promise<Diagnosed> {
    const [json, html] = ['out.json', 'out.html'].map((name) => path.join(this.folder, name));
    const outputs = ['--json', json ?? '', '--html', html ?? ''];
    const text = await runDiagnosis(readDiagnoseOptions([file, ...outputs, ...args], 'en-US', 'throw'));
    return {
      text,
      json: JSON.parse(readFileSync(json ?? '', 'utf8')),
      html: readFileSync(html ?? '', 'utf8'),
    };
  }

  /** The message with which the program would have ended. */
  async refused(file: string, ...args: string[]): Promise<string> {
    return this.run(file, ...args).then(
      () => 'nothing was wrong',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function stageOf(json: DiagnosisJson, name: string): StageJson {
  const found = json.stages.find((stage) => stage.stage === name);
  if (!found) throw new Error(`no stage ${name} among ${json.stages.map((stage) => stage.stage).join(', ')}`);
  return found;
}
